/* SPDX-License-Identifier: BSD-3-Clause */
/* The prompt: rte_cmdline's line editor over the shell's own grammar. */
#ifndef SHELL_PROMPT_H
#define SHELL_PROMPT_H

#include "shell.h"

/*
 * Read commands from the terminal on standard input until `quit`, its end, or a signal. Returns 0,
 * or -1 with `err`: it is no terminal, or no memory.
 */
int prompt_run(struct shell *shell, struct opt_error *err);

/* What tab adds, and `?` explains, as rdline asks for it. */
struct prompt_help {
	struct grammar_choice choices[GRAMMAR_CHOICES_MAX];
	unsigned n;
	bool explain; /* ?: say what each is */
};

/*
 * The protocol of rdline's complete(): `*state` 0: tab, -1: `?`, else the choice to give next.
 * Returns 2: append `text` to the line; 1: `text` is a choice, ask again; 0: no more.
 */
int prompt_complete(struct prompt_help *help, const struct grammar *grammar, const char *line,
	char *text, size_t size, int *state);

#endif
