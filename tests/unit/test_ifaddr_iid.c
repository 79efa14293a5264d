/* SPDX-License-Identifier: BSD-3-Clause */
/* Interface identifiers: what goes into them, and what may not come out. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "ifaddr_run.h"
#include "net/ifaddr.h"
#include "net/ifaddr_priv.h"

/* The first value of the 16-byte line in the vectors of SipHash's authors. */
static void
test_siphash(void **state)
{
	const uint64_t key[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

	(void)state;
	assert_int_equal(ifaddr_siphash16(key, key), 0x3f2acc7f57c29bdbu);
}

/* RFC 5453, as it is in IANA's registry. */
static void
test_reserved(void **state)
{
	static const struct {
		const char *text;
		bool reserved;
	} ids[] = {
		{"::", true},
		{"::1", false},
		{"::200:5eff:fe00:0", true},
		{"::200:5eff:fe00:5213", true},
		{"::200:5eff:feff:ffff", true},
		{"::200:5eff:ff00:0", false},
		{"::200:5eff:fdff:ffff", false},
		{"::fdff:ffff:ffff:ff7f", false},
		{"::fdff:ffff:ffff:ff80", true},
		{"::fdff:ffff:ffff:ffff", true},
		{"::fe00:0:0:0", false},
		{"::ffff:ffff:ffff:ffff", false},
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(ids); i++) {
		struct proto_addr addr = addr_of(ids[i].text);

		if (ifaddr_iid_reserved(&addr.bytes[8]) != ids[i].reserved)
			fail_msg("%s", ids[i].text);
	}
}

/* Secret, MAC, prefix and counter each make another identifier, with every bit of theirs. */
static void
test_identifier(void **state)
{
	struct ifaddr_conf conf = {.mac = own_mac, .secret = 5};
	struct proto_addr base = addr_of(PREFIX), addr;
	uint64_t seen[64 + 48 + 64 + 8 + 1];
	unsigned int n = 0;

	(void)state;
	for (unsigned int bit = 0; bit < RTE_DIM(seen); bit++) {
		struct ifaddr_conf c = conf;
		uint8_t counter = 0;

		addr = base;
		if (bit < 64)
			c.secret ^= 1ull << bit;
		else if (bit < 112)
			c.mac.addr_bytes[(bit - 64) / 8] ^= (uint8_t)(1u << bit % 8);
		else if (bit < 176)
			addr.bytes[(bit - 112) / 8] ^= (uint8_t)(1u << bit % 8);
		else if (bit < 184)
			counter ^= (uint8_t)(1u << bit % 8);
		ifaddr_iid_make(&c, &counter, &addr);
		memcpy(&seen[n++], &addr.bytes[8], 8);
	}
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < i; k++)
			if (seen[i] == seen[k])
				fail_msg("%u and %u are the same", i, k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash),
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_identifier),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
