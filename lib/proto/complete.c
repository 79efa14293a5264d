/* SPDX-License-Identifier: BSD-3-Clause */
#include "complete.h"

#include <errno.h>
#include <string.h>

#include <rte_errno.h>

#include "pktpool_mem.h"

#define DELIVER_BURST 64 /* completions a call of a done function gets at most */

static void
done_push(struct completions *comp, struct send_rec *rec)
{
	rec->state = REC_DONE;
	comp->done[comp->done_tail++ & comp->done_mask] = rec;
}

/* The last reference to a mapped payload has gone; see the top of complete.h. */
static void
rec_unmapped(void *addr, void *opaque)
{
	struct send_rec *rec = opaque;
	struct completions *comp = rec->completions;

	RTE_SET_USED(addr);
	if (rte_gettid() == atomic_load_explicit(&comp->tid, memory_order_relaxed)) {
		comp->n_handed--;
		done_push(comp, rec);
		return;
	}
	/* The ring has a place for every record, so this cannot fail. */
	(void)rte_ring_mp_enqueue(comp->remote, rec);
}

int
completions_init(struct completions *comp, const char *name, uint32_t n_recs, int socket)
{
	uint32_t ring_size = rte_align32pow2(n_recs + 1);

	memset(comp, 0, sizeof(*comp));
	comp->recs = pktpool_mem_alloc("PREC", n_recs * sizeof(*comp->recs), 64, socket, NULL);
	comp->free_recs =
		pktpool_mem_alloc("PREC", n_recs * sizeof(struct send_rec *), 64, socket, NULL);
	comp->done =
		pktpool_mem_alloc("PREC", ring_size * sizeof(struct send_rec *), 64, socket, NULL);
	comp->remote = rte_ring_create(name, ring_size, socket, RING_F_SC_DEQ);
	if (comp->recs == NULL || comp->free_recs == NULL || comp->done == NULL ||
		comp->remote == NULL) {
		completions_fini(comp);
		return -ENOMEM;
	}
	comp->done_mask = ring_size - 1;
	comp->n_recs = n_recs;
	comp->n_free = n_recs;
	for (uint32_t i = 0; i < n_recs; i++) {
		memset(&comp->recs[i], 0, sizeof(comp->recs[i]));
		comp->recs[i].completions = comp;
		comp->recs[i].shinfo.free_cb = rec_unmapped;
		comp->recs[i].shinfo.fcb_opaque = &comp->recs[i];
		comp->free_recs[i] = &comp->recs[n_recs - 1 - i];
	}
	return 0;
}

void
completions_fini(struct completions *comp)
{
	(void)pktpool_mem_free(comp->recs);
	(void)pktpool_mem_free(comp->free_recs);
	(void)pktpool_mem_free(comp->done);
	rte_ring_free(comp->remote);
	memset(comp, 0, sizeof(*comp));
}

struct send_rec *
rec_take(struct completions *comp, struct completion_target *target, void *ctx)
{
	if (unlikely(comp->n_free == 0))
		return NULL;
	struct send_rec *rec = comp->free_recs[--comp->n_free];

	rec->target = target;
	rec->ctx = ctx;
	rec->state = REC_STAGED;
	rec->reason = PROTO_REASON_NONE;
	rec->mapped = false;
	return rec;
}

void
rec_untake(struct completions *comp, struct send_rec *rec)
{
	rec->state = REC_FREE;
	comp->free_recs[comp->n_free++] = rec;
}

void
rec_handed(struct completions *comp, struct send_rec *rec)
{
	if (!rec->mapped) {
		done_push(comp, rec);
		return;
	}
	/* Before the reference goes: another thread may drop the last one at once. */
	rec->state = REC_HANDED;
	comp->n_handed++;
	if (rte_mbuf_ext_refcnt_update(&rec->shinfo, -1) == 0)
		rec_unmapped(NULL, rec);
}

/* Move what other threads have freed to the done queue. */
static void
remote_collect(struct completions *comp)
{
	struct send_rec *recs[DELIVER_BURST];
	unsigned n;

	do {
		n = rte_ring_sc_dequeue_burst(comp->remote, (void **)recs, RTE_DIM(recs), NULL);
		for (unsigned i = 0; i < n; i++)
			done_push(comp, recs[i]);
		comp->n_handed -= n;
	} while (n == RTE_DIM(recs));
}

/* Take up to a burst of completions of one endpoint off the queue; their records become free. */
static unsigned
done_pop(struct completions *comp, uint32_t end, struct proto_done done[DELIVER_BURST])
{
	struct completion_target *target = comp->done[comp->done_head & comp->done_mask]->target;
	unsigned n = 0;
	unsigned failed = 0;

	while (comp->done_head != end && n < DELIVER_BURST) {
		struct send_rec *rec = comp->done[comp->done_head & comp->done_mask];

		if (rec->target != target)
			break;
		done[n++] = (struct proto_done){
			.ctx = rec->ctx,
			.status = proto_reason_errno(rec->reason),
			.reason = rec->reason,
		};
		if (unlikely(rec->reason != PROTO_REASON_NONE)) {
			count_reason(target->counters, rec->reason);
			failed++;
		}
		rec->state = REC_FREE;
		comp->free_recs[comp->n_free++] = rec;
		comp->done_head++;
	}
	target->outstanding -= n;
	count_add(target->counters, PROTO_C_PAYLOADS_FAILED, failed);
	count_add(target->counters, PROTO_C_PAYLOADS_COMPLETED, n - failed);
	return n;
}

unsigned
completions_deliver(struct completions *comp)
{
	struct proto_done done[DELIVER_BURST];
	unsigned total = 0;

	if (unlikely(comp->n_handed != 0))
		remote_collect(comp);
	for (uint32_t end = comp->done_tail; comp->done_head != end;) {
		const struct completion_target *target =
			comp->done[comp->done_head & comp->done_mask]->target;
		unsigned n = done_pop(comp, end, done);

		if (target->done != NULL)
			target->done(target->ep, done, n, target->arg);
		total += n;
	}
	return total;
}

void
completions_fail_handed(struct completions *comp, const void *queue, enum proto_reason reason)
{
	remote_collect(comp); /* what other threads have given back has left */
	for (uint32_t i = 0; i < comp->n_recs; i++) {
		struct send_rec *rec = &comp->recs[i];

		if (rec->state == REC_HANDED && rec->target->queue == queue)
			rec->reason = (uint8_t)reason;
	}
}
