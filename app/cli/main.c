/* SPDX-License-Identifier: BSD-3-Clause */
/* chainburst: finds the command in the arguments and runs it. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <rte_version.h>

#include "cmd.h"

static const struct cmd *const commands[] = {
	&cmd_send,
	&cmd_recv,
	&cmd_echo,
	&cmd_shell,
	&cmd_doctor,
	&cmd_metrics,
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

void
complain(const char *format, ...)
{
	char line[640];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	/* A name in an error may hold anything; the error stays one line. */
	for (char *c = line; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	}
	fprintf(stderr, "chainburst: %s\n", line);
}

static const struct cmd *
find(const char *name)
{
	for (unsigned i = 0; i < N_COMMANDS; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

static void
usage(FILE *out)
{
	fputs("usage: chainburst [EAL ARGUMENTS --] COMMAND [ARGUMENTS]\n"
	      "       chainburst --config FILE [ARGUMENTS OF shell]\n"
	      "       chainburst EAL ARGUMENTS -- [ARGUMENTS OF shell]\n"
	      "       chainburst COMMAND --help\n"
	      "       chainburst --help | --version\n\n"
	      "A poll-mode packet stack on DPDK. Without EAL arguments it needs no NIC, no "
	      "hugepages\n"
	      "and no root; with them it runs on any DPDK port.\n\n"
	      "commands:\n",
		out);
	for (unsigned i = 0; i < N_COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->help);
}

/* --help and --version, alone or behind EAL arguments. Returns whether it was one. */
static bool
answer(const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		usage(stdout);
	else if (strcmp(word, "--version") == 0)
		printf("chainburst %s (%s)\n", CHAINBURST_VERSION, rte_version());
	else
		return false;
	return true;
}

/* Without a command: what begins with one of these is for the shell. */
static bool
is_shell_flag(const char *word)
{
	return strncmp(word, "--config", strlen("--config")) == 0 ||
	       strncmp(word, "--script", strlen("--script")) == 0 || strcmp(word, "-c") == 0;
}

/* Index in argv of the command: 1, or behind the "--" that ends the EAL arguments. */
static int
command_at(int argc, char **argv)
{
	if (argc > 1 && (find(argv[1]) != NULL || is_shell_flag(argv[1])))
		return 1;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1;
	}
	return 1;
}

/*
 * A standard descriptor that is closed would be given to the next file opened, and messages would
 * end up in a capture. These stand-ins fail as the closed ones do.
 */
static void
fill_closed_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

int
main(int argc, char **argv)
{
	int at = command_at(argc, argv);
	struct eal_args eal = {.argc = at == 1 ? 0 : at - 1, .argv = argv};
	const struct cmd *cmd;

	fill_closed_descriptors();
	if (at >= argc && at == 1) {
		usage(stderr);
		return OPT_USAGE;
	}
	if (at < argc && answer(argv[at]))
		return OPT_OK;
	/* EAL arguments and no command, or the shell's flags: argv[at - 1] stands for its name. */
	if (at >= argc || (argv[at][0] == '-' && (at > 1 || is_shell_flag(argv[at]))))
		return cmd_shell.run(&eal, argc - at + 1, argv + at - 1);
	cmd = find(argv[at]);
	if (cmd != NULL)
		return cmd->run(&eal, argc - at, argv + at);
	if (argv[at][0] == '-' && at == 1)
		complain("%.100s: expected a command; EAL arguments end with --, then the command; "
			 "see "
			 "--help",
			argv[at]);
	else
		complain("%.100s: no such command; see --help", argv[at]);
	return OPT_USAGE;
}
