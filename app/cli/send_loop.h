/* SPDX-License-Identifier: BSD-3-Clause */
/* The loop of `chainburst send`: payloads from a source to an endpoint until all have completed. */
#ifndef CLI_SEND_LOOP_H
#define CLI_SEND_LOOP_H

#include <signal.h>

#include "pace.h"
#include "progress.h"
#include "send_stack.h"
#include "source.h"

struct send_loop {
	struct send_stack *stack;
	struct source *source;
	struct pace pace;
	struct progress progress;
	const volatile sig_atomic_t *stop;
	uint64_t begun;	    /* TSC of the first payload */
	uint64_t moved;	    /* TSC at which a frame left or a payload completed last */
	bool pressed;	    /* the last proto_send() took less than it was given */
	uint64_t completed; /* TSC of the last completion */
	bool interrupted;   /* `*stop` was set before everything had been sent */
	bool failed;
	struct opt_error error; /* why, when `failed` */
};

/* Completions of the endpoint; `arg` is the struct send_loop. */
void send_loop_done(
	struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg);

/*
 * Send everything and wait for all completions. Ends early when `*stop` is set or something fails:
 * then what had not begun is canceled, and what had begun is waited for.
 */
void send_loop_run(struct send_loop *loop);

#endif
