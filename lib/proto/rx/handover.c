/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From worker to worker: what one received and another owns, through the other's inbox. A packet
 * says by itself what it is: a frame from its Ethernet header on, a checked UDP datagram, or a
 * checked ICMP error.
 */
#include "rx.h"

#include <string.h>

#include "pktpool.h"

/* What is in an inbox, in the high byte of packet_type; VLAN tags in the low three. */
enum handed {
	HANDED_FRAME = 1,
	HANDED_DATAGRAM,
	HANDED_ERROR,
};

#define HANDED_SHIFT 24

static void
mark(struct rte_mbuf *pkt, enum handed what, uint32_t zone)
{
	pkt->packet_type = (uint32_t)what << HANDED_SHIFT | zone_tags(zone);
	pkt->port = zone_link(zone);
}

static enum handed
handed_as(const struct rte_mbuf *pkt)
{
	return (enum handed)(pkt->packet_type >> HANDED_SHIFT);
}

static uint32_t
handed_frames(const struct rte_mbuf *pkt)
{
	return handed_as(pkt) == HANDED_FRAME ? 1 : rx_meta_frames(pkt);
}

/* Where the frame began: the Ethernet header is still there, in front of the IP header. */
static void
frame_rewind(struct rx_frame *f)
{
	const uint8_t *data = rte_pktmbuf_mtod(f->pkt, const uint8_t *);

	(void)rte_pktmbuf_prepend(f->pkt, (uint16_t)(data - f->l3 + f->l2_len));
}

/*
 * A worker that stalls keeps what it was given. It must not get all that this one receives with, or
 * this one stalls too: the rest is for what stays here.
 */
static bool
pool_is_low(const struct rx *rx)
{
	return rte_mempool_get_ops(rx->pool->ops_index)->get_count(rx->pool) < rx->pool_low;
}

int
handover_frame(struct rx *rx, struct rx_frame *f, unsigned worker)
{
	frame_rewind(f);
	mark(f->pkt, HANDED_FRAME, f->zone);
	if (unlikely(pool_is_low(rx) || rte_ring_mp_enqueue(rx->inboxes[worker], f->pkt) != 0))
		return PROTO_DROP_HANDOVER_FULL;
	count_add(f->counters, PROTO_C_FRAMES_HANDED_OVER, 1);
	return RX_KEPT;
}

int
handover_error(struct rx *rx, struct rx_frame *f, unsigned worker)
{
	rx_meta_set(f->pkt, f->l2_len, f->l3_len, f->n_frames, f->group);
	mark(f->pkt, HANDED_ERROR, f->zone);
	if (unlikely(rte_ring_mp_enqueue(rx->inboxes[worker], f->pkt) != 0))
		return PROTO_DROP_HANDOVER_FULL;
	count_add(f->counters, PROTO_C_FRAMES_HANDED_OVER, f->n_frames);
	return RX_KEPT;
}

void
handover_datagrams(struct rx *rx, struct rte_mbuf **pkts, unsigned n, unsigned worker,
	struct proto_counters *counters)
{
	unsigned sent = 0;
	uint32_t frames = 0;

	for (unsigned i = 0; i < n; i++) {
		mark(pkts[i], HANDED_DATAGRAM, zone_of(pkts[i]->port, pkts[i]->packet_type));
		frames += rx_meta_frames(pkts[i]);
	}
	if (likely(!pool_is_low(rx)))
		sent = rte_ring_mp_enqueue_burst(rx->inboxes[worker], (void *const *)pkts, n, NULL);
	for (unsigned i = sent; i < n; i++) {
		frames -= rx_meta_frames(pkts[i]);
		count_drop(counters, PROTO_DROP_HANDOVER_FULL, rx_meta_frames(pkts[i]));
	}
	if (tap_is_set(&rx->net->tap))
		tap_datagrams(&rx->net->tap, &pkts[sent], n - sent, PROTO_DROP_HANDOVER_FULL);
	pktpool_free_bulk(&pkts[sent], n - sent);
	count_add(counters, PROTO_C_FRAMES_HANDED_OVER, frames);
}

void
handover_group(struct rx *rx, struct rx_frame *f, uint64_t workers)
{
	for (unsigned worker = 0; worker < rx->n_workers; worker++) {
		if ((workers & UINT64_C(1) << worker) == 0)
			continue;
		struct rte_mbuf *copy = rx_copy(rx, f);

		if (copy != NULL)
			handover_datagrams(rx, &copy, 1, worker, f->counters);
	}
}

/* A frame that another worker passed on stays here. */
static void
frame_take(struct rx *rx, struct rx_frame *f)
{
	f->settled = true;
	f->n_frames = 1;
	rx_end(f, rx_ethernet(rx, f));
}

/* What was checked already: its IP header ends `hdr_len` bytes in front of its data. */
static void
checked_take(struct rx_frame *f, uint16_t hdr_len)
{
	f->n_frames = rx_meta_frames(f->pkt);
	f->l3_len = f->pkt->l3_len;
	f->l3 = rte_pktmbuf_mtod(f->pkt, uint8_t *) - hdr_len - f->l3_len;
	f->family = f->l3[0] >> 4;
	f->group = f->pkt->outer_l2_len != 0;
	f->settled = true;
}

static void
error_take(struct rx *rx, struct rx_frame *f)
{
	checked_take(f, 0);
	rx_end(f, icmp_error_in(rx, f));
}

static void
datagram_take(struct rx *rx, struct rx_frame *f)
{
	struct demux_key key;

	checked_take(f, sizeof(struct rte_udp_hdr));
	if (!f->group) {
		rx_batch_add(rx, f);
		return;
	}
	rx_udp_key(f->pkt, f->zone, &key);
	rx_end(f, deliver_group(rx, f, &key));
}

unsigned
rx_poll_inbox(struct rx *rx)
{
	struct rte_mbuf *pkts[RX_BURST];
	unsigned n = rte_ring_sc_dequeue_burst(
		rx->inboxes[rx->worker], (void **)pkts, RTE_DIM(pkts), NULL);

	for (unsigned i = 0; i < n; i++) {
		uint32_t zone = zone_of(pkts[i]->port, zone_tags(pkts[i]->packet_type));
		struct rx_frame f = {
			.pkt = pkts[i],
			.zone = zone,
			.link = rx->net->ifs[zone_link(zone)].link,
			.counters = &rx->txqs[zone_link(zone)]->counters,
		};
		count_add(f.counters, PROTO_C_FRAMES_TAKEN_OVER, handed_frames(pkts[i]));
		switch (handed_as(pkts[i])) {
		case HANDED_FRAME:
			frame_take(rx, &f);
			break;
		case HANDED_ERROR:
			error_take(rx, &f);
			break;
		case HANDED_DATAGRAM:
			datagram_take(rx, &f);
			break;
		}
	}
	rx_fragments_flush(rx);
	rx_batch_flush(rx);
	return n;
}

/* Show what is dropped out of the inbox to the tap. */
static void
tap_stopped(const struct rx *rx, struct rte_mbuf *pkt)
{
	const struct drop_tap *tap = &rx->net->tap;

	if (!tap_is_set(tap))
		return;
	if (handed_as(pkt) == HANDED_DATAGRAM)
		tap_datagrams(tap, &pkt, 1, PROTO_DROP_STOPPED);
	else if (handed_as(pkt) == HANDED_FRAME)
		tap_frame(tap, pkt->port, pkt, 0, PROTO_DROP_STOPPED);
	else if (rx_meta_frames(pkt) > 1)
		tap_chain(tap, pkt->port, pkt, tap_headers(pkt), PROTO_DROP_STOPPED);
	else
		tap_frame(tap, pkt->port, pkt, tap_headers(pkt), PROTO_DROP_STOPPED);
}

void
rx_flush(struct rx *rx)
{
	struct rte_mbuf *pkt;

	while (rte_ring_sc_dequeue(rx->inboxes[rx->worker], (void **)&pkt) == 0) {
		struct proto_counters *counters = &rx->txqs[pkt->port]->counters;
		uint32_t n_frames = handed_frames(pkt);

		count_add(counters, PROTO_C_FRAMES_TAKEN_OVER, n_frames);
		count_drop(counters, PROTO_DROP_STOPPED, n_frames);
		tap_stopped(rx, pkt);
		pktpool_free(pkt);
	}
	reass_flush(rx->reass);
}
