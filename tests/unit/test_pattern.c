/* SPDX-License-Identifier: BSD-3-Clause */
/* The pattern: however it is cut, it is itself; whatever is changed, it is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/pattern.h"
#include "engine/rng.h"

#define LEN 1472

static const struct pattern_id id = {.length = LEN, .run = 9, .flow = 513, .seq = 77000000001};

static void
write_whole(uint8_t *to, struct pattern_id which)
{
	struct pattern pattern;

	pattern_init(&pattern, &which);
	pattern_write(&pattern, to, which.length, 0);
}

/* A packet over these bytes in up to 3 segments, cut at `a` and `b`. */
static enum pattern_verdict
check_cut(uint8_t *bytes, uint32_t len, uint32_t a, uint32_t b, struct pattern_id *found)
{
	struct rte_mbuf seg[3];
	uint32_t ends[4] = {0, a, b, len};

	memset(seg, 0, sizeof(seg));
	for (unsigned i = 0; i < 3; i++) {
		seg[i].buf_addr = bytes + ends[i];
		seg[i].data_len = (uint16_t)(ends[i + 1] - ends[i]);
		seg[i].next = i < 2 ? &seg[i + 1] : NULL;
	}
	seg[0].pkt_len = len;
	seg[0].nb_segs = 3;
	return pattern_check(&seg[0], found);
}

static void
test_cuts(void **state)
{
	struct pattern_id found;
	uint8_t bytes[LEN];

	(void)state;
	write_whole(bytes, id);
	for (uint32_t a = 1; a < 40; a++) {
		for (uint32_t b = a; b < LEN; b += 7) {
			assert_int_equal(check_cut(bytes, LEN, a, b, &found), PATTERN_GOOD);
			assert_int_equal(found.length, id.length);
			assert_int_equal(found.run, id.run);
			assert_int_equal(found.flow, id.flow);
			assert_int_equal(found.seq, id.seq);
		}
	}
}

/* Written in pieces from anywhere it is the same as in one. */
static void
test_pieces(void **state)
{
	uint8_t whole[LEN], pieces[LEN];
	struct pattern pattern;
	uint64_t rng = 5;

	(void)state;
	write_whole(whole, id);
	pattern_init(&pattern, &id);
	for (unsigned round = 0; round < 1000; round++) {
		uint32_t at = 0;

		memset(pieces, 0xa5, LEN);
		while (at < LEN) {
			uint32_t n = rng_below(&rng, 40);

			n = n < LEN - at ? n : LEN - at;
			pattern_write(&pattern, pieces + at, n, at);
			at += n;
		}
		assert_memory_equal(pieces, whole, LEN);
	}
}

/* Any bit, a byte too many or too few, two words in the other order. */
static void
test_changes(void **state)
{
	uint8_t bytes[LEN + 1];
	struct pattern_id found;

	(void)state;
	write_whole(bytes, id);
	bytes[LEN] = 0;
	for (uint32_t bit = 0; bit < LEN * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(check_cut(bytes, LEN, 9, 100, &found), PATTERN_BAD);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(check_cut(bytes, LEN - 1, 9, 100, &found), PATTERN_BAD);
	assert_int_equal(check_cut(bytes, LEN + 1, 9, 100, &found), PATTERN_BAD);
	for (uint32_t at = 0; at + 16 <= LEN; at += 8) {
		uint8_t word[8];

		memcpy(word, bytes + at, 8);
		memcpy(bytes + at, bytes + at + 8, 8);
		memcpy(bytes + at + 8, word, 8);
		assert_int_equal(check_cut(bytes, LEN, 9, 100, &found), PATTERN_BAD);
		memcpy(word, bytes + at, 8);
		memcpy(bytes + at, bytes + at + 8, 8);
		memcpy(bytes + at + 8, word, 8);
	}
}

/* The end of another datagram behind the beginning of this one. */
static void
test_mixed(void **state)
{
	struct pattern_id others[] = {id, id, id}, found;
	uint8_t bytes[LEN], other[LEN];

	(void)state;
	others[0].seq++;
	others[1].flow ^= 1;
	others[2].run++;
	for (unsigned i = 0; i < 3; i++) {
		write_whole(bytes, id);
		write_whole(other, others[i]);
		memcpy(bytes + 1464, other + 1464, 8);
		assert_int_equal(check_cut(bytes, LEN, 9, 100, &found), PATTERN_BAD);
	}
}

/* Shorter than a head: what there is must be right, and there is no number. */
static void
test_short(void **state)
{
	struct pattern_id found;

	(void)state;
	for (uint16_t len = 0; len <= PATTERN_HEAD + 1; len++) {
		uint8_t bytes[PATTERN_HEAD + 1];
		struct pattern_id which = {.length = len};

		write_whole(bytes, which);
		assert_int_equal(check_cut(bytes, len, len / 3, len / 2, &found),
			len < PATTERN_HEAD ? PATTERN_SHORT : PATTERN_GOOD);
		if (len == 0)
			continue;
		bytes[0] ^= 1;
		assert_int_equal(check_cut(bytes, len, len / 3, len / 2, &found), PATTERN_BAD);
	}
}

/* What is on the wire, for those who want to check it with something else: the layout stays. */
static void
test_layout(void **state)
{
	static const uint8_t head[PATTERN_HEAD] = {
		0x57, 0xcb, 0xc0, 0x05, 9, 0, 1, 2, 0x01, 0xc2, 0x8e, 0xed, 0x11, 0, 0, 0};
	uint8_t bytes[LEN];

	(void)state;
	write_whole(bytes, id);
	assert_memory_equal(bytes, head, sizeof(head));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
