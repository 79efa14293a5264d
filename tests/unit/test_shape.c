/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of a payload: RFC 2544's own table, edges, and (test_rfc2544) what the stack sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rfc2544/shape.h"

static struct shape
make(uint32_t bytes, bool is_payload, uint8_t family, uint16_t mtu)
{
	struct rfc2544_size size = {bytes, is_payload};
	struct opt_error err;
	struct shape shape;

	if (shape_of(&shape, &size, family, mtu, &err) != 0)
		fail_msg("%s", err.text);
	return shape;
}

/* RFC 2544 appendix B: the most frames a second on 10 Mbit/s Ethernet. */
static void
test_line_rates(void **state)
{
	static const uint32_t table[][2] = {{64, 14880}, {128, 8445}, {256, 4528}, {512, 2349},
		{768, 1586}, {1024, 1197}, {1280, 961}, {1518, 812}};

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		struct shape shape = make(table[i][0], false, 4, 1500);

		assert_int_equal(shape.frames, 1);
		assert_int_equal(shape.octets, table[i][0]);
		assert_int_equal(shape.payload, table[i][0] - 46);
		assert_int_equal((uint32_t)shape_line_rate(&shape, 10), table[i][1]);
	}
}

static void
test_edges(void **state)
{
	(void)state;
	assert_int_equal(make(1472, true, 4, 1500).frames, 1);
	assert_int_equal(make(1473, true, 4, 1500).frames, 2);
	assert_int_equal(make(1452, true, 6, 1500).frames, 1);
	assert_int_equal(make(1453, true, 6, 1500).frames, 2);
	assert_int_equal(make(16, true, 4, 1500).octets, 64); /* padded */
	/* 1480 and 1448 bytes a fragment: 65515 and 65535 bytes with the UDP header. */
	assert_int_equal(make(65507, true, 4, 1500).frames, 45);
	assert_int_equal(make(65527, true, 6, 1500).frames, 46);
	assert_int_equal(make(65507, true, 4, 1500).octets, 65515 + 45 * 38);
	assert_int_equal(make(65527, true, 6, 1500).octets, 65535 + 46 * 66);
}

static void
refused(uint32_t bytes, bool is_payload, uint8_t family, uint16_t mtu, const char *text)
{
	struct rfc2544_size size = {bytes, is_payload};
	struct opt_error err = {""};
	struct shape shape;

	assert_int_equal(shape_of(&shape, &size, family, mtu, &err), -1);
	assert_string_equal(err.text, text);
}

static void
test_refusals(void **state)
{
	(void)state;
	refused(61, false, 4, 1500,
		"frame of 61 bytes: expected 62 to 1518 with IPv4 and MTU 1500");
	refused(1519, false, 4, 1500,
		"frame of 1519 bytes: expected 62 to 1518 with IPv4 and MTU 1500");
	refused(64, false, 6, 1500,
		"frame of 64 bytes: expected 82 to 1518 with IPv6 and MTU 1500");
	refused(15, true, 4, 1500,
		"payload of 15 bytes: expected 16 to 65507 with IPv4 and MTU 1500");
	refused(65508, true, 4, 1500,
		"payload of 65508 bytes: expected 16 to 65507 with IPv4 and MTU 1500");
}

static void
test_defaults(void **state)
{
	struct rfc2544_size sizes[RFC2544_SIZES_MAX];

	(void)state;
	assert_int_equal(shape_defaults(sizes, 4, 1500), 10);
	assert_int_equal(sizes[0].bytes, 64);
	assert_int_equal(sizes[6].bytes, 1518);
	assert_int_equal(sizes[9].bytes, 65507);
	assert_true(sizes[9].is_payload);
	assert_int_equal(shape_defaults(sizes, 4, 9000), 11);
	assert_int_equal(sizes[7].bytes, 9000);
	assert_false(sizes[7].is_payload);
	assert_int_equal(shape_defaults(sizes, 6, 1280), 8); /* neither 64 nor 1518 */
	assert_int_equal(sizes[0].bytes, 128);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_rates),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
