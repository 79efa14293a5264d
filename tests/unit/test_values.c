/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of commands: what is one, what it is, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "shell/values.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
test_number(void **state)
{
	static const char *const bad[] = {
		"", "-1", "+1", " 1", "1 ", "x", "1x", "0x", "4", "11", "18446744073709551616"};
	uint64_t n = 77;

	(void)state;
	assert_true(value_number("5", 5, 10, &n));
	assert_int_equal(n, 5);
	assert_true(value_number("0xa", 5, 10, &n));
	assert_int_equal(n, 10);
	assert_true(value_number("18446744073709551615", 0, UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	n = 77;
	for (unsigned i = 0; i < N(bad); i++)
		assert_false(value_number(bad[i], 5, 10, &n));
	assert_int_equal(n, 77);
}

static void
test_prefix(void **state)
{
	static const char *const bad[] = {"", "/", "/24", "192.0.2.1/", "192.0.2.1/33",
		"192.0.2.1/-1", "192.0.2.1/24x", "2001:db8::/129", "192.0.2/24", "x/24",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/1"};
	struct proto_addr addr;
	uint8_t len;

	(void)state;
	assert_true(value_prefix("192.0.2.1/24", &addr, &len));
	assert_int_equal(len, 24);
	assert_int_equal(addr.bytes[3], 1);
	assert_true(value_prefix("0.0.0.0/0", &addr, &len));
	assert_int_equal(len, 0);
	assert_true(value_prefix("192.0.2.1", &addr, &len));
	assert_int_equal(len, 32);
	assert_true(value_prefix("2001:db8::1/128", &addr, &len));
	assert_int_equal(len, 128);
	assert_true(value_prefix("2001:db8::1", &addr, &len));
	assert_int_equal(len, 128);
	for (unsigned i = 0; i < N(bad); i++)
		assert_false(value_prefix(bad[i], &addr, &len));
}

static void
test_addr_port(void **state)
{
	struct proto_addr addr;
	uint16_t port;

	(void)state;
	assert_true(value_addr_port("192.0.2.1:9000", &addr, &port));
	assert_int_equal(port, 9000);
	assert_true(value_addr_port("192.0.2.1", &addr, &port));
	assert_int_equal(port, 0);
	assert_true(value_addr_port("[2001:db8::1]:65535", &addr, &port));
	assert_int_equal(port, 65535);
	assert_true(value_addr_port("2001:db8::1", &addr, &port));
	assert_int_equal(port, 0);
	assert_int_equal(addr.family, 6);
	assert_false(value_addr_port("192.0.2.1:0", &addr, &port));
	assert_false(value_addr_port("192.0.2.1:65536", &addr, &port));
	assert_false(value_addr_port("9000", &addr, &port));
}

static void
test_share(void **state)
{
	static const char *const bad[] = {
		"", "-0.1", "1.1", "101%", "x", "0.1x", "%", ".", ".5", "1e-3", "0.1.2", "1 %"};
	double share = 7;

	(void)state;
	for (unsigned i = 0; i < N(bad); i++)
		assert_false(value_share(bad[i], &share));
	assert_true(share == 7);
	assert_true(value_share("0", &share) && share == 0);
	assert_true(value_share("1", &share) && share == 1);
	assert_true(value_share("0.25", &share) && share == 0.25);
	assert_true(value_share("100%", &share) && share == 1);
	assert_true(value_share("12.5%", &share) && share == 0.125);
}

static void
test_time(void **state)
{
	static const char *const bad[] = {
		"", "s", "-1", "1m", "1us1", "86401", "99999999999999999999", "1e3", "1 s"};
	uint64_t us = 7;

	(void)state;
	for (unsigned i = 0; i < N(bad); i++)
		assert_false(value_time(bad[i], &us));
	assert_int_equal(us, 7);
	assert_true(value_time("0", &us) && us == 0);
	assert_true(value_time("2", &us) && us == 2000000);
	assert_true(value_time("0.5", &us) && us == 500000);
	assert_true(value_time("1.5s", &us) && us == 1500000);
	assert_true(value_time("10ms", &us) && us == 10000);
	assert_true(value_time("250us", &us) && us == 250);
	assert_true(value_time("86400", &us) && us == UINT64_C(86400000000));
}

static void
test_pieces(void **state)
{
	static const char *const bad[] = {
		"", ",", "1,", ",1", "0", "1,0", "65536", "1,2,3,4,5,6,7,8,9", "1;2", "x", "1, 2"};
	uint16_t pieces[VALUE_PIECES_MAX] = {77};
	uint32_t n = 55;

	(void)state;
	for (unsigned i = 0; i < N(bad); i++)
		assert_false(value_pieces(bad[i], pieces, &n));
	assert_int_equal(n, 55);
	assert_int_equal(pieces[0], 77);
	assert_true(value_pieces("64", pieces, &n));
	assert_int_equal(n, 1);
	assert_true(value_pieces("18,46,65535", pieces, &n));
	assert_int_equal(n, 3);
	assert_int_equal(pieces[0], 18);
	assert_int_equal(pieces[1], 46);
	assert_int_equal(pieces[2], 65535);
	assert_true(value_pieces("1,2,3,4,5,6,7,8", pieces, &n));
	assert_int_equal(n, 8);
}

static void
test_range(void **state)
{
	static const char *const bad[] = {
		"", "-", "1-", "-1", "2-1", "1001", "1-1001", "1-2-3", "x", "1x", "1 - 2"};
	uint32_t min = 7, max = 8;

	(void)state;
	for (unsigned i = 0; i < N(bad); i++)
		assert_false(value_range(bad[i], 1000, &min, &max));
	assert_int_equal(min, 7);
	assert_int_equal(max, 8);
	assert_true(value_range("0", 1000, &min, &max) && min == 0 && max == 0);
	assert_true(value_range("1000", 1000, &min, &max) && min == 1000 && max == 1000);
	assert_true(value_range("64-1000", 1000, &min, &max) && min == 64 && max == 1000);
	assert_true(value_range("5-5", 1000, &min, &max) && min == 5 && max == 5);
}

static void
test_rate(void **state)
{
	static const char *const bad[] = {"", "x", "1T", "-1", "1.", "G"};
	uint64_t rate = 7;

	(void)state;
	for (unsigned i = 0; i < N(bad); i++)
		assert_false(value_rate(bad[i], &rate));
	assert_int_equal(rate, 7);
	assert_true(value_rate("2.5G", &rate) && rate == UINT64_C(2500000000));
	assert_true(value_rate("100M", &rate) && rate == 100000000);
	assert_true(value_rate("0", &rate) && rate == 0);
	assert_true(value_rate("5", &rate) && rate == 5);
	assert_true(value_rate("unlimited", &rate) && rate == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_addr_port),
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
