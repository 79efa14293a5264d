/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv6 headers: scapy's, and each rule with all values of what it is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_common.h>

#include "chain6.h"
#include "golden_ip6.h"
#include "tight.h"
#include "wire/ip.h"

static struct tight tight;

static enum wire_fault
check(const void *bytes, uint32_t avail, uint32_t l3_len, struct ip6_view *view)
{
	memset(view, 0xa5, sizeof(*view));
	return ip6_check(tight_put(tight, bytes, avail), avail, l3_len, view);
}

static struct chain chain;

static enum wire_fault
chain_check(struct ip6_view *view)
{
	chain_seal(&chain);
	return check(chain.bytes, chain.len, chain.len, view);
}

static void
test_golden(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(goldens); i++) {
		const struct golden *g = &goldens[i];
		struct ip6_view view;

		if (check(g->bytes, g->len, g->len, &view) != g->fault)
			fail_msg("%s", g->name);
		assert_view(g->name, &view, &g->view);
	}
}

/* Only some of it is contiguous: as much as was asked for is enough to get further, or to the end.
 */
static void
test_pull_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(goldens) - 1; i++) {
		const struct golden *g = &goldens[i];

		for (uint32_t cut = 0; cut <= g->len; cut++) {
			uint32_t avail = cut, calls = 0;
			struct ip6_view view;
			enum wire_fault fault;

			while ((fault = check(g->bytes, avail, g->len, &view)) == WIRE_TRUNCATED) {
				assert_in_range(view.at, avail + 1, g->len);
				avail = view.at;
				assert_in_range(++calls, 1, 2 * IP6_EXT_MAX + 1);
			}
			assert_int_equal(fault, g->fault);
			assert_view(g->name, &view, &g->view);
			assert_true(avail >= view.hdr_len);
		}
	}
}

/* The frame is shorter than the packet; then the packet says that it is shorter too. */
static void
test_cut_frame(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(goldens) - 1; i++) {
		const struct golden *g = &goldens[i];

		for (uint32_t cut = 0; cut < g->len; cut++) {
			struct ip6_view view;
			enum wire_fault fault = check(g->bytes, cut, cut, &view);

			assert_int_equal(fault, cut < HDR_LEN ? WIRE_TRUNCATED : WIRE_LENGTH);
			fault = check(g->bytes, g->len, cut, &view);
			assert_int_equal(fault, cut < HDR_LEN ? WIRE_TRUNCATED : WIRE_LENGTH);
		}
	}
}

/* A packet that ends inside its headers. Where the first fragment ends is a fault of its own. */
static void
test_short_packet(void **state)
{
	struct ip6_view view;

	(void)state;
	for (uint32_t len = 41; len < sizeof(ip6_first); len++) {
		enum wire_fault want = len < 56	  ? WIRE_EXT_TRUNCATED
				       : len < 72 ? WIRE_FRAG_FIRST_SHORT
						  : WIRE_OK;

		chain_start(&chain);
		memcpy(chain.bytes, ip6_first, len);
		chain.len = len;
		view.at = 1;
		assert_int_equal(chain_check(&view), want);
		if (want != WIRE_OK)
			assert_int_equal(view.at, 0); /* RFC 8200 4.5: pointer zero */
		/* Bytes behind the packet are not of it. */
		memcpy(chain.bytes, ip6_first, sizeof(ip6_first));
		chain.bytes[5] = (uint8_t)(len - HDR_LEN);
		assert_int_equal(
			check(chain.bytes, sizeof(ip6_first), sizeof(ip6_first), &view), want);
	}
}

static void
test_base(void **state)
{
	uint8_t bytes[sizeof(ip6_udp)];
	struct ip6_view view;

	(void)state;
	memcpy(bytes, ip6_udp, sizeof(bytes));
	for (uint32_t version = 0; version < 16; version++) {
		bytes[0] = (uint8_t)(version << 4 | 0xf);
		assert_int_equal(check(bytes, sizeof(bytes), sizeof(bytes), &view),
			version == 6 ? WIRE_OK : WIRE_VERSION);
	}
	memcpy(bytes, ip6_udp, sizeof(bytes));
	for (uint32_t len = 0; len < 65536; len++) {
		bytes[4] = (uint8_t)(len >> 8);
		bytes[5] = (uint8_t)len;
		assert_int_equal(check(bytes, sizeof(bytes), sizeof(bytes), &view),
			len == 0 || len > 18 ? WIRE_LENGTH : WIRE_OK);
		assert_int_equal(check(bytes, sizeof(bytes), 40 + len, &view),
			len == 0 ? WIRE_LENGTH : WIRE_OK);
	}
	/* Nothing follows and that is said. */
	memset(bytes + 4, 0, 2);
	bytes[6] = IPPROTO_NONE;
	assert_int_equal(check(bytes, HDR_LEN, HDR_LEN, &view), WIRE_NO_NEXT);
	bytes[6] = IPPROTO_HOPOPTS;
	assert_int_equal(check(bytes, sizeof(bytes), sizeof(bytes), &view), WIRE_LENGTH);
}

/* Each option type, in both headers of options, at an offset of its own. */
static void
test_option_types(void **state)
{
	static const uint8_t ext[] = {IPPROTO_HOPOPTS, IPPROTO_DSTOPTS};

	(void)state;
	for (uint32_t type = 1; type < 256; type++) {
		for (size_t i = 0; i < RTE_DIM(ext); i++) {
			bool alert = type == 5 && ext[i] == IPPROTO_HOPOPTS;
			struct ip6_view view;
			enum wire_fault fault;
			uint8_t *hdr;

			chain_start(&chain);
			hdr = chain_ext(&chain, ext[i], 2);
			hdr[5] = (uint8_t)type;
			hdr[6] = 2;
			hdr[7] = hdr[8] = 0xff;
			(void)chain_add(&chain, IPPROTO_UDP, NULL, 8);
			fault = chain_check(&view);
			assert_int_equal(fault, type < 64 ? WIRE_OK : WIRE_EXT_OPTION);
			assert_int_equal(view.at, type < 64 ? 40 : 45);
			assert_int_equal(view.option_action, type / 64);
			assert_int_equal(view.router_alert, alert);
			hdr[6] = 3; /* a router alert has two bytes */
			fault = chain_check(&view);
			assert_int_equal(fault, type < 64 ? WIRE_OK : WIRE_EXT_OPTION);
			assert_false(view.router_alert);
		}
	}
}

/* An option that ends with its header, and one that does not; and a type without a length. */
static void
test_option_ends(void **state)
{
	(void)state;
	for (uint32_t at = 2; at < 16; at++) {
		for (uint32_t len = 0; len < 256; len++) {
			struct ip6_view view;
			uint8_t *hdr;

			chain_start(&chain);
			hdr = chain_ext(&chain, IPPROTO_DSTOPTS, 2);
			hdr[at] = 0x1e; /* skip when unknown */
			hdr[at + 1] = (uint8_t)len;
			(void)chain_add(&chain, IPPROTO_UDP, NULL, 8);
			assert_int_equal(chain_check(&view),
				at + 2 + len <= 16 ? WIRE_OK : WIRE_EXT_TRUNCATED);
		}
	}
}

static void
test_routing(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < 256; type++) {
		for (uint32_t left = 0; left < 256; left += left < 3 ? 1 : 63) {
			struct ip6_view view;
			uint8_t *hdr;

			chain_start(&chain);
			(void)chain_ext(&chain, IPPROTO_DSTOPTS, 1);
			hdr = chain_ext(&chain, IPPROTO_ROUTING, 3);
			hdr[2] = (uint8_t)type;
			hdr[3] = (uint8_t)left;
			(void)chain_add(&chain, IPPROTO_UDP, NULL, 8);
			assert_int_equal(
				chain_check(&view), left == 0 ? WIRE_OK : WIRE_EXT_ROUTING);
			assert_int_equal(view.at, left == 0 ? 48 : 50);
		}
	}
}

/* Hop-by-hop options only first, one fragment header only. */
static void
test_order(void **state)
{
	static const uint8_t before[] = {
		IPPROTO_HOPOPTS, IPPROTO_DSTOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT};
	struct ip6_view view;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(before); i++) {
		chain_start(&chain);
		(void)chain_ext(&chain, before[i], 1);
		(void)chain_ext(&chain, IPPROTO_HOPOPTS, 1);
		(void)chain_add(&chain, IPPROTO_UDP, NULL, 8);
		assert_int_equal(chain_check(&view), WIRE_EXT_ORDER);
		assert_int_equal(view.at, 40);
		assert_int_equal(ip6_walk(chain.bytes, chain.len, &view), WIRE_OK);
		assert_int_equal(view.hdr_len, 56);
	}
	for (uint32_t more = 0; more < 2; more++) {
		chain_start(&chain);
		(void)chain_fragment(&chain, 0, more != 0);
		(void)chain_ext(&chain, IPPROTO_DSTOPTS, 1);
		(void)chain_fragment(&chain, 8, true);
		(void)chain_add(&chain, IPPROTO_UDP, NULL, 8);
		assert_int_equal(chain_check(&view), WIRE_EXT_ORDER);
		assert_int_equal(view.at, 48);
	}
}

static void
test_too_many(void **state)
{
	struct ip6_view view;

	(void)state;
	for (uint32_t n = 0; n < 12; n++) {
		chain_start(&chain);
		for (uint32_t i = 0; i < n; i++)
			(void)chain_ext(&chain, IPPROTO_DSTOPTS, 256);
		(void)chain_add(&chain, IPPROTO_UDP, NULL, 8);
		assert_int_equal(
			chain_check(&view), n <= IP6_EXT_MAX ? WIRE_OK : WIRE_EXT_TOO_MANY);
		assert_int_equal(view.hdr_len, 40 + 2048 * RTE_MIN(n, 8u));
	}
}

/* Every value of the field; the two reserved bits say nothing. */
static void
test_fragment_field(void **state)
{
	(void)state;
	for (uint32_t field = 0; field < 65536; field++) {
		struct ip6_view view;
		uint8_t *hdr;

		chain_start(&chain);
		hdr = chain_fragment(&chain, 0, false);
		hdr[2] = (uint8_t)(field >> 8);
		hdr[3] = (uint8_t)field;
		(void)chain_add(&chain, IPPROTO_UDP, NULL, 8);
		assert_int_equal(chain_check(&view), WIRE_OK);
		assert_int_equal(view.frag_off, field / 8 * 8);
		assert_int_equal(view.more, field % 2);
		assert_int_equal(view.fragment, field / 8 != 0 || field % 2 != 0);
		assert_int_equal(view.atomic, !view.fragment);
	}
}

/* What a first fragment must have of the upper-layer header (RFC 7112), and only that one. */
static void
test_first_short(void **state)
{
	static const struct {
		uint8_t proto;
		uint32_t least;
	} cases[] = {{IPPROTO_UDP, 8}, {IPPROTO_TCP, 20}, {IPPROTO_ICMPV6, 4}, {IPPROTO_ESP, 8},
		{IPPROTO_UDPLITE, 8}, {253, 1}};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		for (uint32_t len = 0; len < 32; len++) {
			struct ip6_view view;
			bool enough = len >= cases[i].least;

			for (uint32_t offset = 0; offset < 16; offset += 8) {
				chain_start(&chain);
				(void)chain_fragment(&chain, offset, true);
				(void)chain_add(&chain, cases[i].proto, NULL, len);
				assert_int_equal(chain_check(&view),
					offset != 0 || enough ? WIRE_OK : WIRE_FRAG_FIRST_SHORT);
			}
			chain_start(&chain);
			(void)chain_fragment(&chain, 0, false);
			(void)chain_add(&chain, cases[i].proto, NULL, len);
			assert_int_equal(chain_check(&view), WIRE_OK);
		}
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
		cmocka_unit_test(test_pull_up),
		cmocka_unit_test(test_cut_frame),
		cmocka_unit_test(test_short_packet),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_option_types),
		cmocka_unit_test(test_option_ends),
		cmocka_unit_test(test_routing),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_fragment_field),
		cmocka_unit_test(test_first_short),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
