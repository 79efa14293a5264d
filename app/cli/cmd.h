/* SPDX-License-Identifier: BSD-3-Clause */
/* A command of the program: one file defines one, main.c lists them. */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "eal.h"

struct cmd {
	const char *name;
	const char *help; /* one line */
	/* argv[0] is the command's name. Returns the program's exit status. */
	int (*run)(const struct eal_args *eal, int argc, char **argv);
};

extern const struct cmd cmd_send, cmd_recv, cmd_echo, cmd_shell, cmd_doctor, cmd_metrics;

/* Write "chainburst: " and a line to stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
