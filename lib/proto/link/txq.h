/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A tx queue: one worker's frames for one link, staged in order until the port takes them.
 *
 * Frames stand in stage[head..tail). The records of their payloads stand in fifo, in the same
 * order; `head_sent` frames of the first record have gone already. Invariant:
 * sum of the records' n_frames - head_sent == tail - head.
 */
#ifndef PROTO_LINK_TXQ_H
#define PROTO_LINK_TXQ_H

#include <stdbool.h>
#include <stdint.h>

#include "../counters.h"
#include "../proto_link.h"

struct completions;
struct send_rec;

struct txq {
	const struct proto_port_ops *ops;
	void *port;
	struct completions *completions;
	struct rte_mbuf **stage; /* 2 x limit, so that moving down is rare */
	struct send_rec **fifo;	 /* a ring of fifo_mask + 1 */
	uint32_t head;
	uint32_t tail;
	uint32_t limit; /* frames staged at most */
	uint32_t fifo_head;
	uint32_t fifo_tail;
	uint32_t fifo_mask;
	uint32_t head_sent;
	uint16_t queue;
	bool prepare;  /* frames use offloads: the port's tx_prepare is asked */
	bool reclaims; /* the port frees sent frames when asked */
	bool stopped;
	bool holds;	  /* never flushed: frames wait here for a neighbour, see txq_release() */
	uint64_t last_tx; /* poll time of the last burst or reclaim; 0: not dated yet */
	uint64_t reclaim_interval; /* TSC cycles */
	struct proto_counters counters __rte_cache_aligned;
};

/* Make a queue, or one that only holds. Returns it or NULL. */
struct txq *txq_create(uint16_t queue, uint32_t limit, uint32_t n_recs, int socket,
	struct completions *completions, bool holds);
void txq_destroy(struct txq *txq);

/* Frames that can still be staged. */
static inline uint32_t
txq_room(const struct txq *txq)
{
	return txq->limit - (txq->tail - txq->head);
}

static inline uint32_t
txq_staged(const struct txq *txq)
{
	return txq->tail - txq->head;
}

/* Where the next `n` (at most txq_room()) frames go: fill them in, then txq_commit(). */
struct rte_mbuf **txq_place(struct txq *txq, uint32_t n);

/* The record's frames stand in the place: they are staged now. */
void txq_commit(struct txq *txq, struct send_rec *rec);

/* Burst what is staged until the port takes no more. Returns how many frames it took. */
uint32_t txq_flush(struct txq *txq);

/* Ask the port to free sent frames, when mapped payloads wait and the queue has been idle. */
void txq_reclaim_idle(struct txq *txq, uint64_t now);

/*
 * Free the staged frames of payloads that `pick` chooses, save a payload that has begun to leave
 * unless `begun_too`; their records are handed with `reason`. Returns how many payloads. For rare
 * events: it walks all that is staged.
 */
unsigned txq_drop(struct txq *txq, bool (*pick)(const struct send_rec *rec, const void *arg),
	const void *arg, bool begun_too, enum proto_reason reason);

/*
 * The Ethernet address of `neigh` is known: what waits for it in `hold` gets it and is staged in
 * `to`, in order, whole payloads as far as there is room; the rest stays. Returns how many payloads
 * went.
 */
unsigned txq_release(
	struct txq *hold, uint32_t neigh, const struct rte_ether_addr *mac, struct txq *to);

#endif
