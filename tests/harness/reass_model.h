/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_REASS_MODEL_H
#define HARNESS_REASS_MODEL_H

/*
 * What a reassembly table must do, foretold by one that is too simple to be wrong: each open
 * datagram is a plain array of bytes and one of flags. To be included after cmocka.h.
 */

#include <string.h>

#include <rte_common.h>

#include "fragments.h"
#include "reass_plan.h"

/* What the model knows of an open datagram. */
struct model {
	uint32_t n_frames; /* 0: not open */
	uint32_t total;	   /* 0: not known */
	uint32_t n_bytes;
	uint32_t high; /* where its furthest fragment ends */
	uint8_t here[BYTES_MAX];
	uint8_t bytes[BYTES_MAX];
};

static struct pktpool *pool;
static struct reass *reass;
static struct proto_counters counters;
static struct model models[KEYS];
static uint64_t noise[2 * BYTES_MAX / 8 + 2];
static uint64_t foretold[PROTO_DROP_MAX];

static inline const uint8_t *
datagram_bytes(uint32_t key)
{
	return (const uint8_t *)noise + key * 5003;
}

static inline struct reass_key
key_of(uint32_t key, uint32_t sources)
{
	return (struct reass_key){
		.src = {10, 0, 0, (uint8_t)(key % sources)},
		.dst = {10, 1, 1, 1},
		.id = key / 2,
		.proto = (uint8_t)(17 + key % 2),
		.family = key % 3 == 0 ? 6 : 4,
	};
}

static inline uint32_t
bytes_here(const struct model *m, uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < to; i++)
		n += m->here[i];
	return n;
}

/* Closed: only what was written is wiped. */
static inline void
model_forget(struct model *m)
{
	memset(m->here, 0, m->high);
	m->n_frames = m->total = m->n_bytes = m->high = 0;
}

static inline enum reass_verdict
model_drop(struct model *m, enum proto_drop drop)
{
	foretold[drop] += m->n_frames + 1;
	model_forget(m);
	return REASS_DROPPED;
}

static inline enum reass_verdict
model_take(struct model *m, const struct piece *p, const uint8_t *bytes)
{
	uint32_t end = p->offset + p->len, n = bytes_here(m, p->offset, end);
	bool at_odds = p->more ? m->total != 0 && end >= m->total
			       : (m->total != 0 ? end != m->total : end <= m->high);

	if (at_odds)
		return model_drop(m, PROTO_DROP_FRAG_INCONSISTENT);
	if (n == p->len) {
		foretold[PROTO_DROP_FRAG_DUPLICATE]++;
		return REASS_DROPPED;
	}
	if (n != 0)
		return model_drop(m, PROTO_DROP_FRAG_OVERLAP);
	memset(m->here + p->offset, 1, p->len);
	memcpy(m->bytes + p->offset, bytes, p->len);
	m->n_bytes += p->len;
	m->n_frames++;
	m->high = RTE_MAX(m->high, end);
	if (!p->more)
		m->total = end;
	return m->total != 0 && m->n_bytes == m->total ? REASS_WHOLE : REASS_HELD;
}

static inline enum reass_verdict
model_add(const struct piece *p, const uint8_t *bytes)
{
	if (p->more && p->len % 8 != 0)
		return REASS_BAD_LENGTH;
	if (p->offset + p->len > BYTES_MAX)
		return REASS_BAD_OFFSET;
	if (p->len == 0) {
		foretold[PROTO_DROP_FRAG_EMPTY]++;
		return REASS_DROPPED;
	}
	if (p->offset == 0 && !p->more)
		return REASS_WHOLE;
	return model_take(&models[p->key], p, bytes);
}

static inline void
check_whole(
	const struct piece *p, struct rte_mbuf *datagram, const uint8_t *bytes, uint32_t n_frames)
{
	struct model *m = &models[p->key];
	bool alone = p->offset == 0 && !p->more;

	fragments_check(datagram, alone ? bytes : m->bytes, alone ? p->len : m->total);
	fragments_check_headers(datagram, 0);
	assert_int_equal(n_frames, alone ? 1 : m->n_frames);
	if (!alone)
		model_forget(m);
	pktpool_free(datagram);
}

/* Hand a fragment over: the table says what the model foretells, and gives the bytes it has. */
static inline void
model_check(const struct piece *p, const uint8_t *bytes, struct rte_mbuf *pkt, uint64_t now,
	bool prefetch)
{
	struct reass_key key = key_of(p->key, 4);
	struct rte_mbuf *datagram = NULL;
	uint32_t n_frames = 0;
	enum reass_verdict want, got;
	struct reass_frag frag = {
		.key = &key,
		.pkt = pkt,
		.offset = p->offset,
		.more = p->more,
		.counters = &counters,
	};

	if (prefetch)
		reass_prefetch_burst(reass, &frag, 1);
	want = model_add(p, bytes);
	got = reass_add(reass, &frag, now, &datagram, &n_frames);
	if (got != want)
		fail_msg("key %u, %u bytes at %u%s: verdict %d, not %d", p->key, p->len, p->offset,
			p->more ? "+" : "", got, want);
	if (got == REASS_BAD_LENGTH || got == REASS_BAD_OFFSET) {
		fragments_check(frag.pkt, bytes, p->len);
		pktpool_free(frag.pkt);
	}
	if (got == REASS_WHOLE)
		check_whole(p, datagram, bytes, n_frames);
}

static inline void
check_figures(void)
{
	struct reass_usage usage;
	uint32_t datagrams = 0, frames = 0;

	reass_usage(reass, &usage);
	for (uint32_t k = 0; k < KEYS; k++) {
		datagrams += models[k].n_frames != 0;
		frames += models[k].n_frames;
	}
	assert_int_equal(usage.datagrams, datagrams);
	assert_int_equal(usage.frames, frames);
	for (unsigned int i = 0; i < PROTO_DROP_MAX; i++)
		if (counters.drop[i] != foretold[i])
			fail_msg("drop %u: %lu, not %lu", i, counters.drop[i], foretold[i]);
}

/* The table has dropped all that was open, for this reason. */
static inline void
model_forget_all(enum proto_drop drop)
{
	for (uint32_t k = 0; k < KEYS; k++) {
		foretold[drop] += models[k].n_frames;
		model_forget(&models[k]);
	}
}

static inline uint32_t
in_use(void)
{
	struct pktpool_usage usage;

	pktpool_usage(pool, &usage);
	return usage.in_use;
}

#endif /* HARNESS_REASS_MODEL_H */
