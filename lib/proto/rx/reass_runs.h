/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bytes of one datagram that are here: runs of fragments, each a chain in order.
 *
 * Fragments mostly arrive in order, or from the last to the first: then they all join the one open
 * run, at its end or its front, and two numbers tell what is here. When one arrives apart from it,
 * the run is closed and put aside, and the newcomer opens one. As long as few are closed, a look at
 * each tells whether a fragment is new, here already, or overlaps. Then the datagram gets a map, a
 * bit for each block of 8 bytes, and that takes time by the fragment's length, whatever came
 * before. Closed runs are sorted once, when all is here, by counting. So no order of arrival costs
 * more than linear time, and no field of an mbuf is borrowed for any of it.
 */
#ifndef PROTO_RX_REASS_RUNS_H
#define PROTO_RX_REASS_RUNS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <rte_branch_prediction.h>
#include <rte_mbuf.h>

#define RUNS_BYTES_MAX 65535u
#define RUNS_BLOCKS    8192u /* of 8 bytes; every fragment but the last is whole blocks */
#define RUNS_WORDS     (RUNS_BLOCKS / 64)
#define RUNS_FEW       8u /* closed runs that need no map */

/* A fragment: segments that are not empty, save a head at offset 0, which carries the headers. */
struct runs_frag {
	struct rte_mbuf *first;
	struct rte_mbuf *last;
	uint32_t n_segs;
	uint32_t start; /* bytes */
	uint32_t end;
};

/* A closed run. */
struct run {
	struct rte_mbuf *first;
	struct rte_mbuf *last;
	uint32_t next;	/* index; 0: none */
	uint16_t start; /* bytes */
	uint16_t end;
};

/* Of a datagram with many runs. All bits are 0 while it is free. */
struct runs_map {
	uint64_t held[RUNS_WORDS];
	TAILQ_ENTRY(runs_map) link;
	uint32_t owner; /* whose it is, in the user's numbers */
	uint32_t high;	/* no byte is here from this on */
};

TAILQ_HEAD(runs_maps, runs_map);

/*
 * What the datagrams of a table share. A closed run has at least one frame, so a run for each frame
 * that may be held is always enough; maps may run out.
 */
struct runs_pool {
	struct runs_maps free;
	struct runs_maps used; /* the oldest first */
	struct run *runs;      /* [0] is nobody's */
	uint32_t free_run;
	/* Scratch: at which blocks runs start, all 0 while it is not in use; and which run that is.
	 */
	uint64_t starts[RUNS_WORDS];
	uint32_t at[RUNS_BLOCKS];
};

/* The runs of one datagram. Zero before the first fragment. */
struct runs {
	struct rte_mbuf *first; /* of the open run */
	struct rte_mbuf *last;
	struct runs_map *map; /* or NULL */
	uint32_t closed;      /* list of runs, by index; 0: the open run is all that is here */
	uint16_t start;	      /* of the open run, bytes */
	uint16_t end;
	uint16_t total;	   /* where the datagram ends; 0: not known */
	uint16_t n_bytes;  /* that are here */
	uint16_t n_frames; /* that they came in */
	uint16_t n_segs;
};

enum runs_fit {
	RUNS_ADDED,
	RUNS_DUPLICATE,	   /* all its bytes are here */
	RUNS_OVERLAP,	   /* some of them are */
	RUNS_INCONSISTENT, /* it ends elsewhere than another says */
	RUNS_NO_MAP,	   /* it needs a map and none is free */
};

/* pool->runs is set, to n_frames + 2 of them. Maps are all zero. */
void runs_pool_init(
	struct runs_pool *pool, struct runs_map *maps, uint32_t n_maps, uint32_t n_frames);

/* Where the furthest byte that is here ends. */
uint32_t runs_high(const struct runs_pool *pool, const struct runs *runs);

/* runs_add() of what is not next to the only run. `owner` is noted in the map that it may take. */
enum runs_fit runs_add_apart(
	struct runs_pool *pool, struct runs *runs, const struct runs_frag *frag, uint32_t owner);

/* Chain closed runs and the open one in order, and give the map back. */
void runs_join(struct runs_pool *pool, struct runs *runs);

/* Free a chain, whatever the nb_segs of its segments say. NULL is fine. */
void runs_free_chain(struct rte_mbuf *seg);

/* Free all that is here, and give the map back. */
void runs_free(struct runs_pool *pool, struct runs *runs);

/* Take the first fragment (offset 0) out, a packet of its own. NULL: it is not here. */
struct rte_mbuf *runs_take_first(struct runs_pool *pool, struct runs *runs);

static inline void
runs_append(struct runs *runs, const struct runs_frag *frag)
{
	runs->last->next = frag->first;
	runs->last = frag->last;
	runs->end = (uint16_t)frag->end;
}

static inline void
runs_prepend(struct runs *runs, const struct runs_frag *frag)
{
	frag->last->next = runs->first;
	runs->first = frag->first;
	runs->start = (uint16_t)frag->start;
}

/* The fragment alone is the open run. */
static inline void
runs_open(struct runs *runs, const struct runs_frag *frag)
{
	runs->first = frag->first;
	runs->last = frag->last;
	runs->start = (uint16_t)frag->start;
	runs->end = (uint16_t)frag->end;
}

static inline void
runs_count(struct runs *runs, const struct runs_frag *frag, bool more)
{
	runs->n_bytes = (uint16_t)(runs->n_bytes + frag->end - frag->start);
	runs->n_segs = (uint16_t)(runs->n_segs + frag->n_segs);
	runs->n_frames++;
	if (!more)
		runs->total = (uint16_t)frag->end;
}

/* Add a datagram's first-arrived fragment. */
static inline void
runs_begin(struct runs *runs, const struct runs_frag *frag, bool more)
{
	*runs = (struct runs){.first = NULL};
	runs_open(runs, frag);
	runs_count(runs, frag, more);
}

/* "More follow" means at least one byte more: what says so ends before the datagram does. */
static inline bool
runs_end_agrees(const struct runs_pool *pool, const struct runs *runs, uint32_t end, bool more)
{
	if (runs->total != 0)
		return more ? end < runs->total : end == runs->total;
	return more || end > runs_high(pool, runs);
}

/* Add a fragment to those that are here. Unless it was added, nothing has changed. */
static inline enum runs_fit
runs_add(struct runs_pool *pool, struct runs *runs, const struct runs_frag *frag, bool more,
	uint32_t owner)
{
	if (unlikely(!runs_end_agrees(pool, runs, frag->end, more)))
		return RUNS_INCONSISTENT;
	if (likely(runs->closed == 0 && frag->start == runs->end)) {
		runs_append(runs, frag);
	} else if (runs->closed == 0 && frag->end == runs->start) {
		runs_prepend(runs, frag);
	} else {
		enum runs_fit fit = runs_add_apart(pool, runs, frag, owner);

		if (fit != RUNS_ADDED)
			return fit;
	}
	runs_count(runs, frag, more);
	return RUNS_ADDED;
}

static inline bool
runs_whole(const struct runs *runs)
{
	return runs->total != 0 && runs->n_bytes == runs->total;
}

#endif
