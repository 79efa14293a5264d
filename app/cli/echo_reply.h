/* SPDX-License-Identifier: BSD-3-Clause */
/* A datagram back to its sender, out of the buffers that it came in. */
#ifndef CLI_ECHO_REPLY_H
#define CLI_ECHO_REPLY_H

#include <stdbool.h>

#include <proto_endpoint.h>

/*
 * Send a datagram of this endpoint back. Returns whether it was taken: then it is `ctx` of the
 * completion, and to be returned there; else it stays the caller's.
 */
bool echo_reply(struct proto_endpoint *ep, struct rte_mbuf *pkt);

/* The endpoint's proto_done_fn: gives the buffers of completed replies back. */
void echo_reply_done(
	struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg);

#endif
