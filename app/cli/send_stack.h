/* SPDX-License-Identifier: BSD-3-Clause */
/* The stack that `chainburst send` works with: one link, one worker, one endpoint. */
#ifndef CLI_SEND_STACK_H
#define CLI_SEND_STACK_H

#include <signal.h>

#include "args.h"

struct send_stack {
	struct proto *stack;
	struct proto_link *link;
	struct proto_worker *worker;
	struct proto_endpoint *ep;
};

/* Megabytes of memory that the stack and the source of these arguments need, and some to spare. */
unsigned send_stack_megabytes(const struct send_args *args);

/*
 * Make and start the stack, and wait for the carrier of its link (until `*stop` is set).
 * Returns 0, or -1 with `err` filled; send_stack_down() is due in both cases.
 */
int send_stack_up(struct send_stack *stack, const struct send_args *args, proto_done_fn done,
	void *arg, const volatile sig_atomic_t *stop, struct opt_error *err);

/* Stop the port; everything outstanding that can complete does. Figures can still be read. */
void send_stack_stop(struct send_stack *stack);

/* Destroy. Returns 0, or -1 with `err` filled: something was still out. */
int send_stack_down(struct send_stack *stack, struct opt_error *err);

#endif
