/* SPDX-License-Identifier: BSD-3-Clause */
#include "txq.h"

#include <string.h>

#include <rte_cycles.h>

#include "../complete.h"
#include "pktpool.h"
#include "pktpool_mem.h"

#define BURST_MAX	  64	/* frames for one call of the port */
#define RECLAIMS_A_SECOND 20000 /* an idle queue is asked each 50 us */

struct txq *
txq_create(uint16_t queue, uint32_t limit, uint32_t n_recs, int socket,
	struct completions *completions, bool holds)
{
	uint32_t fifo_size = rte_align32pow2(n_recs + 1);
	struct txq *txq = pktpool_mem_alloc("PTXQ", sizeof(*txq), 64, socket, NULL);

	if (txq == NULL)
		return NULL;
	txq->stage = pktpool_mem_alloc(
		"PTXQ", 2 * (size_t)limit * sizeof(*txq->stage), 64, socket, NULL);
	txq->fifo = pktpool_mem_alloc("PTXQ", fifo_size * sizeof(*txq->fifo), 64, socket, NULL);
	if (txq->stage == NULL || txq->fifo == NULL) {
		txq_destroy(txq);
		return NULL;
	}
	txq->completions = completions;
	txq->queue = queue;
	txq->limit = limit;
	txq->fifo_mask = fifo_size - 1;
	txq->stopped = true;
	txq->holds = holds;
	txq->reclaim_interval = rte_get_tsc_hz() / RECLAIMS_A_SECOND;
	return txq;
}

void
txq_destroy(struct txq *txq)
{
	if (txq == NULL)
		return;
	(void)pktpool_mem_free(txq->stage);
	(void)pktpool_mem_free(txq->fifo);
	(void)pktpool_mem_free(txq);
}

struct rte_mbuf **
txq_place(struct txq *txq, uint32_t n)
{
	if (unlikely(txq->tail + n > 2 * txq->limit)) {
		/* Then head has passed `limit`: what is staged moves at most once in so many
		 * frames. */
		uint32_t staged = txq_staged(txq);

		memmove(txq->stage, &txq->stage[txq->head], staged * sizeof(*txq->stage));
		txq->head = 0;
		txq->tail = staged;
	}
	return &txq->stage[txq->tail];
}

void
txq_commit(struct txq *txq, struct send_rec *rec)
{
	txq->fifo[txq->fifo_tail++ & txq->fifo_mask] = rec;
	txq->tail += rec->n_frames;
}

/* The port has taken `n` frames: hand on the records whose last frame was among them. */
static void
txq_sent(struct txq *txq, uint32_t n)
{
	uint32_t sent = txq->head_sent + n;
	uint64_t octets = 0;

	txq->head += n;
	while (txq->fifo_head != txq->fifo_tail) {
		struct send_rec *rec = txq->fifo[txq->fifo_head & txq->fifo_mask];

		if (sent < rec->n_frames)
			break;
		sent -= rec->n_frames;
		octets += rec->octets;
		txq->fifo_head++;
		rec_handed(rec->completions, rec);
	}
	txq->head_sent = sent;
	count_add(&txq->counters, PROTO_C_FRAMES_SENT, n);
	count_add(&txq->counters, PROTO_C_OCTETS_SENT, octets);
	if (txq->head == txq->tail)
		txq->head = txq->tail = 0;
}

static bool
pick_rec(const struct send_rec *rec, const void *arg)
{
	return rec == arg;
}

/*
 * Ask the port about frames that use offloads. Returns how many of the first `n` may be sent; a
 * payload whose frame it refuses is dropped.
 */
static uint32_t
txq_prepare(struct txq *txq, uint32_t n)
{
	uint32_t ok =
		txq->ops->tx_prepare(txq->port, txq->queue, &txq->stage[txq->head], (uint16_t)n);

	if (unlikely(ok == 0))
		(void)txq_drop(txq, pick_rec, txq->fifo[txq->fifo_head & txq->fifo_mask], true,
			PROTO_REASON_PORT_ERROR);
	return ok;
}

uint32_t
txq_flush(struct txq *txq)
{
	uint32_t total = 0;

	while (txq->head != txq->tail && !txq->stopped) {
		uint32_t n = RTE_MIN(txq_staged(txq), (uint32_t)BURST_MAX);

		if (txq->prepare)
			n = txq_prepare(txq, n);
		if (n == 0)
			continue; /* what was refused is gone: there is less staged now */
		uint32_t sent = txq->ops->tx_burst(
			txq->port, txq->queue, &txq->stage[txq->head], (uint16_t)n);

		count_add(&txq->counters, PROTO_C_BURSTS, 1);
		txq->last_tx = 0; /* the next poll dates it */
		if (sent != 0)
			txq_sent(txq, sent);
		total += sent;
		if (sent < n) {
			count_add(&txq->counters, PROTO_C_BURSTS_SHORT, 1);
			break;
		}
	}
	return total;
}

void
txq_reclaim_idle(struct txq *txq, uint64_t now)
{
	if (!txq->reclaims || txq->stopped || txq->completions->n_handed == 0)
		return;
	if (txq->last_tx == 0) {
		txq->last_tx = now;
		return;
	}
	if (now - txq->last_tx < txq->reclaim_interval)
		return;
	txq->last_tx = now;
	count_add(&txq->counters, PROTO_C_RECLAIMS, 1);
	(void)txq->ops->tx_reclaim(txq->port, txq->queue, 0);
}

/* Free frames [from, to) of the stage. Returns their bytes. */
static uint64_t
stage_free(struct txq *txq, uint32_t from, uint32_t to)
{
	uint64_t octets = 0;

	for (uint32_t i = from; i < to; i++)
		octets += txq->stage[i]->pkt_len;
	pktpool_free_bulk(&txq->stage[from], to - from);
	count_add(&txq->counters, PROTO_C_FRAMES_DROPPED, to - from);
	return octets;
}

unsigned
txq_drop(struct txq *txq, bool (*pick)(const struct send_rec *rec, const void *arg),
	const void *arg, bool begun_too, enum proto_reason reason)
{
	uint32_t frame = txq->head;
	uint32_t kept_frames = txq->head;
	uint32_t kept_recs = txq->fifo_head;
	uint32_t begun = txq->head_sent;
	unsigned n_dropped = 0;

	for (uint32_t i = txq->fifo_head; i != txq->fifo_tail; i++, begun = 0) {
		struct send_rec *rec = txq->fifo[i & txq->fifo_mask];
		uint32_t n = rec->n_frames - begun;

		if ((begun != 0 && !begun_too) || !pick(rec, arg)) {
			memmove(&txq->stage[kept_frames], &txq->stage[frame],
				n * sizeof(*txq->stage));
			kept_frames += n;
			txq->fifo[kept_recs++ & txq->fifo_mask] = rec;
		} else {
			uint64_t unsent = stage_free(txq, frame, frame + n);

			if (begun != 0) {
				count_add(
					&txq->counters, PROTO_C_OCTETS_SENT, rec->octets - unsent);
				txq->head_sent = 0;
			}
			if (txq->holds)
				rec->target->held -= n;
			rec->reason = (uint8_t)reason;
			rec_handed(rec->completions, rec);
			n_dropped++;
		}
		frame += n;
	}
	txq->tail = kept_frames;
	txq->fifo_tail = kept_recs;
	return n_dropped;
}

/* Give the frames of a record that was held their destination. */
static void
frames_address(struct rte_mbuf **frames, uint32_t n, const struct rte_ether_addr *mac)
{
	for (uint32_t i = 0; i < n; i++)
		memcpy(rte_pktmbuf_mtod(frames[i], void *), mac, sizeof(*mac));
}

unsigned
txq_release(struct txq *hold, uint32_t neigh, const struct rte_ether_addr *mac, struct txq *to)
{
	uint32_t frame = hold->head;
	uint32_t kept_frames = hold->head;
	uint32_t kept_recs = hold->fifo_head;
	unsigned n_released = 0;
	bool full = false;

	for (uint32_t i = hold->fifo_head; i != hold->fifo_tail; i++) {
		struct send_rec *rec = hold->fifo[i & hold->fifo_mask];
		uint32_t n = rec->n_frames;

		full = full || (rec->neigh == neigh && txq_room(to) < n); /* none overtakes it */
		if (rec->neigh != neigh || full) {
			memmove(&hold->stage[kept_frames], &hold->stage[frame],
				n * sizeof(*hold->stage));
			kept_frames += n;
			hold->fifo[kept_recs++ & hold->fifo_mask] = rec;
		} else {
			struct rte_mbuf **place = txq_place(to, n);

			memcpy(place, &hold->stage[frame], n * sizeof(*place));
			frames_address(place, n, mac);
			txq_commit(to, rec);
			rec->target->held -= n;
			n_released++;
		}
		frame += n;
	}
	hold->tail = kept_frames;
	hold->fifo_tail = kept_recs;
	return n_released;
}
