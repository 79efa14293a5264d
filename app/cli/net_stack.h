/* SPDX-License-Identifier: BSD-3-Clause */
/* The stack that a command works with: one link, one worker, and what struct net_args says. */
#ifndef CLI_NET_STACK_H
#define CLI_NET_STACK_H

#include <signal.h>

#include "args_net.h"

struct net_stack {
	struct proto *stack; /* NULL: not open */
	struct proto_link *link;
	struct proto_worker *worker; /* once started */
	uint16_t port;
};

/* What a command wants of its stack besides its arguments. */
struct net_stack_conf {
	const char *name;
	uint32_t rx_packets; /* receive buffers; 0: the library's */
	bool copy_only, promisc;
};

/* Megabytes of memory that such a stack needs, and some to spare for what stands beside it. */
unsigned net_stack_megabytes(const struct net_args *args, uint32_t rx_packets);

/*
 * Make a stack with its link, addresses, neighbours and router; more may be added until it is
 * started. Returns 0, or -1 with `err` filled; net_stack_down() is due in both cases.
 */
int net_stack_open(struct net_stack *stack, const struct net_args *args,
	const struct net_stack_conf *conf, struct opt_error *err);

/* Give the link an address; prefix length 0 takes /24 or /64. Returns 0, or -1 with `err`. */
int net_stack_addr_add(struct net_stack *stack, const char *option,
	const struct args_prefix *prefix, struct opt_error *err);

/*
 * Start, and wait for the carrier of the link and until its addresses may be used (until `*stop` is
 * set). Returns 0, or -1 with `err` filled.
 */
int net_stack_start(
	struct net_stack *stack, const volatile sig_atomic_t *stop, struct opt_error *err);

/* Can no station be at the other end of this port? */
bool net_stack_peerless(const struct net_stack *stack);

/* Stop the port; everything outstanding that can complete does. Figures can still be read. */
void net_stack_stop(struct net_stack *stack);

/* Destroy. Returns 0, or -1 with `err` filled: something was still out. */
int net_stack_down(struct net_stack *stack, struct opt_error *err);

#endif
