/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses as text: read, refused, written again. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "proto_addr.h"

static void
test_parse(void **state)
{
	static const struct {
		const char *text, *again; /* as proto_addr_format() writes it */
		uint8_t family, first, last;
	} good[] = {
		{"192.0.2.1", "192.0.2.1", 4, 192, 1},
		{"0.0.0.0", "0.0.0.0", 4, 0, 0},
		{"255.255.255.255", "255.255.255.255", 4, 255, 255},
		{"2001:db8::1", "2001:db8::1", 6, 0x20, 1},
		{"2001:0DB8:0:0:0:0:0:00fe", "2001:db8::fe", 6, 0x20, 0xfe},
		{"::", "::", 6, 0, 0},
		{"ff02::1:ff00:7", "ff02::1:ff00:7", 6, 0xff, 7},
		{"1111:2222:3333:4444:5555:6666:7777:8888",
			"1111:2222:3333:4444:5555:6666:7777:8888", 6, 0x11, 0x88},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1", 6, 0, 1},
	};
	char text[PROTO_ADDR_STR_MAX];

	(void)state;
	for (size_t i = 0; i < RTE_DIM(good); i++) {
		struct proto_addr addr, same;

		memset(&addr, 0xa5, sizeof(addr));
		assert_int_equal(proto_addr_parse(good[i].text, &addr, NULL), 0);
		assert_int_equal(addr.family, good[i].family);
		assert_int_equal(addr.bytes[0], good[i].first);
		assert_int_equal(addr.bytes[proto_addr_len(&addr) - 1], good[i].last);
		for (size_t k = proto_addr_len(&addr); k < sizeof(addr.bytes); k++)
			assert_int_equal(addr.bytes[k], 0);
		assert_string_equal(proto_addr_format(&addr, text, sizeof(text)), good[i].again);
		assert_int_equal(proto_addr_parse(text, &same, NULL), 0);
		assert_true(proto_addr_equal(&addr, &same));
	}
}

static void
test_parse_refused(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"1",
		"1.2.3",
		"1.2.3.4.5",
		"256.1.1.1",
		"1.2.3.4 ",
		" 1.2.3.4",
		"1.2.3.-4",
		"01.2.3.4x",
		"2001:db8",
		"2001:db8::1::2",
		":::",
		"g::1",
		"[::1]",
		"1.2.3.4:5",
		"example.org",
		"0x7f.1.1.1",
		"2001:db8::1%eth0",
		"::1/64",
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(bad); i++) {
		struct proto_addr addr, was;
		struct pktpool_why why = {""};

		memset(&addr, 0xa5, sizeof(addr));
		was = addr;
		if (proto_addr_parse(bad[i], &addr, &why) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
		assert_memory_equal(&addr, &was, sizeof(addr));
		assert_non_null(strstr(why.text, bad[i]));
	}
}

static void
test_port(void **state)
{
	static const struct {
		const char *text, *addr;
		uint16_t port; /* 77: none there */
	} good[] = {
		{"192.0.2.1:4789", "192.0.2.1", 4789},
		{"192.0.2.1:1", "192.0.2.1", 1},
		{"192.0.2.1:65535", "192.0.2.1", 65535},
		{"192.0.2.1", "192.0.2.1", 77},
		{"[2001:db8::1]:9", "2001:db8::1", 9},
		{"[2001:db8::1]", "2001:db8::1", 77},
		{"2001:db8::1", "2001:db8::1", 77},
		{"[::]:00080", "::", 80},
	};
	static const char *const bad[] = {
		"192.0.2.1:0",
		"192.0.2.1:65536",
		"192.0.2.1:",
		"192.0.2.1:9x",
		"192.0.2.1:-9",
		"192.0.2.1:+9",
		"192.0.2.1: 9",
		":9",
		"[2001:db8::1]:",
		"[2001:db8::1]9",
		"[2001:db8::1",
		"2001:db8::1]:9",
		"[]:9",
		"[192.0.2]:9",
		"",
		"192.0.2.1:000009",
		"[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb]:9",
		"192.0.2.1:9:9",
	};
	char text[PROTO_ADDR_STR_MAX];

	(void)state;
	for (size_t i = 0; i < RTE_DIM(good); i++) {
		struct proto_addr addr;
		uint16_t port = 77;

		assert_int_equal(proto_addr_port_parse(good[i].text, &addr, &port, NULL), 0);
		assert_string_equal(proto_addr_format(&addr, text, sizeof(text)), good[i].addr);
		assert_int_equal(port, good[i].port);
	}
	for (size_t i = 0; i < RTE_DIM(bad); i++) {
		struct proto_addr addr, was;
		struct pktpool_why why = {""};
		uint16_t port = 77;

		memset(&addr, 0xa5, sizeof(addr));
		was = addr;
		if (proto_addr_port_parse(bad[i], &addr, &port, &why) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
		assert_memory_equal(&addr, &was, sizeof(addr));
		assert_int_equal(port, 77);
		assert_int_not_equal(strlen(why.text), 0);
	}
}

static void
test_multicast(void **state)
{
	static const struct {
		const char *text;
		bool multicast;
	} rows[] = {
		{"223.255.255.255", false},
		{"224.0.0.0", true},
		{"239.255.255.255", true},
		{"240.0.0.0", false},
		{"255.255.255.255", false},
		{"ff00::", true},
		{"ff02::1", true},
		{"fe80::1", false},
		{"feff::1", false},
		{"e000::1", false},
	};
	struct proto_addr none = {0};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(rows); i++) {
		struct proto_addr addr;

		assert_int_equal(proto_addr_parse(rows[i].text, &addr, NULL), 0);
		assert_int_equal(proto_addr_is_multicast(&addr), rows[i].multicast);
		assert_int_equal(proto_ip_hdr_len(&addr), addr.family == 4 ? 20 : 40);
		assert_false(proto_addr_equal(&addr, &none));
	}
	assert_false(proto_addr_is_multicast(&none));
}

/* No address, and no room: something short, never past the end. */
static void
test_format_short(void **state)
{
	struct proto_addr addr = {0};
	char text[PROTO_ADDR_STR_MAX];

	(void)state;
	assert_string_equal(proto_addr_format(&addr, text, sizeof(text)), "-");
	assert_int_equal(proto_addr_parse("192.0.2.1", &addr, NULL), 0);
	for (size_t size = 0; size < 12; size++) {
		memset(text, 0x5a, sizeof(text));
		(void)proto_addr_format(&addr, text, size);
		assert_int_equal(text[size], 0x5a);
		if (size > 0)
			assert_non_null(memchr(text, '\0', size));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_refused),
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_multicast),
		cmocka_unit_test(test_format_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
