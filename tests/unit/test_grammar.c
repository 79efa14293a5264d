/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands found by their words; what a wrong word is told; tab and `?`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shell/prompt.h"

static const struct shell_cmd cmds[] = {
	{"show port info all|LINK", "h-info", NULL},
	{"show port stats all|LINK", "h-stats", NULL},
	{"show pool", "h-pool", NULL},
	{"start", "h-start", NULL},
	{"start tx_first", "h-first", NULL},
	{"wait", "h-wait", NULL},
	{"wait N", "h-wait-n", NULL},
	{"ping ADDR [COUNT] [SIZE]", "h-ping", NULL},
	{"set to ADDR:PORT", "h-to", NULL},
	{"help [WORD...]", "h-help", NULL},
};

static const struct shell_cmd *
cmd_at(unsigned i)
{
	return i < sizeof(cmds) / sizeof(cmds[0]) ? &cmds[i] : NULL;
}

static bool
is_digits(void *ctx, const char *text)
{
	(void)ctx;
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool
has_dot(void *ctx, const char *text)
{
	(void)ctx;
	return strchr(text, '.') != NULL;
}

static bool
is_word(void *ctx, const char *text)
{
	(void)ctx;
	return text[0] != '\0';
}

static bool
is_link(void *ctx, const char *text)
{
	return strcmp(text, "left") == 0 || strcmp(text, "lower") == 0 || is_digits(ctx, text);
}

static const char *
link_at(void *ctx, unsigned i)
{
	static const char *const names[] = {"left", "lower"};

	(void)ctx;
	return i < 2 ? names[i] : NULL;
}

static const struct grammar_kind kinds[] = {
	{"LINK", "a link", is_link, link_at},
	{"N", "a number", is_digits, NULL},
	{"COUNT", "how many", is_digits, NULL},
	{"SIZE", "bytes", is_digits, NULL},
	{"ADDR", "an address", has_dot, NULL},
	{"ADDR:PORT", "both", has_dot, NULL},
	{"WORD", "a word", is_word, NULL},
	{NULL, NULL, NULL, NULL},
};

static const struct grammar grammar = {.cmd_at = cmd_at, .kinds = kinds};

/* The help of the command that a line is, or what is wrong with it. */
static const char *
match(const char *text)
{
	static struct opt_error err;
	const struct shell_cmd *cmd;
	struct words words;
	char line[256], *rest;

	(void)snprintf(line, sizeof(line), "%s", text);
	assert_int_equal(words_cut(line, &words, &rest, &err), 0);
	cmd = grammar_match(&grammar, &words, &err);
	return cmd != NULL ? cmd->help : err.text;
}

static void
test_match(void **state)
{
	static const char *const rows[][2] = {
		{"show port info all", "h-info"},
		{"show port stats left", "h-stats"},
		{"show port stats 1", "h-stats"},
		{"show pool", "h-pool"},
		{"start", "h-start"},
		{"start tx_first", "h-first"},
		{"wait", "h-wait"},
		{"wait 10", "h-wait-n"},
		{"ping 1.1", "h-ping"},
		{"ping 1.1 4", "h-ping"},
		{"ping 1.1 4 64", "h-ping"},
		{"help", "h-help"},
		{"help a", "h-help"},
		{"help a b c d", "h-help"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(match(rows[i][0]), rows[i][1]);
}

static void
test_wrong(void **state)
{
	static const char *const rows[][2] = {
		{"shwo", "shwo: no such command: expected show, start, wait, ping, set or help"},
		{"sho", "sho: no such command: expected show, start, wait, ping, set or help"},
		{"show", "show: a word is missing: expected port or pool"},
		{"show prot", "show: \"prot\" does not fit: expected port or pool"},
		{"show port", "show port: a word is missing: expected info or stats"},
		{"show port stats",
			"show port stats: a word is missing: expected all, left or lower"},
		{"show port stats up",
			"show port stats: \"up\" does not fit: expected all, left or lower"},
		{"show port stats all x",
			"show port stats all: \"x\" does not fit: expected nothing more"},
		{"start first", "start: \"first\" does not fit: expected tx_first"},
		{"wait x", "wait: \"x\" does not fit: expected N (a number)"},
		{"ping", "ping: a word is missing: expected ADDR (an address)"},
		{"ping x", "ping: \"x\" does not fit: expected ADDR (an address)"},
		{"ping 1.1 x", "ping 1.1: \"x\" does not fit: expected COUNT (how many)"},
		{"ping 1.1 1 x", "ping 1.1 1: \"x\" does not fit: expected SIZE (bytes)"},
		{"ping 1.1 1 2 3", "ping 1.1 1 2: \"3\" does not fit: expected nothing more"},
		{"set to x", "set to: \"x\" does not fit: expected ADDR:PORT (both)"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(match(rows[i][0]), rows[i][1]);
}

/* What tab does: "+text" appended, or the choices; and what ? says. */
static const char *
ask(const char *line, int state)
{
	static char out[2048];
	static struct prompt_help help;
	char text[256];
	size_t len = 0;
	int ret;

	out[0] = '\0';
	for (unsigned i = 0; i < 50; i++) {
		ret = prompt_complete(&help, &grammar, line, text, sizeof(text), &state);
		if (ret == 0)
			return out;
		len += (size_t)snprintf(
			out + len, sizeof(out) - len, "%s%s", ret == 2 ? "+" : "/", text);
		if (ret == 2)
			return out;
	}
	return "it does not end";
}

static void
test_tab(void **state)
{
	static const char *const rows[][2] = {
		{"", "/show/start/wait/ping/set/help"},
		{"w", "+ait "},
		{"s", "/show/start/set"},
		{"st", "+art "},
		{"sh", "+ow "},
		{"show", "+ "},
		{"show ", "+po"},
		{"show po", "/port/pool"},
		{"show por", "+t "},
		{"show port ", "/info/stats"},
		{"show port stats ", "/all/left/lower"},
		{"show port stats l", "/left/lower"},
		{"show port stats le", "+ft "},
		{"show port stats all ", ""},
		{"show x", ""},
		{"x", ""},
		{"ping ", ""},
		{"wait 3; w", "+ait "},
		{"wait 3;", "/show/start/wait/ping/set/help"},
		{"start t", "+x_first "},
		{"set input \"a", ""},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(ask(rows[i][0], 0), rows[i][1]);
}

static void
test_explain(void **state)
{
	static const char *const rows[][2] = {
		{"w", "/wait             several commands"},
		{"show p", "/port             several commands/pool             h-pool"},
		{"show pool ", "/[RETURN]         h-pool"},
		{"start ", "/[RETURN]         h-start/tx_first         h-first"},
		{"ping ", "/ADDR             an address"},
		{"ping 1.1 ", "/[RETURN]         h-ping/COUNT            how many"},
		{"wait ", "/[RETURN]         h-wait/N                a number"},
		{"help a ", "/[RETURN]         h-help/WORD             a word"},
		{"show x", ""},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(ask(rows[i][0], -1), rows[i][1]);
}

/* Any line, of any length, ends. */
static void
test_long_lines(void **state)
{
	char line[3000];

	(void)state;
	for (size_t len = 0; len < sizeof(line) - 1; len += 7) {
		memset(line, len % 2 ? 'a' : ' ', len);
		line[len] = '\0';
		assert_string_not_equal(ask(line, 0), "it does not end");
		assert_string_not_equal(ask(line, -1), "it does not end");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_tab),
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_long_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
