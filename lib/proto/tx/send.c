/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sending: plan, take, fill, commit. Payloads are planned and taken in batches, so that one bulk
 * allocation serves many small ones. After "take" nothing can fail: a payload is staged whole or
 * not at all.
 */
#include "flow.h"
#include "pktpool.h"
#include "pktpool_mem.h"

#define BATCH	     32	 /* payloads planned and taken together */
#define BATCH_FRAMES 32	 /* frames after which no more payloads join: caches are small */
#define HOLD_FRAMES  256 /* that one endpoint has waiting for neighbours; one payload always may */
#define FLUSH_FRAMES 32	 /* frames staged that are burst at once, while they are in the cache */

/* A payload that has been planned. */
struct planned {
	struct plan plan;
	uint32_t payload_len;
	uint32_t pieces; /* descriptors to map it; 0: it is copied */
	bool linearized; /* copied although it was to be mapped */
};

struct batch {
	struct planned payloads[BATCH];
	uint32_t n;
	uint32_t frames;
	uint32_t pieces;
};

/* Can a device read every piece where it lies, in one run each? */
static bool
payload_is_dma(const struct proto_payload *payload)
{
	for (uint32_t i = 0; i < payload->iovcnt; i++) {
		const struct iovec *iov = &payload->iov[i];
		rte_iova_t iova;

		if (iov->iov_len == 0)
			continue;
		if (!pktpool_mem_is_dma(iov->iov_base, iov->iov_len) ||
			pktpool_mem_run(iov->iov_base, iov->iov_len, &iova) < iov->iov_len)
			return false;
	}
	return true;
}

/* Descriptors that a payload can have: of the pool, and of the 16 bits that count them. */
static uint32_t
flow_pieces_max(const struct flow *flow)
{
	return RTE_MIN(flow->share->n_buffers, (uint32_t)UINT16_MAX - 1);
}

/* Decide between map and copy. Sets p->pieces when the payload is to be mapped. */
static void
plan_mapping(const struct flow *flow, const struct proto_payload *payload, struct planned *p)
{
	uint32_t pieces = p->plan.n_frames;
	uint32_t most = 1;

	if (payload->iovcnt != 1 &&
		plan_count_pieces(&p->plan, payload->iov, payload->iovcnt, &pieces, &most) != 0)
		return;
	if (p->payload_len < (uint64_t)flow->map_piece_min * pieces)
		return;
	if (most + 1 > flow->segs_max || pieces > flow_pieces_max(flow) ||
		(!flow->memory_any && !payload_is_dma(payload)))
		p->linearized = true;
	else
		p->pieces = pieces;
}

static bool
iov_is_valid(const struct proto_payload *payload)
{
	for (uint32_t i = 0; i < payload->iovcnt; i++)
		if (unlikely(payload->iov[i].iov_base == NULL && payload->iov[i].iov_len != 0))
			return false;
	return true;
}

static enum proto_reason
plan_payload(const struct flow *flow, const struct proto_payload *payload, struct planned *p)
{
	if (unlikely(!iov_is_valid(payload)))
		return PROTO_REASON_BAD_PAYLOAD;
	if (unlikely(plan_iov_len(payload->iov, payload->iovcnt, flow->path.payload_max,
			     &p->payload_len) != 0 ||
		     plan_make(&flow->path, p->payload_len, &p->plan) != 0))
		return PROTO_REASON_TOO_LONG;
	if (unlikely(p->plan.fragmented && flow->refuse_fragments))
		return PROTO_REASON_NEEDS_FRAG;
	p->pieces = 0;
	p->linearized = false;
	if (flow->may_map && p->payload_len != 0)
		plan_mapping(flow, payload, p);
	return PROTO_REASON_NONE;
}

/* Plan as many payloads as go together. `reason`: why it stopped before the batch was full. */
static void
batch_plan(const struct flow *flow, const struct proto_payload *payloads, uint32_t n,
	struct batch *batch, enum proto_reason *reason)
{
	batch->n = batch->frames = batch->pieces = 0;
	while (batch->n < n && batch->n < BATCH && batch->frames < BATCH_FRAMES) {
		struct planned *p = &batch->payloads[batch->n];

		*reason = plan_payload(flow, &payloads[batch->n], p);
		if (unlikely(*reason != PROTO_REASON_NONE))
			return;
		if (unlikely(batch->pieces + p->pieces > flow->share->n_buffers))
			return; /* share->bufs has no room for more: the next batch */
		batch->n++;
		batch->frames += p->plan.n_frames;
		batch->pieces += p->pieces;
	}
}

/* What was taken for payloads: their records, packets and descriptors. */
struct taken {
	struct rte_mbuf **pkts;
	struct rte_mbuf **bufs;
	struct send_rec *recs[BATCH];
};

static void
recs_untake(struct completions *comp, struct taken *taken, uint32_t n)
{
	while (n > 0)
		rec_untake(comp, taken->recs[--n]);
}

static bool
recs_take(struct flow *flow, const struct proto_payload *payloads, uint32_t n, struct taken *taken)
{
	struct completions *comp = &flow->share->completions;

	for (uint32_t i = 0; i < n; i++) {
		taken->recs[i] = rec_take(comp, flow->target, payloads[i].ctx);
		if (unlikely(taken->recs[i] == NULL)) {
			recs_untake(comp, taken, i);
			return false;
		}
	}
	return true;
}

/* Take all that `n` payloads need, or nothing. */
static enum proto_reason
take(struct flow *flow, const struct proto_payload *payloads, uint32_t n, uint32_t frames,
	uint32_t pieces, struct taken *taken)
{
	struct tx_share *share = flow->share;

	if (unlikely(txq_room(flow->txq) < frames) &&
		(txq_flush(flow->txq) == 0 || txq_room(flow->txq) < frames))
		return flow->txq->holds ? PROTO_REASON_NEIGH_QUEUE : PROTO_REASON_BACKLOG;
	if (unlikely(flow->txq->holds && flow->target->held != 0 &&
		     flow->target->held + frames > HOLD_FRAMES))
		return PROTO_REASON_NEIGH_QUEUE;
	if (unlikely(!recs_take(flow, payloads, n, taken)))
		return PROTO_REASON_NO_RECORD;
	taken->pkts = txq_place(flow->txq, frames);
	taken->bufs = share->bufs;
	if (unlikely(pktpool_alloc_raw_bulk(share->pktpool, taken->pkts, frames) != 0)) {
		recs_untake(&share->completions, taken, n);
		return PROTO_REASON_NO_PACKET;
	}
	if (pieces != 0 &&
		unlikely(bufpool_alloc_raw_bulk(share->bufpool, taken->bufs, pieces) != 0)) {
		rte_mempool_put_bulk(pktpool_mempool(share->pktpool), (void **)taken->pkts, frames);
		recs_untake(&share->completions, taken, n);
		return PROTO_REASON_NO_BUFFER;
	}
	return PROTO_REASON_NONE;
}

/* Bytes of all frames of a payload. */
static uint32_t
frames_octets(const struct hdr *hdr, const struct planned *p)
{
	if (p->plan.fragmented)
		return p->payload_len + hdr->first.len + (p->plan.n_frames - 1) * hdr->rest.len;
	return p->payload_len + p->plan.n_frames * hdr->whole.len;
}

/* Fill the frames of one payload and stage them. */
static void
fill_and_commit(struct flow *flow, const struct proto_payload *payload, const struct planned *p,
	struct send_rec *rec, struct rte_mbuf **pkts, struct rte_mbuf **bufs)
{
	struct fill fill = {
		.ctx = &flow->fill_ctx,
		.iov = payload->iov,
		.plan = &p->plan,
		.pkts = pkts,
		.bufs = bufs,
		.shinfo = &rec->shinfo,
	};

	rec->n_frames = p->plan.n_frames;
	rec->octets = frames_octets(&flow->fill_ctx.hdr, p);
	rec->neigh = flow->neigh;
	if (p->pieces != 0) {
		rec->mapped = true;
		rte_mbuf_ext_refcnt_set(&rec->shinfo, (uint16_t)(p->pieces + 1));
		flow->fill_map(&fill);
	} else {
		flow->fill_copy(&fill);
	}
	if (unlikely(flow->txq->holds))
		flow->target->held += rec->n_frames;
	txq_commit(flow->txq, rec);
}

static void
count_accepted(struct flow *flow, const struct planned *p, uint32_t n)
{
	struct proto_counters *counters = flow->target->counters;
	uint32_t frames = 0;

	for (uint32_t i = 0; i < n; i++) {
		frames += p[i].plan.n_frames;
		count_add(counters, PROTO_C_PAYLOAD_OCTETS, p[i].payload_len);
		count_add(counters, PROTO_C_PAYLOADS_MAPPED, p[i].pieces != 0);
		count_add(counters, PROTO_C_PAYLOADS_LINEARIZED, p[i].linearized);
	}
	count_add(&flow->txq->counters, PROTO_C_FRAMES_STAGED, frames);
	count_add(counters, PROTO_C_PAYLOADS_ACCEPTED, n);
	flow->target->outstanding += n;
}

/* Send `n` planned payloads, all or none. */
static enum proto_reason
send_planned(struct flow *flow, const struct proto_payload *payloads, const struct planned *p,
	uint32_t n, uint32_t frames, uint32_t pieces)
{
	struct taken taken;
	enum proto_reason reason = take(flow, payloads, n, frames, pieces, &taken);

	if (unlikely(reason != PROTO_REASON_NONE))
		return reason;
	for (uint32_t i = 0; i < n; i++) {
		fill_and_commit(flow, &payloads[i], &p[i], taken.recs[i], taken.pkts, taken.bufs);
		taken.pkts += p[i].plan.n_frames;
		if (p[i].pieces != 0) /* who maps nothing may have no array of them */
			taken.bufs += p[i].pieces;
	}
	count_accepted(flow, p, n);
	if (txq_staged(flow->txq) >= FLUSH_FRAMES)
		(void)txq_flush(flow->txq);
	return PROTO_REASON_NONE;
}

/* Send a planned batch. Returns how many payloads of it were taken. */
static uint32_t
send_batch(struct flow *flow, const struct proto_payload *payloads, const struct batch *batch,
	enum proto_reason *reason)
{
	enum proto_reason ret = send_planned(
		flow, payloads, batch->payloads, batch->n, batch->frames, batch->pieces);

	if (likely(ret == PROTO_REASON_NONE))
		return batch->n;
	/* Together they ask for too much: see how far it goes one by one. */
	for (uint32_t i = 0; i < batch->n; i++) {
		const struct planned *p = &batch->payloads[i];

		if (batch->n > 1)
			ret = send_planned(flow, &payloads[i], p, 1, p->plan.n_frames, p->pieces);
		if (ret != PROTO_REASON_NONE) {
			*reason = ret;
			return i;
		}
	}
	return batch->n;
}

void
flow_refused(struct flow *flow, enum proto_reason reason)
{
	count_add(flow->target->counters, PROTO_C_PAYLOADS_REFUSED, 1);
	count_reason(flow->target->counters, reason);
}

uint16_t
flow_send(struct flow *flow, const struct proto_payload *payloads, uint16_t n,
	enum proto_reason *reason)
{
	uint32_t accepted = 0;
	struct batch batch;

	*reason = PROTO_REASON_NONE;
	while (accepted < n && *reason == PROTO_REASON_NONE) {
		batch_plan(flow, &payloads[accepted], n - accepted, &batch, reason);
		if (batch.n != 0)
			accepted += send_batch(flow, &payloads[accepted], &batch, reason);
	}
	if (unlikely(*reason != PROTO_REASON_NONE))
		flow_refused(flow, *reason);
	return (uint16_t)accepted;
}

void
flow_bound(struct flow *flow)
{
	uint32_t frames = RTE_MIN(flow->txq->limit, flow->share->n_packets);
	uint32_t low = 0;
	uint32_t high = flow->path.payload_max;

	while (low < high) {
		uint32_t middle = low + (high - low + 1) / 2;
		struct plan plan;

		if (plan_make(&flow->path, middle, &plan) == 0 && plan.n_frames <= frames)
			low = middle;
		else
			high = middle - 1;
	}
	flow->path.payload_max = low;
}
