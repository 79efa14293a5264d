/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that nobody types: a file, a pipe, words of the command line. */
#ifndef SHELL_SCRIPT_H
#define SHELL_SCRIPT_H

#include "shell.h"

struct script {
	bool keep_going; /* after a command that failed */
	bool echo;	 /* write each line before it is run */
};

/*
 * Run the lines that come from `fd` until its end, or `quit`, or a signal. Workers work while it
 * gives nothing. Errors go to stderr as "NAME:LINE: ..."; shell->failed says that there was one.
 */
void script_run(struct shell *shell, const struct script *script, int fd, const char *name);

/* Run one line. `line` 0: there is only one. Returns whether to go on. */
bool script_line(struct shell *shell, const struct script *script, const char *text,
	const char *name, unsigned line);

#endif
