/* SPDX-License-Identifier: BSD-3-Clause */
/* A generator's sizes: the mix has its shares, a range its ends, and a seed makes them again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/sizes.h"

static void
test_fixed(void **state)
{
	struct sizes sizes;

	(void)state;
	sizes_init(&sizes, 1472, 1472, 7);
	assert_int_equal(sizes_max(&sizes), 1472);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(sizes_next(&sizes), 1472);
}

/* Each size of a range comes, about as often, and none outside. */
static void
test_range(void **state)
{
	unsigned seen[11] = {0};
	struct sizes sizes;

	(void)state;
	sizes_init(&sizes, 100, 110, 7);
	assert_int_equal(sizes_max(&sizes), 110);
	for (unsigned i = 0; i < 110000; i++) {
		uint32_t size = sizes_next(&sizes);

		assert_in_range(size, 100, 110);
		seen[size - 100]++;
	}
	for (unsigned i = 0; i < 11; i++)
		assert_in_range(seen[i], 9500, 10500); /* 10000 +- 5 standard deviations */
}

/* 7 : 4 : 1 in each round, whatever the headers; the bytes are those of IP packets. */
static void
test_imix(void **state)
{
	static const uint32_t headers[] = {28, 48};

	(void)state;
	for (unsigned h = 0; h < 2; h++) {
		struct sizes sizes;

		sizes_init_imix(&sizes, headers[h]);
		assert_int_equal(sizes_max(&sizes), 1500 - headers[h]);
		for (unsigned round = 0; round < 3; round++) {
			unsigned small = 0, middle = 0, large = 0;

			for (unsigned i = 0; i < SIZES_IMIX_ROUND; i++) {
				uint32_t packet = sizes_next(&sizes) + headers[h];

				small += packet == 64;
				middle += packet == 576;
				large += packet == 1500;
			}
			assert_int_equal(small, 7);
			assert_int_equal(middle, 4);
			assert_int_equal(large, 1);
		}
	}
}

static void
test_seed(void **state)
{
	struct sizes a, b, c;
	unsigned same = 0;

	(void)state;
	sizes_init(&a, 0, 65507, 1);
	sizes_init(&b, 0, 65507, 1);
	sizes_init(&c, 0, 65507, 2);
	for (unsigned i = 0; i < 1000; i++) {
		uint32_t size = sizes_next(&a);

		assert_int_equal(size, sizes_next(&b));
		same += size == sizes_next(&c);
	}
	assert_in_range(same, 0, 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_imix),
		cmocka_unit_test(test_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
