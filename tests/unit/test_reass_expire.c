/* SPDX-License-Identifier: BSD-3-Clause */
/* What is too old (RFC 791 3.2, RFC 1122 3.3.2, RFC 8200 4.5), and what a stop leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "fragments.h"

#define ROOM 256

static const uint8_t zeros[8];

static enum reass_verdict
add(struct fragments *f, uint8_t src, uint32_t id, uint32_t block)
{
	struct reass_key key = fragments_key(4, src, id);

	return fragments_add_block(f, &key, block);
}

static void
expire_none(struct fragments *f)
{
	struct reass_expired expired[1];

	assert_int_equal(reass_expire(f->reass, f->now, expired, 1), 0);
}

/* From the first-arrived fragment on, by family, to the cycle; not before, whatever comes. */
static void
test_timeouts(void **state)
{
	const struct reass_conf conf = {.timeout_ipv4 = 30, .timeout_ipv6 = 60};
	struct reass_key four = fragments_key(4, 1, 1), six = fragments_key(6, 1, 1);
	struct reass_expired expired[3];
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 100, ROOM);
	f.now = UINT64_MAX - 20;
	expire_none(&f);
	assert_int_equal(fragments_add_block(&f, &six, 0), REASS_HELD);
	f.now += 10;
	assert_int_equal(fragments_add_block(&f, &four, 1), REASS_HELD);
	f.now += 29;
	expire_none(&f);
	assert_int_equal(fragments_add_block(&f, &four, 2), REASS_HELD);
	f.now -= 100; /* and a clock that steps back does no harm */
	expire_none(&f);
	f.now += 100;
	expire_none(&f);
	f.now++;
	assert_int_equal(reass_expire(f.reass, f.now, expired, 0), 0);
	assert_int_equal(reass_expire(f.reass, f.now, expired, 3), 1);
	assert_memory_equal(&expired[0].key, &four, sizeof(four));
	assert_null(expired[0].first);
	assert_ptr_equal(expired[0].counters, &f.counters);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_TIMEOUT], 2);
	f.now += 19;
	expire_none(&f);
	f.now++;
	assert_int_equal(reass_expire(f.reass, f.now, expired, 3), 1);
	assert_memory_equal(&expired[0].key, &six, sizeof(six));
	fragments_check(expired[0].first, zeros, 8);
	pktpool_free(expired[0].first);
	assert_int_equal(fragments_open(&f), 0);
	fragments_stop(&f);
}

/* Many are due: as many as asked for, the oldest first, none twice. */
static void
test_many_due(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 64};
	struct reass_expired expired[7];
	struct fragments f;
	uint32_t next = 0;
	unsigned int n;

	(void)state;
	fragments_start(&f, &conf, 100, ROOM);
	for (uint32_t id = 0; id < 50; id++)
		assert_int_equal(add(&f, 1, id, id % 2), REASS_HELD);
	f.now += 1000;
	while ((n = reass_expire(f.reass, f.now, expired, RTE_DIM(expired))) != 0) {
		assert_int_equal(n, RTE_MIN(RTE_DIM(expired), 50 - next));
		for (unsigned int i = 0; i < n; i++, next++) {
			assert_int_equal(expired[i].key.id, next);
			assert_int_equal(expired[i].first != NULL, next % 2 == 0);
			pktpool_free(expired[i].first);
		}
	}
	assert_int_equal(next, 50);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_TIMEOUT], 50);
	fragments_stop(&f);
}

/* The first fragment comes out as it came in: a packet of its own, whatever was chained to it. */
static void
check_first(const uint32_t *blocks, unsigned int n)
{
	const struct reass_conf conf = {.n_datagrams = 4};
	struct reass_key key = fragments_key(4, 1, 1);
	struct reass_expired expired;
	struct fragments f;

	fragments_start(&f, &conf, 200, ROOM);
	for (unsigned int i = 0; i < n; i++) {
		struct rte_mbuf *pkt = fragment_packet(f.pool, zeros, 8, 3, true, blocks[i]);

		assert_int_equal(fragments_add(&f, &key, pkt, blocks[i] * 8, true), REASS_HELD);
	}
	f.now += 1000;
	assert_int_equal(reass_expire(f.reass, f.now, &expired, 1), 1);
	fragments_check(expired.first, zeros, 8);
	fragments_check_headers(expired.first, 0);
	assert_int_equal(expired.first->nb_segs, 4);
	pktpool_free(expired.first);
	assert_int_equal(f.counters.drop[PROTO_DROP_FRAG_TIMEOUT], n);
	fragments_stop(&f);
}

static void
test_first_of_expired(void **state)
{
	static const uint32_t in_order[] = {0, 1, 2}, reversed[] = {2, 1, 0}, alone[] = {0},
			      closed[] = {0, 1, 5}, open[] = {5, 0, 1},
			      many[] = {10, 0, 1, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};

	(void)state;
	check_first(in_order, RTE_DIM(in_order));
	check_first(reversed, RTE_DIM(reversed));
	check_first(alone, RTE_DIM(alone));
	check_first(closed, RTE_DIM(closed));
	check_first(open, RTE_DIM(open));
	check_first(many, RTE_DIM(many));
}

static void
test_flush(void **state)
{
	const struct reass_conf conf = {.n_datagrams = 8};
	struct reass_key key6 = fragments_key(6, 1, 1);
	struct fragments f;

	(void)state;
	fragments_start(&f, &conf, 200, ROOM);
	reass_flush(f.reass);
	for (uint32_t i = 0; i < 12; i++)
		assert_int_equal(add(&f, 1, 1, 2 * i), REASS_HELD);
	assert_int_equal(fragments_add_block(&f, &key6, 0), REASS_HELD);
	reass_flush(f.reass);
	assert_int_equal(f.counters.drop[PROTO_DROP_STOPPED], 13);
	assert_int_equal(fragments_open(&f), 0);
	assert_int_equal(add(&f, 1, 1, 0), REASS_HELD);
	fragments_stop(&f); /* destroys with one held */
	assert_int_equal(f.counters.drop[PROTO_DROP_STOPPED], 14);
	reass_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_many_due),
		cmocka_unit_test(test_first_of_expired),
		cmocka_unit_test(test_flush),
	};
	int ret;

	if (eal_start(1, NULL) != 0)
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	(void)eal_stop();
	return ret;
}
