/* SPDX-License-Identifier: BSD-3-Clause */
/* The histogram: buckets without gaps, quantiles against sorted numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/rng.h"
#include "../hist/hist.h"

static struct hist hist, other;

/* Each bucket begins where the one before ended; the last ends with the greatest number. */
static void
test_buckets(void **state)
{
	(void)state;
	for (unsigned i = 0; i + 1 < HIST_BUCKETS; i++) {
		assert_int_equal(hist_bucket(hist_bucket_top(i)), i);
		assert_int_equal(hist_bucket(hist_bucket_top(i) + 1), i + 1);
	}
	assert_true(hist_bucket_top(HIST_BUCKETS - 1) == UINT64_MAX);
	assert_int_equal(hist_bucket(UINT64_MAX), HIST_BUCKETS - 1);
	assert_int_equal(hist_bucket(0), 0);
}

/* No bucket is wider than 1/64 of what is in it. */
static void
test_width(void **state)
{
	(void)state;
	for (unsigned i = 1; i < HIST_BUCKETS; i++) {
		uint64_t bottom = hist_bucket_top(i - 1) + 1;

		assert_true(hist_bucket_top(i) - bottom <= bottom / HIST_SUB);
	}
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
test_quantiles(void **state)
{
	enum {
		N = 10000
	};
	static const double shares[] = {0, 0.001, 0.5, 0.9, 0.99, 0.999, 0.9999, 1};
	static uint64_t numbers[N];

	(void)state;
	for (uint64_t seed = 1; seed < 6; seed++) {
		uint64_t rng = seed;

		hist_init(&hist);
		for (unsigned i = 0; i < N; i++) {
			numbers[i] = rng_next(&rng) >> rng_below(&rng, 64);
			hist_add(&hist, numbers[i], 1);
		}
		qsort(numbers, N, sizeof(numbers[0]), compare);
		for (unsigned s = 0; s < 8; s++) {
			unsigned rank = (unsigned)(shares[s] * N + 0.5);
			uint64_t exact = numbers[rank == 0 ? 0 : rank - 1];
			uint64_t found = hist_quantile(&hist, shares[s]);

			assert_true(found >= exact);
			assert_true(found - exact <= exact / HIST_SUB);
		}
		assert_true(hist.min == numbers[0]);
		assert_true(hist.max == numbers[N - 1]);
		assert_true(hist_quantile(&hist, 1) == numbers[N - 1]);
	}
}

static void
test_merge(void **state)
{
	(void)state;
	hist_init(&hist);
	hist_init(&other);
	assert_int_equal(hist_quantile(&hist, 0.5), 0);
	hist_add(&hist, 10, 3);
	hist_add(&other, 5, 1);
	hist_add(&other, 1000, 2);
	hist_merge(&hist, &other);
	assert_int_equal(hist.n, 6);
	assert_int_equal(hist.min, 5);
	assert_int_equal(hist.max, 1000);
	assert_int_equal((int)hist.sum, 2035);
	assert_int_equal(hist_quantile(&hist, 1.0 / 6), 5);
	assert_int_equal(hist_quantile(&hist, 0.5), 10);
	assert_int_equal(hist_quantile(&hist, 0.9), 1000);
	hist_init(&other); /* of nothing: nothing changes */
	hist_merge(&hist, &other);
	assert_int_equal(hist.min, 5);
	assert_int_equal(hist.max, 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
