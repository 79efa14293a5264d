/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where datagrams go: an endpoint, as far as the receive path knows one. What its client holds is
 * counted in frames: `delivered` by the worker, `returned` by the thread that gives back, of which
 * the worker's own has a count without a locked instruction.
 *
 * What each datagram needs is one cache line: with many endpoints it is not in the cache.
 */
#ifndef PROTO_RX_SINK_H
#define PROTO_RX_SINK_H

#include <stdatomic.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_eal.h>
#include <rte_ring.h>

#include "../counters.h"
#include "../proto_endpoint.h"
#include "../tap.h"

struct rx_sink { /* the beginning of a struct proto_endpoint */
	proto_recv_fn recv;
	void *arg;
	struct rte_ring *ring; /* NULL: recv */
	uint64_t held_max;
	uint64_t delivered;
	_Atomic uint64_t returned;	/* by other threads */
	_Atomic uint64_t returned_here; /* by the worker's */
	const _Atomic int *tid;		/* the worker's thread */
	proto_error_fn error;
	const struct drop_tap *tap;
} __rte_cache_aligned;

_Static_assert(offsetof(struct rx_sink, error) == RTE_CACHE_LINE_SIZE, "one line for a datagram");

static inline struct proto_endpoint *
sink_endpoint(struct rx_sink *sink)
{
	return (struct proto_endpoint *)sink;
}

/* A datagram on its way to a sink: what mbuf fields of a received packet mean from here on. */
static inline void
rx_meta_set(struct rte_mbuf *pkt, uint16_t l2_len, uint16_t l3_len, uint32_t n_frames, bool group)
{
	/* One store for: header lengths in front of the data, the frames it came in, and whether it
	 * came to a group or broadcast address. */
	pkt->tx_offload = rte_mbuf_tx_offload(l2_len, l3_len, 0, n_frames, 0, group, 0);
}

static inline uint32_t
rx_meta_frames(const struct rte_mbuf *pkt)
{
	return pkt->tso_segsz;
}

/* Frames and bytes of datagrams. */
struct load {
	uint64_t frames;
	uint64_t octets;
};

struct load load_of(struct rte_mbuf *const *pkts, unsigned n);

/*
 * Give datagrams of `link`'s to a sink; what it has no room for is freed and counted. Takes
 * ownership. The worker's thread.
 */
void sink_deliver(struct rx_sink *sink, struct rte_mbuf **pkts, unsigned n, struct load load,
	struct proto_counters *counters);

/* Show checked datagrams to the tap, or what an L2 endpoint was to get. */
void tap_datagrams(const struct drop_tap *tap, struct rte_mbuf *const *pkts, unsigned n,
	enum proto_drop reason);

/* Drop what waits in the sink's ring. */
void sink_flush(struct rx_sink *sink);

static inline uint64_t
sink_held(const struct rx_sink *sink)
{
	return sink->delivered - atomic_load_explicit(&sink->returned, memory_order_acquire) -
	       atomic_load_explicit(&sink->returned_here, memory_order_relaxed);
}

/* The client gives `frames` back, or takes them over. Any thread. */
static inline void
sink_returned(struct rx_sink *sink, uint64_t frames)
{
	uint64_t here;

	if (likely(rte_gettid() == atomic_load_explicit(sink->tid, memory_order_relaxed))) {
		here = atomic_load_explicit(&sink->returned_here, memory_order_relaxed);
		atomic_store_explicit(&sink->returned_here, here + frames, memory_order_relaxed);
		return;
	}
	atomic_fetch_add_explicit(&sink->returned, frames, memory_order_release);
}

#endif
