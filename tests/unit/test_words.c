/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines cut into commands and words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shell/words.h"

/* A line as its commands' words: "a|b;c". */
static const char *
cut(const char *text)
{
	static char out[4096];
	char line[2048], *rest = line;
	struct opt_error err;
	struct words words;
	size_t len = 0;

	(void)snprintf(line, sizeof(line), "%s", text);
	out[0] = '\0';
	while (rest != NULL) {
		if (words_cut(rest, &words, &rest, &err) < 0)
			return "error";
		for (unsigned i = 0; i < words.n; i++)
			len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%s",
				i != 0 ? "|" : "", words.at[i]);
		if (rest != NULL)
			len += (size_t)snprintf(out + len, sizeof(out) - len, ";");
	}
	return out;
}

static void
test_cut(void **state)
{
	static const char *const rows[][2] = {
		{"", ""},
		{"  \t \r\n", ""},
		{"a", "a"},
		{"show port stats all", "show|port|stats|all"},
		{"  show\tport  ", "show|port"},
		{"a;b", "a;b"},
		{"a ; b c ;d", "a;b|c;d"},
		{";;a;", ";;a;"},
		{"a # b ; c", "a"},
		{"# a", ""},
		{"a#b c", "a#b|c"},
		{"set input \"my file; # 1\" x", "set|input|my file; # 1|x"},
		{"a\"b c\"d", "ab cd"},
		{"\"\" x", "|x"},
		{"a\"", "error"},
		{"\"a b", "error"},
		{"a ; b \"c", "error"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(cut(rows[i][0]), rows[i][1]);
}

/* As many words as there is room for, and one more. */
static void
test_most(void **state)
{
	char line[4 * WORDS_MAX] = "", *rest;
	struct opt_error err;
	struct words words;

	(void)state;
	for (unsigned i = 0; i < WORDS_MAX; i++)
		memcpy(line + 2 * i, "a ", 3);
	assert_int_equal(words_cut(line, &words, &rest, &err), 0);
	assert_int_equal(words.n, WORDS_MAX);
	for (unsigned i = 0; i <= WORDS_MAX; i++)
		memcpy(line + 2 * i, "a ", 3);
	assert_int_equal(words_cut(line, &words, &rest, &err), -1);
	assert_string_equal(err.text, "a command has at most 64 words");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
