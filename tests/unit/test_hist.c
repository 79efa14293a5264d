/* SPDX-License-Identifier: BSD-3-Clause */
/* The benchmark's histogram against a sorted list of the same numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hist.h"

#define SAMPLE 20000u

static struct hist hist, other;
static uint64_t numbers[SAMPLE];

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Numbers of every magnitude: 0 to 63 bits, as likely each. */
static uint64_t
number(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (*state >> 1) >> (*state * 0x9e3779b97f4a7c15u >> 58);
}

/* Not below the number itself, and above it by 1/128 at most. */
static void
near_to(uint64_t got, uint64_t want)
{
	assert_true(got >= want);
	assert_true(got - want <= (want >> HIST_SUB_BITS) - (want >> HIST_SUB_BITS != 0));
}

static void
test_buckets(void **state)
{
	(void)state;
	/* Each bucket begins behind the last: at the edges of all powers of two. */
	for (unsigned int bit = 0; bit < 64; bit++) {
		uint64_t edge = UINT64_C(1) << bit;

		assert_int_equal(hist_bucket(edge), hist_bucket(edge - 1) + 1);
	}
	for (uint64_t small = 0; small < 1u << HIST_SUB_BITS; small++)
		assert_int_equal(hist_bucket(small), small);
	assert_int_equal(hist_bucket(UINT64_MAX), HIST_BUCKETS - 1);
}

static void
test_single(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (unsigned int i = 0; i < SAMPLE; i++) {
		uint64_t n = i < 64 ? UINT64_C(1) << i : number(&seed);

		memset(&hist, 0, sizeof(hist));
		hist_add(&hist, n);
		assert_int_equal(hist_quantile(&hist, 0.5), n); /* it is the largest, too */
		assert_int_equal(hist_quantile(&hist, 0), n);
		hist_add(&hist, UINT64_MAX);
		near_to(hist_quantile(&hist, 0.5), n);
	}
}

static void
test_quantiles(void **state)
{
	static const double parts[] = {0, 0.001, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1};
	uint64_t seed = 2;

	(void)state;
	memset(&hist, 0, sizeof(hist));
	memset(&other, 0, sizeof(other));
	for (unsigned int i = 0; i < SAMPLE; i++) {
		numbers[i] = i == 0 ? UINT64_MAX : number(&seed); /* the largest: merged */
		hist_add(i % 3 == 0 ? &other : &hist, numbers[i]);
	}
	hist_merge(&hist, &other);
	qsort(numbers, SAMPLE, sizeof(numbers[0]), compare);
	assert_int_equal(hist.n, SAMPLE);
	for (unsigned int i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		unsigned int rank = (unsigned int)(parts[i] * SAMPLE);

		near_to(hist_quantile(&hist, parts[i]), numbers[rank == 0 ? 0 : rank - 1]);
	}
	assert_int_equal(hist_quantile(&hist, 1), numbers[SAMPLE - 1]);
}

static void
test_empty(void **state)
{
	(void)state;
	memset(&hist, 0, sizeof(hist));
	assert_int_equal(hist_quantile(&hist, 0.5), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
