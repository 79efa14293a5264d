/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where datagrams go: an endpoint, as far as the receive path knows one. What its client holds is
 * counted in frames: `delivered` by the worker, `returned` by whichever thread gives back.
 */
#ifndef PROTO_RX_SINK_H
#define PROTO_RX_SINK_H

#include <stdatomic.h>

#include <rte_common.h>
#include <rte_ring.h>

#include "../counters.h"
#include "../proto_endpoint.h"

struct rx_sink {
	struct proto_endpoint *ep;
	proto_recv_fn recv;
	proto_error_fn error;
	void *arg;
	struct rte_ring *ring; /* NULL: recv */
	uint64_t held_max;
	uint64_t delivered;
	_Atomic uint64_t returned;
} __rte_cache_aligned;

/* A datagram on its way to a sink: what mbuf fields of a received packet mean from here on. */
static inline void
rx_meta_set(struct rte_mbuf *pkt, uint16_t l3_len, uint32_t n_frames, bool group)
{
	/* One store for: header lengths in front of the data, the frames it came in, and whether it
	 * came to a group or broadcast address. */
	pkt->tx_offload = rte_mbuf_tx_offload(0, l3_len, 0, n_frames, 0, group, 0);
}

static inline uint32_t
rx_meta_frames(const struct rte_mbuf *pkt)
{
	return pkt->tso_segsz;
}

/*
 * Give datagrams of `link`'s to a sink; what it has no room for is freed and counted. Takes
 * ownership. The worker's thread.
 */
void sink_deliver(
	struct rx_sink *sink, struct rte_mbuf **pkts, unsigned n, struct proto_counters *counters);

/* Drop what waits in the sink's ring. */
void sink_flush(struct rx_sink *sink);

static inline uint64_t
sink_held(const struct rx_sink *sink)
{
	return sink->delivered - atomic_load_explicit(&sink->returned, memory_order_acquire);
}

#endif
