/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The states of a neighbour and their timers (RFC 4861 7.3.3), on a clock that the test sets. What
 * messages do to them is test_neigh_learn.c's; how questions are handed out, test_neigh_tick.c's.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "net/neigh.h"

#define HZ    UINT64_C(1000000)
#define LATE  (HZ / 10)	    /* a timer may be this late */
#define RETRY (HZ + HZ / 8) /* a question is asked again within this, and LATE */
#define STEP  (HZ / 1000)
#define ZONE  0x1000064

static const struct proto_addr addr = {.family = PROTO_IPV4, .bytes = {192, 0, 2, 9}};
static const struct rte_ether_addr mac_a = {{2, 0, 0, 0, 0, 0xa}}, mac_b = {{2, 0, 0, 0, 0, 0xb}};

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

static const struct neigh *
only_entry(void)
{
	uint32_t at = 0;
	const struct neigh *slot = neigh_next(&table, &at);

	assert_null(neigh_next(&table, &at));
	return slot;
}

/* NEIGH_FREE: there is no entry. */
static enum neigh_state
state_now(void)
{
	const struct neigh *slot = only_entry();

	return slot != NULL ? (enum neigh_state)slot->state : NEIGH_FREE;
}

static int
resolve(neigh_id *id)
{
	struct rte_ether_addr mac;

	return neigh_resolve(&table, ZONE, &addr, now, &mac, id);
}

static void
use(void)
{
	neigh_id id;

	assert_int_equal(resolve(&id), 0);
	neigh_used(&table, id);
}

static unsigned int
tick(struct neigh_ask *ask, bool *changed)
{
	struct neigh_ask asks[8];
	unsigned int n = neigh_tick(&table, now, asks, RTE_DIM(asks), changed);

	assert_in_range(n, 0, 1);
	if (n == 1 && ask != NULL)
		*ask = asks[0];
	return n;
}

/* Nothing is asked, and nothing given up, for so long. */
static void
quiet(uint64_t cycles)
{
	for (uint64_t end = now + cycles; now < end; now += STEP) {
		bool changed;

		assert_int_equal(tick(NULL, &changed), 0);
		assert_false(changed);
	}
}

/* How long it is until the next question or until something is given up. */
static uint64_t
wait_for(struct neigh_ask *ask, bool *changed)
{
	for (uint64_t start = now;; now += STEP) {
		if (tick(ask, changed) == 1 || *changed)
			return now - start;
		assert_true(now - start < 60 * HZ);
	}
}

/* How long it is until the state is another. */
static uint64_t
wait_state(enum neigh_state state)
{
	for (uint64_t start = now;; now += STEP) {
		bool changed;

		(void)tick(NULL, &changed);
		if (state_now() != state)
			return now - start;
		assert_true(now - start < 60 * HZ);
	}
}

static struct neigh_news
news_of(const struct rte_ether_addr *mac)
{
	struct neigh_news news = {.zone = ZONE, .addr = addr, .has_mac = mac != NULL};

	if (mac != NULL)
		news.mac = *mac;
	return news;
}

/* An entry in this state, of mac_a where it has one. Left at a time that is no timer's. */
static void
enter(enum neigh_state state)
{
	struct neigh_news news = news_of(&mac_a);
	neigh_id id;
	bool changed;

	assert_int_equal(resolve(&id), -EAGAIN);
	assert_int_equal(tick(NULL, &changed), 1);
	news.advert = true;
	news.solicited = state == NEIGH_REACHABLE;
	if (state != NEIGH_INCOMPLETE)
		assert_true(neigh_learn(&table, &news, now));
	if (state == NEIGH_DELAY || state == NEIGH_PROBE) {
		use();
		(void)wait_state(NEIGH_STALE);
	}
	if (state == NEIGH_PROBE)
		(void)wait_state(NEIGH_DELAY);
	assert_int_equal(state_now(), state);
}

static void
expect_ask(const struct neigh_ask *ask, bool unicast)
{
	assert_int_equal(ask->zone, ZONE);
	assert_true(proto_addr_equal(&ask->target, &addr));
	assert_int_equal(ask->unicast, unicast);
	if (unicast)
		assert_memory_equal(&ask->mac, &mac_a, sizeof(mac_a));
}

/*
 * Three questions to all, the first at once, the others a RetransTimer apart and never sooner; then
 * it is unreachable for a second, then it may be asked for again.
 */
static void
test_no_answer(void **state)
{
	neigh_id id, other;
	struct rte_ether_addr mac;
	struct neigh_ask ask;
	bool changed;

	(void)state;
	for (unsigned int round = 0; round < 20; round++) {
		uint64_t began = now;

		assert_int_equal(resolve(&id), -EAGAIN);
		for (unsigned int i = 0; i < 3; i++) {
			uint64_t waited = wait_for(&ask, &changed);

			assert_false(changed);
			expect_ask(&ask, false);
			assert_in_range(waited, i == 0 ? 0 : HZ - STEP, i == 0 ? 0 : RETRY + LATE);
			now += STEP;
			assert_int_equal(neigh_poll(&table, id, &mac), -EAGAIN);
			assert_int_equal(resolve(&other), -EAGAIN);
			assert_int_equal(other, id);
		}
		assert_in_range(wait_for(&ask, &changed), HZ - STEP, RETRY + LATE);
		assert_true(changed);
		assert_in_range(now - began, 3 * HZ, 3 * (RETRY + LATE));
		assert_int_equal(neigh_poll(&table, id, &mac), -EHOSTUNREACH);
		assert_int_equal(resolve(&other), -EHOSTUNREACH);
		uint64_t failed_at = now;

		/* Half of the rounds: the sweep finds that the second is over; else resolve. */
		if (round % 2 == 0) {
			now += STEP;
			quiet(HZ - 2 * STEP);
			assert_int_equal(resolve(&other), -EHOSTUNREACH);
			quiet(2 * STEP + LATE);
			assert_int_equal(state_now(), NEIGH_FREE);
			assert_int_equal(neigh_poll(&table, id, &mac), -EHOSTUNREACH);
		} else {
			now = failed_at + HZ - 1;
			assert_int_equal(resolve(&other), -EHOSTUNREACH);
			now++;
		}
	}
}

/* An answer that comes after all is taken. */
static void
test_late_answer(void **state)
{
	struct neigh_news news = news_of(&mac_a);
	bool changed = false;
	neigh_id id;

	(void)state;
	enter(NEIGH_INCOMPLETE);
	now += STEP;
	while (!changed) {
		(void)wait_for(NULL, &changed);
		now += STEP;
	}
	assert_int_equal(resolve(&id), -EHOSTUNREACH);
	news.advert = news.solicited = true;
	assert_true(neigh_learn(&table, &news, now));
	assert_int_equal(resolve(&id), 0);
	assert_int_equal(state_now(), NEIGH_REACHABLE);
	quiet(10 * HZ);
	assert_int_equal(resolve(&id), 0);
}

/* Three questions to the one that it was, a RetransTimer apart, then it is forgotten. */
static void
test_probes(void **state)
{
	struct neigh_ask ask;
	bool changed;
	neigh_id id;

	(void)state;
	for (unsigned int round = 0; round < 20; round++) {
		enter(NEIGH_DELAY);
		now += STEP;
		for (unsigned int i = 0; i < 3; i++) {
			uint64_t waited = wait_for(&ask, &changed);
			uint64_t least = i == 0 ? 5 * HZ : HZ, most = i == 0 ? 5 * HZ : RETRY;

			assert_false(changed);
			expect_ask(&ask, true);
			assert_in_range(waited, least - 2 * STEP, most + LATE);
			assert_int_equal(state_now(), NEIGH_PROBE);
			assert_int_equal(resolve(&id), 0); /* it is used meanwhile */
			now += STEP;
		}
		assert_in_range(wait_for(&ask, &changed), HZ - 2 * STEP, RETRY + LATE);
		assert_true(changed);
		assert_int_equal(state_now(), NEIGH_FREE);
		assert_int_equal(
			neigh_poll(&table, id, &(struct rte_ether_addr){{0}}), -EHOSTUNREACH);
		now += STEP;
	}
}

/* REACHABLE lasts 15 to 45 s, and all of them come about; each confirmation begins anew. */
static void
test_reachable_time(void **state)
{
	uint64_t least = UINT64_MAX, most = 0, sum = 0;
	struct neigh_news news = news_of(&mac_a);
	const unsigned int rounds = 400;

	(void)state;
	enter(NEIGH_REACHABLE);
	news.advert = news.solicited = true;
	for (unsigned int i = 0; i < rounds; i++) {
		now += 40 * HZ / 100;
		assert_false(neigh_learn(&table, &news, now));
		uint64_t lasts = only_entry()->due - now;

		least = RTE_MIN(least, lasts);
		most = RTE_MAX(most, lasts);
		sum += lasts;
	}
	assert_in_range(least, 15 * HZ, 17 * HZ);
	assert_in_range(most, 43 * HZ, 45 * HZ);
	assert_in_range(sum / rounds, 28 * HZ, 32 * HZ);
	uint64_t due = only_entry()->due - now;

	assert_in_range(wait_state(NEIGH_REACHABLE), due, due + LATE);
	assert_int_equal(state_now(), NEIGH_STALE);
}

/* STALE lasts until it is used: not by what was sent while it was REACHABLE. */
static void
test_stale_until_used(void **state)
{
	neigh_id id;

	(void)state;
	enter(NEIGH_REACHABLE);
	use();
	(void)wait_state(NEIGH_REACHABLE);
	assert_int_equal(state_now(), NEIGH_STALE);
	quiet(100 * HZ);
	assert_int_equal(resolve(&id), 0); /* looking is not using */
	quiet(HZ);
	assert_int_equal(state_now(), NEIGH_STALE);
	neigh_used(&table, id);
	assert_in_range(wait_state(NEIGH_STALE), 0, LATE);
	assert_int_equal(state_now(), NEIGH_DELAY);
	for (unsigned int i = 0; i < 49; i++) { /* use does not put the probe off */
		use();
		quiet(HZ / 10);
		assert_int_equal(state_now(), NEIGH_DELAY);
	}
	assert_in_range(wait_state(NEIGH_DELAY), 0, HZ / 10 + LATE);
	assert_int_equal(state_now(), NEIGH_PROBE);
}

/* Used by a sender when it was not STALE yet, at the very news that makes it so. */
static void
test_use_before_stale(void **state)
{
	struct neigh_news news = news_of(&mac_b);

	(void)state;
	enter(NEIGH_REACHABLE);
	use();
	assert_true(neigh_learn(&table, &news, now));
	quiet(HZ);
	assert_int_equal(state_now(), NEIGH_STALE);
}

/* A user's entry stays what it is, and its flag set. */
static void
test_static(void **state)
{
	neigh_id id;

	(void)state;
	assert_int_equal(neigh_add(&table, ZONE, &addr, &mac_a), 0);
	assert_int_equal(resolve(&id), 0);
	neigh_used(&table, id);
	quiet(60 * HZ);
	assert_int_equal(state_now(), NEIGH_STATIC);
	assert_int_equal(only_entry()->used, 1); /* nobody looks: senders need not write it again */
}

/* A user's entry has the place of any other, and those that wait for it hear of it. */
static void
test_static_over(void **state)
{
	static const enum neigh_state states[] = {
		NEIGH_INCOMPLETE, NEIGH_REACHABLE, NEIGH_STALE, NEIGH_DELAY, NEIGH_PROBE};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(states); i++) {
		struct rte_ether_addr mac;
		neigh_id id;

		enter(states[i]);
		(void)resolve(&id);
		assert_int_equal(neigh_add(&table, ZONE, &addr, &mac_b), 0);
		assert_int_equal(neigh_poll(&table, id, &mac), 0);
		assert_memory_equal(&mac, &mac_b, sizeof(mac));
		neigh_used(&table, id);
		now += STEP;
		quiet(50 * HZ);
		assert_int_equal(neigh_del(&table, ZONE, &addr), 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, table_set_up, table_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_answer),
		TEST(test_late_answer),
		TEST(test_probes),
		TEST(test_reachable_time),
		TEST(test_stale_until_used),
		TEST(test_use_before_stale),
		TEST(test_static),
		TEST(test_static_over),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
