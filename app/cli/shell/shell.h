/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The shell: one language, typed at a prompt, read from a file, a pipe or the command line. It runs
 * on the control thread; where workers have no lcore of their own, they work in shell_rest().
 */
#ifndef SHELL_SHELL_H
#define SHELL_SHELL_H

#include <stdio.h>

#include <rte_cycles.h>

#include "../engine/engine.h"
#include "../session/session.h"
#include "grammar.h"
#include "watch.h"

struct shell {
	struct session *session;
	FILE *out;   /* answers */
	bool keys;   /* standard input is a terminal in raw mode: Ctrl-C ends a command */
	bool q_ends; /* so does q */
	bool quit;   /* `quit` was said */
	bool failed; /* a command failed */
	const volatile sig_atomic_t *stop;
	struct proto_counters cleared;	  /* as they were at `clear counters` */
	char value[64];			  /* of a kind's at() */
	uint64_t looked, worked, watched; /* TSC: at input; when there was work; for the log */
	unsigned n_typed;		  /* while a command ran: for the prompt */
	char typed[256];
	void (*tick)(struct shell *shell); /* NULL, or: called a thousand times a second */
	struct watch watch;		   /* for the log */
	void *capture;			   /* of cmd_capture.c */
};

/* Why shell_rest() came back. */
enum shell_wake {
	SHELL_TIME,   /* the time has come */
	SHELL_KEY,    /* Ctrl-C, or q */
	SHELL_SIGNAL, /* the program is to end */
};

/* Let workers work until `until` (TSC), a key or a signal ends it. */
enum shell_wake shell_rest(struct shell *shell, uint64_t until);

/*
 * A turn of the workers that this thread works; a nap, no longer than until `until` (TSC), when
 * there is nothing to do. Returns whether there is input on `fd` (-1: on none).
 */
bool shell_turn(struct shell *shell, int fd, uint64_t until);

/* Run the commands of a line, which is overwritten, until one fails. Returns 0, or -1 with `err`.
 */
int shell_line(struct shell *shell, char *line, struct opt_error *err);

/* The grammar of all commands; `shell` outlives it. */
struct grammar shell_grammar(struct shell *shell);

/* All commands; NULL past the last. */
const struct shell_cmd *shell_cmd_at(unsigned i);

/* Their tables, each of one file. */
extern const struct shell_cmd shell_cmds_help[], shell_cmds_port[], shell_cmds_pool[],
	shell_cmds_net[], shell_cmds_state[], shell_cmds_drops[], shell_cmds_set[],
	shell_cmds_engine[], shell_cmds_ping[], shell_cmds_live[], shell_cmds_bench[],
	shell_cmds_capture[];

/* Kinds of values; name NULL ends them. Their context is the shell. */
extern const struct grammar_kind shell_kinds[];

/* Counters of the stack since `clear counters`. */
void shell_counters(const struct shell *shell, struct proto_counters *counters);

/* What the engine that ran last has done, for `show fwd`, `stop` and the end. */
void shell_show_fwd(const struct shell *shell, FILE *out);

#endif
