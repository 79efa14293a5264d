/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A table of options: one row says how an option is written, read, checked and explained, so that
 * the parser, its error messages and the help text cannot disagree.
 *
 * Parsing is pure: it reads argv and fills a struct; it opens nothing and prints nothing.
 */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What was wrong, in one line without a newline. */
struct opt_error {
	char text[512];
};

/* Exit statuses of the program; the parsers return them too. */
enum opt_status {
	OPT_OK = 0,
	OPT_BAD_VALUE = 1, /* an option has a value that it does not take */
	OPT_USAGE = 2,	   /* an option is unknown, missing, or in the way of another */
};

struct opt;

/* Read `text` into `target`. On failure nothing of `target` has changed and `err` is filled. */
typedef int (*opt_set_fn)(
	const struct opt *opt, const char *text, void *target, struct opt_error *err);

/* One option. */
struct opt {
	const char *name;    /* without the dashes */
	char letter;	     /* the short form, 0: none */
	const char *metavar; /* what the value is called; NULL: the option takes none */
	opt_set_fn set;
	size_t offset;		    /* of the field in the target */
	uint8_t width;		    /* of the field, bytes: 1, 2, 4, 8 */
	uint64_t min, max;	    /* numbers only */
	const char *const *choices; /* opt_set_choice: NULL-terminated; the index is stored */
	const char *expect;	/* said when the value is wrong: what is expected, and the cure */
	const char *help;	/* lines separated by \n */
	const struct opt *rows; /* not NULL: this row stands for those rows, and has nothing else */
	size_t n_rows;
};

/* Number of rows, and the fields of one that stores into `field` of `type`. */
#define OPT_ROWS(table)	       (sizeof(table) / sizeof((table)[0]))
#define OPT_FIELD(type, field) .offset = offsetof(type, field), .width = sizeof(((type *)0)->field)

/* A row that stands for all rows of another table, whose target begins this one's. */
#define OPT_INCLUDE(table)                                 \
	{                                                  \
		.rows = (table), .n_rows = OPT_ROWS(table) \
	}

int opt_set_flag(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int opt_set_text(const struct opt *opt, const char *text, void *target, struct opt_error *err);
/* A number, decimal or 0x hexadecimal. */
int opt_set_number(const struct opt *opt, const char *text, void *target, struct opt_error *err);
/* Bytes: a number with k or M (1024, 1024 * 1024). */
int opt_set_bytes(const struct opt *opt, const char *text, void *target, struct opt_error *err);
/* A rate: a number with k, M or G (powers of 1000); it may have a fraction: 2.5G. */
int opt_set_rate(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int opt_set_choice(const struct opt *opt, const char *text, void *target, struct opt_error *err);

/* Fill `err` with "--name text: expected ..." from the row. Returns OPT_BAD_VALUE. */
int opt_bad(const struct opt *opt, const char *text, struct opt_error *err);
/* Fill `err` as printf does. Returns `status`. */
int opt_fail(struct opt_error *err, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Read the digits at the start of `text` as a number (0x: hexadecimal). Unlike strtoull it takes no
 * blank and no sign, and refuses overflow. Returns the end of the digits; NULL: no number.
 */
const char *opt_number(const char *text, uint64_t *number);

/*
 * Parse argv[0..argc-1] (options and words in any order; all behind a lone "--" are words) into
 * `target`. The words are moved to the front of argv and counted in `*n_words`.
 *
 * Returns OPT_OK, or another enum opt_status with `err` filled.
 */
int opt_parse(const struct opt *table, size_t rows, int argc, char **argv, void *target,
	unsigned *n_words, struct opt_error *err);

/* Write the help of every row. */
void opt_help(FILE *out, const struct opt *table, size_t rows);

#endif
