/* SPDX-License-Identifier: BSD-3-Clause */
/* A worker: one thread's share of pools, queues, send records, reassembly and counters. */
#ifndef PROTO_WORKER_H
#define PROTO_WORKER_H

#include <rte_common.h>
#include <rte_eal.h>

#include "proto.h"
#include "rx/rx.h"
#include "tx/control.h"
#include "tx/flow.h"

/* Whether frames can wake a worker that sleeps: asked once a run, for the EAL logs each refusal. */
enum worker_events {
	WORKER_EVENTS_UNKNOWN,
	WORKER_EVENTS,
	WORKER_EVENTS_NONE,
};

struct proto_worker {
	struct proto *stack;
	struct tx_share share;
	/* By link index: what is to be sent; behind those what waits for neighbours. */
	struct txq *txqs[2 * NET_IFS];
	struct rx *rx;
	uint64_t now; /* of the last poll */
	uint64_t rng;
	uint32_t hold_gen;	   /* of the net when what waits was looked at last */
	bool holding;		   /* what waits found no room: look again */
	enum worker_events events; /* of this run */
	uint16_t index;
	uint32_t n_rx_packets;
	struct pktpool *rx_pool;
	struct rte_ring *inbox; /* packets from other workers */
	struct rte_ring *calls; /* functions to run on this thread */
	struct control control;
	struct proto_endpoint *endpoints; /* for proto_destroy() */
	struct proto_endpoint *l2_endpoints;
} __rte_cache_aligned;

/* Make a worker of a stack whose links are known. Returns 0 or negative errno. */
int worker_create(
	struct proto *stack, uint16_t index, struct proto_worker **worker, struct pktpool_why *why);

/* Free a worker that worker_busy() found to have everything back. -EBUSY: it has not. */
int worker_destroy(struct proto_worker *worker);

/* Is anything out of its pools? Reports what. The receive pool is not asked: ports have its mbufs.
 */
bool worker_busy(struct proto_worker *worker, pktpool_report_fn report, void *arg);

/* Deliver every completion there is, drop what was received and is held; on the caller's thread. */
void worker_drain(struct proto_worker *worker);

/* Free all endpoints of a list. */
void endpoints_free(struct proto_endpoint **head);

/* Run the functions that others asked this thread to run. Returns how many. */
unsigned worker_calls(struct proto_worker *worker);

/* Before its links stop: run the functions that wait, on the caller's thread. */
void worker_last_calls(struct proto_worker *worker);

#endif
