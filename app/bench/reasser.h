/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_REASSER_H
#define BENCH_REASSER_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_ip_frag.h>
#include <rte_mbuf.h>

#include "proto_drop.h"

#define REASSER_BURST	  32u /* fragments at a time, as the data path takes them */
#define REASSER_FRAGS_MAX 45u
#define REASSER_ORDERS	  16u /* shuffles that take turns */

enum reasser_order {
	REASSER_IN_ORDER,
	REASSER_REVERSED,
	REASSER_SHUFFLED
};

/* What is reassembled, and by whom. */
struct reasser_row {
	const char *name;
	unsigned int n_frags; /* of each datagram */
	unsigned int open;    /* datagrams that have begun and not ended, about */
	enum reasser_order order;
	bool theirs; /* by rte_ip_frag */
};

struct reasser;

/* Take @n fragments, 1 to REASSER_BURST. Returns how many datagrams became whole. */
typedef unsigned int (*reasser_burst_fn)(struct reasser *r, struct rte_mbuf **pkts, unsigned int n);

/*
 * A receiver of fragments, and what is sent to it: with one datagram open their fragments come one
 * datagram after the other; with more, step k of each of them comes `gap` datagrams after step
 * k - 1, so that every step ends as many as it begins.
 */
struct reasser {
	struct reasser_row row;
	struct rte_mempool *pool;
	reasser_burst_fn burst;
	struct reass *ours;
	struct rte_ip_frag_tbl *theirs;
	struct rte_ip_frag_death_row death;
	struct proto_counters counters;
	uint64_t now;
	uint32_t next;	   /* datagram, in the order of their first fragments */
	unsigned int step; /* of the fragment that comes next */
	unsigned int gap;
	uint8_t order[REASSER_ORDERS][REASSER_FRAGS_MAX];
};

/* Make it, and let it come of age: `open` datagrams have begun. 0 or negative errno. */
int reasser_make(struct reasser *r, const struct reasser_row *row, struct rte_mempool *pool);

/* What both must do anyway: the header is read, the mbuf freed. */
void reasser_make_floor(struct reasser *r, struct rte_mempool *pool);

void reasser_free(struct reasser *r);

/*
 * Take the next fragments, @n at most, and a burst of them at a time. Returns how many, or negative
 * errno. Their frames are made on the way (hot): hardly one has left the cache.
 */
int64_t reasser_hot(struct reasser *r, unsigned int n);

/*
 * The same with frames that were made before and are in no cache, neither mbuf nor headers: as a
 * NIC writes them to memory. Returns TSC cycles a fragment, or negative errno.
 */
double reasser_cold(void *reasser, unsigned int n);

#endif /* BENCH_REASSER_H */
