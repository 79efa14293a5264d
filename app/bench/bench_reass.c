/* SPDX-License-Identifier: BSD-3-Clause */
/* Reassembly, a fragment: ours beside rte_ipv4_frag_reassemble_packet. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ip.h>
#include <rte_ip_frag.h>

#include "bench.h"
#include "proto_addr.h"
#include "rx/reass.h"

#define FRAGMENTS 20160u /* whole datagrams of 2, 4, 8 and 45 */
#define FRAG_LEN  64u	 /* bytes of data: of one fragment all that matters is its mbuf */
#define L2_LEN	  14u
#define L3_LEN	  20u
#define OPEN_MAX  100000u
#define FRAGS_MAX 45u
#define BURST	  32u
#define BUCKETS	  8u

enum order {
	IN_ORDER,
	REVERSED
};

/* Datagrams of `n_frags`; a few at a time are sent in turns while `open` others wait. */
struct reasser {
	struct rte_mempool *pool;
	struct reass *reass;
	struct rte_ip_frag_tbl *theirs;
	struct rte_ip_frag_death_row row;
	struct proto_counters counters;
	unsigned int n_frags, open;
	enum order order;
	uint32_t next; /* datagram, in the order of their first fragments */
	uint64_t now;
};

static unsigned int
nth_fragment(const struct reasser *r, unsigned int step)
{
	return r->order == REVERSED ? r->n_frags - 1 - step : step;
}

/* The header of a fragment: the identification is the datagram's, and so are the addresses. */
static void
ip_write(struct rte_ipv4_hdr *ip, uint32_t datagram, unsigned int nth, bool more)
{
	*ip = (struct rte_ipv4_hdr){
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = RTE_BE16(L3_LEN + FRAG_LEN),
		.packet_id = (uint16_t)datagram,
		.fragment_offset = rte_cpu_to_be_16(
			(uint16_t)(nth * FRAG_LEN / 8 | (more ? RTE_IPV4_HDR_MF_FLAG : 0))),
		.time_to_live = 64,
		.next_proto_id = IPPROTO_UDP,
		.src_addr = rte_cpu_to_be_32(RTE_IPV4(10, 0, 0, 0) + (datagram >> 8)),
		.dst_addr = RTE_BE32(RTE_IPV4(192, 0, 2, 1)),
	};
}

static struct rte_mbuf *
frame_make(struct rte_mbuf *m, uint32_t datagram, unsigned int nth, bool more)
{
	char *frame = rte_pktmbuf_mtod(m, char *);

	ip_write((void *)(frame + L2_LEN), datagram, nth, more);
	m->data_len = (uint16_t)(L2_LEN + L3_LEN + FRAG_LEN);
	m->pkt_len = m->data_len;
	m->l2_len = L2_LEN;
	m->l3_len = L3_LEN;
	return m;
}

/* One fragment through our table: the key is read from the header, as ipv4_in.c does. */
static bool
ours_add(struct reasser *r, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(m, void *, L2_LEN);
	uint16_t word = rte_be_to_cpu_16(ip->fragment_offset);
	struct reass_key key = {
		.id = ip->packet_id, .family = PROTO_IPV4, .proto = ip->next_proto_id};
	struct reass_frag frag = {.key = &key,
		.pkt = m,
		.offset = (word & RTE_IPV4_HDR_OFFSET_MASK) * 8u,
		.more = (word & RTE_IPV4_HDR_MF_FLAG) != 0,
		.counters = &r->counters};
	struct rte_mbuf *whole = NULL;
	uint32_t n_frames;

	memcpy(key.src, &ip->src_addr, sizeof(ip->src_addr));
	memcpy(key.dst, &ip->dst_addr, sizeof(ip->dst_addr));
	(void)rte_pktmbuf_adj(m, L2_LEN + L3_LEN);
	if (reass_add(r->reass, &frag, r->now, &whole, &n_frames) != REASS_WHOLE)
		return false;
	rte_pktmbuf_free(whole);
	return true;
}

static bool
theirs_add(struct reasser *r, struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(m, void *, L2_LEN);
	struct rte_mbuf *whole = rte_ipv4_frag_reassemble_packet(r->theirs, &r->row, m, r->now, ip);

	rte_ip_frag_free_death_row(&r->row, 0);
	rte_pktmbuf_free(whole);
	return whole != NULL;
}

/*
 * The fragments of `open` datagrams in turns: step k of each, then step k + 1 of each, but spread
 * over a window, so that always about `open` of them have begun and every step completes as many
 * as it begins.
 */
static int64_t
reass_run(struct reasser *r, unsigned int n, bool (*add)(struct reasser *r, struct rte_mbuf *m))
{
	unsigned int gap = RTE_MAX(1u, r->open / (r->n_frags - 1));
	struct rte_mbuf *pkts[FRAGS_MAX];
	int64_t whole = 0;

	for (unsigned int i = 0; i < n / r->n_frags; i++, r->next++) {
		if (rte_pktmbuf_alloc_bulk(r->pool, pkts, r->n_frags) != 0)
			return -ENOBUFS;
		for (unsigned int step = 0; step < r->n_frags; step++) {
			unsigned int nth = nth_fragment(r, step);
			uint32_t back = r->open == 1 ? 0 : step * gap;

			whole += add(r,
				frame_make(pkts[step], r->next - back, nth, nth + 1 != r->n_frags));
		}
	}
	return whole == n / r->n_frags ? whole * r->n_frags : -EBADMSG;
}

static int64_t
ours_run(void *arg, struct bench_data *data, unsigned int n)
{
	(void)data;
	return reass_run(arg, n, ours_add);
}

static int64_t
theirs_run(void *arg, struct bench_data *data, unsigned int n)
{
	(void)data;
	return reass_run(arg, n, theirs_add);
}

/* Making the fragments and freeing them, which both do. */
static bool
nothing_add(struct reasser *r, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(m, void *, L2_LEN);
	bool last = (ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_MF_FLAG)) == 0;

	(void)r;
	rte_pktmbuf_free(m);
	return last;
}

static int64_t
nothing_run(void *arg, struct bench_data *data, unsigned int n)
{
	(void)data;
	return reass_run(arg, n, nothing_add);
}

static int
reasser_make(struct reasser *r, struct rte_mempool *pool, unsigned int n_frags, unsigned int open,
	bool theirs)
{
	const struct reass_conf conf = {.n_datagrams = open * 2 + 64,
		.n_frames = (open + 64) * n_frags,
		.share = (open + 64) * n_frags,
		.timeout_ipv4 = UINT64_MAX / 4,
		.timeout_ipv6 = UINT64_MAX / 4,
		.seed = 1,
		.socket = SOCKET_ID_ANY};

	/* As small as holds them: with a bucket a datagram, as examples/ip_reassembly has it,
	 * theirs takes 2 to 3 times as long here. */
	uint32_t buckets = rte_align32pow2((open * 2 + 64) / BUCKETS);

	*r = (struct reasser){.pool = pool, .n_frags = n_frags, .open = open, .now = 1};
	if (theirs)
		r->theirs = rte_ip_frag_table_create(
			buckets, BUCKETS, buckets * BUCKETS, UINT64_MAX / 4, SOCKET_ID_ANY);
	else
		r->reass = reass_create(&conf);
	return theirs ? (r->theirs != NULL ? 0 : -ENOMEM) : (r->reass != NULL ? 0 : -ENOMEM);
}

/* Begin `open` datagrams and let them come of age: afterwards each one that is begun ends one. */
static int
reasser_fill(struct reasser *r, bool (*add)(struct reasser *r, struct rte_mbuf *m))
{
	unsigned int gap = RTE_MAX(1u, r->open / (r->n_frags - 1));

	for (uint32_t i = 0; r->open > 1 && i < gap * (r->n_frags - 1); i++, r->next++)
		for (unsigned int step = 0; step * gap <= i && step < r->n_frags; step++) {
			struct rte_mbuf *m = rte_pktmbuf_alloc(r->pool);
			unsigned int nth = nth_fragment(r, step);

			if (m == NULL)
				return -ENOBUFS;
			(void)add(r, frame_make(m, i - step * gap, nth, nth + 1 != r->n_frags));
		}
	return 0;
}

static void
reasser_free(struct reasser *r)
{
	reass_destroy(r->reass);
	if (r->theirs != NULL)
		rte_ip_frag_table_destroy(r->theirs);
}

/* The rows of both groups. */
struct row {
	const char *name;
	unsigned int n_frags, open;
	enum order order;
	bool theirs;
};

#define MAKING "making and freeing alone"

static const struct row one_open[] = {
	{"2 fragments", 2, 1, IN_ORDER, false},
	{"4 fragments", 4, 1, IN_ORDER, false},
	{"8 fragments", 8, 1, IN_ORDER, false},
	{"45 fragments", 45, 1, IN_ORDER, false},
	{"45 fragments, reversed", 45, 1, REVERSED, false},
	{"rte_ip_frag, 2 fragments", 2, 1, IN_ORDER, true},
	{"rte_ip_frag, 4 fragments", 4, 1, IN_ORDER, true},
	{"rte_ip_frag, 8 fragments", 8, 1, IN_ORDER, true},
};

static const struct row many_open[] = {
	{"1 open", 2, 1, IN_ORDER, false},
	{"1,000 open", 2, 1000, IN_ORDER, false},
	{"100,000 open", 2, OPEN_MAX, IN_ORDER, false},
	{"4 fragments, 1,000 open", 4, 1000, IN_ORDER, false},
	{"8 fragments, 1,000 open", 8, 1000, IN_ORDER, false},
	{"rte_ip_frag, 1,000 open", 2, 1000, IN_ORDER, true},
	{"rte_ip_frag, 4 fragments, 1,000 open", 4, 1000, IN_ORDER, true},
	{"rte_ip_frag, 8 fragments, 1,000 open", 8, 1000, IN_ORDER, true},
	{"rte_ip_frag, 100,000 open", 2, OPEN_MAX, IN_ORDER, true},
};

/* Make a reassembler for each row, run them all as a group. NULL: failed, or not asked for. */
static struct bench_group *
group_run(struct bench *bench, const char *name, const struct row *rows, unsigned int n,
	struct rte_mempool *pool, int *rc)
{
	struct reasser r[BENCH_CASES_MAX] = {{.pool = pool, .n_frags = 2, .open = 1}};
	struct bench_case cases[BENCH_CASES_MAX] = {bench_case_make(
		MAKING, "a header written, an mbuf taken and freed", nothing_run, &r[0])};
	struct bench_group *group = NULL;

	for (unsigned int i = 1; i <= n && *rc == 0; i++) {
		const struct row *row = &rows[i - 1];

		*rc = reasser_make(&r[i], pool, row->n_frags, row->open, row->theirs);
		r[i].order = row->order;
		if (*rc == 0)
			*rc = reasser_fill(&r[i], row->theirs ? theirs_add : ours_add);
		cases[i] = bench_case_make(row->name,
			row->theirs ? "rte_ipv4_frag_reassemble_packet" : "reass_add()",
			row->theirs ? theirs_run : ours_run, &r[i]);
	}
	if (*rc == 0) {
		group = bench_group_run(bench, name, "fragment", MAKING, cases, n + 1,
			bench_data_make(bench, FRAG_LEN, false), FRAGMENTS);
		*rc = group == NULL ? -EIO : 0;
	}
	for (unsigned int i = 1; i <= n; i++)
		reasser_free(&r[i]);
	return group;
}

static void
judge(struct bench *bench, const struct bench_group *one, const struct bench_group *many)
{
	bench_target_add(bench, "reassembly >= 2.5x rte_ip_frag, 2 fragments", one, "2 fragments",
		"rte_ip_frag, 2 fragments", 2.5, true);
	bench_target_add(bench, "reassembly >= 2.5x rte_ip_frag, 4 fragments", one, "4 fragments",
		"rte_ip_frag, 4 fragments", 2.5, true);
	bench_target_add(bench, "reassembly >= 2.5x rte_ip_frag, 8 fragments", one, "8 fragments",
		"rte_ip_frag, 8 fragments", 2.5, true);
	bench_target_add(bench, "reassembly >= 2.5x rte_ip_frag, 2 fragments, 1,000 open", many,
		"1,000 open", "rte_ip_frag, 1,000 open", 2.5, true);
	bench_target_add(bench, "reassembly >= 2.5x rte_ip_frag, 4 fragments, 1,000 open", many,
		"4 fragments, 1,000 open", "rte_ip_frag, 4 fragments, 1,000 open", 2.5, true);
	bench_target_add(bench, "reassembly >= 2.5x rte_ip_frag, 8 fragments, 1,000 open", many,
		"8 fragments, 1,000 open", "rte_ip_frag, 8 fragments, 1,000 open", 2.5, true);
	bench_target_add(bench, "a fragment of 45 costs no more than one of 8", one, "45 fragments",
		"8 fragments", 1, false);
	bench_target_add(
		bench, "100,000 datagrams open < 2x one", many, "100,000 open", "1 open", 2, false);
}

int
bench_reass(struct bench *bench)
{
	static const char one_name[] = "reass, one datagram open";
	static const char many_name[] = "reass, many datagrams open";
	struct bench_group *one = NULL, *many = NULL;
	struct rte_mempool *pool;
	int rc = 0;

	if (!bench_wants(bench, one_name) && !bench_wants(bench, many_name))
		return 0;
	/* The rows that hold OPEN_MAX fragments each are alive together. */
	pool = rte_pktmbuf_pool_create(
		"bench_reass", 3 * OPEN_MAX, 256, 0, RTE_PKTMBUF_HEADROOM + 128, SOCKET_ID_ANY);
	if (pool == NULL)
		return -ENOMEM;
	if (bench_wants(bench, one_name))
		one = group_run(bench, one_name, one_open, RTE_DIM(one_open), pool, &rc);
	if (rc == 0 && bench_wants(bench, many_name))
		many = group_run(bench, many_name, many_open, RTE_DIM(many_open), pool, &rc);
	if (rc == 0)
		judge(bench, one, many);
	rte_mempool_free(pool);
	return rc;
}
