/* SPDX-License-Identifier: BSD-3-Clause */
/* The stack that `chainburst send` works with, and its endpoint. */
#ifndef CLI_SEND_STACK_H
#define CLI_SEND_STACK_H

#include "args.h"
#include "net_stack.h"

struct send_stack {
	struct net_stack net;
	struct proto_endpoint *ep;
};

/*
 * Make and start the stack, and wait until it can send (or until `*stop` is set).
 * Returns 0, or -1 with `err` filled; net_stack_down() is due in both cases.
 */
int send_stack_up(struct send_stack *stack, const struct send_args *args, proto_done_fn done,
	void *arg, const volatile sig_atomic_t *stop, struct opt_error *err);

#endif
