/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The flags of a session. They win over the file of --config, wherever they stand: what they set
 * replaces what the file says, and what they add comes behind it.
 */
#ifndef SESSION_CONFIG_FLAGS_H
#define SESSION_CONFIG_FLAGS_H

#include "config.h"

#define CONFIG_FLAGS_MAX 256 /* most flags of a command line */

/* A flag that waits until the file has been read. */
struct config_flag {
	const struct opt *opt;
	const char *text;
};

struct config_flags {
	struct config *config;
	const char *file;   /* --config; NULL: none */
	const char *script; /* --script: a file of commands, "-": standard input; NULL: none */
	bool live;	    /* --live */
	bool keep_going;    /* --keep-going */
	bool echo;	    /* --echo */
	bool commands;	    /* -c was given */
	bool help;	    /* --help: nothing else has been looked at */
	unsigned n_waiting;
	struct config_flag waiting[CONFIG_FLAGS_MAX];
};

/*
 * Parse argv[0..argc-1] (without the command's name) into `flags` and `config`: defaults, then the
 * file, then the flags. `argv` is reordered and lent to `flags`. `-c` commands come behind the
 * file's `script`, --vdev behind its `eal`.
 *
 * Returns OPT_OK, or OPT_BAD_VALUE or OPT_USAGE with `err` filled.
 */
int config_flags_parse(struct config_flags *flags, struct config *config, int argc, char **argv,
	struct opt_error *err);

/* Write the help of every flag. */
void config_flags_help(FILE *out);

#endif
