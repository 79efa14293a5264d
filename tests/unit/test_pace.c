/* SPDX-License-Identifier: BSD-3-Clause */
/* The rate limit: on a clock of the test's own, so nothing sleeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pace.h"

#define HZ 1000000000ull
#define N  32

static struct iovec iov[N];

static void
set_len(size_t len)
{
	for (unsigned i = 0; i < N; i++)
		iov[i].iov_len = len;
}

/* Send for `seconds`, looking every `step` cycles. Returns the bytes. */
static uint64_t
run(struct pace *pace, uint64_t start, double seconds, uint64_t step, size_t len)
{
	uint64_t bytes = 0;

	for (uint64_t now = start; now < start + (uint64_t)(seconds * HZ); now += step) {
		unsigned n = pace_allow(pace, now, iov, N);

		pace_spend(pace, now, n * len);
		bytes += n * len;
	}
	return bytes;
}

static void
test_no_limit(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, 0, HZ, 77);
	set_len(65507);
	for (unsigned i = 0; i < 1000; i++) {
		assert_int_equal(pace_allow(&pace, 77, iov, N), N);
		pace_spend(&pace, 77, N * 65507);
	}
}

/* Over a second the rate is met, within one payload and what may be caught up. */
static void
test_rate(void **state)
{
	static const uint64_t rates[] = {1000000, 20000000, 2500000000u};
	static const size_t lens[] = {1, 100, 1472, 65507};

	(void)state;
	for (unsigned r = 0; r < 3; r++) {
		for (unsigned l = 1; l < 4; l++) {
			uint64_t want = rates[r] / 8, got;
			struct pace pace;

			set_len(lens[l]);
			pace_init(&pace, rates[r], HZ, 1ull << 60);
			got = run(&pace, 1ull << 60, 1.0, 10000, lens[l]);
			if (got > want + lens[l] + want / 50 || got + lens[l] + want / 50 < want)
				fail_msg("rate %llu, length %zu: %llu bytes",
					(unsigned long long)rates[r], lens[l],
					(unsigned long long)got);
		}
	}
}

/* The first payload goes at once, the second when it is due. */
static void
test_first(void **state)
{
	struct pace pace;

	(void)state;
	set_len(1000);
	pace_init(&pace, 8000, HZ, 5); /* a payload a second */
	assert_int_equal(pace_allow(&pace, 5, iov, N), 1);
	pace_spend(&pace, 5, 1000);
	assert_int_equal(pace_allow(&pace, 5 + HZ - 1000, iov, N), 0);
	assert_int_equal(pace_allow(&pace, 5 + HZ, iov, N), 1);
}

/* A sender that was held up for long catches up a hundredth of a second, no more. */
static void
test_catch_up(void **state)
{
	struct pace pace;
	uint64_t now = 100 * HZ;
	unsigned n, total = 0;

	(void)state;
	set_len(1000);
	pace_init(&pace, 8000000, HZ, 0); /* 1000 payloads a second */
	while ((n = pace_allow(&pace, now, iov, N)) > 0) {
		pace_spend(&pace, now, n * 1000);
		total += n;
	}
	assert_in_range(total, 10, 11);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_catch_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
