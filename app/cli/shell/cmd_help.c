/* SPDX-License-Identifier: BSD-3-Clause */
/* help and quit. */
#include <string.h>

#include "shell.h"

#define SYNTAX_COLUMN 34

static void
print_engines(FILE *out)
{
	const struct engine *engine;

	for (unsigned i = 0; (engine = engine_at(i)) != NULL; i++)
		fprintf(out, "%s  %-*s %s\n", i == 0 ? "\nengines:\n" : "", SYNTAX_COLUMN,
			engine->name, engine->help);
}

static void
print_kinds(FILE *out)
{
	fprintf(out, "\nvalues:\n");
	for (const struct grammar_kind *kind = shell_kinds; kind->name != NULL; kind++)
		fprintf(out, "  %-*s %s\n", SYNTAX_COLUMN, kind->name, kind->expect);
}

/* All commands, or those that begin with the words behind `help`. */
static int
run_help(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct grammar grammar = shell_grammar(shell);
	const struct shell_cmd *cmd;
	struct words wanted = {.n = words->n - 1};
	unsigned shown = 0;

	memcpy(wanted.at, words->at + 1, wanted.n * sizeof(wanted.at[0]));
	for (unsigned i = 0; (cmd = shell_cmd_at(i)) != NULL; i++) {
		if (!grammar_begins(&grammar, cmd, &wanted))
			continue;
		fprintf(shell->out, "  %-*s %s\n", SYNTAX_COLUMN, cmd->syntax, cmd->help);
		shown++;
	}
	if (shown == 0) /* say which word is wrong, and what would fit */
		return grammar_match(&grammar, &wanted, err) != NULL ? 0 : -1;
	if (wanted.n == 0)
		print_kinds(shell->out);
	if (wanted.n == 0 || strcmp(wanted.at[0], "set") == 0)
		print_engines(shell->out);
	return 0;
}

static int
run_quit(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)words, (void)err;
	shell->quit = true;
	return 0;
}

const struct shell_cmd shell_cmds_help[] = {
	{"help [COMMAND...]", "all commands, or those that begin so", run_help},
	{"quit", "end, as do Ctrl-D and the end of a script", run_quit},
	{NULL, NULL, NULL},
};
