/* SPDX-License-Identifier: BSD-3-Clause */
/* From a UDP datagram to its endpoint: lookups in bulk, delivery by run. */
#include "rx.h"

#include <string.h>

#include <rte_prefetch.h>
#include <rte_udp.h>

#include "../wire/icmp.h"

#define GROUP_OWNERS_MAX 64

/* The frame of a datagram that has been checked, to answer it. */
static struct rx_frame
frame_of(const struct rx *rx, struct rte_mbuf *pkt, struct proto_counters *counters)
{
	uint32_t zone = zone_of(pkt->port, zone_tags(pkt->packet_type));
	struct rx_frame f = {
		.pkt = pkt,
		.link = rx->net->ifs[zone_link(zone)].link,
		.counters = counters,
		.zone = zone,
		.n_frames = rx_meta_frames(pkt),
		.l3_len = pkt->l3_len,
		.group = pkt->outer_l2_len != 0,
	};

	f.l3 = rte_pktmbuf_mtod(pkt, uint8_t *) - sizeof(struct rte_udp_hdr) - f.l3_len;
	f.family = f.l3[0] >> 4;
	return f;
}

/* Nobody listens there (RFC 1122 4.1.3.1, RFC 4443 3.1). */
static void
no_endpoint(struct rx *rx, struct rte_mbuf *pkt, struct proto_counters *counters)
{
	struct rx_frame f = frame_of(rx, pkt, counters);

	if (f.family == PROTO_IPV4)
		answer_error(rx, &f, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	else
		answer_error(rx, &f, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT, 0);
	rx_end(&f, PROTO_DROP_NO_ENDPOINT);
}

/* Datagrams of one owner, in a row. */
void
rx_run_deliver(struct rx *rx, demux_owner owner, struct rte_mbuf **pkts, unsigned n,
	struct load load, struct proto_counters *counters)
{
	if (unlikely(owner == 0)) {
		for (unsigned i = 0; i < n; i++)
			no_endpoint(rx, pkts[i], counters);
	} else if (likely(demux_worker(owner) == rx->worker)) {
		sink_deliver((struct rx_sink *)demux_endpoint(owner), pkts, n, load, counters);
	} else {
		handover_datagrams(rx, pkts, n, demux_worker(owner), counters);
	}
}

void
rx_batch_flush(struct rx *rx)
{
	struct rx_batch *batch = &rx->batch;
	demux_owner owners[RX_BURST];
	unsigned n = batch->n;
	unsigned first = 0;

	if (n == 0)
		return;
	demux_lookup(rx->net->demux, batch->key_at, n, owners);
	/* Endpoints of many peers are cold: their misses overlap. */
	for (unsigned i = 0; i < n; i++)
		rte_prefetch0(demux_endpoint(owners[i]));
	for (unsigned i = 1; i <= n; i++) {
		if (i < n && owners[i] == owners[first] &&
			batch->counters[i] == batch->counters[first])
			continue;
		rx_run_deliver(rx, owners[first], &batch->pkts[first], i - first,
			load_of(&batch->pkts[first], i - first), batch->counters[first]);
		first = i;
	}
	batch->n = 0;
}

/* Does this owner hear the group? Broadcast is for everybody. */
static bool
owner_hears(const struct rx *rx, const struct rx_frame *f, demux_owner owner,
	const struct proto_addr *dst)
{
	if (!proto_addr_is_multicast(dst))
		return true;
	return rx->hears((struct rx_sink *)demux_endpoint(owner), dst, f->link->index);
}

struct rte_mbuf *
rx_copy(struct rx *rx, const struct rx_frame *f)
{
	uint16_t front = (uint16_t)(f->l3_len + sizeof(struct rte_udp_hdr));
	struct rte_mbuf *copy;

	(void)rte_pktmbuf_prepend(f->pkt, front);
	copy = rte_pktmbuf_copy(f->pkt, rx->pool, 0, UINT32_MAX);
	(void)rte_pktmbuf_adj(f->pkt, front);
	/* Also one that could not be made: what it would have been is counted on both sides. */
	count_add(f->counters, PROTO_C_FRAMES_SHARED, f->n_frames);
	if (copy == NULL)
		rx_drop(f, PROTO_DROP_NO_MEMORY);
	else
		(void)rte_pktmbuf_adj(copy, front);
	return copy; /* what rx_meta_set() and rx_batch_add() note in it has been copied too */
}

/*
 * Each of our endpoints that hears the group gets the datagram: the last one itself, those before
 * it a copy.
 */
static int
group_deliver(struct rx *rx, struct rx_frame *f, const demux_owner *owners, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct rx_sink *sink = (struct rx_sink *)demux_endpoint(owners[i]);
		struct rte_mbuf *pkt = f->pkt;

		if (i + 1 < n) {
			pkt = rx_copy(rx, f);
			if (pkt == NULL)
				continue; /* the last one gets it all the same */
		}
		sink_deliver(sink, &pkt, 1, load_of(&pkt, 1), f->counters);
	}
	return RX_KEPT;
}

/* Other workers have members too: copies for them; when none is ours the last gets the datagram. */
static int
group_share(struct rx *rx, struct rx_frame *f, const demux_owner *owners, unsigned mine,
	uint64_t others)
{
	unsigned last = 63 - (unsigned)__builtin_clzll(others);

	if (mine != 0) {
		handover_group(rx, f, others);
		return group_deliver(rx, f, owners, mine);
	}
	handover_group(rx, f, others & ~(UINT64_C(1) << last));
	handover_datagrams(rx, &f->pkt, 1, last, f->counters);
	return RX_KEPT;
}

int
deliver_group(struct rx *rx, struct rx_frame *f, const struct demux_key *key)
{
	demux_owner owners[GROUP_OWNERS_MAX];
	struct proto_addr src, dst;
	unsigned n = demux_lookup_all(rx->net->demux, key, owners, GROUP_OWNERS_MAX);
	unsigned mine = 0;
	uint64_t others = 0;

	rx_addrs(f, &src, &dst);
	for (unsigned i = 0; i < n; i++) {
		if (demux_worker(owners[i]) != rx->worker)
			others |= UINT64_C(1) << demux_worker(owners[i]);
		else if (owner_hears(rx, f, owners[i], &dst))
			owners[mine++] = owners[i];
	}
	if (!f->settled && others != 0)
		return group_share(rx, f, owners, mine, others);
	if (mine == 0)
		return PROTO_DROP_NO_ENDPOINT;
	return group_deliver(rx, f, owners, mine);
}
