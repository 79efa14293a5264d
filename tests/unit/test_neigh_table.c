/* SPDX-License-Identifier: BSD-3-Clause */
/* The neighbour table is bounded: who goes when there are too many, and who stays. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_hash.h>

#include "eal.h"
#include "net/neigh.h"
#include "rng.h"

#define HZ UINT64_C(1000000)

static struct neigh_table table;

/* The k-th host. */
static struct proto_addr
host(uint32_t k)
{
	return (struct proto_addr){.family = PROTO_IPV4,
		.bytes = {10, (uint8_t)(k >> 16), (uint8_t)(k >> 8), (uint8_t)k}};
}

static struct rte_ether_addr
host_mac(uint32_t k)
{
	return (struct rte_ether_addr){
		{2, 0, (uint8_t)(k >> 24), (uint8_t)(k >> 16), (uint8_t)(k >> 8), (uint8_t)k}};
}

static int
resolve(uint32_t k, uint64_t now, neigh_id *id)
{
	struct proto_addr addr = host(k);
	struct rte_ether_addr mac, want = host_mac(k);
	int ret = neigh_resolve(&table, 0, &addr, now, &mac, id);

	if (ret == 0)
		assert_memory_equal(&mac, &want, sizeof(mac));
	return ret;
}

static bool
is_known(uint32_t k)
{
	struct proto_addr addr = host(k);
	struct rte_ether_addr mac, want = host_mac(k);

	if (neigh_find(&table, 0, &addr, &mac) != 0)
		return false;
	assert_memory_equal(&mac, &want, sizeof(mac));
	return true;
}

static uint32_t
count_known(uint32_t first, uint32_t n)
{
	uint32_t known = 0;

	for (uint32_t k = first; k < first + n; k++)
		known += is_known(k);
	return known;
}

/* A question of host k: enters it, STALE. */
static bool
hear(uint32_t k, uint64_t now)
{
	struct neigh_news news = {
		.addr = host(k), .has_mac = true, .mac = host_mac(k), .create = true};

	return neigh_learn(&table, &news, now);
}

/* An answer of host k to our question: REACHABLE. */
static bool
answer(uint32_t k, uint64_t now)
{
	struct neigh_news news = {.addr = host(k),
		.has_mac = true,
		.mac = host_mac(k),
		.solicited = true,
		.override = true,
		.advert = true};

	return neigh_learn(&table, &news, now);
}

/* What stands in the slots is what is counted and what is in the lists. */
static void
check_table(void)
{
	uint32_t at = 0, incomplete = 0, resolved = 0, in_lists = 0, statics = 0;
	const struct neigh *slot;
	struct neigh_list *lists[] = {&table.incomplete, &table.stale, &table.busy};

	while ((slot = neigh_next(&table, &at)) != NULL) {
		incomplete += slot->state == NEIGH_INCOMPLETE;
		resolved += slot->state != NEIGH_INCOMPLETE;
		statics += slot->state == NEIGH_STATIC;
	}
	for (unsigned int i = 0; i < RTE_DIM(lists); i++) {
		uint64_t last = 0;

		TAILQ_FOREACH (slot, lists[i], order) {
			assert_true(slot->touched >= last);
			last = slot->touched;
			in_lists++;
		}
	}
	assert_int_equal(incomplete, table.n_incomplete);
	assert_int_equal(resolved, table.n_resolved);
	assert_int_equal(in_lists + statics, incomplete + resolved);
	assert_in_range(incomplete, 0, NEIGHS_INCOMPLETE_MAX);
	assert_int_equal(incomplete + resolved, rte_hash_count(table.hash));
}

static bool
tick(uint64_t now, unsigned int *n_asks)
{
	struct neigh_ask asks[64];
	bool changed;
	unsigned int n = neigh_tick(&table, now, asks, RTE_DIM(asks), &changed);

	if (n_asks != NULL)
		*n_asks = n;
	return changed;
}

/* Every slot can be had; full is -ENOSPC, and what is there stays; a place is used again. */
static void
test_full(void **state)
{
	struct proto_addr addr;
	struct rte_ether_addr mac;
	neigh_id id;

	(void)state;
	assert_int_equal(neigh_table_init(&table, "neigh", 99, HZ), 0);
	for (uint32_t k = 0; k < NEIGHS_MAX; k++) {
		addr = host(k);
		mac = host_mac(k);
		assert_int_equal(neigh_add(&table, 0, &addr, &mac), 0);
	}
	addr = host(NEIGHS_MAX);
	assert_int_equal(neigh_add(&table, 0, &addr, &mac), -ENOSPC);
	assert_int_equal(resolve(NEIGHS_MAX, 1, &id), -ENOSPC);
	assert_int_equal(id, NEIGH_NO_ID);
	assert_false(hear(NEIGHS_MAX, 1));
	check_table();
	assert_int_equal(count_known(0, NEIGHS_MAX + 1), NEIGHS_MAX);
	addr = host(7);
	assert_int_equal(neigh_del(&table, 0, &addr), 0);
	assert_int_equal(resolve(NEIGHS_MAX, 1, &id), -EAGAIN);
	addr = host(NEIGHS_MAX + 1); /* a static entry has the place of one that is not resolved */
	mac = host_mac(NEIGHS_MAX + 1);
	assert_int_equal(neigh_add(&table, 0, &addr, &mac), 0);
	assert_int_equal(neigh_poll(&table, id, &mac), -EHOSTUNREACH);
	assert_int_equal(count_known(0, NEIGHS_MAX + 2), NEIGHS_MAX);
	check_table();
	neigh_table_fini(&table);
}

/* RFC 6583: who scans our network pushes nobody out but his own addresses. */
static void
test_scan(void **state)
{
	enum {
		RESOLVED = 3000,
		SCANNED = 100000
	};
	neigh_id id, first, last;

	(void)state;
	assert_int_equal(neigh_table_init(&table, "neigh", 5, HZ), 0);
	for (uint32_t k = 0; k < RESOLVED; k++) {
		assert_int_equal(resolve(k, 1 + k, &id), -EAGAIN);
		assert_true(k % 2 == 0 ? answer(k, 1 + k) : hear(k, 1 + k));
	}
	assert_int_equal(resolve(RESOLVED, RESOLVED, &first), -EAGAIN);
	for (uint32_t k = RESOLVED + 1; k < RESOLVED + SCANNED; k++) {
		assert_int_equal(resolve(k, 1 + k, &id), -EAGAIN);
		if (k == RESOLVED + NEIGHS_INCOMPLETE_MAX - 1)
			assert_int_equal(
				neigh_poll(&table, first, &(struct rte_ether_addr){{0}}), -EAGAIN);
		if (k == RESOLVED + NEIGHS_INCOMPLETE_MAX)
			assert_int_equal(neigh_poll(&table, first, &(struct rte_ether_addr){{0}}),
				-EHOSTUNREACH);
		last = id;
	}
	assert_int_equal(count_known(0, RESOLVED), RESOLVED);
	check_table();
	assert_int_equal(table.n_incomplete, NEIGHS_INCOMPLETE_MAX);
	assert_true(tick(RESOLVED + SCANNED, NULL)); /* those pushed out hear of it, once */
	assert_false(tick(RESOLVED + SCANNED, NULL));
	/* The newest still are asked for, and are resolved when they answer. */
	assert_true(answer(RESOLVED + SCANNED - 1, RESOLVED + SCANNED));
	assert_int_equal(neigh_poll(&table, last, &(struct rte_ether_addr){{0}}), 0);
	assert_true(is_known(RESOLVED + SCANNED - 1));
	neigh_table_fini(&table);
}

/* With as many as there may be, the oldest that nobody uses goes, then the oldest in use. */
static void
test_oldest_goes(void **state)
{
	const uint32_t busy = 100, max = NEIGHS_RESOLVED_MAX;
	struct proto_addr addr = host(900000);
	struct rte_ether_addr mac = host_mac(900000);
	uint64_t now = 1;
	neigh_id id;

	(void)state;
	assert_int_equal(neigh_table_init(&table, "neigh", 6, HZ), 0);
	assert_int_equal(neigh_add(&table, 0, &addr, &mac), 0);
	for (uint32_t k = 0; k < busy; k++) {
		assert_int_equal(resolve(k, now, &id), -EAGAIN);
		assert_true(answer(k, now++));
	}
	for (uint32_t k = busy; k < max - 1; k++)
		assert_true(hear(k, now++));
	assert_false(tick(now, NULL));
	check_table();
	assert_int_equal(count_known(0, max), max - 1);
	/* Looked at, or heard of again: not the oldest any more. */
	assert_int_equal(resolve(busy, now++, &id), 0);
	assert_false(hear(busy + 1, now++));
	assert_true(hear(max, now++));
	assert_false(is_known(busy + 2));
	assert_int_equal(count_known(0, max + 1), max - 1);
	assert_true(tick(now, NULL));
	/* One that was asked for takes such a place when it answers, and not before. */
	assert_int_equal(resolve(max + 1, now, &id), -EAGAIN);
	assert_int_equal(count_known(0, max + 1), max - 1);
	assert_true(answer(max + 1, now++));
	assert_false(is_known(busy + 3));
	assert_int_equal(count_known(0, max + 2), max - 1);
	/* All that are stale go before the first in use. */
	for (uint32_t k = max + 2; table.n_resolved == max && TAILQ_FIRST(&table.stale) != NULL;
		k++) {
		assert_int_equal(resolve(k, now, &id), -EAGAIN);
		assert_true(answer(k, now++));
		assert_int_equal(count_known(0, busy), busy);
	}
	assert_int_equal(resolve(0, now++, &id), 0);
	assert_true(hear(800000, now++));
	assert_true(is_known(0));
	assert_false(is_known(1));
	assert_true(is_known(900000));
	check_table();
	neigh_table_fini(&table);
}

/* An id that its entry has left says nothing of the next. */
static void
test_generation(void **state)
{
	struct rte_ether_addr mac, mac_three = host_mac(3);
	struct proto_addr three = host(3);
	neigh_id ids[3 * NEIGHS_MAX];
	uint32_t at = 0;

	(void)state;
	assert_int_equal(neigh_table_init(&table, "neigh", 7, HZ), 0);
	assert_int_equal(neigh_poll(&table, 5, &mac), -EHOSTUNREACH);
	for (uint32_t k = 0; k < RTE_DIM(ids); k++) {
		struct proto_addr addr = host(k);

		assert_int_equal(resolve(k, 1, &ids[k]), -EAGAIN);
		assert_int_equal(neigh_poll(&table, ids[k], &mac), -EAGAIN);
		assert_int_equal(
			table.slots[ids[k] & (NEIGHS_MAX - 1)].key.addr.bytes[3], addr.bytes[3]);
		table.slots[ids[k] & (NEIGHS_MAX - 1)].is_router = true;
		assert_int_equal(neigh_del(&table, 0, &addr), 0);
		assert_int_equal(neigh_poll(&table, ids[k], &mac), -EHOSTUNREACH);
		neigh_used(&table, ids[k]); /* a sender that has not looked since */
	}
	assert_int_equal(neigh_add(&table, 0, &three, &mac_three), 0);
	assert_false(neigh_next(&table, &at)->is_router);
	assert_true(hear(1, 1));
	assert_false(tick(HZ, NULL));
	assert_non_null(TAILQ_FIRST(&table.stale));
	for (uint32_t k = 0; k < RTE_DIM(ids); k++)
		assert_int_equal(neigh_poll(&table, ids[k], &mac), -EHOSTUNREACH);
	assert_ptr_equal(TAILQ_FIRST(&table.busy), NULL);
	assert_int_equal(neigh_poll(&table, NEIGH_NO_ID, &mac), -EHOSTUNREACH);
	check_table();
	neigh_table_fini(&table);
}

/* Anything in any order: the table stays whole. */
static void
test_random(void **state)
{
	struct rng rng = {.state = 1};
	uint64_t now = 1;

	(void)state;
	assert_int_equal(neigh_table_init(&table, "neigh", 8, HZ), 0);
	for (uint32_t i = 0; i < 300000; i++) {
		uint32_t k = rng_below(&rng, i % 2 == 0 ? 1000 : 20000);
		struct rte_ether_addr mac = host_mac(k);
		struct proto_addr addr = host(k);
		neigh_id id = NEIGH_NO_ID;

		switch (rng_below(&rng, 8)) {
		case 0:
			(void)hear(k, now);
			break;
		case 1:
			(void)answer(k, now);
			break;
		case 2:
			if (k % 16 == 0)
				(void)neigh_add(&table, 0, &addr, &mac);
			else
				(void)neigh_del(&table, 0, &addr);
			break;
		case 3:
			(void)tick(now, NULL);
			break;
		default:
			(void)resolve(k, now, &id);
			neigh_used(&table, id);
			break;
		}
		now += rng_below(&rng, HZ / 2000);
		if (i % 1000 == 0)
			check_table();
	}
	neigh_table_fini(&table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_oldest_goes),
		cmocka_unit_test(test_generation),
		cmocka_unit_test(test_random),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
