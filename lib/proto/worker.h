/* SPDX-License-Identifier: BSD-3-Clause */
/* A worker: one thread's share of pools, queues, send records and counters. */
#ifndef PROTO_WORKER_H
#define PROTO_WORKER_H

#include <rte_common.h>
#include <rte_eal.h>

#include "proto.h"
#include "tx/flow.h"

struct proto_worker {
	struct proto *stack;
	struct tx_share share;
	struct txq *txqs[PROTO_LINKS_MAX]; /* by link index */
	uint16_t index;
	struct proto_endpoint *endpoints; /* for proto_destroy() */
} __rte_cache_aligned;

/* Make a worker of a stack whose links are known. Returns 0 or negative errno. */
int worker_create(
	struct proto *stack, uint16_t index, struct proto_worker **worker, struct pktpool_why *why);

/* Free a worker that pools_busy() found to have everything back. -EBUSY: it has not. */
int worker_destroy(struct proto_worker *worker);

/* Is anything out of these pools (NULL: there is none)? Reports what. */
bool pools_busy(
	struct pktpool *pktpool, struct bufpool *bufpool, pktpool_report_fn report, void *arg);

/* Deliver every completion there is, on the caller's thread. */
void worker_drain(struct proto_worker *worker);

#endif
