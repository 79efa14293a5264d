/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_FRAGMENTS_H
#define HARNESS_FRAGMENTS_H

/*
 * Fragments for a reassembly table, as a receiver hands them over: the data begins behind headers
 * that stay in the room in front. To be included after cmocka.h.
 */

#include <string.h>

#include <rte_mbuf.h>

#include "pktpool.h"
#include "pktpool_chain.h"
#include "rx/reass.h"

#define FRAGMENT_HEADERS 54 /* bytes in front of the data: Ethernet, IPv6, no more */

static inline struct pktpool *
fragments_pool(uint32_t n, uint16_t room)
{
	struct pktpool_conf conf = {
		.name = "fragments",
		.n = n,
		.headroom = 128,
		.room = room,
		.socket = SOCKET_ID_ANY,
	};
	struct pktpool_why why = {""};
	struct pktpool *pool = NULL;

	if (pktpool_create(&pool, &conf, &why) != 0)
		fail_msg("%s", why.text);
	return pool;
}

/* What stands in front of the data of each fragment: who it is, over and over. */
static inline void
fragment_headers(uint8_t *headers, uint32_t mark)
{
	for (unsigned int i = 0; i < FRAGMENT_HEADERS; i++)
		headers[i] = (uint8_t)(mark >> i % 4 * 8);
}

/* One segment with headers in front; they are written over with the mark. */
static inline struct rte_mbuf *
fragment_segment(struct pktpool *pool, const void *bytes, uint32_t len, uint32_t mark)
{
	struct rte_mbuf *seg = pktpool_alloc(pool);
	uint8_t *data;

	assert_non_null(seg);
	data = (uint8_t *)rte_pktmbuf_append(seg, (uint16_t)(FRAGMENT_HEADERS + len));
	assert_non_null(data);
	fragment_headers(data, mark);
	if (len != 0)
		memcpy(data + FRAGMENT_HEADERS, bytes, len);
	assert_non_null(rte_pktmbuf_adj(seg, FRAGMENT_HEADERS));
	return seg;
}

/*
 * A packet of these bytes in segments of at most `seg_len` bytes, which must be at least 1; with
 * `bare` the headers' segment has nothing else in it.
 */
static inline struct rte_mbuf *
fragment_packet(struct pktpool *pool, const uint8_t *bytes, uint32_t len, uint32_t seg_len,
	bool bare, uint32_t mark)
{
	uint32_t at = bare ? 0 : RTE_MIN(len, seg_len);
	struct rte_mbuf *pkt = fragment_segment(pool, bytes, at, mark), *last = pkt;

	while (at < len) {
		uint32_t n = RTE_MIN(len - at, seg_len);

		last->next = fragment_segment(pool, bytes + at, n, ~mark);
		last = last->next;
		pkt->nb_segs++;
		pkt->pkt_len += n;
		at += n;
	}
	return pkt;
}

/* A sound chain of these bytes. No segment is empty, but a head that came so. */
static inline void
fragments_check(const struct rte_mbuf *pkt, const uint8_t *bytes, uint32_t len)
{
	struct pktpool_why why = {""};
	const struct rte_mbuf *seg;

	if (pkt_check(pkt, &why) != 0)
		fail_msg("%s", why.text);
	assert_int_equal(pkt->pkt_len, len);
	pkt_foreach_seg(pkt, seg)
	{
		assert_memory_equal(rte_pktmbuf_mtod(seg, const uint8_t *), bytes, seg->data_len);
		bytes += seg->data_len;
		if (seg != pkt)
			assert_int_equal(seg->nb_segs, 1);
	}
}

/* The headers in front of a packet's data are still those of the mark. */
static inline void
fragments_check_headers(const struct rte_mbuf *pkt, uint32_t mark)
{
	uint8_t headers[FRAGMENT_HEADERS];

	fragment_headers(headers, mark);
	assert_memory_equal(rte_pktmbuf_mtod(pkt, const uint8_t *) - FRAGMENT_HEADERS, headers,
		FRAGMENT_HEADERS);
}

#define FRAGMENT_LAST 10000u /* added to a block: it is the last */

/* A table under test, its counters, and the pool of what it is given. */
struct fragments {
	struct pktpool *pool;
	struct reass *reass;
	struct proto_counters counters;
	uint64_t now;
	uint64_t n_added; /* frames that the table has taken */
	uint64_t n_whole; /* of them in whole datagrams */
	struct rte_mbuf *datagram;
	uint32_t n_frames; /* of the datagram */
};

static inline void
fragments_start(struct fragments *f, const struct reass_conf *conf, uint32_t n, uint16_t room)
{
	struct reass_conf own = *conf;

	memset(f, 0, sizeof(*f));
	own.socket = SOCKET_ID_ANY;
	own.seed += own.seed == 0 ? 77 : 0;
	own.timeout_ipv4 += own.timeout_ipv4 == 0 ? 1000 : 0;
	own.timeout_ipv6 += own.timeout_ipv6 == 0 ? 1000 : 0;
	f->pool = fragments_pool(n, room);
	f->reass = reass_create(&own);
	assert_non_null(f->reass);
}

static inline uint32_t
fragments_held(const struct fragments *f)
{
	struct reass_usage usage;

	reass_usage(f->reass, &usage);
	assert_in_range(usage.frames, 0, usage.frames_max);
	assert_in_range(usage.datagrams, 0, usage.datagrams_max);
	assert_true((usage.frames == 0) == (usage.datagrams == 0));
	return usage.frames;
}

static inline uint32_t
fragments_open(const struct fragments *f)
{
	struct reass_usage usage;

	reass_usage(f->reass, &usage);
	return usage.datagrams;
}

static inline uint64_t
fragments_dropped(const struct fragments *f)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < PROTO_DROP_MAX; i++)
		n += f->counters.drop[i];
	assert_int_equal(f->counters.count[PROTO_C_FRAMES_DISCARDED], n);
	return n;
}

/* Every frame is in a whole datagram, dropped, or held. */
static inline void
fragments_balance(const struct fragments *f)
{
	assert_int_equal(f->n_added, f->n_whole + fragments_dropped(f) + fragments_held(f));
}

static inline void
fragments_stop(struct fragments *f)
{
	struct pktpool_usage usage;

	fragments_balance(f);
	reass_destroy(f->reass);
	assert_int_equal(f->n_added, f->n_whole + fragments_dropped(f));
	pktpool_usage(f->pool, &usage);
	assert_int_equal(usage.in_use, 0);
	assert_int_equal(pktpool_destroy(f->pool, NULL, NULL), 0);
}

/* Hand a packet over. A whole datagram is in `datagram` until the next, the caller's. */
static inline enum reass_verdict
fragments_add(struct fragments *f, const struct reass_key *key, struct rte_mbuf *pkt,
	uint32_t offset, bool more)
{
	struct reass_frag frag = {
		.key = key,
		.pkt = pkt,
		.offset = offset,
		.more = more,
		.counters = &f->counters,
	};
	enum reass_verdict verdict;

	reass_prefetch_burst(f->reass, &frag, 1); /* as the data path does */
	verdict = reass_add(f->reass, &frag, f->now, &f->datagram, &f->n_frames);

	f->n_added += verdict <= REASS_DROPPED;
	if (verdict == REASS_WHOLE)
		f->n_whole += f->n_frames;
	fragments_balance(f);
	return verdict;
}

/* 10.0.0.src, or 2001:db8:0:src::1 */
static inline struct reass_key
fragments_key(uint8_t family, uint8_t src, uint32_t id)
{
	struct reass_key key = {.id = id, .family = family};

	if (family == 4)
		memcpy(key.src, (const uint8_t[]){10, 0, 0, src}, 4);
	else
		memcpy(key.src, (const uint8_t[]){0x20, 1, 0xd, 0xb8, 0, 0, 0, src, 1}, 9);
	return key;
}

/* Add a block of 8 zeros; with FRAGMENT_LAST, the last one. */
static inline enum reass_verdict
fragments_add_block(struct fragments *f, const struct reass_key *key, uint32_t block)
{
	static const uint8_t zeros[8];
	bool last = block >= FRAGMENT_LAST;

	block -= last ? FRAGMENT_LAST : 0;
	return fragments_add(
		f, key, fragment_packet(f->pool, zeros, 8, 8, false, block), block * 8, !last);
}

#endif /* HARNESS_FRAGMENTS_H */
