/* SPDX-License-Identifier: BSD-3-Clause */
/* Which packets no ICMP error may be sent about: RFC 1122 3.2.2, RFC 4443 2.4 (e). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_common.h>

#include "chain6.h"
#include "golden_wire.h"
#include "tight.h"
#include "wire/icmp.h"

#define V4 PROTO_IPV4
#define V6 PROTO_IPV6

static struct tight tight;
static struct chain chain;

static bool
may(uint8_t family, const void *bytes, uint32_t avail)
{
	return icmp_may_answer(family, tight_put(tight, bytes, avail), avail, false, false);
}

/* The packet of `chain`, `avail` bytes of it. */
static bool
may_chain(uint32_t avail)
{
	chain_seal(&chain);
	chain.bytes[8] = 0x20; /* a source that is a host */
	return may(V6, chain.bytes, avail);
}

static void
test_golden(void **state)
{
	(void)state;
	assert_true(may(V4, ip4_udp, sizeof(ip4_udp)));
	assert_true(may(V4, ip4_df, sizeof(ip4_df)));
	assert_true(may(V4, ip4_first, sizeof(ip4_first)));
	assert_false(may(V4, ip4_later, sizeof(ip4_later)));
	assert_false(may(V4, ip4_last, sizeof(ip4_last)));
	assert_true(may(V4, ip4_options, sizeof(ip4_options)));
	assert_true(may(V6, ip6_udp, sizeof(ip6_udp)));
	assert_true(may(V6, ip6_unknown, sizeof(ip6_unknown)));
	assert_true(may(V6, ip6_routing, sizeof(ip6_routing)));
	assert_true(may(V6, ip6_auth, sizeof(ip6_auth)));
	assert_true(may(V6, ip6_atomic, sizeof(ip6_atomic)));
	assert_true(may(V6, ip6_first, sizeof(ip6_first)));
	assert_true(may(V6, ip6_later, sizeof(ip6_later))); /* of UDP */
	assert_true(may(V6, ip6_last, sizeof(ip6_last)));
	assert_true(may(V6, ip6_jumbo, sizeof(ip6_jumbo)));
}

static void
test_group(void **state)
{
	static const struct {
		uint8_t family;
		const uint8_t *ip;
		uint32_t len;
	} cases[] = {{V4, ip4_udp, sizeof(ip4_udp)}, {V6, ip6_udp, sizeof(ip6_udp)}};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(cases); i++)
		for (uint32_t how = 0; how < 4; how++)
			assert_int_equal(icmp_may_answer(cases[i].family, cases[i].ip, cases[i].len,
						 how / 2 != 0, how % 2 != 0),
				how != 2);
}

/* ICMP: every type behind headers with and without options; and one that cannot be seen. */
static void
test_icmp4(void **state)
{
	uint8_t bytes[sizeof(ip4_options)];

	(void)state;
	for (uint32_t type = 0; type < 256; type++) {
		bool error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;

		memcpy(bytes, ip4_udp, sizeof(ip4_udp));
		bytes[9] = IPPROTO_ICMP;
		bytes[20] = (uint8_t)type;
		assert_int_equal(may(V4, bytes, sizeof(ip4_udp)), !error);
		assert_int_equal(may(V4, bytes, 21), !error);
		assert_false(may(V4, bytes, 20));
		bytes[9] = IPPROTO_ICMPV6; /* is nothing in IPv4 */
		assert_true(may(V4, bytes, sizeof(ip4_udp)));
		memcpy(bytes, ip4_options, sizeof(ip4_options));
		bytes[9] = IPPROTO_ICMP;
		bytes[36] = (uint8_t)type;
		assert_int_equal(may(V4, bytes, sizeof(bytes)), !error);
		assert_false(may(V4, bytes, 36));
	}
}

/* The same behind headers that ip6_check() refuses, for they are what is answered. */
static void
test_icmp6(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < 256; type++) {
		bool no = (type >= 1 && type < 128) || type == 137;
		uint8_t message[8] = {(uint8_t)type};
		uint8_t *hdr;

		chain_start(&chain);
		(void)chain_add(&chain, IPPROTO_ICMPV6, message, sizeof(message));
		assert_int_equal(may_chain(chain.len), !no);
		assert_int_equal(may_chain(41), !no);
		assert_false(may_chain(40));

		chain_start(&chain);
		hdr = chain_ext(&chain, IPPROTO_DSTOPTS, 1);
		hdr[2] = 0xc0; /* unknown: answer */
		hdr = chain_ext(&chain, IPPROTO_ROUTING, 1);
		hdr[3] = 1; /* segments left */
		(void)chain_ext(&chain, IPPROTO_HOPOPTS, 1);
		(void)chain_fragment(&chain, 0, true);
		(void)chain_add(&chain, IPPROTO_ICMPV6, message, sizeof(message));
		assert_int_equal(may_chain(chain.len), !no);
		/* It goes on in the next segment: it may be one. */
		for (uint32_t avail = 40; avail < chain.len - 7; avail++)
			assert_false(may_chain(avail));
	}
}

/* Where the packet ends before its headers do, that is what the answer is about (RFC 7112). */
static void
test_short6(void **state)
{
	(void)state;
	for (uint32_t len = 0; len < 16; len++) {
		for (uint32_t fragment = 0; fragment < 2; fragment++) {
			chain_start(&chain);
			if (fragment != 0)
				(void)chain_fragment(&chain, 0, true);
			(void)chain_ext(&chain, IPPROTO_DSTOPTS, 2);
			chain.len -= 16 - len;
			assert_true(may_chain(chain.len));
		}
	}
	chain_start(&chain);
	for (uint32_t i = 0; i <= IP6_EXT_MAX; i++)
		(void)chain_ext(&chain, IPPROTO_DSTOPTS, 1);
	assert_false(may_chain(chain.len)); /* who knows what is behind so many */
}

static void
test_source4(void **state)
{
	static const struct {
		uint8_t first[4];
		bool may;
	} cases[] = {
		{{0, 0, 0, 0}, false},
		{{0, 1, 2, 3}, false},
		{{1, 0, 0, 1}, true},
		{{126, 255, 255, 254}, true},
		{{127, 0, 0, 1}, false},
		{{127, 255, 0, 1}, false},
		{{128, 0, 0, 1}, true},
		{{223, 255, 255, 254}, true},
		{{224, 0, 0, 1}, false},
		{{239, 1, 1, 1}, false},
		{{240, 0, 0, 1}, false},
		{{255, 255, 255, 255}, false},
	};
	uint8_t bytes[sizeof(ip4_udp)];

	(void)state;
	memcpy(bytes, ip4_udp, sizeof(bytes));
	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		memcpy(bytes + 12, cases[i].first, 4);
		assert_int_equal(may(V4, bytes, sizeof(bytes)), cases[i].may);
	}
}

static void
test_source6(void **state)
{
	static const struct {
		uint8_t src[16];
		bool may;
	} cases[] = {
		{{0}, false},
		{{[15] = 1}, false},
		{{[15] = 2}, true},
		{{[14] = 1}, true},
		{{[14] = 1, [15] = 1}, true},
		{{1}, true},
		{{0xfe, 0x80, [15] = 1}, true},
		{{0xff, 0x02, [15] = 1}, false},
		{{0xfe, 0xff, [15] = 1}, true},
	};
	uint8_t bytes[sizeof(ip6_udp)];

	(void)state;
	memcpy(bytes, ip6_udp, sizeof(bytes));
	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		memcpy(bytes + 8, cases[i].src, 16);
		assert_int_equal(may(V6, bytes, sizeof(bytes)), cases[i].may);
	}
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
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_icmp4),
		cmocka_unit_test(test_icmp6),
		cmocka_unit_test(test_short6),
		cmocka_unit_test(test_source4),
		cmocka_unit_test(test_source6),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
