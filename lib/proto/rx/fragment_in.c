/* SPDX-License-Identifier: BSD-3-Clause */
/* Fragments of both families on their way into reassembly, and what comes out of it. */
#include "rx.h"

#include <string.h>

#include <rte_jhash.h>

#include "../wire/icmp.h"
#include "pktpool.h"

#define IP6_PAYLOAD_LEN_AT 4 /* of the field in the IPv6 header */
#define EXPIRE_BURST	   32

/*
 * The worker that puts this datagram together. Where the port spreads fragments of one datagram
 * over queues, the address pair decides; else it is the worker that got them.
 */
static unsigned
home_of(const struct rx *rx, const struct rx_frame *f, const struct reass_key *key)
{
	uint32_t words[9];

	if (rx->n_workers == 1 || f->settled || f->link->n_rx_queues < 2 ||
		f->link->port.frags_together)
		return rx->worker;
	memcpy(&words[0], key->src, sizeof(key->src));
	memcpy(&words[4], key->dst, sizeof(key->dst));
	words[8] = key->id;
	uint64_t hash = rte_jhash_32b(words, RTE_DIM(words), (uint32_t)rx->net->seed);

	return (unsigned)(hash * rx->n_workers >> 32);
}

/* RFC 8200 4.5: a fragment that is no multiple of 8, or would end too far out, is answered. */
static int
bad_fragment(struct rx *rx, const struct rx_frame *f, const struct rx_fragment *frag,
	enum reass_verdict verdict)
{
	bool length = verdict == REASS_BAD_LENGTH;

	if (f->family == PROTO_IPV6)
		answer_error(rx, f, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER,
			length ? IP6_PAYLOAD_LEN_AT : frag->frag_at + 2u);
	return length ? PROTO_DROP_FRAG_LENGTH : PROTO_DROP_FRAG_TOO_LONG;
}

/* A datagram is whole: make it the frame that is looked at. */
static int
whole_in(struct rx *rx, struct rx_frame *f, const struct rx_fragment *frag, struct rte_mbuf *whole,
	uint32_t n_frames, int (*next)(struct rx *rx, struct rx_frame *f))
{
	f->pkt = whole;
	f->n_frames = n_frames;
	/* The first fragment's headers, which may be longer than this one's. */
	f->l3_len = whole->l3_len;
	f->l3 = rte_pktmbuf_mtod(whole, uint8_t *) - f->l3_len;
	f->group = whole->outer_l2_len != 0;
	f->settled = false; /* its fragments may have been passed on, the datagram was not */
	count_add(f->counters, PROTO_C_DATAGRAMS_REASSEMBLED, 1);
	/* RFC 791 3.1: header and data; RFC 8200 4.5: what follows the first 40 bytes, without the
	 * fragment header, which goes. */
	uint32_t fixed = frag->key.family == PROTO_IPV6 ? sizeof(struct rte_ipv6_hdr) + 8 : 0;

	if (unlikely(f->l3_len - fixed + whole->pkt_len > UINT16_MAX))
		return PROTO_DROP_FRAG_TOO_LONG;
	return next(rx, f);
}

int
fragment_in(struct rx *rx, struct rx_frame *f, const struct rx_fragment *frag,
	int (*next)(struct rx *rx, struct rx_frame *f))
{
	unsigned home = home_of(rx, f, &frag->key);

	if (unlikely(home != rx->worker))
		return handover_frame(rx, f, home);
	if (unlikely(frag->hdr_len > 511)) /* what an mbuf's l3_len holds */
		return PROTO_DROP_EXT_TOO_MANY;
	(void)rte_pktmbuf_adj(f->pkt, frag->hdr_len);
	rx_meta_set(f->pkt, f->l2_len, frag->hdr_len, 1, f->group);
	if (unlikely(f->pkt->nb_segs > 1))
		tap_unmark(f->pkt->next);
	if (rx->n_pieces == RX_BURST)
		rx_fragments_flush(rx);
	rx->pieces[rx->n_pieces++] = (struct rx_piece){.f = *f, .frag = *frag, .next = next};
	return RX_KEPT;
}

/* Hand a fragment to reassembly. What comes of it is an end as any other. */
static int
piece_add(struct rx *rx, struct rx_piece *piece, const struct reass_frag *frag)
{
	struct rte_mbuf *whole;
	uint32_t n_frames;
	enum reass_verdict verdict = reass_add(rx->reass, frag, rx->now, &whole, &n_frames);

	if (likely(verdict == REASS_HELD || verdict == REASS_DROPPED))
		return RX_KEPT;
	if (verdict == REASS_WHOLE)
		return whole_in(rx, &piece->f, &piece->frag, whole, n_frames, piece->next);
	return bad_fragment(rx, &piece->f, &piece->frag, verdict);
}

void
rx_fragments_flush(struct rx *rx)
{
	struct reass_frag frags[RX_BURST];
	unsigned n = rx->n_pieces;

	if (likely(n == 0))
		return;
	rx->n_pieces = 0; /* what comes of these may ask for a flush again */
	for (unsigned i = 0; i < n; i++)
		frags[i] = (struct reass_frag){
			.key = &rx->pieces[i].frag.key,
			.pkt = rx->pieces[i].f.pkt,
			.offset = rx->pieces[i].frag.offset,
			.more = rx->pieces[i].frag.more,
			.counters = rx->pieces[i].f.counters,
		};
	reass_prefetch_burst(rx->reass, frags, n);
	for (unsigned i = 0; i < n; i++)
		rx_end(&rx->pieces[i].f, piece_add(rx, &rx->pieces[i], &frags[i]));
}

/* Tell the sender that its datagram was not complete in time (RFC 792, RFC 4443 3.3). */
static void
expired_answer(struct rx *rx, const struct reass_expired *expired)
{
	struct rx_frame f = {
		.pkt = expired->first,
		.link = rx->net->ifs[zone_link(expired->key.zone)].link,
		.counters = expired->counters,
		.zone = expired->key.zone,
		.family = expired->key.family,
		.l3_len = expired->first->l3_len,
		.group = expired->first->outer_l2_len != 0,
	};

	f.l3 = rte_pktmbuf_mtod(f.pkt, uint8_t *) - f.l3_len;
	if (f.family == PROTO_IPV4)
		answer_error(rx, &f, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0);
	else
		answer_error(rx, &f, ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_REASSEMBLY, 0);
	pktpool_free(expired->first); /* counted with the datagram's other frames */
}

void
rx_expire(struct rx *rx)
{
	struct reass_expired expired[EXPIRE_BURST];
	unsigned n = reass_expire(rx->reass, rx->now, expired, RTE_DIM(expired));

	for (unsigned i = 0; i < n; i++)
		if (expired[i].first != NULL)
			expired_answer(rx, &expired[i]);
}
