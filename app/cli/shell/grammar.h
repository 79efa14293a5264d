/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What commands look like. One line of syntax for each says it all: from it come the parser, what a
 * wrong word is told, tab completion, `?` and `help`.
 *
 *	show port stats all|LINK	words; alternatives; a name in capitals is a kind of value
 *	ping ADDR [COUNT] [SIZE]	what stands in brackets may be left out, from the right
 *	help [WORD...]			the last may be repeated
 */
#ifndef SHELL_GRAMMAR_H
#define SHELL_GRAMMAR_H

#include <stdbool.h>

#include "words.h"

struct shell;

struct shell_cmd {
	const char *syntax; /* NULL ends a table */
	const char *help;   /* one line */
	/* Returns 0, or -1 with `err`. The words fit the syntax. */
	int (*run)(struct shell *shell, const struct words *words, struct opt_error *err);
};

/* A kind of value. */
struct grammar_kind {
	const char *name;   /* "ADDR" */
	const char *expect; /* "an IPv4 or IPv6 address" */
	bool (*fits)(void *ctx, const char *text);
	/* NULL, or the values there are: the i-th, NULL past the last. */
	const char *(*at)(void *ctx, unsigned i);
};

struct grammar {
	const struct shell_cmd *(*cmd_at)(unsigned i); /* NULL past the last */
	const struct grammar_kind *kinds;	       /* name NULL ends it */
	void *ctx;				       /* for the kinds */
};

/* What may stand in a place. */
struct grammar_choice {
	char word[64];
	char help[128];
	bool is_value; /* stands for a value of a kind, whose name `word` is */
};

#define GRAMMAR_CHOICES_MAX 96

/* Find the command that the words (at least one) are. NULL: none, and `err` says what would fit. */
const struct shell_cmd *grammar_match(
	const struct grammar *grammar, const struct words *words, struct opt_error *err);

/*
 * What may follow these words and begins with `prefix`. With `names` also kinds by their name, and
 * an empty word where the command may end. Returns how many, at most GRAMMAR_CHOICES_MAX.
 */
unsigned grammar_next(const struct grammar *grammar, const struct words *words, const char *prefix,
	bool names, struct grammar_choice *choices);

/* Does this command begin with these words? */
bool grammar_begins(
	const struct grammar *grammar, const struct shell_cmd *cmd, const struct words *words);

#endif
