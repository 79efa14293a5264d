/* SPDX-License-Identifier: BSD-3-Clause */
#include "sink.h"

#include <rte_udp.h>

#include "pktpool.h"

struct load
load_of(struct rte_mbuf *const *pkts, unsigned n)
{
	struct load load = {0};

	for (unsigned i = 0; i < n; i++) {
		load.frames += rx_meta_frames(pkts[i]);
		load.octets += pkts[i]->pkt_len;
	}
	return load;
}

/* How many of the datagrams, from the first on, the client may hold besides what it holds. */
static unsigned
fitting(const struct rx_sink *sink, struct rte_mbuf *const *pkts, unsigned n)
{
	uint64_t room = sink->held_max - RTE_MIN(sink_held(sink), sink->held_max);
	unsigned i;

	for (i = 0; i < n && rx_meta_frames(pkts[i]) <= room; i++)
		room -= rx_meta_frames(pkts[i]);
	return i;
}

void
tap_datagrams(const struct drop_tap *tap, struct rte_mbuf *const *pkts, unsigned n,
	enum proto_drop reason)
{
	for (unsigned i = 0; i < n; i++) {
		const struct rte_mbuf *pkt = pkts[i];
		uint16_t udp_len = pkt->l3_len != 0 ? sizeof(struct rte_udp_hdr) : 0;
		uint16_t front = (uint16_t)(tap_headers(pkt) + udp_len);

		if (rx_meta_frames(pkt) > 1)
			tap_chain(tap, pkt->port, pkt, front, reason);
		else
			tap_frame(tap, pkt->port, pkt, front, reason);
	}
}

static void
refuse(const struct rx_sink *sink, struct rte_mbuf **pkts, unsigned n,
	struct proto_counters *counters)
{
	if (n == 0)
		return;
	if (tap_is_set(sink->tap))
		tap_datagrams(sink->tap, pkts, n, PROTO_DROP_ENDPOINT_FULL);
	count_drop(counters, PROTO_DROP_ENDPOINT_FULL, (uint32_t)load_of(pkts, n).frames);
	pktpool_free_bulk(pkts, n);
}

void
sink_deliver(struct rx_sink *sink, struct rte_mbuf **pkts, unsigned n, struct load load,
	struct proto_counters *counters)
{
	unsigned taken = n;

	if (unlikely(sink->recv == NULL && sink->ring == NULL))
		taken = 0;
	else if (unlikely(sink_held(sink) + load.frames > sink->held_max))
		taken = fitting(sink, pkts, n);
	if (sink->ring != NULL) /* before others can take them out they have been counted */
		taken = RTE_MIN(taken, rte_ring_free_count(sink->ring));
	if (unlikely(taken != n)) {
		refuse(sink, &pkts[taken], n - taken, counters);
		load = load_of(pkts, taken);
	}
	if (unlikely(taken == 0))
		return;
	sink->delivered += load.frames;
	count_add(counters, PROTO_C_FRAMES_DELIVERED, load.frames);
	count_add(counters, PROTO_C_DATAGRAM_OCTETS, load.octets);
	count_add(counters, PROTO_C_DATAGRAMS_DELIVERED, taken);
	if (sink->ring != NULL)
		(void)rte_ring_sp_enqueue_bulk(sink->ring, (void *const *)pkts, taken, NULL);
	else
		sink->recv(sink_endpoint(sink), pkts, taken, sink->arg);
}

void
sink_flush(struct rx_sink *sink)
{
	struct rte_mbuf *pkts[32];
	unsigned n;

	if (sink->ring == NULL)
		return;
	while ((n = rte_ring_sc_dequeue_burst(sink->ring, (void **)pkts, RTE_DIM(pkts), NULL)) != 0)
		proto_return(sink_endpoint(sink), pkts, n);
}
