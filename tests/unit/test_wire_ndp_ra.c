/* SPDX-License-Identifier: BSD-3-Clause */
/* What a router advertisement says of prefixes and the MTU: which a host ignores (RFC 4861, 4862).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "ndp_msg.h"

static const uint8_t prefix_option[32] = {
	3, 4, 64, 0xc0, 0, 0, 0, 9, 0, 0, 0, 8, [16] = 0x20, 1, 0x0d, 0xb8, [31] = 7};

/* How many prefixes an advertisement has whose last one is this. */
static uint32_t
prefixes_with(const uint8_t *option, struct ndp_view *view)
{
	struct msg ra = MESSAGE(ndp_ra, &peer, &all_nodes);

	append(&ra, option, 32);
	assert_int_equal(check(&ra, view), 0);
	return view->ra.n_prefixes;
}

static void
test_prefixes(void **state)
{
	static const struct {
		uint32_t at;
		uint8_t value;
		uint32_t n;
	} cases[] = {
		{31, 7, 3},    /* as it is */
		{2, 0, 3},     /* no bits: all is on the link */
		{2, 128, 3},   /* all bits */
		{2, 129, 2},   /* more than there are */
		{11, 9, 3},    /* preferred as long as it is valid */
		{11, 10, 2},   /* longer */
		{16, 0xff, 2}, /* a group */
		{16, 0xfe, 3}, /* fe01: no link-local */
	};
	uint8_t option[32];
	struct ndp_view view;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		memcpy(option, prefix_option, sizeof(option));
		option[cases[i].at] = cases[i].value;
		if (prefixes_with(option, &view) != cases[i].n)
			fail_msg("case %zu", i);
	}
	option[16] = 0xfe;
	option[17] = 0x80;
	assert_int_equal(prefixes_with(option, &view), 2);
	/* The bits behind it are cut, bit by bit. */
	memcpy(option, prefix_option, sizeof(option));
	memset(option + 16, 0x3f, 16);
	for (uint32_t len = 0; len <= 128; len++) {
		option[2] = (uint8_t)len;
		assert_int_equal(prefixes_with(option, &view), 3);
		for (uint32_t bit = 0; bit < 128; bit++) {
			uint32_t got = view.ra.prefixes[2].prefix.bytes[bit / 8] >> (7 - bit % 8);

			assert_int_equal(got & 1, bit < len && bit % 8 > 1);
		}
	}
}

static void
test_ra_options(void **state)
{
	struct msg ra = MESSAGE(ndp_ra, &peer, &all_nodes);
	struct ndp_view view;

	(void)state;
	for (uint32_t n = 3; n < 12; n++) {
		append(&ra, prefix_option, sizeof(prefix_option));
		assert_int_equal(check(&ra, &view), 0);
		assert_int_equal(view.ra.n_prefixes, RTE_MIN(n, (uint32_t)NDP_PREFIXES_MAX));
	}
	append(&ra, "\x05\x01\x00\x00\x00\x00\x06\x00", 8); /* a second MTU */
	assert_int_equal(check(&ra, &view), 0);
	assert_int_equal(view.ra.mtu, 1400);
	/* Of another length than they have: MTU of 16 bytes, prefix of 24. */
	ra = MESSAGE(ndp_ra, &peer, &all_nodes);
	append(&ra, "\x05\x02\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00", 16);
	assert_bad(&ra);
	ra = MESSAGE(ndp_ra, &peer, &all_nodes);
	append(&ra, prefix_option, 24);
	ra.bytes[sizeof(ndp_ra) + 1] = 3;
	assert_bad(&ra);
	/* In other messages they are not known. */
	ra = MESSAGE(ndp_ns, &self, &group);
	append(&ra, prefix_option, 24);
	ra.bytes[sizeof(ndp_ns) + 1] = 3;
	assert_good(&ra);
}

static int
setup(void **state)
{
	(void)state;
	tight = tight_map();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_ra_options),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
