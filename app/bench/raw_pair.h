/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_RAW_PAIR_H
#define BENCH_RAW_PAIR_H

#include <rte_mbuf.h>

#include "meet.h"
#include "peer.h"

/*
 * memif alone, without a stack at either end: frames of the same lengths are burst and freed, and
 * nobody writes or reads their bytes. What the driver takes; the rest is the stack's and its
 * client's.
 */
struct raw_pair {
	uint16_t port_id;
	bool made; /* the port is there */
	struct rte_mempool *pool;
	struct peer peer;
	struct meet meet;
	uint64_t asked, answered; /* numbers of echoes */
	uint64_t acked;		  /* frames that the other end has taken */
};

/* As link_pair_open(), _close() and _trip(). */
int raw_pair_open(struct raw_pair *pair, unsigned int cpu);
void raw_pair_close(struct raw_pair *pair);
int raw_pair_trip(struct raw_pair *pair, uint64_t wait);

#define RAW_ACK 176u /* frames from one acknowledgement to the next: those of 4 payloads */

/* Send @n frames of full length, 64 at most. 0; -EAGAIN: there are no mbufs. */
int raw_pair_send(struct raw_pair *pair, unsigned int n);

/* Take what has come back. */
void raw_pair_listen(struct raw_pair *pair);

/* The child's main(): --peer-raw MEET. */
int raw_peer_main(const char *meet);

#endif /* BENCH_RAW_PAIR_H */
