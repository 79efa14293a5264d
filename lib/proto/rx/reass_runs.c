/* SPDX-License-Identifier: BSD-3-Clause */
#include "reass_runs.h"

#include <string.h>

#include <rte_common.h>

void
runs_pool_init(struct runs_pool *pool, struct runs_map *maps, uint32_t n_maps, uint32_t n_frames)
{
	TAILQ_INIT(&pool->free);
	TAILQ_INIT(&pool->used);
	for (uint32_t i = 0; i < n_maps; i++)
		TAILQ_INSERT_TAIL(&pool->free, &maps[i], link);
	pool->free_run = 1;
	for (uint32_t i = 1; i <= n_frames; i++)
		pool->runs[i].next = i + 1;
}

/* The bits of blocks [from, to) that are in a word. */
static inline uint64_t
bits_in_word(uint32_t word, uint32_t from, uint32_t to)
{
	uint64_t bits = UINT64_MAX;

	if (word == from / 64)
		bits &= UINT64_MAX << (from & 63);
	if (word == (to - 1) / 64)
		bits &= UINT64_MAX >> (63 - ((to - 1) & 63));
	return bits;
}

/* The last fragment may end inside a block: the block is its own, for nothing follows. */
static inline uint32_t
blocks_to(uint32_t bytes)
{
	return (bytes + 7) / 8;
}

static enum runs_fit
map_look(const struct runs_map *map, uint32_t from, uint32_t to)
{
	uint64_t here = 0, missing = 0;

	for (uint32_t word = from / 64; word <= (to - 1) / 64; word++) {
		uint64_t bits = bits_in_word(word, from, to);

		here |= map->held[word] & bits;
		missing |= ~map->held[word] & bits;
	}
	if (here == 0)
		return RUNS_ADDED;
	return missing == 0 ? RUNS_DUPLICATE : RUNS_OVERLAP;
}

static void
map_mark(struct runs_map *map, uint32_t start, uint32_t end)
{
	uint32_t from = start / 8, to = blocks_to(end);

	for (uint32_t word = from / 64; word <= (to - 1) / 64; word++)
		map->held[word] |= bits_in_word(word, from, to);
	map->high = RTE_MAX(map->high, end);
}

/* How many of a fragment's bytes are in [start, end). */
static inline uint32_t
bytes_in(const struct runs_frag *frag, uint32_t start, uint32_t end)
{
	uint32_t from = RTE_MAX(frag->start, start), to = RTE_MIN(frag->end, end);

	return to > from ? to - from : 0;
}

/* map_look() for one who has no map. Counts the closed runs on the way. */
static enum runs_fit
few_look(const struct runs_pool *pool, const struct runs *runs, const struct runs_frag *frag,
	unsigned *n_closed)
{
	uint32_t here = bytes_in(frag, runs->start, runs->end);

	*n_closed = 0;
	for (uint32_t i = runs->closed; i != 0; i = pool->runs[i].next) {
		here += bytes_in(frag, pool->runs[i].start, pool->runs[i].end);
		(*n_closed)++;
	}
	if (here == 0)
		return RUNS_ADDED;
	return here == frag->end - frag->start ? RUNS_DUPLICATE : RUNS_OVERLAP;
}

uint32_t
runs_high(const struct runs_pool *pool, const struct runs *runs)
{
	uint32_t high = runs->end;

	if (runs->map != NULL)
		return runs->map->high;
	for (uint32_t i = runs->closed; i != 0; i = pool->runs[i].next)
		high = RTE_MAX(high, pool->runs[i].end);
	return high;
}

static bool
take_map(struct runs_pool *pool, struct runs *runs, uint32_t owner)
{
	struct runs_map *map = TAILQ_FIRST(&pool->free);

	if (map == NULL)
		return false;
	TAILQ_REMOVE(&pool->free, map, link);
	TAILQ_INSERT_TAIL(&pool->used, map, link);
	map->owner = owner;
	map->high = 0;
	map_mark(map, runs->start, runs->end);
	for (uint32_t i = runs->closed; i != 0; i = pool->runs[i].next)
		map_mark(map, pool->runs[i].start, pool->runs[i].end);
	runs->map = map;
	return true;
}

static void
give_map(struct runs_pool *pool, struct runs *runs)
{
	struct runs_map *map = runs->map;

	if (map == NULL)
		return;
	memset(map->held, 0, (blocks_to(map->high) + 63) / 64 * sizeof(map->held[0]));
	TAILQ_REMOVE(&pool->used, map, link);
	TAILQ_INSERT_HEAD(&pool->free, map, link);
	runs->map = NULL;
}

/* Put the open run aside. */
static void
close_run(struct runs_pool *pool, struct runs *runs)
{
	uint32_t index = pool->free_run;
	struct run *run = &pool->runs[index];

	pool->free_run = run->next;
	run->first = runs->first;
	run->last = runs->last;
	run->start = runs->start;
	run->end = runs->end;
	run->next = runs->closed;
	runs->closed = index;
}

/* Give a closed run back. Returns the one behind it. */
static uint32_t
give_run(struct runs_pool *pool, uint32_t index)
{
	uint32_t next = pool->runs[index].next;

	pool->runs[index].next = pool->free_run;
	pool->free_run = index;
	return next;
}

enum runs_fit
runs_add_apart(
	struct runs_pool *pool, struct runs *runs, const struct runs_frag *frag, uint32_t owner)
{
	bool joins = frag->start == runs->end || frag->end == runs->start;
	unsigned n_closed = 0;
	enum runs_fit fit = runs->map != NULL
				    ? map_look(runs->map, frag->start / 8, blocks_to(frag->end))
				    : few_look(pool, runs, frag, &n_closed);

	if (fit != RUNS_ADDED)
		return fit;
	if (!joins && n_closed == RUNS_FEW && !take_map(pool, runs, owner))
		return RUNS_NO_MAP;
	if (runs->map != NULL)
		map_mark(runs->map, frag->start, frag->end);
	if (!joins) {
		close_run(pool, runs);
		runs_open(runs, frag);
	} else if (frag->start == runs->end) {
		runs_append(runs, frag);
	} else {
		runs_prepend(runs, frag);
	}
	return RUNS_ADDED;
}

/* Note where closed runs start. */
static void
note_starts(struct runs_pool *pool, const struct runs *runs)
{
	for (uint32_t i = runs->closed; i != 0; i = pool->runs[i].next) {
		uint32_t block = pool->runs[i].start / 8;

		pool->starts[block / 64] |= 1ull << (block & 63);
		pool->at[block] = i;
	}
}

/* Chain a closed run behind the open one, or begin with it. */
static void
chain_run(struct runs *runs, const struct run *run)
{
	if (runs->first == NULL)
		runs->first = run->first;
	else
		runs->last->next = run->first;
	runs->last = run->last;
}

void
runs_join(struct runs_pool *pool, struct runs *runs)
{
	uint32_t n_words = (blocks_to(runs->total) + 63) / 64;

	if (likely(runs->closed == 0))
		return;
	close_run(pool, runs);
	note_starts(pool, runs);
	runs->first = NULL;
	runs->closed = 0;
	for (uint32_t word = 0; word < n_words; word++) {
		for (uint64_t bits = pool->starts[word]; bits != 0; bits &= bits - 1) {
			uint32_t index = pool->at[word * 64 + (uint32_t)__builtin_ctzll(bits)];

			chain_run(runs, &pool->runs[index]);
			(void)give_run(pool, index);
		}
		pool->starts[word] = 0;
	}
	give_map(pool, runs);
}

void
runs_free_chain(struct rte_mbuf *seg)
{
	while (seg != NULL) {
		struct rte_mbuf *next = seg->next;

		rte_pktmbuf_free_seg(seg);
		seg = next;
	}
}

void
runs_free(struct runs_pool *pool, struct runs *runs)
{
	runs_free_chain(runs->first);
	for (uint32_t i = runs->closed; i != 0; i = give_run(pool, i))
		runs_free_chain(pool->runs[i].first);
	give_map(pool, runs);
	runs->first = NULL;
	runs->closed = 0;
}

/* Cut a run behind its first fragment. Returns that; `*first` is the rest, or NULL. */
static struct rte_mbuf *
cut_first(struct rte_mbuf **first)
{
	struct rte_mbuf *pkt = *first, *seg = pkt;

	for (uint32_t n = pkt->nb_segs; n > 1; n--)
		seg = seg->next;
	*first = seg->next;
	seg->next = NULL;
	return pkt;
}

struct rte_mbuf *
runs_take_first(struct runs_pool *pool, struct runs *runs)
{
	if (runs->start == 0)
		return cut_first(&runs->first);
	for (uint32_t i = runs->closed; i != 0; i = pool->runs[i].next)
		if (pool->runs[i].start == 0)
			return cut_first(&pool->runs[i].first);
	return NULL;
}
