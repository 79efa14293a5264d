/* SPDX-License-Identifier: BSD-3-Clause */
/* A command line as a test writes it: words separated by one blank, '' is an empty one. */
#ifndef HARNESS_WORDS_H
#define HARNESS_WORDS_H

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 160

/* Split a line; the words last until the next call. Returns how many. */
static inline int
words_split(const char *line, char *words[WORDS_MAX])
{
	static char text[4096];
	int n = 0;

	snprintf(text, sizeof(text), "%s", line);
	for (char *word = strtok(text, " "); word != NULL && n < WORDS_MAX;
		word = strtok(NULL, " "))
		words[n++] = strcmp(word, "''") == 0 ? word + 2 : word;
	return n;
}

#endif
