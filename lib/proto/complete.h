/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Send records: exactly one completion for each accepted payload.
 *
 * A record is taken when a payload is accepted and given back when its completion is delivered. On
 * its way it is staged (frames wait in a txq), then handed (the port has taken every frame) and,
 * once nothing refers to the client's memory any more, done.
 *
 * A mapped payload counts its references in the record's shinfo: one for each descriptor over the
 * client's memory and one for the staging, which the worker drops when the last frame has been
 * handed. So the free callback can run only after that, on whichever thread frees the last mbuf:
 * on the worker's own it goes straight to the done queue, from elsewhere through a ring.
 */
#ifndef PROTO_COMPLETE_H
#define PROTO_COMPLETE_H

#include <stdatomic.h>

#include <rte_eal.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "counters.h"
#include "proto_endpoint.h"

/* Who hears of completions: an endpoint, as far as this file knows one. */
struct completion_target {
	struct proto_endpoint *ep;
	proto_done_fn done; /* NULL: they are counted only */
	void *arg;
	struct proto_counters *counters;
	const void *queue;    /* where its frames are staged */
	uint32_t outstanding; /* accepted, completion not delivered */
	uint32_t held;	      /* its frames that wait for a neighbour */
};

enum rec_state {
	REC_FREE,
	REC_STAGED,
	REC_HANDED, /* mapped memory is still referred to */
	REC_DONE,   /* waits to be delivered */
};

struct send_rec {
	struct rte_mbuf_ext_shared_info shinfo;
	struct completion_target *target;
	void *ctx;
	struct completions *completions;
	uint32_t n_frames;
	uint32_t octets; /* of all its frames */
	uint8_t state;	 /* enum rec_state */
	uint8_t reason;	 /* enum proto_reason: why it failed, if it did */
	bool mapped;
	uint32_t neigh; /* a neigh_id: whom it waits for, while it is held */
} __rte_cache_aligned;

_Static_assert(sizeof(struct send_rec) == RTE_CACHE_LINE_SIZE, "one line for each payload");

struct completions {
	struct send_rec *recs;	     /* all of them */
	struct send_rec **free_recs; /* a stack */
	uint32_t n_free;
	uint32_t n_recs;

	struct send_rec **done; /* a FIFO ring of done_mask + 1 */
	uint32_t done_head;
	uint32_t done_tail;
	uint32_t done_mask;

	struct rte_ring *remote; /* records that another thread freed last */
	uint32_t n_handed;	 /* records in REC_HANDED */
	_Atomic int tid;	 /* the worker's thread */
};

int completions_init(struct completions *comp, const char *name, uint32_t n_recs, int socket);
void completions_fini(struct completions *comp);

/* Take a record for a payload, or NULL. The worker's thread. */
struct send_rec *rec_take(struct completions *comp, struct completion_target *target, void *ctx);

/* Give back a record that was taken and not used. */
void rec_untake(struct completions *comp, struct send_rec *rec);

/* The port has taken (or the stack has freed) every frame of the record. The worker's thread. */
void rec_handed(struct completions *comp, struct send_rec *rec);

/*
 * Collect what other threads freed and call the endpoints' done functions. Returns how many
 * payloads were completed. Completions that those functions cause wait for the next call.
 */
unsigned completions_deliver(struct completions *comp);

/*
 * Mapped payloads of this queue that the port has taken and not given back: say that they failed
 * for `reason`, since nobody knows whether they left. For the thread that stops the port.
 */
void completions_fail_handed(struct completions *comp, const void *queue, enum proto_reason reason);

/* The calling thread works this worker from now on. */
static inline void
completions_own(struct completions *comp)
{
	atomic_store_explicit(&comp->tid, rte_gettid(), memory_order_relaxed);
}

/* Records not free. */
static inline uint32_t
completions_outstanding(const struct completions *comp)
{
	return comp->n_recs - comp->n_free;
}

#endif
