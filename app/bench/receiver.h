/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_RECEIVER_H
#define BENCH_RECEIVER_H

#include "rx_port.h"

/* Who sends, in random order. */
struct rx_peers {
	uint32_t n;
	uint32_t *peer;
};

/* 0 or negative errno. Free `peer` with free(). */
int rx_peers_make(struct rx_peers *peers, uint32_t n);

/* A stack that receives frames of 64 bytes. */
struct receiver {
	struct rx_port port;
	struct proto *proto;
	struct proto_link *link;
	struct proto_worker *worker;
	uint64_t received;
};

/*
 * With one endpoint that is bound, or @n_connected that are connected to as many of @peers. 0 or
 * negative errno, which has been said.
 */
int receiver_make(
	struct receiver *r, const char *name, const struct rx_peers *peers, uint32_t n_connected);

void receiver_free(struct receiver *r);

#endif /* BENCH_RECEIVER_H */
