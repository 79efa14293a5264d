/* SPDX-License-Identifier: BSD-3-Clause */
/* A token bucket: so many at once, then one for each time that a token takes to grow. */
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "../harness/rng.h"
#include "net/limit.h"

#define START (UINT64_C(1) << 40)

static uint32_t
take_all(struct limit *limit, uint64_t now)
{
	uint32_t n = 0;

	while (n < 1000 && limit_take(limit, now))
		n++;
	return n;
}

/* It begins full, and grows full again, and no fuller. */
static void
test_burst(void **state)
{
	static const uint32_t bursts[] = {0, 1, 2, 10, 999};
	struct limit limit;

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(bursts); i++) {
		uint64_t now = START;

		limit_init(&limit, 100, bursts[i]);
		assert_int_equal(take_all(&limit, now), bursts[i]);
		now += 100 * (uint64_t)bursts[i];
		assert_int_equal(take_all(&limit, now), bursts[i]);
		now += START;
		assert_int_equal(take_all(&limit, now), bursts[i]);
		assert_int_equal(take_all(&limit, now), 0);
	}
}

/* Once it is empty: a token grows in exactly its time, and what is over is not lost. */
static void
test_rate(void **state)
{
	struct limit limit;
	uint64_t now = START;

	(void)state;
	limit_init(&limit, 100, 5);
	assert_int_equal(take_all(&limit, now), 5);
	assert_false(limit_take(&limit, now + 99));
	assert_true(limit_take(&limit, now + 100));
	assert_false(limit_take(&limit, now + 199));
	assert_int_equal(take_all(&limit, now + 399), 2); /* 299 */
	assert_false(limit_take(&limit, now + 399));
	assert_true(limit_take(&limit, now + 400)); /* 99 + 1 */
	assert_false(limit_take(&limit, now + 400));
}

static void
test_no_limit(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 0, 0);
	assert_int_equal(take_all(&limit, 0), 1000);
	assert_int_equal(take_all(&limit, START), 1000);
	assert_int_equal(take_all(&limit, START - 1), 1000);
}

/* A clock that has just begun: never more than a burst, and what has grown since then. */
static void
test_clock_begins(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 100, 5);
	assert_int_equal(take_all(&limit, 0), 0);
	assert_int_equal(take_all(&limit, 250), 2);
	assert_int_equal(take_all(&limit, 300), 1);
	assert_int_equal(take_all(&limit, 10000), 5);
}

/* The clock of another lcore is behind: nothing grows by that. */
static void
test_clock_behind(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 100, 5);
	assert_int_equal(take_all(&limit, START), 5);
	assert_int_equal(take_all(&limit, START - 1), 0);
	assert_int_equal(take_all(&limit, START - 1000), 0);
	assert_int_equal(take_all(&limit, START + 99), 0);
	assert_int_equal(take_all(&limit, START + 100), 1);
}

/* A burst of high cost, of a clock of 5 GHz: ten a minute, 1000 at once; 64 bits are enough. */
static void
test_slow(void **state)
{
	const uint64_t cost = UINT64_C(6) * 5000000000;
	struct limit limit;

	(void)state;
	limit_init(&limit, cost, 999);
	assert_int_equal(take_all(&limit, START * 1000), 999);
	assert_int_equal(take_all(&limit, START * 1000 + cost), 1);
}

/* Whenever it is asked: in any span no more than the burst and what grows in it; no less either. */
static void
test_model(void **state)
{
	struct rng rng = {.state = 3};

	(void)state;
	for (unsigned int round = 0; round < 200; round++) {
		uint32_t cost = 1 + rng_below(&rng, 1000), burst = 1 + rng_below(&rng, 50);
		uint64_t now = START, credit = (uint64_t)cost * burst;
		struct limit limit;

		limit_init(&limit, cost, burst);
		for (unsigned int i = 0; i < 2000; i++) {
			uint32_t passed = rng_below(&rng, i % 100 == 0 ? 100 * cost : 2 * cost);

			now += passed;
			credit = RTE_MIN(credit + passed, (uint64_t)cost * burst);
			assert_int_equal(limit_take(&limit, now), credit >= cost);
			credit -= credit >= cost ? cost : 0;
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_clock_begins),
		cmocka_unit_test(test_clock_behind),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
