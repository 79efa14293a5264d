/* SPDX-License-Identifier: BSD-3-Clause */
#include "words.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define BLANKS " \t\r\n"

/*
 * Take the word at `*at` and move on to what ended it, which is returned and overwritten. A quoted
 * part is moved over its quotes. Returns -1: a quote has no end.
 */
static int
word_take(char **at)
{
	char *from = *at, *to = *at;
	bool quoted = false;
	int end;

	for (; *from != '\0' && (quoted || strchr(BLANKS ";", *from) == NULL); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	if (quoted)
		return -1;
	end = (unsigned char)*from;
	*at = from;
	*to = '\0';
	return end;
}

int
words_cut(char *line, struct words *words, char **rest, struct opt_error *err)
{
	words->n = 0;
	*rest = NULL;
	for (;;) {
		line += strspn(line, BLANKS);
		if (*line == '\0' || *line == '#')
			return 0;
		if (*line == ';') {
			*rest = line + 1;
			return 0;
		}
		if (words->n == WORDS_MAX)
			return opt_fail(err, -1, "a command has at most %u words", WORDS_MAX);
		words->at[words->n] = line;

		int end = word_take(&line);

		if (end < 0)
			return opt_fail(err, -1, "a \" without its end: close it");
		words->n++;
		if (end == ';')
			*rest = line + 1;
		if (end == ';' || end == '\0')
			return 0;
		line++;
	}
}
