/* SPDX-License-Identifier: BSD-3-Clause */
/* Zones: link and tags come out as they went in, and no two pairs are the same number. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "net/zone.h"

static const uint16_t vids[] = {0, 1, 2, 0x0ff, 0x100, 0x7ff, 0x800, 0xffe, 0xfff};
static const uint16_t links[] = {0, 1, 31, 127, 128, 255};

static void
test_round_trip(void **state)
{
	(void)state;
	for (size_t l = 0; l < RTE_DIM(links); l++)
		for (uint32_t tags = 0; tags < 1u << 24; tags += 1 + tags % 7) {
			uint32_t zone = zone_of(links[l], tags);

			assert_int_equal(zone_link(zone), links[l]);
			assert_int_equal(zone_tags(zone), tags);
		}
}

/* Both ids of QinQ count, and in their order. */
static void
test_tags_differ(void **state)
{
	uint32_t seen[RTE_DIM(vids) * RTE_DIM(vids)];
	unsigned int n = 0;

	(void)state;
	for (size_t outer = 0; outer < RTE_DIM(vids); outer++)
		for (size_t inner = 0; inner < RTE_DIM(vids); inner++) {
			seen[n] = ZONE_TAGS(vids[outer], vids[inner]);
			assert_int_equal(zone_link(zone_of(255, seen[n])), 255);
			for (unsigned int i = 0; i < n; i++)
				assert_int_not_equal(seen[i], seen[n]);
			n++;
		}
	assert_int_equal(ZONE_TAGS(0, 0), 0);
	assert_int_equal(ZONE_TAGS(0, 5), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_tags_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
