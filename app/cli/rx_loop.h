/* SPDX-License-Identifier: BSD-3-Clause */
/* The loop of `chainburst recv` and `chainburst echo`: datagrams until a limit or a signal. */
#ifndef CLI_RX_LOOP_H
#define CLI_RX_LOOP_H

#include <signal.h>

#include "args_rx.h"
#include "capture_in.h"
#include "net_stack.h"
#include "output.h"
#include "progress.h"

struct rx_loop {
	const struct rx_args *args;
	const volatile sig_atomic_t *stop;
	struct net_stack net;
	struct proto_endpoint *ep;
	struct output output;
	uint64_t frames; /* of the capture that is read; CAPTURE_FRAMES_UNKNOWN: as they come */
	struct progress progress;
	uint64_t payloads, octets; /* taken */
	uint64_t first, last;	   /* TSC at which the first and the last of them came */
	uint64_t idle_since;	   /* TSC */
	bool failed;
	struct opt_error error; /* why, when `failed` */
};

/* Count a datagram that came. Returns whether it is still wanted. */
bool rx_loop_take(struct rx_loop *loop, const struct rte_mbuf *pkt);

/* Something went wrong: the loop ends. */
void rx_loop_fail(struct rx_loop *loop, const char *text);

/* Receive, and then wait until what was sent in return has completed. */
void rx_loop_run(struct rx_loop *loop);

#endif
