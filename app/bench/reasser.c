/* SPDX-License-Identifier: BSD-3-Clause */
#include "reasser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <emmintrin.h>

#include <rte_cycles.h>
#include <rte_ip.h>

#include "proto_addr.h"
#include "rx/reass.h"

#define FRAG_LEN     64u /* bytes of data: of one fragment all that matters is its mbuf */
#define L2_LEN	     14u
#define L3_LEN	     20u
#define BUCKETS	     8u
#define COLD_BLOCK   64u /* cold mbufs that are shuffled together */
#define OURS_AHEAD   4u	 /* headers that are prefetched: as rx/input.c has it */
#define THEIRS_AHEAD 3u	 /* as examples/ip_reassembly has it */

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

static void
frame_make(struct rte_mbuf *m, uint32_t datagram, unsigned int nth, bool more)
{
	char *frame = rte_pktmbuf_mtod(m, char *);

	ip_write((void *)(frame + L2_LEN), datagram, nth, more);
	m->data_len = (uint16_t)(L2_LEN + L3_LEN + FRAG_LEN);
	m->pkt_len = m->data_len;
	m->l2_len = L2_LEN;
	m->l3_len = L3_LEN;
}

static struct rte_ipv4_hdr *
ip_of(struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, L2_LEN);
}

/* Fetch the headers of the first frames of a burst; the loop goes on with those `ahead`. */
static inline void
headers_prefetch(struct rte_mbuf **pkts, unsigned int n, unsigned int ahead)
{
	for (unsigned int i = 0; i < ahead && i < n; i++)
		rte_prefetch0(rte_pktmbuf_mtod(pkts[i], void *));
}

static inline void
header_prefetch(struct rte_mbuf **pkts, unsigned int i, unsigned int n)
{
	if (i < n)
		rte_prefetch0(rte_pktmbuf_mtod(pkts[i], void *));
}

/* Key and place are read from the header, and the header is cut off, as ipv4_in.c does. */
static struct reass_frag
fragment_read(struct reasser *r, struct rte_mbuf *m, struct reass_key *key)
{
	const struct rte_ipv4_hdr *ip = ip_of(m);
	uint16_t word = rte_be_to_cpu_16(ip->fragment_offset);

	*key = (struct reass_key){
		.id = ip->packet_id, .family = PROTO_IPV4, .proto = ip->next_proto_id};
	memcpy(key->src, &ip->src_addr, sizeof(ip->src_addr));
	memcpy(key->dst, &ip->dst_addr, sizeof(ip->dst_addr));
	(void)rte_pktmbuf_adj(m, L2_LEN + L3_LEN);
	return (struct reass_frag){.key = key,
		.pkt = m,
		.offset = (word & RTE_IPV4_HDR_OFFSET_MASK) * 8u,
		.more = (word & RTE_IPV4_HDR_MF_FLAG) != 0,
		.counters = &r->counters};
}

/* As rx/fragment_in.c: a burst is gathered, what it will touch is fetched, then it is added. */
static unsigned int
ours_burst(struct reasser *r, struct rte_mbuf **pkts, unsigned int n)
{
	struct reass_frag frags[REASSER_BURST];
	struct reass_key keys[REASSER_BURST];
	unsigned int n_whole = 0, i = 0;

	headers_prefetch(pkts, n, OURS_AHEAD);
	do {
		header_prefetch(pkts, i + OURS_AHEAD, n);
		frags[i] = fragment_read(r, pkts[i], &keys[i]);
	} while (++i < n);
	reass_prefetch_burst(r->ours, frags, n);
	for (i = 0; i < n; i++) {
		struct rte_mbuf *whole;
		uint32_t n_frames;

		if (reass_add(r->ours, &frags[i], r->now, &whole, &n_frames) != REASS_WHOLE)
			continue;
		rte_pktmbuf_free(whole);
		n_whole++;
	}
	return n_whole;
}

/* As examples/ip_reassembly: headers are fetched, the death row is emptied once a burst. */
static unsigned int
theirs_burst(struct reasser *r, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int n_whole = 0;

	headers_prefetch(pkts, n, THEIRS_AHEAD);
	for (unsigned int i = 0; i < n; i++) {
		struct rte_mbuf *whole;

		header_prefetch(pkts, i + THEIRS_AHEAD, n);
		whole = rte_ipv4_frag_reassemble_packet(
			r->theirs, &r->death, pkts[i], r->now, ip_of(pkts[i]));
		n_whole += whole != NULL;
		rte_pktmbuf_free(whole);
	}
	rte_ip_frag_free_death_row(&r->death, THEIRS_AHEAD);
	return n_whole;
}

static unsigned int
floor_burst(struct reasser *r, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int n_whole = 0;

	(void)r;
	headers_prefetch(pkts, n, OURS_AHEAD);
	for (unsigned int i = 0; i < n; i++) {
		header_prefetch(pkts, i + OURS_AHEAD, n);
		n_whole += (ip_of(pkts[i])->fragment_offset & RTE_BE16(RTE_IPV4_HDR_MF_FLAG)) == 0;
		rte_pktmbuf_free(pkts[i]);
	}
	return n_whole;
}

/* In which order a datagram's fragments come. */
static void
orders_make(struct reasser *r)
{
	unsigned int n = r->row.n_frags;
	uint64_t state = n;

	for (unsigned int o = 0; o < REASSER_ORDERS; o++) {
		uint8_t *order = r->order[o];

		for (unsigned int i = 0; i < n; i++)
			order[i] = (uint8_t)(r->row.order == REASSER_REVERSED ? n - 1 - i : i);
		for (unsigned int i = n - 1; i != 0 && r->row.order == REASSER_SHUFFLED; i--) {
			state = state * 6364136223846793005u + 1442695040888963407u;

			unsigned int j = (unsigned int)((state >> 33) % (i + 1));
			uint8_t other = order[j];

			order[j] = order[i];
			order[i] = other;
		}
	}
}

static void
step_make(struct reasser *r, struct rte_mbuf *m, uint32_t datagram, unsigned int step)
{
	unsigned int nth = r->order[datagram % REASSER_ORDERS][step];

	frame_make(m, datagram, nth, nth + 1 != r->row.n_frags);
}

static void
next_make(struct reasser *r, struct rte_mbuf *m)
{
	step_make(r, m, r->next - r->step * r->gap, r->step);
	if (++r->step == r->row.n_frags) {
		r->step = 0;
		r->next++;
	}
}

/* Begin `open` datagrams: afterwards each one that begins ends one. */
static int
fill(struct reasser *r)
{
	for (uint32_t i = 0; i < r->gap * (r->row.n_frags - 1); i++, r->next++)
		for (unsigned int step = 0; step * r->gap <= i; step++) {
			struct rte_mbuf *m = rte_pktmbuf_alloc(r->pool);

			if (m == NULL)
				return -ENOBUFS;
			step_make(r, m, i - step * r->gap, step);
			(void)r->burst(r, &m, 1);
		}
	return 0;
}

static void
setup(struct reasser *r, const struct reasser_row *row, struct rte_mempool *pool,
	reasser_burst_fn burst)
{
	*r = (struct reasser){.row = *row, .pool = pool, .burst = burst, .now = 1};
	r->gap = row->open == 1 ? 0 : RTE_MAX(1u, row->open / (row->n_frags - 1));
	orders_make(r);
}

void
reasser_make_floor(struct reasser *r, struct rte_mempool *pool)
{
	const struct reasser_row row = {"", 2, 1, REASSER_IN_ORDER, false};

	setup(r, &row, pool, floor_burst);
}

int
reasser_make(struct reasser *r, const struct reasser_row *row, struct rte_mempool *pool)
{
	const struct reass_conf conf = {.n_datagrams = row->open * 2 + 64,
		.n_frames = (row->open + 64) * row->n_frags,
		.share = (row->open + 64) * row->n_frags,
		.timeout_ipv4 = UINT64_MAX / 4,
		.timeout_ipv6 = UINT64_MAX / 4,
		.seed = 1,
		.socket = SOCKET_ID_ANY};
	/* As small as holds them: with a bucket a datagram, as examples/ip_reassembly has it,
	 * theirs takes 2 to 3 times as long here. */
	uint32_t buckets = rte_align32pow2((row->open * 2 + 64) / BUCKETS);

	setup(r, row, pool, row->theirs ? theirs_burst : ours_burst);
	if (row->theirs)
		r->theirs = rte_ip_frag_table_create(
			buckets, BUCKETS, buckets * BUCKETS, UINT64_MAX / 4, SOCKET_ID_ANY);
	else
		r->ours = reass_create(&conf);
	return r->theirs == NULL && r->ours == NULL ? -ENOMEM : fill(r);
}

void
reasser_free(struct reasser *r)
{
	reass_destroy(r->ours);
	if (r->theirs != NULL)
		rte_ip_frag_table_destroy(r->theirs);
	*r = (struct reasser){.now = 0};
}

/* Whole bursts that begin and end with a round of steps. */
static unsigned int
whole_rounds(const struct reasser *r, unsigned int n)
{
	unsigned int round = REASSER_BURST * r->row.n_frags;

	return RTE_MAX(n / round, 1u) * round;
}

int64_t
reasser_hot(struct reasser *r, unsigned int n)
{
	struct rte_mbuf *pkts[REASSER_BURST];
	unsigned int n_whole = 0;

	n = whole_rounds(r, n);
	for (unsigned int at = 0; at < n; at += REASSER_BURST) {
		if (rte_pktmbuf_alloc_bulk(r->pool, pkts, REASSER_BURST) != 0)
			return -ENOBUFS;
		for (unsigned int i = 0; i < REASSER_BURST; i++)
			next_make(r, pkts[i]);
		n_whole += r->burst(r, pkts, REASSER_BURST);
	}
	return n_whole == n / r->row.n_frags ? (int64_t)n : -EBADMSG;
}

/* Out of every cache: both lines of the mbuf, and the headers'. */
static void
flush(const struct rte_mbuf *m)
{
	const char *headers = rte_pktmbuf_mtod(m, const char *);

	_mm_clflush(headers);
	_mm_clflush(headers + L2_LEN + L3_LEN - 1);
	_mm_clflush(&m->buf_addr);
	_mm_clflush(&m->next);
}

static int
by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t) * (struct rte_mbuf *const *)a;
	uintptr_t y = (uintptr_t) * (struct rte_mbuf *const *)b;

	return (x > y) - (x < y);
}

/*
 * An order that is the same for every row, near in pages and none that a prefetcher guesses: by
 * address, but shuffled 64 at a time. The pool's own order depends on who had the mbufs before.
 */
static void
reorder(struct rte_mbuf **pkts, unsigned int n)
{
	uint64_t state = 1;

	qsort(pkts, n, sizeof(struct rte_mbuf *), by_address);
	for (unsigned int i = 0; i < n; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;

		unsigned int j = i - (unsigned int)((state >> 33) % (i % COLD_BLOCK + 1));
		struct rte_mbuf *other = pkts[j];

		pkts[j] = pkts[i];
		pkts[i] = other;
	}
}

/* Frames that were made before, and have left the caches. */
static void
frames_make(struct reasser *r, struct rte_mbuf **pkts, unsigned int n)
{
	reorder(pkts, n);
	for (unsigned int i = 0; i < n; i++)
		next_make(r, pkts[i]);
	for (unsigned int i = 0; i < n; i++)
		flush(pkts[i]);
	_mm_mfence();
}

double
reasser_cold(void *reasser, unsigned int n)
{
	struct reasser *r = reasser;
	struct rte_mbuf **pkts;
	unsigned int n_whole = 0;
	uint64_t begin, cycles;

	n = whole_rounds(r, n);
	pkts = calloc(n, sizeof(struct rte_mbuf *));
	if (pkts == NULL || rte_pktmbuf_alloc_bulk(r->pool, pkts, n) != 0) {
		free(pkts);
		return -ENOBUFS;
	}
	frames_make(r, pkts, n);
	begin = rte_rdtsc_precise();
	for (unsigned int at = 0; at < n; at += REASSER_BURST)
		n_whole += r->burst(r, pkts + at, REASSER_BURST);
	cycles = rte_rdtsc_precise() - begin;
	free(pkts);
	return n_whole == n / r->row.n_frags ? (double)cycles / n : -EBADMSG;
}
