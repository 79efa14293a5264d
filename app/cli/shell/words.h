/* SPDX-License-Identifier: BSD-3-Clause */
/* A command line cut into words. Pure. */
#ifndef SHELL_WORDS_H
#define SHELL_WORDS_H

#include "../opt.h"

#define WORDS_MAX 64 /* of one command */

struct words {
	unsigned n;
	char *at[WORDS_MAX];
};

/*
 * Cut the first command off `line`, in place: words stand between blanks, "quotes" keep blanks in a
 * word, a # at a word's start begins a comment, a ; ends the command. `*rest` is what follows the
 * ;, NULL if nothing does. Returns 0, or -1 with `err`: a quote without its end, or too many words.
 */
int words_cut(char *line, struct words *words, char **rest, struct opt_error *err);

#endif
