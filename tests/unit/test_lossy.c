/* SPDX-License-Identifier: BSD-3-Clause */
/* A bad link's decisions: of the right share, independent of each other, made again by a seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/lossy.h"

#define N 100000

struct shares {
	unsigned lost, duplicated, late;
};

static struct shares
run(double loss, double reorder, double duplicate, uint64_t seed)
{
	struct shares shares = {0};
	struct lossy lossy;

	lossy_init(&lossy, loss, reorder, duplicate, seed);
	for (unsigned i = 0; i < N; i++) {
		struct lossy_fate fate = lossy_next(&lossy);

		assert_false(fate.lost && (fate.duplicated || fate.overtake != 0));
		assert_in_range(fate.overtake, 0, LOSSY_OVERTAKE_MAX);
		shares.lost += fate.lost;
		shares.duplicated += fate.duplicated;
		shares.late += fate.overtake != 0;
	}
	return shares;
}

static void
test_none_and_all(void **state)
{
	struct shares none = run(0, 0, 0, 3), all = run(1, 1, 1, 3), kept = run(0, 1, 1, 3);

	(void)state;
	assert_int_equal(none.lost + none.duplicated + none.late, 0);
	assert_int_equal(all.lost, N);
	assert_int_equal(all.duplicated + all.late, 0);
	assert_int_equal(kept.duplicated, N);
	assert_int_equal(kept.late, N);
}

/* Within 5 standard deviations of a binomial distribution; the seeds are fixed, so is the result.
 */
static void
test_shares(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 8; seed++) {
		struct shares shares = run(0.01, 0.5, 0.1, seed);

		assert_in_range(shares.lost, 1000 - 158, 1000 + 158);
		assert_in_range(shares.duplicated, 9900 - 473, 9900 + 473);
		assert_in_range(shares.late, 49500 - 791, 49500 + 791);
	}
}

/* Seen alone, no frame's fate tells of the next one's. */
static void
test_pairs(void **state)
{
	unsigned pairs[2][2] = {{0}};
	struct lossy lossy;
	bool before = false;

	(void)state;
	lossy_init(&lossy, 0.5, 0, 0, 11);
	for (unsigned i = 0; i < N; i++) {
		bool lost = lossy_next(&lossy).lost;

		pairs[before][lost]++;
		before = lost;
	}
	for (unsigned i = 0; i < 4; i++)
		assert_in_range(pairs[i / 2][i % 2], 25000 - 685, 25000 + 685);
}

static void
test_seed(void **state)
{
	struct lossy a, b, c;
	unsigned differ = 0;

	(void)state;
	lossy_init(&a, 0.3, 0.3, 0.3, 1);
	lossy_init(&b, 0.3, 0.3, 0.3, 1);
	lossy_init(&c, 0.3, 0.3, 0.3, 2);
	for (unsigned i = 0; i < N; i++) {
		struct lossy_fate one = lossy_next(&a), again = lossy_next(&b);

		assert_int_equal(one.lost, again.lost);
		assert_int_equal(one.duplicated, again.duplicated);
		assert_int_equal(one.overtake, again.overtake);
		differ += one.lost != lossy_next(&c).lost;
	}
	assert_in_range(differ, N / 3, N / 2);
}

/* More loss, and the frames that are duplicated are the same ones, less those lost. */
static void
test_draws_apart(void **state)
{
	struct lossy a, b;

	(void)state;
	lossy_init(&a, 0, 0, 0.2, 1);
	lossy_init(&b, 0.5, 0, 0.2, 1);
	for (unsigned i = 0; i < N; i++) {
		struct lossy_fate one = lossy_next(&a), other = lossy_next(&b);

		assert_int_equal(other.duplicated, one.duplicated && !other.lost);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none_and_all),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_draws_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
