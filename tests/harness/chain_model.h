/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_CHAIN_MODEL_H
#define HARNESS_CHAIN_MODEL_H

/*
 * Steps on packets and their chains, against a model: each packet is also a plain array of bytes.
 * After each step all packets must be sound and hold their model's bytes, whatever they share; a
 * refused step must have changed nothing.
 *
 * To be included after cmocka.h and a function pick(bound), which decides: 0..bound - 1.
 */

#include <string.h>

#include "pktpool.h"
#include "pktpool_chain.h"
#include "rng.h"

#define PACKETS	  6
#define LEN_MAX	  4096
#define HEAD_ROOM 40
#define ROOM	  100
#define MAPPED	  3000

struct model {
	struct rte_mbuf *pkt;
	uint32_t len;
	uint8_t bytes[LEN_MAX];
};

static struct pktpool *heads;
static struct bufpool *bufs;
static struct buf_map map;
static uint8_t memory[MAPPED];
static struct model models[PACKETS];
static struct rng model_bytes; /* what data are filled with: no decision hangs on it */
static bool map_is_open;

static inline void
random_bytes(uint8_t *data, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		data[i] = (uint8_t)rng_next(&model_bytes);
}

/* Sound, and the model's bytes. */
static inline void
check(const struct model *m)
{
	struct pktpool_why why = {""};
	const struct rte_mbuf *seg;
	const uint8_t *at = m->bytes;

	if (pkt_check(m->pkt, &why) != 0)
		fail_msg("packet %d: %s", (int)(m - models), why.text);
	assert_int_equal(m->pkt->pkt_len, m->len);
	pkt_foreach_seg(m->pkt, seg)
	{
		if (memcmp(rte_pktmbuf_mtod(seg, const void *), at, seg->data_len) != 0)
			fail_msg("packet %d: other bytes", (int)(m - models));
		at += seg->data_len;
	}
}

static inline void
insert(struct model *m, uint32_t at, const void *bytes, uint32_t len)
{
	assert_true(m->len + len <= LEN_MAX);
	memmove(&m->bytes[at + len], &m->bytes[at], m->len - at);
	memcpy(&m->bytes[at], bytes, len);
	m->len += len;
}

static inline void
cut_out(struct model *m, uint32_t at, uint32_t len)
{
	memmove(&m->bytes[at], &m->bytes[at + len], m->len - at - len);
	m->len -= len;
}

static inline struct model *
free_model(void)
{
	for (unsigned int i = 0; i < PACKETS; i++) {
		if (models[i].pkt == NULL)
			return &models[i];
	}
	return NULL;
}

/* A buffer with data, of its own or mapped; its bytes are at its data. NULL: dry. */
static inline struct rte_mbuf *
new_buf(void)
{
	uint16_t len = (uint16_t)(1 + pick(ROOM));
	struct rte_mbuf *buf;

	if (pick(2) == 0 && map_is_open) {
		uint32_t off = pick(MAPPED - len);

		return bufpool_map(bufs, &map, off, len, &buf) == 0 ? buf : NULL;
	}
	buf = bufpool_alloc(bufs);
	if (buf != NULL)
		random_bytes((uint8_t *)rte_pktmbuf_append(buf, len), len);
	return buf;
}

static inline void
step_new(struct model *m)
{
	uint16_t len = (uint16_t)pick(ROOM + 1);

	m = free_model();
	if (m == NULL)
		return;
	m->pkt = pktpool_alloc(heads);
	if (m->pkt == NULL)
		return;
	m->len = len;
	random_bytes(m->bytes, len);
	memcpy(rte_pktmbuf_append(m->pkt, len), m->bytes, len);
}

static inline void
step_chain(struct model *m)
{
	struct rte_mbuf *buf = new_buf();
	uint32_t head = m->pkt->data_len;

	if (buf == NULL)
		return;
	if (m->len + buf->data_len > LEN_MAX / 2) {
		rte_pktmbuf_free(buf);
		return;
	}
	if (pick(2) == 0) {
		assert_int_equal(pkt_chain_front(m->pkt, buf), 0);
		insert(m, head, rte_pktmbuf_mtod(buf, void *), buf->data_len);
	} else {
		assert_int_equal(pkt_chain_back(m->pkt, buf), 0);
		insert(m, m->len, rte_pktmbuf_mtod(buf, void *), buf->data_len);
	}
}

/* One packet becomes a part of another. */
static inline void
step_join(struct model *m)
{
	struct model *other = &models[pick(PACKETS)];
	bool empty = other->pkt != NULL && other->pkt->data_len == 0;
	bool front = pick(2) == 0;
	int ret;

	if (other->pkt == NULL || other == m || m->len + other->len > LEN_MAX / 2)
		return;
	ret = front ? pkt_chain_front(m->pkt, other->pkt) : pkt_chain_back(m->pkt, other->pkt);
	assert_int_equal(ret, empty ? -EINVAL : 0);
	if (ret != 0)
		return;
	if (front)
		insert(m, m->pkt->data_len, other->bytes, other->len);
	else
		insert(m, m->len, other->bytes, other->len);
	other->pkt = NULL;
}

static inline void
step_unchain(struct model *m)
{
	struct rte_mbuf *buf, *last = rte_pktmbuf_lastseg(m->pkt);
	uint16_t head = m->pkt->data_len;
	bool alone = m->pkt->next == NULL;

	if (pick(2) == 0) {
		buf = pkt_unchain_front(m->pkt);
		if (buf != NULL)
			cut_out(m, head, buf->data_len);
	} else {
		buf = pkt_unchain_back(m->pkt);
		if (buf != NULL) {
			assert_ptr_equal(buf, last);
			cut_out(m, m->len - buf->data_len, buf->data_len);
		}
	}
	assert_int_equal(buf == NULL, alone);
	assert_int_equal(buf == NULL ? 0 : pkt_check(buf, NULL), 0);
	rte_pktmbuf_free(buf);
}

static inline void
step_advance(struct model *m)
{
	uint32_t by = pick(4) == 0 ? pick(m->len + 3) : pick(20);
	int ret = pkt_advance(m->pkt, by);

	assert_int_equal(ret, by <= m->len ? 0 : -EINVAL);
	if (ret == 0)
		cut_out(m, 0, by);
}

static inline void
step_retreat(struct model *m)
{
	uint16_t by = (uint16_t)pick(HEAD_ROOM + 2);
	uint16_t headroom = m->pkt->data_off;
	int ret = pkt_retreat(m->pkt, by);
	uint8_t fresh[HEAD_ROOM + 2];

	if (by > headroom)
		assert_int_equal(ret, -ENOSPC);
	if (ret != 0)
		return;
	random_bytes(fresh, by);
	memcpy(rte_pktmbuf_mtod(m->pkt, void *), fresh, by);
	insert(m, 0, fresh, by);
}

/* Shrink or grow a segment; what comes in sight is what the memory holds. */
static inline void
step_adjust(struct model *m)
{
	uint32_t which = pick(m->pkt->nb_segs), at = 0, old;
	uint16_t len = (uint16_t)pick(ROOM + HEAD_ROOM + 2);
	struct rte_mbuf *seg = m->pkt;
	int ret;

	for (; which != 0; which--, seg = seg->next)
		at += seg->data_len;
	old = seg->data_len;
	if (m->len - old + len > LEN_MAX / 2)
		return;
	ret = pkt_adjust_length(m->pkt, seg, len);
	if (len == 0 && seg != m->pkt) {
		assert_int_equal(ret, -EINVAL);
		return;
	}
	assert_int_equal(ret, len > seg->buf_len - seg->data_off ? -ENOSPC : 0);
	if (ret != 0)
		return;
	cut_out(m, at, old);
	insert(m, at, rte_pktmbuf_mtod(seg, void *), len);
}

static inline void
step_view(struct model *m)
{
	static uint8_t storage[LEN_MAX];
	uint32_t n = pick(m->len + 2);
	const void *view = pkt_view(m->pkt, n, storage);

	assert_int_equal(view == NULL, n > m->len);
	if (view != NULL)
		assert_memory_equal(view, m->bytes, n);
}

static inline void
step_pull(struct model *m)
{
	uint16_t n = (uint16_t)pick(HEAD_ROOM + ROOM + 5);
	int ret = pkt_pull(m->pkt, n);

	if (n > m->len)
		assert_int_equal(ret, -EINVAL);
	else if (n > HEAD_ROOM + ROOM)
		assert_int_equal(ret, -ENOSPC);
	if (ret == 0)
		assert_true(m->pkt->data_len >= n);
}

static inline void
step_copy(struct model *m)
{
	const struct model *from = &models[pick(PACKETS)];
	uint32_t to_off = pick(m->len + 2), from_off, n = pick(300), done;

	if (from->pkt == NULL)
		return;
	from_off = pick(from->len + 2);
	done = pkt_copy(m->pkt, to_off, from->pkt, from_off, n);
	assert_true(done <= n);
	if (from == m)
		assert_int_equal(done, 0);
	if (done == 0)
		return;
	assert_true(to_off + done <= m->len && from_off + done <= from->len);
	memcpy(&m->bytes[to_off], &from->bytes[from_off], done);
}

static inline void
step_share(struct model *m)
{
	struct model *clone = free_model();

	if (clone == NULL)
		return;
	if (pkt_share(heads, bufs, m->pkt, &clone->pkt) != 0) {
		assert_null(clone->pkt);
		return;
	}
	clone->len = m->len;
	memcpy(clone->bytes, m->bytes, m->len);
}

static inline void
step_split(struct model *m)
{
	struct model *rest = free_model();
	uint32_t at = pick(m->len + 2);
	int ret;

	if (rest == NULL)
		return;
	ret = pkt_split(heads, bufs, m->pkt, at, &rest->pkt);
	assert_int_equal(ret == -EINVAL, at == 0 || at >= m->len);
	assert_int_equal(rest->pkt == NULL, ret != 0);
	if (ret != 0)
		return;
	rest->len = m->len - at;
	memcpy(rest->bytes, &m->bytes[at], rest->len);
	m->len = at;
}

static inline void
step_reinit(struct model *m)
{
	if (pkt_reinit(m->pkt) == 0)
		m->len = 0;
}

static inline void
step_free(struct model *m)
{
	pktpool_free(m->pkt);
	m->pkt = NULL;
}

static inline uint32_t
out(void)
{
	struct pktpool_usage a, b;

	pktpool_usage(heads, &a);
	bufpool_usage(bufs, &b);
	return a.in_use + b.in_use;
}

/* Make the pools, which are small, so that steps run dry in every place. */
static inline int
chain_model_start(void)
{
	struct pktpool_conf conf = {.name = "heads",
		.n = PACKETS - 1,
		.reserved = 16,
		.headroom = HEAD_ROOM,
		.room = ROOM,
		.socket = SOCKET_ID_ANY};
	struct bufpool_conf buf_conf = {
		.name = "bufs", .n = 12, .room = ROOM, .socket = SOCKET_ID_ANY};

	return pktpool_create(&heads, &conf, NULL) | bufpool_create(&bufs, &buf_conf, NULL);
}

static inline int
chain_model_stop(void)
{
	return pktpool_destroy(heads, NULL, NULL) | bufpool_destroy(bufs, NULL, NULL);
}

/* One step of some kind on some packet; all packets are checked. */
static inline void
chain_model_step(void)
{
	static void (*const step[])(struct model * m) = {step_new, step_new, step_chain, step_chain,
		step_chain, step_join, step_unchain, step_advance, step_retreat, step_adjust,
		step_view, step_pull, step_copy, step_copy, step_share, step_share, step_split,
		step_split, step_reinit, step_free};
	struct model *m = &models[pick(PACKETS)];
	unsigned int which = pick(RTE_DIM(step));

	if (m->pkt == NULL && which > 1)
		return;
	step[which](m);
	for (unsigned int k = 0; k < PACKETS; k++) {
		if (models[k].pkt != NULL)
			check(&models[k]);
	}
}

/* Free what is left: then nothing is out. */
static inline void
chain_model_end(void)
{
	for (unsigned int k = 0; k < PACKETS; k++) {
		if (models[k].pkt != NULL)
			step_free(&models[k]);
	}
	assert_int_equal(out(), 0);
}

#endif /* HARNESS_CHAIN_MODEL_H */
