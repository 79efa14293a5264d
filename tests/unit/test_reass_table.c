/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who is in the table: keys, limits, shares, and who goes when it is full. All fragments here are 8
 * bytes, the last ones too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "fragments.h"
#include "pktpool_mem.h"
#include "rx/reass_table.h"

#define ROOM 256

static const uint8_t zeros[1024];

static enum reass_verdict
add(struct fragments *f, uint8_t src, uint32_t id, uint32_t block)
{
	struct reass_key key = fragments_key(4, src, id);

	return fragments_add_block(f, &key, block);
}

static void
expect_whole(struct fragments *f, uint32_t n_frames)
{
	fragments_check(f->datagram, zeros, 8 * n_frames);
	assert_int_equal(f->n_frames, n_frames);
	pktpool_free(f->datagram);
}

/* Is the datagram (blocks 0.. have been added) there? Completes it if so. */
static bool
still_there(struct fragments *f, uint8_t src, uint32_t id, uint32_t n_blocks)
{
	if (add(f, src, id, FRAGMENT_LAST + n_blocks) != REASS_WHOLE)
		return false;
	expect_whole(f, n_blocks + 1);
	return true;
}

/* Each bit of the key makes another datagram, and both are found again. */
static void
test_every_bit_of_the_key(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 512};
	struct reass_key base = fragments_key(6, 1, 5), keys[48 * 8 + 1];
	struct fragments f;
	unsigned int n = 0;

	(void)state;
	fragments_start(&f, &conf, 2000, ROOM);
	for (unsigned int bit = 0; bit < 42 * 8; bit++) { /* the rest is reserved */
		keys[n] = base;
		((uint8_t *)&keys[n++])[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	keys[n++] = base;
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(fragments_add_block(&f, &keys[i], 0), REASS_HELD);
	assert_int_equal(fragments_open(&f), n);
	for (unsigned int i = 0; i < n; i++) { /* fragments_add() fetches first */
		assert_int_equal(fragments_add_block(&f, &keys[i], FRAGMENT_LAST + 1), REASS_WHOLE);
		expect_whole(&f, 2);
	}
	assert_int_equal(fragments_dropped(&f), 0);
	fragments_stop(&f);
}

/* Zeros in the configuration are the defaults that reass.h names. */
static void
test_defaults(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 0};
	struct reass_usage usage;
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 2000, ROOM);
	reass_usage(f.reass, &usage);
	assert_int_equal(usage.datagrams_max, 1024);
	assert_int_equal(usage.frames_max, 4096);
	for (uint32_t id = 0; id < 1024; id++) /* a quarter of 4096 from one source */
		assert_int_equal(add(&f, 1, id, 0), REASS_HELD);
	assert_int_equal(fragments_dropped(&f), 0);
	assert_int_equal(add(&f, 1, 5, 1), REASS_HELD);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_SHARE], 1);
	fragments_stop(&f);
}

/* A full table: the oldest makes room, of whichever family. */
static void
test_n_datagrams(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 4};
	struct reass_key key6 = fragments_key(6, 1, 1);
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 100, ROOM);
	f.now = UINT64_MAX - 1; /* time may wrap */
	assert_int_equal(fragments_add_block(&f, &key6, 0), REASS_HELD);
	for (uint32_t id = 2; id <= 4; id++) {
		f.now++;
		assert_int_equal(add(&f, (uint8_t)id, id, 0), REASS_HELD);
	}
	assert_int_equal(fragments_add_block(&f, &key6, 1), REASS_HELD); /* no younger for that */
	assert_int_equal(add(&f, 5, 5, 0), REASS_HELD);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_EVICTED], 2);
	assert_int_equal(add(&f, 6, 6, 0), REASS_HELD);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_EVICTED], 3);
	assert_int_equal(fragments_open(&f), 4);
	for (uint32_t id = 3; id <= 6; id++)
		assert_true(still_there(&f, (uint8_t)id, id, 1));
	assert_int_equal(fragments_open(&f), 0);
	fragments_stop(&f);
}

/* As many frames as may be held: the oldest makes room, but nothing for what is whole at once. */
static void
test_n_frames(void **state)
{
	const struct reass_conf conf = {.n_frames = 6, .share = 6};
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 100, ROOM);
	for (uint32_t id = 1; id <= 3; id++) {
		assert_int_equal(add(&f, (uint8_t)id, id, 0), REASS_HELD);
		assert_int_equal(add(&f, (uint8_t)id, id, 1), REASS_HELD);
	}
	assert_true(still_there(&f, 2, 2, 2)); /* its third is the seventh */
	assert_int_equal(fragments_dropped(&f), 0);
	assert_int_equal(add(&f, 4, 4, 0), REASS_HELD);
	assert_int_equal(add(&f, 4, 4, 1), REASS_HELD);
	assert_int_equal(add(&f, 5, 5, 0), REASS_HELD);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_EVICTED], 2);
	assert_int_equal(fragments_held(&f), 5);
	assert_false(still_there(&f, 1, 1, 2));
	assert_true(still_there(&f, 3, 3, 2));
	fragments_stop(&f);
}

/* The oldest may be the very datagram that grows: it goes with the fragment. */
static void
test_evicts_itself(void **state)
{
	const struct reass_conf conf = {.n_frames = 3, .share = 3};
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 100, ROOM);
	for (uint32_t block = 0; block < 3; block++)
		assert_int_equal(add(&f, 1, 1, block), REASS_HELD);
	assert_int_equal(add(&f, 1, 1, 3), REASS_DROPPED);
	assert_int_equal(fragments_open(&f), 0);
	assert_int_equal(fragments_dropped(&f), 4);
	fragments_stop(&f);
}

/* Who is over the share pays for it, with the oldest; the others stay. */
static void
test_share(void **state)
{
	const struct reass_conf conf = {.n_frames = 100, .share = 10};
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 500, ROOM);
	assert_int_equal(add(&f, 1, 0, 0), REASS_HELD);
	for (uint32_t id = 0; id < 50; id++)
		assert_int_equal(add(&f, 2, id, 0), REASS_HELD);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_SHARE], 40);
	assert_int_equal(fragments_held(&f), 11);
	assert_true(still_there(&f, 1, 0, 1));
	assert_true(still_there(&f, 2, 49, 1));
	assert_true(still_there(&f, 2, 40, 1));
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_EVICTED], 0);
	/* Alone above it: all of it goes. */
	for (uint32_t block = 0; block < 10; block++)
		assert_int_equal(add(&f, 3, 0, block), REASS_HELD);
	assert_int_equal(add(&f, 3, 0, 10), REASS_DROPPED);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_SHARE], 40 + 11);
	fragments_stop(&f);
}

/* One sender of many small ones does not push the others out of a table that is full either. */
static void
test_flood(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 40, .n_frames = 400, .share = 100};
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 2000, ROOM);
	for (uint32_t id = 0; id < 20; id++)
		assert_int_equal(add(&f, 1, id, 0), REASS_HELD);
	for (uint32_t id = 0; id < 1000; id++)
		assert_int_equal(add(&f, 2, id, 0), REASS_HELD);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_EVICTED], 980);
	for (uint32_t id = 0; id < 20; id++)
		assert_true(still_there(&f, 1, id, 1));
	fragments_stop(&f);
}

/* A source is an IPv4 address, or an IPv6 /64, in a zone. */
static void
test_sources(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 8};
	struct reass_key four = fragments_key(4, 1, 1), six = fragments_key(6, 1, 1), key;
	struct fragments f;
	uint32_t of_four, of_six;

	(void)state;
	fragments_start(&f, &conf, 10, ROOM);
	of_four = reass_source_of(f.reass, &four);
	of_six = reass_source_of(f.reass, &six);
	for (unsigned int byte = 0; byte < sizeof(key); byte++) {
		bool counts4 = byte < 4 || (byte >= 36 && byte < 41);
		bool counts6 = byte < 8 || (byte >= 36 && byte < 41);

		key = four;
		((uint8_t *)&key)[byte] ^= 1;
		if (byte < 4 || byte >= 16) /* what is behind an IPv4 address is 0 */
			assert_int_equal(reass_source_of(f.reass, &key) != of_four, counts4);
		key = six;
		((uint8_t *)&key)[byte] ^= 1;
		assert_int_equal(reass_source_of(f.reass, &key) != of_six, counts6);
	}
	fragments_stop(&f);
}

/* Keys that meet in one pair of buckets: as many as it has slots are held, and found. */
#define MEET 18

static void
find_meeting(const struct reass *reass, struct reass_key *keys)
{
	uint32_t mask = reass->bucket_mask, n = 0;

	for (uint32_t id = 0; n < MEET; id++) {
		keys[n] = fragments_key(4, (uint8_t)(id % 200), id);
		if ((reass_hash(reass, &keys[n]) & mask) == 6)
			n++;
	}
}

static void
test_full_bucket(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 64};
	struct reass_key keys[MEET];
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 200, ROOM);
	find_meeting(f.reass, keys);
	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < 16; i++, f.now++)
			assert_int_equal(fragments_add_block(&f, &keys[i], 0), REASS_HELD);
		for (unsigned int i = 16; i-- > 0;) {
			assert_int_equal(
				fragments_add_block(&f, &keys[i], FRAGMENT_LAST + 1), REASS_WHOLE);
			expect_whole(&f, 2);
		}
	}
	assert_int_equal(fragments_dropped(&f), 0);
	assert_int_equal(f.reass->buckets[6].n_away, 0);
	fragments_stop(&f);
}

static void
test_over_full_bucket(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 64};
	struct reass_key keys[MEET];
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 200, ROOM);
	find_meeting(f.reass, keys);
	for (unsigned int i = 0; i < MEET; i++, f.now++)
		assert_int_equal(fragments_add_block(&f, &keys[i], 0), REASS_HELD);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_EVICTED], MEET - 16);
	for (unsigned int i = MEET - 16; i < MEET; i++) {
		assert_int_equal(fragments_add_block(&f, &keys[i], FRAGMENT_LAST + 1), REASS_WHOLE);
		expect_whole(&f, 2);
	}
	assert_int_equal(fragments_open(&f), 0);
	fragments_stop(&f);
}

/* Identifications that count up, as senders have them, fill the table, whatever its keys are. */
static void
test_hash_spreads(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		const struct reass_conf conf = {.n_datagrams = 4096, .share = 4096, .seed = seed};
		struct fragments f;

		fragments_start(&f, &conf, 5000, 64);
		for (uint32_t id = 0; id < 4096; id++)
			(void)add(&f, 1, id, 0);
		if (fragments_dropped(&f) != 0)
			fail_msg("seed %lu: %lu of 4096 dropped", seed, fragments_dropped(&f));
		fragments_stop(&f);
	}
}

/* Without a free map the oldest that has one goes. */
static void
test_maps_run_out(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 8};
	struct runs_map *spare;
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 200, ROOM);
	while ((spare = TAILQ_NEXT(TAILQ_FIRST(&f.reass->pool.free), link)) != NULL)
		TAILQ_REMOVE(&f.reass->pool.free, spare, link);
	assert_int_equal(add(&f, 3, 3, 0), REASS_HELD); /* older, but has none */
	for (uint8_t src = 1; src <= 2; src++)
		for (uint32_t i = 0; i < 12; i++)
			assert_int_equal(add(&f, src, src, i < 11 ? 3 * i : 1), REASS_HELD);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_EVICTED], 12);
	assert_int_equal(fragments_open(&f), 2);
	assert_true(still_there(&f, 3, 3, 1));
	fragments_stop(&f);
}

/* A burst's prefetch takes anything: none, many, unknown keys, and changes nothing. */
static void
test_prefetch_burst(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 128};
	struct reass_key keys[100];
	struct reass_frag frags[100];
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 200, ROOM);
	for (uint32_t i = 0; i < 100; i++) {
		keys[i] = fragments_key(i % 2 == 0 ? 4 : 6, 1, i);
		frags[i] = (struct reass_frag){.key = &keys[i], .more = i % 3 != 0};
		if (i % 5 != 0)
			assert_int_equal(fragments_add_block(&f, &keys[i], 0), REASS_HELD);
	}
	reass_prefetch_burst(f.reass, frags, 0);
	reass_prefetch_burst(f.reass, frags, 1);
	reass_prefetch_burst(f.reass, frags, 100);
	assert_int_equal(fragments_held(&f), 80);
	fragments_stop(&f);
}

/* More memory than there is: refused, and nothing is left behind. */
static void
test_no_memory(void **state)
{
	const struct reass_conf confs[] = {
		{.n_datagrams = 1u << 24, .socket = SOCKET_ID_ANY},
		{.n_frames = 1u << 27, .socket = SOCKET_ID_ANY},
	};
	struct pktpool_mem_usage usage;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(confs); i++) {
		assert_null(reass_create(&confs[i]));
		assert_int_equal(pktpool_mem_usage("Reas", &usage), 0);
		assert_int_equal(usage.blocks, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit_of_the_key),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_n_datagrams),
		cmocka_unit_test(test_n_frames),
		cmocka_unit_test(test_evicts_itself),
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_full_bucket),
		cmocka_unit_test(test_over_full_bucket),
		cmocka_unit_test(test_hash_spreads),
		cmocka_unit_test(test_maps_run_out),
		cmocka_unit_test(test_prefetch_burst),
		cmocka_unit_test(test_no_memory),
	};
	int ret;

	if (eal_start(1, NULL) != 0)
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	(void)eal_stop();
	return ret;
}
