/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reassembly at random, against a model: each open datagram is also a plain array of bytes and of
 * flags, and the model foretells each verdict and each count. What is whole must have the bytes
 * that came first, in order, in a sound chain.
 *
 * REASS_MODEL_SEED and REASS_MODEL_ROUNDS in the environment: to run one again, or for longer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "reass_model.h"

#define ROOM	2048u
#define PACKETS 12000u
#define TIMEOUT 1000u

static struct rte_mbuf *
packet_of(const struct piece *p, const uint8_t *bytes)
{
	static const uint32_t seg_lens[] = {1, 7, 100, 1400};
	uint32_t seg_len = ROOM - FRAGMENT_HEADERS;

	if (p->len < 3000 && rng_below(&rng, 5) == 0)
		seg_len = seg_lens[rng_below(&rng, RTE_DIM(seg_lens))];
	if (p->len / seg_len > 100)
		seg_len = 100;
	return fragment_packet(pool, bytes, p->len, seg_len, rng_below(&rng, 6) == 0, p->offset);
}

static void
arrive(const struct piece *p)
{
	static uint8_t other[BYTES_MAX + 64];
	const uint8_t *bytes = datagram_bytes(p->key) + RTE_MIN(p->offset, BYTES_MAX);

	if (p->wrong) {
		for (uint32_t i = 0; i < p->len; i++)
			other[i] = (uint8_t)~bytes[i];
		bytes = other;
	}
	model_check(p, bytes, packet_of(p, bytes), 1, rng_below(&rng, 2) == 0);
}

/* What is still open goes: by flush, or in time. */
static void
end_round(void)
{
	struct reass_expired expired[5];
	enum proto_drop drop = PROTO_DROP_STOPPED;
	unsigned int n;

	if (rng_below(&rng, 2) == 0) {
		drop = PROTO_DROP_FRAG_TIMEOUT;
		while ((n = reass_expire(reass, 1 + TIMEOUT, expired, RTE_DIM(expired))) != 0)
			for (unsigned int i = 0; i < n; i++)
				pktpool_free(expired[i].first);
	}
	reass_flush(reass);
	model_forget_all(drop);
	check_figures();
	assert_int_equal(in_use(), 0);
}

static uint32_t
rounds_of(uint32_t usual)
{
	const char *text = getenv("REASS_MODEL_ROUNDS");

	return text != NULL ? (uint32_t)strtoul(text, NULL, 0) : usual;
}

static int
seed(void **state)
{
	const char *text = getenv("REASS_MODEL_SEED");

	(void)state;
	rng.state = text != NULL ? strtoull(text, NULL, 0) : 20261125;
	print_message("# REASS_MODEL_SEED=%lu\n", rng.state);
	for (size_t i = 0; i < RTE_DIM(noise); i++)
		noise[i] = rng_next(&rng);
	return 0;
}

static void
start(const struct reass_conf *conf)
{
	memset(&counters, 0, sizeof(counters));
	memset(foretold, 0, sizeof(foretold));
	memset(models, 0, sizeof(models));
	reass = reass_create(conf);
	assert_non_null(reass);
}

static void
stop(void)
{
	reass_destroy(reass);
	assert_int_equal(in_use(), 0);
}

static void
test_against_model(void **state)
{
	const struct reass_conf conf = {
		.n_datagrams = KEYS,
		.n_frames = PIECES_MAX,
		.share = PIECES_MAX,
		.timeout_ipv4 = TIMEOUT,
		.timeout_ipv6 = TIMEOUT,
		.seed = 1,
		.socket = SOCKET_ID_ANY,
	};
	uint32_t rounds = rounds_of(60);

	(void)state;
	start(&conf);
	for (uint32_t i = 0; i < rounds; i++) {
		plan_round(false);
		for (uint32_t k = 0; k < n_pieces; k++)
			arrive(&pieces[k]);
		check_figures();
		end_round();
	}
	stop();
}

/*
 * Tables that are far too small, with one bucket or two, and time that goes by: what is foretold
 * here is only the law. No more is held than the limits say, every frame is in a whole datagram, in
 * a drop, or held, and what is whole is right.
 */
static void
take_in_small_table(
	const struct piece *p, const struct reass_conf *conf, uint64_t now, uint64_t *n_whole)
{
	const uint8_t *bytes = datagram_bytes(p->key) + p->offset;
	struct reass_key key = key_of(p->key, KEYS);
	struct rte_mbuf *datagram = NULL;
	struct reass_usage usage;
	uint32_t n_frames = 0;
	struct reass_frag frag = {
		.key = &key,
		.pkt = fragment_packet(
			pool, bytes, p->len, ROOM - FRAGMENT_HEADERS, false, p->offset),
		.offset = p->offset,
		.more = p->more,
		.counters = &counters,
	};
	enum reass_verdict got = reass_add(reass, &frag, now, &datagram, &n_frames);

	assert_in_range(got, REASS_HELD, REASS_DROPPED);
	reass_usage(reass, &usage);
	assert_in_range(usage.frames, 0, conf->n_frames);
	assert_in_range(usage.datagrams, 0, conf->n_datagrams);
	if (got == REASS_WHOLE) {
		fragments_check(datagram, datagram_bytes(p->key), datagram->pkt_len);
		fragments_check_headers(datagram, 0);
		pktpool_free(datagram);
		*n_whole += n_frames;
	}
}

static void
expire_some(uint64_t now)
{
	struct reass_expired expired[3];
	unsigned int n = reass_expire(reass, now, expired, rng_below(&rng, 4));

	for (unsigned int i = 0; i < n; i++) {
		if (expired[i].first != NULL)
			fragments_check_headers(expired[i].first, 0);
		pktpool_free(expired[i].first);
	}
}

static uint64_t
dropped(void)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < PROTO_DROP_MAX; i++)
		n += counters.drop[i];
	assert_int_equal(counters.count[PROTO_C_FRAMES_DISCARDED], n);
	return n;
}

static void
small_round(void)
{
	struct reass_conf conf = {
		.n_datagrams = 1 + rng_below(&rng, 20),
		.n_frames = 1 + rng_below(&rng, 300),
		.share = rng_below(&rng, 200),
		.timeout_ipv4 = 300 + rng_below(&rng, 5000),
		.timeout_ipv6 = 300 + rng_below(&rng, 5000),
		.seed = rng_next(&rng),
		.socket = SOCKET_ID_ANY,
	};
	uint64_t now = UINT64_MAX - 2000, n_whole = 0; /* it wraps on the way */
	struct reass_usage usage;

	start(&conf);
	for (uint32_t k = 0; k < KEYS; k++)
		plan_datagram(k, true);
	interleave();
	for (uint32_t i = 0; i < n_pieces; i++) {
		take_in_small_table(&pieces[i], &conf, now, &n_whole);
		if (i % 16 == 0)
			expire_some(now += rng_below(&rng, 50));
		reass_usage(reass, &usage);
		assert_int_equal(i + 1, n_whole + dropped() + usage.frames);
	}
	stop();
	assert_int_equal(n_pieces, n_whole + dropped());
}

static void
test_small_tables(void **state)
{
	uint32_t rounds = rounds_of(100);

	(void)state;
	for (uint32_t i = 0; i < rounds; i++) {
		n_pieces = 0;
		small_round();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_against_model, seed),
		cmocka_unit_test_setup(test_small_tables, seed),
	};
	int ret;

	if (eal_start(1, NULL) != 0)
		return 1;
	pool = fragments_pool(PACKETS, ROOM);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	ret |= pktpool_destroy(pool, NULL, NULL) != 0;
	(void)eal_stop();
	return ret;
}
