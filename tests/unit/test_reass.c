/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bytes of a datagram: any order, duplicates, overlaps, ends that disagree, and sizes to the
 * limit (RFC 791 3.2, RFC 5722, RFC 6946, RFC 8200 4.5). Who may hold how much is in
 * test_reass_table.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "fragments.h"
#include "rng.h"

#define ROOM	  2048
#define BYTES_MAX 65535u

static uint8_t bytes[BYTES_MAX + 64];
static uint8_t other[BYTES_MAX + 64]; /* bytes that nobody must get to see */
static const struct reass_key key = {
	.src = {192, 0, 2, 2}, .dst = {192, 0, 2, 1}, .id = 7, .family = 4, .proto = 17};

/* One of [from, to), in blocks of 8 bytes; the last ends `odd` bytes later. */
struct cut {
	uint16_t from;
	uint16_t to;
	bool last;
	uint8_t odd;
};

#define MORE(from, to)                 \
	{                              \
		(from), (to), false, 0 \
	}
#define LAST(from, to)                \
	{                             \
		(from), (to), true, 0 \
	}
#define END                    \
	{                      \
		0, 0, false, 0 \
	}

static enum reass_verdict
add_from(struct fragments *f, const uint8_t *all, const struct cut *c)
{
	uint32_t at = c->from * 8u, len = (c->to - c->from) * 8u + c->odd;
	struct rte_mbuf *pkt =
		fragment_packet(f->pool, all + at, len, ROOM - FRAGMENT_HEADERS, false, at);

	return fragments_add(f, &key, pkt, at, !c->last);
}

static enum reass_verdict
add(struct fragments *f, struct cut c)
{
	return add_from(f, bytes, &c);
}

/* The datagram that was handed out is [0, len) in `n_frames` frames; it is freed. */
static void
expect_whole(struct fragments *f, uint32_t len, uint32_t n_frames)
{
	fragments_check(f->datagram, bytes, len);
	fragments_check_headers(f->datagram, 0);
	assert_int_equal(f->n_frames, n_frames);
	pktpool_free(f->datagram);
}

static void
start(struct fragments *f)
{
	const struct reass_conf conf = {.n_frames = 10000, .share = 10000};

	fragments_start(f, &conf, 9000, ROOM);
}

/* All 720 orders of six fragments, the last of one byte. */
static void
add_permutation(struct fragments *f, unsigned int code)
{
	static const struct cut cuts[] = {
		MORE(0, 1), MORE(1, 3), MORE(3, 7), MORE(7, 8), MORE(8, 70), {70, 70, true, 1}};
	unsigned int left[] = {0, 1, 2, 3, 4, 5};

	for (unsigned int n = RTE_DIM(left); n > 0; n--) {
		unsigned int i = code % n;

		code /= n;
		assert_int_equal(add(f, cuts[left[i]]), n > 1 ? REASS_HELD : REASS_WHOLE);
		left[i] = left[n - 1];
	}
	expect_whole(f, 561, 6);
	assert_int_equal(fragments_open(f), 0);
}

static void
test_every_order(void **state)
{
	struct fragments f;

	(void)state;
	start(&f);
	for (unsigned int code = 0; code < 720; code++)
		add_permutation(&f, code);
	assert_int_equal(fragments_dropped(&f), 0);
	fragments_stop(&f);
}

/* What is held, then what comes, and what comes of it. */
struct arrival {
	const char *what;
	struct cut held[14];
	struct cut comes;
	enum proto_drop drop;
};

/* Runs apart from each other: two, and more than go without a map. */
#define TWO MORE(2, 4), MORE(6, 8)
#define MANY                                                                            \
	MORE(2, 4), MORE(6, 8), MORE(10, 12), MORE(14, 16), MORE(18, 20), MORE(22, 24), \
		MORE(26, 28), MORE(30, 32), MORE(34, 36), MORE(38, 40), MORE(42, 44)

static unsigned int
hold(struct fragments *f, const struct cut *held)
{
	unsigned int n = 0;

	for (; held[n].to != 0; n++)
		assert_int_equal(add(f, held[n]), REASS_HELD);
	return n;
}

static void
check_arrival(const struct arrival *a)
{
	bool alone = a->drop == PROTO_DROP_FRAG_DUPLICATE;
	struct fragments f;
	unsigned int n;

	start(&f);
	n = hold(&f, a->held);
	assert_int_equal(add_from(&f, other, &a->comes), REASS_DROPPED);
	if (f.counters.drop[a->drop] != (alone ? 1 : n + 1) ||
		fragments_held(&f) != (alone ? n : 0) || fragments_open(&f) != (alone ? 1 : 0))
		fail_msg("%s: %lu dropped for the reason, %u held", a->what,
			f.counters.drop[a->drop], fragments_held(&f));
	assert_int_equal(fragments_dropped(&f), f.counters.drop[a->drop]);
	fragments_stop(&f);
}

static void
test_duplicates(void **state)
{
	static const struct arrival arrivals[] = {
		{"the same", {MORE(2, 4), END}, MORE(2, 4), PROTO_DROP_FRAG_DUPLICATE},
		{"its front", {MORE(2, 4), END}, MORE(2, 3), PROTO_DROP_FRAG_DUPLICATE},
		{"its back", {MORE(2, 4), END}, MORE(3, 4), PROTO_DROP_FRAG_DUPLICATE},
		{"inside", {MORE(2, 9), END}, MORE(4, 5), PROTO_DROP_FRAG_DUPLICATE},
		{"of two that met", {MORE(2, 4), MORE(4, 6), END}, MORE(3, 5),
			PROTO_DROP_FRAG_DUPLICATE},
		{"of two that met backwards", {MORE(4, 6), MORE(2, 4), END}, MORE(2, 6),
			PROTO_DROP_FRAG_DUPLICATE},
		{"the last", {LAST(2, 4), END}, LAST(2, 4), PROTO_DROP_FRAG_DUPLICATE},
		{"the last's back", {LAST(2, 4), END}, LAST(3, 4), PROTO_DROP_FRAG_DUPLICATE},
		{"an odd last", {{2, 4, true, 3}, END}, {2, 4, true, 3}, PROTO_DROP_FRAG_DUPLICATE},
		{"the closed of two", {TWO, END}, MORE(2, 4), PROTO_DROP_FRAG_DUPLICATE},
		{"the open of two", {TWO, END}, MORE(7, 8), PROTO_DROP_FRAG_DUPLICATE},
		{"of runs that met", {MORE(2, 4), MORE(6, 8), MORE(5, 6), MORE(4, 5), END},
			MORE(3, 7), PROTO_DROP_FRAG_DUPLICATE},
		{"the first of many", {MANY, END}, MORE(2, 4), PROTO_DROP_FRAG_DUPLICATE},
		{"in many", {MANY, END}, MORE(15, 16), PROTO_DROP_FRAG_DUPLICATE},
		{"the last of many", {MANY, END}, MORE(42, 44), PROTO_DROP_FRAG_DUPLICATE},
		{"met in many", {MANY, MORE(12, 14), END}, MORE(11, 15), PROTO_DROP_FRAG_DUPLICATE},
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(arrivals); i++)
		check_arrival(&arrivals[i]);
}

static void
test_overlaps(void **state)
{
	static const struct arrival arrivals[] = {
		{"over the front", {MORE(2, 4), END}, MORE(1, 3), PROTO_DROP_FRAG_OVERLAP},
		{"over the back", {MORE(2, 4), END}, MORE(3, 5), PROTO_DROP_FRAG_OVERLAP},
		{"around", {MORE(2, 4), END}, MORE(1, 5), PROTO_DROP_FRAG_OVERLAP},
		{"around, same front", {MORE(2, 4), END}, MORE(2, 5), PROTO_DROP_FRAG_OVERLAP},
		{"around, same back", {MORE(2, 4), END}, MORE(1, 4), PROTO_DROP_FRAG_OVERLAP},
		{"the last over it", {MORE(2, 4), END}, LAST(3, 5), PROTO_DROP_FRAG_OVERLAP},
		{"over the last's front", {LAST(4, 6), END}, MORE(3, 5), PROTO_DROP_FRAG_OVERLAP},
		{"a longer last", {LAST(4, 6), END}, LAST(3, 6), PROTO_DROP_FRAG_OVERLAP},
		{"the gap and a block", {TWO, END}, MORE(4, 7), PROTO_DROP_FRAG_OVERLAP},
		{"a block and the gap", {TWO, END}, MORE(3, 6), PROTO_DROP_FRAG_OVERLAP},
		{"both and the gap", {TWO, END}, MORE(2, 8), PROTO_DROP_FRAG_OVERLAP},
		{"around the closed one", {TWO, END}, MORE(1, 5), PROTO_DROP_FRAG_OVERLAP},
		{"one block of many", {MANY, END}, MORE(15, 17), PROTO_DROP_FRAG_OVERLAP},
		{"all of many", {MANY, END}, MORE(0, 50), PROTO_DROP_FRAG_OVERLAP},
		{"a word's end", {MANY, MORE(63, 64), END}, MORE(62, 66), PROTO_DROP_FRAG_OVERLAP},
		{"a word's start", {MANY, MORE(64, 65), END}, MORE(62, 66),
			PROTO_DROP_FRAG_OVERLAP},
		{"words between", {MANY, MORE(300, 301), END}, MORE(100, 1000),
			PROTO_DROP_FRAG_OVERLAP},
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(arrivals); i++)
		check_arrival(&arrivals[i]);
}

/* "More follow" is a word on the end, too: at least one byte does. */
static void
test_ends_disagree(void **state)
{
	static const struct arrival arrivals[] = {
		{"a later end", {LAST(2, 4), END}, LAST(5, 6), PROTO_DROP_FRAG_INCONSISTENT},
		{"an earlier end", {LAST(5, 6), END}, LAST(2, 4), PROTO_DROP_FRAG_INCONSISTENT},
		{"a byte earlier", {{5, 5, true, 3}, END}, {5, 5, true, 2},
			PROTO_DROP_FRAG_INCONSISTENT},
		{"a byte later", {{5, 5, true, 3}, END}, {5, 5, true, 4},
			PROTO_DROP_FRAG_INCONSISTENT},
		{"beyond the end", {LAST(2, 4), END}, MORE(4, 5), PROTO_DROP_FRAG_INCONSISTENT},
		{"far beyond", {LAST(2, 4), END}, MORE(40, 50), PROTO_DROP_FRAG_INCONSISTENT},
		{"over the end", {LAST(2, 4), END}, MORE(3, 5), PROTO_DROP_FRAG_INCONSISTENT},
		{"in the odd block", {{2, 4, true, 3}, END}, MORE(4, 5),
			PROTO_DROP_FRAG_INCONSISTENT},
		{"more at the end", {LAST(2, 4), END}, MORE(2, 4), PROTO_DROP_FRAG_INCONSISTENT},
		{"the end where more follow", {MORE(2, 4), END}, LAST(2, 4),
			PROTO_DROP_FRAG_INCONSISTENT},
		{"the end before what is here", {MORE(6, 8), END}, LAST(2, 4),
			PROTO_DROP_FRAG_INCONSISTENT},
		{"before the open of two", {TWO, END}, LAST(4, 5), PROTO_DROP_FRAG_INCONSISTENT},
		{"before the closed of two", {MORE(6, 8), MORE(2, 4), END}, LAST(4, 5),
			PROTO_DROP_FRAG_INCONSISTENT},
		{"at the closed one's end", {MORE(6, 8), MORE(2, 4), END}, LAST(7, 8),
			PROTO_DROP_FRAG_INCONSISTENT},
		{"in many", {MANY, MORE(0, 1), END}, LAST(40, 41), PROTO_DROP_FRAG_INCONSISTENT},
		{"at the end of many", {MANY, MORE(0, 1), END}, LAST(43, 44),
			PROTO_DROP_FRAG_INCONSISTENT},
		{"beyond many", {MANY, LAST(50, 51), END}, MORE(51, 52),
			PROTO_DROP_FRAG_INCONSISTENT},
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(arrivals); i++)
		check_arrival(&arrivals[i]);
}

/* After a duplicate all goes on, and the first bytes win; after an overlap all begins anew. */
static void
test_afterwards(void **state)
{
	const struct cut dup = MORE(0, 2), over = MORE(1, 3);
	struct fragments f;

	(void)state;
	start(&f);
	assert_int_equal(add(&f, (struct cut)MORE(0, 2)), REASS_HELD);
	assert_int_equal(add_from(&f, other, &dup), REASS_DROPPED);
	assert_int_equal(add(&f, (struct cut)LAST(4, 6)), REASS_HELD);
	assert_int_equal(add_from(&f, other, &dup), REASS_DROPPED);
	assert_int_equal(add(&f, (struct cut)MORE(2, 4)), REASS_WHOLE);
	expect_whole(&f, 48, 3);
	assert_int_equal(add(&f, (struct cut)MORE(0, 2)), REASS_HELD);
	assert_int_equal(add_from(&f, other, &over), REASS_DROPPED);
	assert_int_equal(add(&f, (struct cut)LAST(2, 3)), REASS_HELD);
	assert_int_equal(add(&f, (struct cut)MORE(0, 2)), REASS_WHOLE);
	expect_whole(&f, 24, 2);
	fragments_stop(&f);
}

/* Refused with the mbuf: nothing has changed, nothing is counted (RFC 8200 4.5). */
static void
test_bad_length_and_offset(void **state)
{
	static const struct {
		uint32_t offset;
		uint32_t len;
		bool more;
		enum reass_verdict verdict;
	} cases[] = {
		{8, 1, true, REASS_BAD_LENGTH},
		{8, 7, true, REASS_BAD_LENGTH},
		{8, 1479, true, REASS_BAD_LENGTH},
		{0, 9, true, REASS_BAD_LENGTH},
		{65528, 9, true, REASS_BAD_LENGTH}, /* the length comes first */
		{65528, 8, true, REASS_BAD_OFFSET},
		{65528, 8, false, REASS_BAD_OFFSET},
		{65520, 16, false, REASS_BAD_OFFSET},
		{65528, 1500, false, REASS_BAD_OFFSET},
	};
	struct fragments f;

	(void)state;
	start(&f);
	assert_int_equal(add(&f, (struct cut)MORE(0, 1)), REASS_HELD);
	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		struct rte_mbuf *pkt =
			fragment_packet(f.pool, bytes, cases[i].len, 700, false, cases[i].offset);

		assert_int_equal(fragments_add(&f, &key, pkt, cases[i].offset, cases[i].more),
			cases[i].verdict);
		fragments_check(pkt, bytes, cases[i].len);
		pktpool_free(pkt);
		assert_int_equal(fragments_held(&f), 1);
	}
	assert_int_equal(fragments_dropped(&f), 0);
	assert_int_equal(add(&f, (struct cut)LAST(1, 2)), REASS_WHOLE);
	expect_whole(&f, 16, 2);
	fragments_stop(&f);
}

static void
test_empty(void **state)
{
	struct fragments f;

	(void)state;
	start(&f);
	assert_int_equal(add(&f, (struct cut)MORE(0, 1)), REASS_HELD);
	assert_int_equal(add(&f, (struct cut)MORE(1, 1)), REASS_DROPPED);
	assert_int_equal(add(&f, (struct cut)LAST(1, 1)), REASS_DROPPED);
	assert_int_equal(add(&f, (struct cut)LAST(0, 0)), REASS_DROPPED);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_EMPTY], 3);
	assert_int_equal(fragments_held(&f), 1);
	fragments_stop(&f);
}

/* RFC 6946 4: whole by itself, whatever else of its key is here. */
static void
test_alone(void **state)
{
	struct fragments f;

	(void)state;
	start(&f);
	assert_int_equal(add(&f, (struct cut)MORE(0, 1)), REASS_HELD);
	assert_int_equal(add(&f, (struct cut){0, 2, true, 5}), REASS_WHOLE);
	expect_whole(&f, 21, 1);
	assert_int_equal(fragments_held(&f), 1);
	assert_int_equal(add(&f, (struct cut)LAST(1, 2)), REASS_WHOLE);
	expect_whole(&f, 16, 2);
	fragments_stop(&f);
}

/* The largest datagram in the most fragments: 8192 of them, the last of 7 bytes. */
static void
add_8192(struct fragments *f, const uint16_t *order)
{
	for (uint32_t i = 0; i < 8192; i++) {
		uint16_t at = order[i];
		struct cut c = {at, at == 8191 ? at : at + 1, at == 8191, at == 8191 ? 7 : 0};

		assert_int_equal(add(f, c), i < 8191 ? REASS_HELD : REASS_WHOLE);
		if (i < 8191 && i % 16 == 0)
			assert_int_equal(add_from(f, other, &c), REASS_DROPPED);
	}
	assert_int_equal(f->datagram->nb_segs, 8192);
	expect_whole(f, BYTES_MAX, 8192);
	assert_int_equal(fragments_open(f), 0);
}

static void
test_8192_fragments(void **state)
{
	static uint16_t order[8192];
	struct rng rng = {.state = 5};
	struct fragments f;

	(void)state;
	start(&f);
	for (unsigned int kind = 0; kind < 4; kind++) {
		for (uint32_t i = 0; i < 8192; i++)
			order[i] = (uint16_t)(kind == 0	  ? i
					      : kind == 1 ? 8191 - i
							  : i * 2 % 8192 + i / 4096);
		for (uint32_t i = 8191; kind == 3 && i > 0; i--) {
			uint32_t k = rng_below(&rng, i + 1);
			uint16_t keep = order[i];

			order[i] = order[k];
			order[k] = keep;
		}
		add_8192(&f, order);
	}
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_DUPLICATE], 4 * 512);
	assert_int_equal(fragments_dropped(&f), 4 * 512);
	fragments_stop(&f);
}

/* 65,535 bytes in two: everything in one, and one byte behind it. */
static void
test_two_large(void **state)
{
	struct fragments f;
	struct rte_mbuf *pkt;

	(void)state;
	start(&f);
	pkt = fragment_packet(f.pool, bytes, 65528, 1400, false, 0);
	assert_int_equal(add(&f, (struct cut){8191, 8191, true, 7}), REASS_HELD);
	assert_int_equal(fragments_add(&f, &key, pkt, 0, true), REASS_WHOLE);
	assert_ptr_equal(f.datagram, pkt);
	expect_whole(&f, BYTES_MAX, 2);
	fragments_stop(&f);
}

/* Segments: a fragment is one frame, however many it has; headers alone in a segment are freed. */
static void
test_segments(void **state)
{
	struct fragments f;

	(void)state;
	start(&f);
	for (unsigned int order = 0; order < 6; order++) {
		static const uint8_t orders[6][3] = {
			{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

		for (unsigned int bare = 0; bare < 8; bare++) {
			enum reass_verdict verdict = REASS_HELD;

			for (unsigned int i = 0; i < 3; i++) {
				uint32_t at = orders[order][i];
				struct rte_mbuf *pkt = fragment_packet(f.pool, bytes + at * 80, 80,
					1 + 13 * at, (bare >> at & 1) != 0, at);

				verdict = fragments_add(&f, &key, pkt, at * 80, at < 2);
				assert_int_equal(fragments_held(&f), i < 2 ? i + 1 : 0);
			}
			assert_int_equal(verdict, REASS_WHOLE);
			/* One more, if the headers in front of all stand alone. */
			assert_int_equal(f.datagram->nb_segs, 80 + 6 + 3 + (bare & 1));
			expect_whole(&f, 240, 3);
		}
	}
	fragments_stop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_order),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_ends_disagree),
		cmocka_unit_test(test_afterwards),
		cmocka_unit_test(test_bad_length_and_offset),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_8192_fragments),
		cmocka_unit_test(test_two_large),
		cmocka_unit_test(test_segments),
	};
	struct rng rng = {.state = 1};
	int ret;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)rng_next(&rng);
		other[i] = (uint8_t)~bytes[i];
	}
	if (eal_start(1, NULL) != 0)
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	(void)eal_stop();
	return ret;
}
