/* SPDX-License-Identifier: BSD-3-Clause */
/* The exact limit: over the caches of others, on threads, and in races. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf_pool_ops.h>

#include "core.h"
#include "eal.h"
#include "pools.h"
#include "rng.h"

#define LCORES 4
#define MANY   4096

struct churn {
	struct pktpool *pool;
	struct rte_mbuf *pkts[MANY];
	unsigned int n;
	uint32_t bulk_out; /* atomic */
};

/* Run a function on another lcore, and wait for it. */
static int
on_lcore(unsigned int lcore, lcore_function_t *fn, void *arg)
{
	assert_int_equal(rte_eal_remote_launch(fn, arg, lcore), 0);
	return rte_eal_wait_lcore(lcore);
}

/* Leave this lcore's cache as full as it gets: take and give back, in several sizes. */
static int
fill_cache(void *arg)
{
	struct churn *churn = arg;
	struct rte_mbuf *pkts[64];

	for (unsigned int n = 1; n <= 64; n++) {
		if (pktpool_alloc_bulk(churn->pool, pkts, n) != 0)
			return -1;
		pktpool_free_bulk(pkts, n);
	}
	return 0;
}

static int
take_all(void *arg)
{
	struct churn *churn = arg;

	churn->n = exhaust(churn->pool, churn->pkts, MANY);
	return 0;
}

static int
free_all(void *arg)
{
	struct churn *churn = arg;

	pktpool_free_bulk(churn->pkts, churn->n);
	return 0;
}

static void
exact_over_the_caches_of_others(void **state)
{
	static const uint16_t caches[] = {0, 8, 64, 256, 512};
	static struct churn churn;

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(caches); i++) {
		churn.pool = make("caches", 300, 77, caches[i]);
		for (unsigned int turn = 0; turn < 2 * LCORES; turn++) {
			for (unsigned int lcore = 1; lcore < LCORES; lcore++)
				assert_int_equal(on_lcore(lcore, fill_cache, &churn), 0);
			/* Taken here, freed there, and the other way round. */
			if (turn % 2 == 0)
				take_all(&churn);
			else
				on_lcore(1 + turn % (LCORES - 1), take_all, &churn);
			assert_int_equal(churn.n, 377);
			assert_int_equal(usage_of(churn.pool).in_use, 377);
			on_lcore(1 + (turn + 1) % (LCORES - 1), free_all, &churn);
			assert_int_equal(usage_of(churn.pool).in_use, 0);
		}
		done_with(churn.pool);
	}
}

static void *
thread_take_all(void *arg)
{
	take_all(arg);
	return NULL;
}

/* A thread that becomes an lcore, leaves its cache full, and goes. */
static void *
thread_fill_cache(void *arg)
{
	struct churn *churn = arg;

	if (rte_thread_register() != 0 || fill_cache(churn) != 0)
		return arg;
	rte_thread_unregister();
	return NULL;
}

static void
in_thread(void *(*fn)(void *), void *arg)
{
	pthread_t thread;
	void *ret;

	assert_int_equal(pthread_create(&thread, NULL, fn, arg), 0);
	assert_int_equal(pthread_join(thread, &ret), 0);
	assert_null(ret);
}

static void
exact_on_threads(void **state)
{
	static struct churn churn;

	(void)state;
	churn.pool = make("threads", 200, 5, 64);
	assert_int_equal(on_lcore(1, fill_cache, &churn), 0);
	for (unsigned int turn = 0; turn < 3; turn++) {
		in_thread(thread_fill_cache, &churn);
		in_thread(thread_take_all, &churn);
		assert_int_equal(churn.n, 205);
		assert_int_equal(usage_of(churn.pool).in_use, 205);
		free_all(&churn);
		take_all(&churn);
		assert_int_equal(churn.n, 205);
		on_lcore(2, free_all, &churn);
	}
	done_with(churn.pool);
}

/* What a race has in common. */
struct race {
	struct pktpool *pool;
	uint32_t limit;
	uint32_t ready;
	uint32_t runners;
	uint32_t rounds;
	int32_t out;   /* never below what is truly out */
	int32_t above; /* the worst excess over the limit that was seen */
	struct rte_mbuf *pkts[LCORES][MANY];
	unsigned int n[LCORES];
	unsigned int bulk;
};

static void
line_up(struct race *race, uint32_t round)
{
	__atomic_add_fetch(&race->ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&race->ready, __ATOMIC_SEQ_CST) < race->runners * (round + 1))
		sched_yield();
}

/* All take to exhaustion at the same time; the first checks the sum. */
static int
race_to_exhaustion(void *arg)
{
	struct race *race = arg;
	unsigned int me = rte_lcore_id();
	int ret = 0;

	for (uint32_t round = 0; round < race->rounds; round++) {
		unsigned int sum = 0;

		line_up(race, 3 * round);
		race->n[me] = exhaust(race->pool, race->pkts[me], MANY);
		line_up(race, 3 * round + 1);
		for (unsigned int i = 0; i < race->runners; i++)
			sum += race->n[i];
		if (sum != race->limit)
			ret = -1;
		line_up(race, 3 * round + 2);
		/* Free what another took, so that descriptors wander between caches. */
		pktpool_free_bulk(race->pkts[(me + round) % race->runners],
			race->n[(me + round) % race->runners]);
	}
	return ret;
}

static int
run_race(struct race *race, lcore_function_t *fn, uint32_t runners, uint32_t rounds)
{
	int ret;

	race->runners = runners;
	race->rounds = rounds;
	race->ready = 0;
	for (unsigned int lcore = 1; lcore < runners; lcore++)
		assert_int_equal(rte_eal_remote_launch(fn, race, lcore), 0);
	ret = fn(race);
	for (unsigned int lcore = 1; lcore < runners; lcore++)
		ret |= rte_eal_wait_lcore(lcore);
	return ret;
}

static void
races_sum_to_the_limit(void **state)
{
	static struct race race;
	static const struct {
		uint32_t n, m;
		uint16_t cache;
		uint32_t runners, rounds;
	} table[] = {{50, 14, 0, 2, 300}, {50, 14, 8, 2, 300}, {200, 0, 32, 2, 300},
		{200, 56, 64, 4, 20}};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(table); i++) {
		race.limit = table[i].n + table[i].m;
		race.pool = make("race", table[i].n, table[i].m, table[i].cache);
		assert_int_equal(
			run_race(&race, race_to_exhaustion, table[i].runners, table[i].rounds), 0);
		done_with(race.pool);
	}
}

/* Take and free in random sizes near the limit; count what is out from the side of too few. */
static int
race_with_frees(void *arg)
{
	struct race *race = arg;
	unsigned int me = rte_lcore_id();
	struct rng rng = {.state = 77 + me};
	struct rte_mbuf **mine = race->pkts[me];
	unsigned int n = 0;

	line_up(race, 0);
	for (uint32_t round = 0; round < race->rounds; round++) {
		unsigned int k = 1 + rng_below(&rng, race->bulk);
		int32_t above;

		if (n + k <= MANY && rng_below(&rng, 8) != 0 &&
			pktpool_alloc_bulk(race->pool, &mine[n], k) == 0) {
			n += k;
			above = __atomic_add_fetch(&race->out, (int32_t)k, __ATOMIC_SEQ_CST) -
				(int32_t)race->limit;
			if (above > __atomic_load_n(&race->above, __ATOMIC_RELAXED))
				__atomic_store_n(&race->above, above, __ATOMIC_RELAXED);
			continue;
		}
		k = RTE_MIN(k, n);
		n -= k;
		__atomic_sub_fetch(&race->out, (int32_t)k, __ATOMIC_SEQ_CST);
		pktpool_free_bulk(&mine[n], k);
	}
	__atomic_sub_fetch(&race->out, (int32_t)n, __ATOMIC_SEQ_CST);
	pktpool_free_bulk(mine, n);
	return 0;
}

static void
never_above_the_limit(void **state)
{
	static struct race race;
	static const uint16_t caches[] = {0, 8, 32, 256};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(caches); i++) {
		for (uint32_t runners = 2; runners <= LCORES; runners += 2) {
			race.limit = 300;
			race.above = INT32_MIN;
			race.out = 0;
			race.bulk = 1 + 15 * (i % 3);
			race.pool = make("above", 280, 20, caches[i]);
			run_race(&race, race_with_frees, runners, 50000);
			assert_true(race.above <= 0);
			/* It did come to the limit, else this shows nothing. */
			assert_true(race.above > -64);
			assert_int_not_equal(usage_of(race.pool).refused, 0);
			done_with(race.pool);
		}
	}
}

/* A mempool driver that is no ring: still exact. */
static void
other_mempool_ops(void **state)
{
	static struct churn churn;

	(void)state;
	assert_int_equal(rte_mbuf_set_user_mempool_ops("stack"), 0);
	churn.pool = make("stack", 200, 5, 64);
	assert_string_equal(
		rte_mempool_get_ops(pktpool_mempool(churn.pool)->ops_index)->name, "stack");
	assert_int_equal(on_lcore(1, fill_cache, &churn), 0);
	take_all(&churn);
	assert_int_equal(churn.n, 205);
	assert_int_equal(usage_of(churn.pool).in_use, 205);
	assert_int_equal(usage_of(churn.pool).cache, 0);
	on_lcore(2, free_all, &churn);
	done_with(churn.pool);
	assert_int_equal(rte_mbuf_set_user_mempool_ops(RTE_MBUF_DEFAULT_MEMPOOL_OPS), 0);
}

/* A thread that flushes its cache has put the objects into the common pool, and is stopped before
 * it writes the cache's new length: what it holds must not count twice.
 */
static void
a_flush_that_is_stopped_halfway(void **state)
{
	static struct churn churn;
	struct rte_mempool_cache *cache;
	struct rte_mempool *mp;

	(void)state;
	churn.pool = make("halfway", 200, 5, 64);
	mp = pktpool_mempool(churn.pool);
	assert_int_equal(on_lcore(1, fill_cache, &churn), 0);
	cache = &mp->local_cache[1];
	assert_true(cache->len > 8);
	rte_mempool_ops_enqueue_bulk(mp, cache->objs, cache->len);
	assert_int_equal(usage_of(churn.pool).in_use, 0);
	take_all(&churn);
	assert_int_equal(churn.n, 205);
	assert_int_equal(usage_of(churn.pool).in_use, 205);
	/* It goes on. */
	cache->len = 0;
	assert_int_equal(usage_of(churn.pool).in_use, 205);
	free_all(&churn);
	done_with(churn.pool);
}

/* An allocation without lock that has taken too much, and has not seen it yet. */
static int
take_for_a_moment(void *arg)
{
	struct churn *churn = arg;
	struct pool_core *core = core_of_mempool(pktpool_mempool(churn->pool));
	struct core_slot *slot = &core->slots[rte_lcore_id()];
	struct rte_mempool *mp = core->mp;

	__atomic_store_n(&slot->window, slot->window + 1, __ATOMIC_SEQ_CST);
	if (rte_mempool_get_bulk(mp, (void **)churn->pkts, churn->n) != 0)
		return -1;
	__atomic_store_n(&churn->bulk_out, 1, __ATOMIC_SEQ_CST);
	rte_delay_us_sleep(20000);
	rte_mempool_put_bulk(mp, (void **)churn->pkts, churn->n);
	__atomic_store_n(&slot->window, slot->window + 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void
what_others_hold_for_a_moment(void **state)
{
	static const uint16_t caches[] = {0, 16};
	static struct churn churn;
	struct rte_mbuf *pkts[100];

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(caches); i++) {
		churn.pool = make("moment", 80, 20, caches[i]);
		churn.n = 20;
		churn.bulk_out = 0;
		assert_int_equal(pktpool_alloc_bulk(churn.pool, pkts, 70), 0);
		assert_int_equal(rte_eal_remote_launch(take_for_a_moment, &churn, 1), 0);
		while (__atomic_load_n(&churn.bulk_out, __ATOMIC_SEQ_CST) == 0)
			sched_yield();
		/* Not one fewer: it waits until the other sees that it must give back. */
		assert_int_equal(pktpool_alloc_bulk(churn.pool, &pkts[70], 30), 0);
		assert_int_equal(rte_eal_wait_lcore(1), 0);
		assert_int_equal(usage_of(churn.pool).in_use, 100);
		pktpool_free_bulk(pkts, 100);
		done_with(churn.pool);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_over_the_caches_of_others),
		cmocka_unit_test(exact_on_threads),
		cmocka_unit_test(races_sum_to_the_limit),
		cmocka_unit_test(never_above_the_limit),
		cmocka_unit_test(other_mempool_ops),
		cmocka_unit_test(a_flush_that_is_stopped_halfway),
		cmocka_unit_test(what_others_hold_for_a_moment),
	};
	int failed;

	if (eal_start(LCORES, NULL) != 0)
		return 99;
	failed = cmocka_run_group_tests_name("core", tests, NULL, NULL);
	(void)eal_stop();
	return failed != 0;
}
