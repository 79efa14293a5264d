/* SPDX-License-Identifier: BSD-3-Clause */
/* How neigh_tick() hands out questions: each in its turn, as many as the caller has room for. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "net/neigh.h"

#define HZ   UINT64_C(1000000)
#define STEP (HZ / 1000)
#define ZONE 0x1000064

static const struct proto_addr addr = {.family = PROTO_IPV4, .bytes = {192, 0, 2, 9}};

static struct neigh_table table;
static uint64_t now;

static int
table_set_up(void **state)
{
	(void)state;
	now = 1000 * HZ;
	return neigh_table_init(&table, "neigh", 1, HZ);
}

static int
table_tear_down(void **state)
{
	(void)state;
	neigh_table_fini(&table);
	return 0;
}

static int
resolve(const struct proto_addr *host, neigh_id *id)
{
	struct rte_ether_addr mac;

	return neigh_resolve(&table, ZONE, host, now, &mac, id);
}

/* A question of `addr`: STALE. */
static bool
hear(void)
{
	struct neigh_news news = {.zone = ZONE,
		.addr = addr,
		.has_mac = true,
		.mac = {{2, 0, 0, 0, 0, 0xa}},
		.create = true};

	return neigh_learn(&table, &news, now);
}

static void
enter_delay(void)
{
	struct neigh_ask ask;
	bool changed;
	neigh_id id;

	assert_true(hear());
	assert_int_equal(resolve(&addr, &id), 0);
	neigh_used(&table, id);
	assert_int_equal(neigh_tick(&table, now, &ask, 1, &changed), 0);
	assert_int_equal(table.slots[id & (NEIGHS_MAX - 1)].state, NEIGH_DELAY);
}

/*
 * More to ask than the caller has room for: none is left out, none is asked twice. And those who
 * scan hold up no timer: the entry that is probed meanwhile is asked three times.
 */
static void
test_many(void **state)
{
	uint16_t asked[NEIGHS_INCOMPLETE_MAX] = {0};
	struct neigh_ask asks[8];
	unsigned int probes = 0;
	bool changed;
	neigh_id id;

	(void)state;
	enter_delay();
	for (unsigned int k = 0; k < RTE_DIM(asked); k++) {
		struct proto_addr host = {
			.family = PROTO_IPV4, .bytes = {10, 1, (uint8_t)(k >> 8), (uint8_t)k}};

		assert_int_equal(resolve(&host, &id), -EAGAIN);
	}
	for (uint64_t end = now + HZ - STEP; now < end; now += STEP) {
		unsigned int n = neigh_tick(&table, now, asks, RTE_DIM(asks), &changed);

		for (unsigned int i = 0; i < n; i++)
			asked[asks[i].target.bytes[2] << 8 | asks[i].target.bytes[3]]++;
	}
	for (unsigned int k = 0; k < RTE_DIM(asked); k++)
		assert_int_equal(asked[k], 1);
	for (uint64_t end = now + 8 * HZ; now < end; now += STEP) {
		for (unsigned int k = 0; k < RTE_DIM(asks); k++) {
			struct proto_addr host = {.family = PROTO_IPV4, .bytes = {10, 2}};

			host.bytes[2] = (uint8_t)(now / STEP);
			host.bytes[3] = (uint8_t)k;
			(void)resolve(&host, &id);
		}
		unsigned int n = neigh_tick(&table, now, asks, RTE_DIM(asks), &changed);

		for (unsigned int i = 0; i < n; i++)
			probes += asks[i].unicast;
	}
	assert_int_equal(probes, 3);
}

static int
resolve_host(uint8_t k, neigh_id *id)
{
	struct proto_addr host = {.family = PROTO_IPV4, .bytes = {10, 3, 0, k}};

	return resolve(&host, id);
}

/* First questions are for those that still wait, in turn, each once; never more than fit. */
static void
test_first_questions(void **state)
{
	struct neigh_ask asks[5];
	bool changed;
	neigh_id id;

	(void)state;
	assert_int_equal(resolve(&addr, &id), -EAGAIN);
	assert_int_equal(resolve_host(0, &id), -EAGAIN);
	assert_true(hear());
	assert_int_equal(neigh_tick(&table, now, asks, 5, &changed), 1);
	assert_int_equal(asks[0].target.bytes[3], 0);
	neigh_used(&table, id); /* a sender waits for it: that is no use of it */
	for (uint8_t k = 1; k < 4; k++)
		assert_int_equal(resolve_host(k, &id), -EAGAIN);
	now += HZ / 2;
	assert_int_equal(neigh_tick(&table, now, asks, 5, &changed), 3);
	for (uint8_t k = 1; k < 4; k++)
		assert_int_equal(asks[k - 1].target.bytes[3], k);
	now += 2 * HZ;
	for (unsigned int left = 4; left > 0; left -= 2) {
		memset(asks, 0xa5, sizeof(asks));
		assert_int_equal(neigh_tick(&table, now, asks, 2, &changed), 2);
		for (size_t i = 0; i < sizeof(asks[2]); i++)
			assert_int_equal(((const uint8_t *)&asks[2])[i], 0xa5);
	}
	assert_int_equal(neigh_tick(&table, now, asks, 2, &changed), 0);
}

/* No room for questions, a slow clock, or a clock that jumps: the call ends, nothing is lost. */
static void
test_odd_calls(void **state)
{
	struct neigh_ask ask;
	bool changed;
	neigh_id id;

	(void)state;
	assert_int_equal(resolve(&addr, &id), -EAGAIN);
	assert_int_equal(neigh_tick(&table, now, &ask, 0, &changed), 0);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(neigh_tick(&table, now, &ask, 1, &changed), 1);
		now += 1000 * HZ;
	}
	assert_int_equal(neigh_tick(&table, now, &ask, 1, &changed), 0);
	assert_true(changed);
	neigh_table_fini(&table);
	assert_int_equal(neigh_table_init(&table, "neigh", 1, 1), 0);
	assert_int_equal(neigh_tick(&table, UINT64_MAX / 2, &ask, 1, &changed), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, table_set_up, table_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_many),
		TEST(test_first_questions),
		TEST(test_odd_calls),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
