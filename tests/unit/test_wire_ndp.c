/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbour discovery: scapy's messages, and each rule of RFC 4861 broken in turn. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "ndp_msg.h"
#include "rng.h"

static void
test_golden_ns(void **state)
{
	struct msg ns = MESSAGE(ndp_ns, &self, &group), dad = MESSAGE(ndp_dad, &any, &group);
	struct ndp_view view;

	(void)state;
	assert_int_equal(check(&ns, &view), 0);
	assert_int_equal(view.type, NDP_NS);
	assert_addr(&view.target, &target);
	assert_true(view.has_mac);
	assert_memory_equal(&view.mac, &mac, sizeof(mac));
	assert_int_equal(check(&dad, &view), 0);
	assert_addr(&view.target, &target);
	assert_false(view.has_mac);
}

static void
test_golden_na(void **state)
{
	struct msg na = MESSAGE(ndp_na, &target, &self);
	struct msg router = MESSAGE(ndp_na_router, &target, &all_nodes);
	struct ndp_view view;

	(void)state;
	assert_int_equal(check(&na, &view), 0);
	assert_int_equal(view.type, NDP_NA);
	assert_addr(&view.target, &target);
	assert_true(!view.router && view.solicited && view.override && view.has_mac);
	assert_memory_equal(&view.mac, &mac, sizeof(mac));
	assert_int_equal(check(&router, &view), 0);
	assert_true(view.router && !view.solicited && !view.override);
	na.bytes[4] = 0x20;
	assert_int_equal(check(&na, &view), 0);
	assert_true(!view.router && !view.solicited && view.override);
}

static void
test_golden_rs_ra(void **state)
{
	static const struct proto_addr first = {PROTO_IPV6, {0x20, 1, 0x0d, 0xb8, 0, 5}};
	static const struct proto_addr second = {
		PROTO_IPV6, {0x20, 1, 0x0d, 0xb8, 0, 6, 0xc0, 0}}; /* 50 bits of it */
	struct msg rs = MESSAGE(ndp_rs, &self, &all_nodes);
	struct msg ra = MESSAGE(ndp_ra, &peer, &all_nodes);
	struct ndp_view view;

	(void)state;
	assert_int_equal(check(&rs, &view), 0);
	assert_true(view.type == NDP_RS && view.has_mac);
	assert_int_equal(check(&ra, &view), 0);
	assert_true(view.type == NDP_RA && view.has_mac);
	assert_int_equal(view.mac.addr_bytes[5], 2);
	assert_int_equal(view.ra.lifetime_s, 1800);
	assert_int_equal(view.ra.hop_limit, 64);
	assert_int_equal(view.ra.mtu, 1400);
	assert_int_equal(view.ra.n_prefixes, 2);
	assert_addr(&view.ra.prefixes[0].prefix, &first);
	assert_int_equal(view.ra.prefixes[0].prefix_len, 64);
	assert_true(view.ra.prefixes[0].on_link && view.ra.prefixes[0].autonomous);
	assert_int_equal(view.ra.prefixes[0].valid_s, 7200);
	assert_int_equal(view.ra.prefixes[0].preferred_s, 3600);
	assert_addr(&view.ra.prefixes[1].prefix, &second);
	assert_int_equal(view.ra.prefixes[1].prefix_len, 50);
	assert_true(view.ra.prefixes[1].on_link && !view.ra.prefixes[1].autonomous);
	assert_int_equal(view.ra.prefixes[1].valid_s, UINT32_MAX);
}

/* What all types have in common, and where each may end: behind an option. */
static void
check_common(const struct msg *good, uint32_t fixed)
{
	struct msg msg = *good;

	assert_good(&msg);
	for (uint32_t value = 0; value < 255; value++) {
		msg.hop_limit = (uint8_t)value;
		assert_bad(&msg);
	}
	msg = *good;
	for (uint32_t code = 1; code < 256; code++) {
		msg.bytes[1] = (uint8_t)code;
		assert_bad(&msg);
	}
	msg = *good;
	for (msg.len = 0; msg.len < good->len; msg.len++) {
		uint32_t at = fixed;

		while (at < msg.len)
			at += 8u * good->bytes[at + 1];
		if (at == msg.len)
			assert_good(&msg);
		else
			assert_bad(&msg);
	}
	/* Bytes nobody looks at: the checksum, and an option that is not known. */
	msg = *good;
	msg.bytes[2] ^= 0xff;
	append(&msg, "\x63\x02\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff", 16);
	assert_good(&msg);
	msg.bytes[good->len + 1] = 0;
	assert_bad(&msg);
	msg.bytes[good->len + 1] = 3;
	assert_bad(&msg);
}

static void
test_common(void **state)
{
	struct msg msgs[] = {
		MESSAGE(ndp_rs, &self, &all_nodes),
		MESSAGE(ndp_ra, &peer, &all_nodes),
		MESSAGE(ndp_ns, &self, &group),
		MESSAGE(ndp_na, &target, &self),
	};
	static const uint32_t fixed[] = {8, 16, 24, 24};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(msgs); i++)
		check_common(&msgs[i], fixed[i]);
	for (uint32_t type = 0; type < 256; type++) {
		struct msg msg = MESSAGE(ndp_dad, &self, &self);

		/* Long enough for each; as a redirect, which we do not take, too. */
		msg.bytes[0] = (uint8_t)type;
		append(&msg, "\x63\x01\x00\x00\x00\x00\x00\x00", 8);
		memcpy(msg.bytes + 8, "\x63\x01\x00\x00\x00\x00\x00\x00", 8);
		memcpy(msg.bytes + 16, "\x63\x01\x00\x00\x00\x00\x00\x00", 8);
		if (type >= NDP_RS && type <= NDP_NA)
			assert_good(&msg);
		else
			assert_bad(&msg);
	}
}

static void
test_target(void **state)
{
	struct msg ns = MESSAGE(ndp_ns, &self, &group), na = MESSAGE(ndp_na, &target, &self);

	(void)state;
	ns.bytes[8] = na.bytes[8] = 0xff;
	assert_bad(&ns);
	assert_bad(&na);
	ns.bytes[8] = na.bytes[8] = 0xfe;
	assert_good(&ns);
	assert_good(&na);
}

/* From the unspecified address: only to a solicited-node group, and without a MAC. */
static void
test_unspecified(void **state)
{
	struct msg ns = MESSAGE(ndp_ns, &any, &group), rs = MESSAGE(ndp_rs, &any, &all_nodes);

	(void)state;
	assert_bad(&ns);
	assert_bad(&rs);
	ns.bytes[24] = rs.bytes[8] = 2; /* a target's MAC, which says nothing here */
	assert_good(&ns);
	assert_good(&rs);
	for (uint32_t bit = 0; bit < 128; bit++) {
		struct msg dad = MESSAGE(ndp_dad, &any, &group);

		dad.dst.bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		if (bit < 104)
			assert_bad(&dad);
		else
			assert_good(&dad);
		dad.src = self;
		assert_good(&dad);
		dad = MESSAGE(ndp_ns, &any, &group);
		dad.src.bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		assert_good(&dad);
	}
}

/* A solicited advertisement goes to who asked; a router's comes from its link-local address. */
static void
test_addresses(void **state)
{
	struct msg na = MESSAGE(ndp_na, &target, &all_nodes);
	struct msg ra = MESSAGE(ndp_ra, &peer, &all_nodes);

	(void)state;
	assert_bad(&na);
	na.bytes[4] &= (uint8_t)~0x40;
	assert_good(&na);
	for (uint32_t value = 0; value < 65536; value++) {
		ra.src.bytes[0] = (uint8_t)(value >> 8);
		ra.src.bytes[1] = (uint8_t)value;
		if (value >= 0xfe80 && value < 0xfec0)
			assert_good(&ra);
		else
			assert_bad(&ra);
	}
}

/* The option that each type takes its MAC from; and what is no MAC of a host. */
static void
test_mac(void **state)
{
	static const struct rte_ether_addr nobody[] = {
		{{0}}, {{1, 0, 0x5e, 0, 0, 1}}, {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}};
	struct msg msgs[] = {
		MESSAGE(ndp_rs, &self, &all_nodes),
		MESSAGE(ndp_ns, &self, &group),
		MESSAGE(ndp_na, &target, &self),
	};
	static const uint32_t at[] = {8, 24, 24};
	struct ndp_view view;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(msgs); i++) {
		struct msg msg = msgs[i];

		for (size_t k = 0; k < RTE_DIM(nobody); k++) {
			memcpy(msg.bytes + at[i] + 2, &nobody[k], 6);
			assert_bad(&msg);
		}
		msg = msgs[i];
		append(&msg, msg.bytes + at[i], 8);
		msg.bytes[msg.len - 1] ^= 0x55; /* a second one */
		assert_int_equal(check(&msg, &view), 0);
		assert_memory_equal(&view.mac, &mac, sizeof(mac));
		msg.bytes[at[i] + 1] = 2; /* the first is of 16 bytes: of another link */
		assert_bad(&msg);
		msg = msgs[i];
		msg.bytes[at[i]] ^= 3; /* the other's */
		assert_int_equal(check(&msg, &view), 0);
		assert_false(view.has_mac);
	}
}

/* `len` bytes at the end of memory are as scapy wrote them, but the checksum; no others changed. */
static void
assert_built(const uint8_t *room, uint32_t len, const uint8_t *golden, uint32_t golden_len)
{
	uint8_t want[NDP_MSG_MAX];

	assert_int_equal(len, golden_len);
	memcpy(want, golden, len);
	want[2] = want[3] = 0;
	assert_memory_equal(room, want, len);
	assert_int_equal(room[-1], 0x5a);
}

static uint8_t *
room(uint32_t len)
{
	uint8_t *to = tight_room(tight, len);

	to[-1] = 0x5a;
	return to;
}

static void
test_build(void **state)
{
	uint8_t *to;
	uint16_t len;

	(void)state;
	to = room(sizeof(ndp_ns));
	len = ndp_ns_build(to, &target, &mac);
	assert_built(to, len, ndp_ns, sizeof(ndp_ns));
	to = room(sizeof(ndp_dad));
	len = ndp_ns_build(to, &target, NULL);
	assert_built(to, len, ndp_dad, sizeof(ndp_dad));
	to = room(sizeof(ndp_na));
	len = ndp_na_build(to, &target, &mac, true, true);
	assert_built(to, len, ndp_na, sizeof(ndp_na));
	to = room(sizeof(ndp_rs));
	len = ndp_rs_build(to, &mac);
	assert_built(to, len, ndp_rs, sizeof(ndp_rs));
	to = room(8);
	len = ndp_rs_build(to, NULL);
	assert_built(to, len, (const uint8_t[8]){133}, 8);
	for (uint32_t flags = 0; flags < 4; flags++) {
		to = room(24);
		len = ndp_na_build(to, &target, NULL, flags / 2 != 0, flags % 2 != 0);
		assert_int_equal(len, 24);
		assert_int_equal(to[4], flags << 5);
	}
}

static void
test_solicited_node(void **state)
{
	struct proto_addr got;

	(void)state;
	memset(&got, 0xa5, sizeof(got));
	ndp_solicited_node(&target, &got);
	assert_addr(&got, &group);
}

/* Anything at all: no crash, and what is accepted hangs together. */
static void
test_fuzz(void **state)
{
	struct msg msgs[] = {
		MESSAGE(ndp_rs, &self, &all_nodes),
		MESSAGE(ndp_ra, &peer, &all_nodes),
		MESSAGE(ndp_ns, &self, &group),
		MESSAGE(ndp_na, &target, &self),
	};
	struct rng rng = {.state = 4861};
	uint32_t accepted = 0;

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)rng.state);
	for (uint32_t round = 0; round < 200000; round++) {
		struct msg msg = msgs[rng_below(&rng, RTE_DIM(msgs))];
		struct ndp_view view;

		for (uint32_t n = rng_below(&rng, 5); n > 0; n--)
			msg.bytes[rng_below(&rng, msg.len)] = (uint8_t)rng_next(&rng);
		if (rng_below(&rng, 4) == 0)
			msg.len = rng_below(&rng, msg.len);
		if (check(&msg, &view) != 0)
			continue;
		accepted++;
		assert_in_range(view.type, NDP_RS, NDP_NA);
		assert_in_range(view.ra.n_prefixes, 0, NDP_PREFIXES_MAX);
		assert_true(!view.has_mac || (view.mac.addr_bytes[0] & 1) == 0);
		for (uint32_t i = 0; i < view.ra.n_prefixes; i++)
			assert_in_range(view.ra.prefixes[i].prefix_len, 0, 128);
	}
	assert_true(accepted > 10000);
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
		cmocka_unit_test(test_golden_ns),
		cmocka_unit_test(test_golden_na),
		cmocka_unit_test(test_golden_rs_ra),
		cmocka_unit_test(test_common),
		cmocka_unit_test(test_target),
		cmocka_unit_test(test_unspecified),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_mac),
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_solicited_node),
		cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
