/* SPDX-License-Identifier: BSD-3-Clause */
/* Reassembly, a fragment: ours beside rte_ipv4_frag_reassemble_packet, each as its data path. */
#include <errno.h>
#include <stdlib.h>

#include "bench.h"
#include "reasser.h"

#define FRAGMENTS  20160u /* in a slice: whole bursts, and whole datagrams of 2, 4, 8 and 45 */
#define COLD_SLICE 2880u  /* short: making the frames takes longer than what is measured */
#define MANY	   1000u
#define MOST	   100000u
#define FLOOR	   "read and freed alone"
#define ROOM	   (RTE_PKTMBUF_HEADROOM + 128) /* of an mbuf */
#define COLD_ROOM  (RTE_PKTMBUF_HEADROOM + 2048)
#define COLD_MEM   (80u << 20) /* bytes of mbufs that are cycled through */

#define FORWARD	 REASSER_IN_ORDER
#define REVERSED REASSER_REVERSED
#define SHUFFLED REASSER_SHUFFLED

#define HOT_ROWS(open)                                                                      \
	{"2 fragments", 2, open, FORWARD, false}, {"4 fragments", 4, open, FORWARD, false}, \
		{"8 fragments", 8, open, FORWARD, false},                                   \
		{"45 fragments", 45, open, FORWARD, false},                                 \
		{"8 fragments, reversed", 8, open, REVERSED, false},                        \
		{"8 fragments, shuffled", 8, open, SHUFFLED, false},                        \
		{"45 fragments, reversed", 45, open, REVERSED, false},                      \
		{"45 fragments, shuffled", 45, open, SHUFFLED, false},                      \
		{"rte_ip_frag, 2 fragments", 2, open, FORWARD, true},                       \
		{"rte_ip_frag, 4 fragments", 4, open, FORWARD, true},                       \
		{"rte_ip_frag, 8 fragments", 8, open, FORWARD, true},                       \
		{"rte_ip_frag, 8, reversed", 8, open, REVERSED, true},                      \
	{                                                                                   \
		"rte_ip_frag, 8, shuffled", 8, open, SHUFFLED, true                         \
	}

static const struct reasser_row one_open[] = {HOT_ROWS(1)};
static const struct reasser_row many_open[] = {HOT_ROWS(MANY)};

/* All rows of a group hold their fragments at a time: here 3 million. */
static const struct reasser_row most_open[] = {
	{"2 fragments, one open", 2, 1, FORWARD, false},
	{"2 fragments", 2, MOST, FORWARD, false},
	{"8 fragments", 8, MOST, FORWARD, false},
	{"45 fragments", 45, MOST, FORWARD, false},
	{"rte_ip_frag, 2 fragments", 2, MOST, FORWARD, true},
	{"rte_ip_frag, 8 fragments", 8, MOST, FORWARD, true},
};

static const struct reasser_row cold[] = {
	{"2 fragments", 2, 1, FORWARD, false},
	{"4 fragments", 4, 1, FORWARD, false},
	{"8 fragments", 8, 1, FORWARD, false},
	{"45 fragments", 45, 1, FORWARD, false},
	{"2 fragments, 1,000 open", 2, MANY, FORWARD, false},
	{"4 fragments, 1,000 open", 4, MANY, FORWARD, false},
	{"8 fragments, 1,000 open", 8, MANY, FORWARD, false},
	{"rte_ip_frag, 2 fragments", 2, 1, FORWARD, true},
	{"rte_ip_frag, 4 fragments", 4, 1, FORWARD, true},
	{"rte_ip_frag, 8 fragments", 8, 1, FORWARD, true},
	{"rte_ip_frag, 2 fragments, 1,000 open", 2, MANY, FORWARD, true},
	{"rte_ip_frag, 4 fragments, 1,000 open", 4, MANY, FORWARD, true},
	{"rte_ip_frag, 8 fragments, 1,000 open", 8, MANY, FORWARD, true},
};

static const struct reass_group {
	const char *name;
	const struct reasser_row *rows;
	unsigned int n;
	bool cold;
	unsigned int turns_part; /* its turns are long: so many times fewer */
} groups[] = {
	{"reass, one datagram open", one_open, RTE_DIM(one_open), false, 1},
	{"reass, 1,000 datagrams open", many_open, RTE_DIM(many_open), false, 1},
	{"reass, 100,000 datagrams open", most_open, RTE_DIM(most_open), false, 4},
	{"reass, frames in no cache", cold, RTE_DIM(cold), true, 1},
};

static int64_t
hot_run(void *arg, struct bench_data *data, unsigned int n)
{
	(void)data;
	return reasser_hot(arg, n);
}

static double
cold_run(void *arg, double tsc_hz)
{
	(void)tsc_hz;
	return bench_undisturbed(reasser_cold, arg, COLD_SLICE, NULL);
}

/* mbufs for all that the rows hold at a time, a slice of one of them, and what caches keep. */
static struct rte_mempool *
pool_make(const struct reass_group *g)
{
	uint64_t n = FRAGMENTS + 8192;

	for (unsigned int i = 0; i < g->n; i++)
		n += g->rows[i].open * (uint64_t)g->rows[i].n_frags / 2 + REASSER_FRAGS_MAX;
	if (g->cold)
		n = RTE_MAX(n, COLD_MEM / (COLD_ROOM + sizeof(struct rte_mbuf)));
	return rte_pktmbuf_pool_create(
		"bench_reass", (unsigned int)n, 256, 0, g->cold ? COLD_ROOM : ROOM, SOCKET_ID_ANY);
}

static struct bench_case
case_make(const struct reass_group *g, const char *name, const char *what, struct reasser *r)
{
	struct bench_case c = bench_case_make(name, what, hot_run, r);

	if (g->cold) {
		c.run = NULL;
		c.cycles = cold_run;
	}
	return c;
}

/* Make a reassembler for each row, run them all as a group. */
static int
group_run(struct bench *bench, const struct reass_group *g, struct rte_mempool *pool)
{
	static struct reasser r[BENCH_CASES_MAX];
	struct bench_case cases[BENCH_CASES_MAX] = {case_make(g, FLOOR,
		g->cold ? "headers read, mbuf freed" : "and made: mbuf taken, headers written", r)};
	unsigned int turns = bench->turns;
	int rc = 0;

	reasser_make_floor(&r[0], pool);
	for (unsigned int i = 1; i <= g->n && rc == 0; i++) {
		const struct reasser_row *row = &g->rows[i - 1];

		rc = reasser_make(&r[i], row, pool);
		cases[i] = case_make(g, row->name,
			row->theirs ? "rte_ipv4_frag_reassemble_packet(), headers prefetched"
				    : "bursts of 32: reass_prefetch_burst(), reass_add()",
			&r[i]);
	}
	bench->turns = (turns + g->turns_part - 1) / g->turns_part;
	if (rc == 0 && bench_group_run(bench, g->name, "fragment", FLOOR, cases, g->n + 1,
			       bench_data_make(bench, 64, false), FRAGMENTS) == NULL)
		rc = -EIO;
	bench->turns = turns;
	for (unsigned int i = 1; i <= g->n; i++)
		reasser_free(&r[i]);
	return rc;
}

/* "At least @limit times as fast as", of the last group. */
static void
faster(struct bench *bench, const char *what, const char *ours, const char *theirs, double limit)
{
	bench_target_add(
		bench, what, &bench->groups[bench->n_groups - 1], ours, theirs, limit, true);
}

static void
judge_one(struct bench *bench)
{
	faster(bench, "reassembly >= 2.5x rte_ip_frag, 2 fragments", "2 fragments",
		"rte_ip_frag, 2 fragments", 2.5);
	faster(bench, "reassembly >= 2.5x rte_ip_frag, 4 fragments", "4 fragments",
		"rte_ip_frag, 4 fragments", 2.5);
	faster(bench, "reassembly >= 2.5x rte_ip_frag, 8 fragments", "8 fragments",
		"rte_ip_frag, 8 fragments", 2.5);
	faster(bench, "a fragment of 45 >= 3x cheaper than one of 8 in rte_ip_frag", "45 fragments",
		"rte_ip_frag, 8 fragments", 3);
	bench_target_add(bench, "a fragment of 45 costs no more than one of 8",
		&bench->groups[bench->n_groups - 1], "45 fragments", "8 fragments", 1, false);
}

static void
judge_many(struct bench *bench)
{
	faster(bench, "reassembly >= 2.5x rte_ip_frag, 2 fragments, 1,000 open", "2 fragments",
		"rte_ip_frag, 2 fragments", 2.5);
	faster(bench, "reassembly >= 2.5x rte_ip_frag, 4 fragments, 1,000 open", "4 fragments",
		"rte_ip_frag, 4 fragments", 2.5);
	faster(bench, "reassembly >= 2.5x rte_ip_frag, 8 fragments, 1,000 open", "8 fragments",
		"rte_ip_frag, 8 fragments", 2.5);
}

static void
judge_most(struct bench *bench)
{
	faster(bench, "reassembly >= 2.5x rte_ip_frag, 2 fragments, 100,000 open", "2 fragments",
		"rte_ip_frag, 2 fragments", 2.5);
	bench_target_add(bench, "100,000 datagrams open < 2x one",
		&bench->groups[bench->n_groups - 1], "2 fragments", "2 fragments, one open", 2,
		false);
}

static void
judge_cold(struct bench *bench)
{
	faster(bench, "reassembly >= 2.5x rte_ip_frag, 2 fragments, cold frames", "2 fragments",
		"rte_ip_frag, 2 fragments", 2.5);
	faster(bench, "reassembly >= 2.5x rte_ip_frag, 4 fragments, cold frames", "4 fragments",
		"rte_ip_frag, 4 fragments", 2.5);
	faster(bench, "reassembly >= 2.5x rte_ip_frag, 8 fragments, cold frames", "8 fragments",
		"rte_ip_frag, 8 fragments", 2.5);
}

int
bench_reass(struct bench *bench)
{
	static void (*const judges[])(struct bench * bench) = {
		judge_one, judge_many, judge_most, judge_cold};
	int rc = 0;

	for (unsigned int i = 0; i < RTE_DIM(groups) && rc == 0; i++) {
		struct rte_mempool *pool;

		if (!bench_wants(bench, groups[i].name))
			continue;
		pool = pool_make(&groups[i]);
		rc = pool == NULL ? -ENOMEM : group_run(bench, &groups[i], pool);
		rte_mempool_free(pool);
		if (rc == 0)
			judges[i](bench);
	}
	return rc;
}
