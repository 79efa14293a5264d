/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_CHAINS_H
#define HARNESS_CHAINS_H

/* Packets whose bytes go up by one, from two small pools. To be included after cmocka.h. */

#include <string.h>

#include "pktpool.h"
#include "pktpool_chain.h"

#define HEAD_ROOM 64
#define ROOM	  64
#define N_HEADS	  8
#define N_BUFS	  40

static struct pktpool *heads;
static struct bufpool *bufs;

/* Make both pools. */
static inline int
chains_start(void)
{
	struct pktpool_conf conf = {.name = "heads",
		.n = N_HEADS,
		.reserved = 16,
		.headroom = HEAD_ROOM,
		.room = ROOM,
		.socket = SOCKET_ID_ANY};
	struct bufpool_conf buf_conf = {
		.name = "bufs", .n = N_BUFS, .room = ROOM, .socket = SOCKET_ID_ANY};

	return pktpool_create(&heads, &conf, NULL) | bufpool_create(&bufs, &buf_conf, NULL);
}

static inline int
chains_stop(void)
{
	return pktpool_destroy(heads, NULL, NULL) | bufpool_destroy(bufs, NULL, NULL);
}

static inline uint32_t
out(void)
{
	struct pktpool_usage a, b;

	pktpool_usage(heads, &a);
	bufpool_usage(bufs, &b);
	return a.in_use + b.in_use;
}

/* A buffer with `len` bytes that go up from `first`. */
static inline struct rte_mbuf *
buf_of(uint16_t len, uint8_t first)
{
	struct rte_mbuf *buf;
	uint8_t *data;

	assert_int_equal(bufpool_alloc_bulk(bufs, &buf, 1), 0);
	data = (uint8_t *)rte_pktmbuf_append(buf, len);
	assert_non_null(data);
	for (uint16_t i = 0; i < len; i++)
		data[i] = (uint8_t)(first + i);
	return buf;
}

/* A packet of a head of `head_len` bytes and `n` buffers of `len` each; bytes go up from 0. */
static inline struct rte_mbuf *
packet(uint16_t head_len, unsigned int n, uint16_t len)
{
	struct rte_mbuf *pkt;
	uint8_t *data;

	assert_int_equal(pktpool_alloc_bulk(heads, &pkt, 1), 0);
	data = (uint8_t *)rte_pktmbuf_append(pkt, head_len);
	assert_non_null(data);
	for (uint16_t i = 0; i < head_len; i++)
		data[i] = (uint8_t)i;
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(
			pkt_chain_back(pkt, buf_of(len, (uint8_t)(head_len + i * len))), 0);
	return pkt;
}

/* The packet is sound and has these bytes. */
static inline void
holds(const struct rte_mbuf *pkt, const uint8_t *bytes, uint32_t len)
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
	}
}

/* Bytes that go up from `first`. */
static inline void
holds_from(const struct rte_mbuf *pkt, unsigned int first, uint32_t len)
{
	uint8_t bytes[1024];

	for (uint32_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(first + i);
	holds(pkt, bytes, len);
}

static inline int
nothing_out(void **state)
{
	(void)state;
	return out() == 0 ? 0 : -1;
}

#endif /* HARNESS_CHAINS_H */
