/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP errors of both families: scapy's, every type and code, and what may be answered. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_common.h>

#include "golden_wire.h"
#include "rng.h"
#include "tight.h"
#include "wire/icmp.h"

static struct tight tight;

static int
check(uint8_t family, const void *bytes, uint32_t avail, struct icmp_error_view *view)
{
	memset(view, 0xa5, sizeof(*view));
	return icmp_error_check(family, tight_put(tight, bytes, avail), avail, view);
}

#define V4 PROTO_IPV4
#define V6 PROTO_IPV6
#define SRC_V4                       \
	{                            \
		V4,                  \
		{                    \
			192, 0, 2, 1 \
		}                    \
	}
#define DST_V4                          \
	{                               \
		V4,                     \
		{                       \
			198, 51, 100, 2 \
		}                       \
	}
#define SRC_V6                                           \
	{                                                \
		V6,                                      \
		{                                        \
			0x20, 0x01, 0x0d, 0xb8, [15] = 1 \
		}                                        \
	}
#define DST_V6                                                 \
	{                                                      \
		V6,                                            \
		{                                              \
			0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 2 \
		}                                              \
	}
#define PORTS .has_ports = true, .src_port = RTE_BE16(40000), .dst_port = RTE_BE16(40001)

#define GOLDEN(family, name, least, ...)                              \
	{                                                             \
#name, family, name, sizeof(name), least, __VA_ARGS__ \
	}

/* What scapy was told, in golden_wire.py; `least`: bytes that one must have to know it. */
static const struct golden {
	const char *name;
	uint8_t family;
	const uint8_t *bytes;
	uint32_t len, least;
	struct icmp_error_view view;
} goldens[] = {
	GOLDEN(V4, icmp4_port, 8 + 28,
		{.kind = ICMP_KIND_PORT_UNREACH,
			.src = SRC_V4,
			.dst = DST_V4,
			.proto = 17,
			.ip_len = 38,
			PORTS}),
	GOLDEN(V4, icmp4_too_big, 8 + 28,
		{.kind = ICMP_KIND_TOO_BIG,
			.mtu = 1400,
			.src = SRC_V4,
			.dst = DST_V4,
			.proto = 17,
			.ip_len = 44,
			PORTS}),
	GOLDEN(V4, icmp4_later, 8 + 20,
		{.kind = ICMP_KIND_FRAG_TIME,
			.src = SRC_V4,
			.dst = DST_V4,
			.proto = 17,
			.ip_len = 36}),
	GOLDEN(V4, icmp4_param, 8 + 36 + 8,
		{.kind = ICMP_KIND_PARAM_PROBLEM,
			.src = SRC_V4,
			.dst = DST_V4,
			.proto = 17,
			.ip_len = 54,
			PORTS}),
	GOLDEN(V6, icmp6_port, 8 + 48,
		{.kind = ICMP_KIND_PORT_UNREACH,
			.src = SRC_V6,
			.dst = DST_V6,
			.proto = 17,
			.ip_len = 58,
			PORTS}),
	GOLDEN(V6, icmp6_too_big, 8 + 72,
		{.kind = ICMP_KIND_TOO_BIG,
			.mtu = 1280,
			.src = SRC_V6,
			.dst = DST_V6,
			.proto = 17,
			.ip_len = 88,
			PORTS}),
	GOLDEN(V6, icmp6_later, 8 + 56,
		{.kind = ICMP_KIND_FRAG_TIME,
			.src = SRC_V6,
			.dst = DST_V6,
			.proto = 60,
			.ip_len = 72}),
	GOLDEN(V6, icmp6_param, 8 + 64,
		{.kind = ICMP_KIND_PARAM_PROBLEM,
			.src = SRC_V6,
			.dst = DST_V6,
			.proto = 17,
			.ip_len = 74,
			PORTS}),
};

static void
assert_view(const struct golden *g, const struct icmp_error_view *got)
{
	const struct icmp_error_view *want = &g->view;

	if (got->kind != want->kind || got->mtu != want->mtu)
		fail_msg("%s: kind %u mtu %u", g->name, got->kind, got->mtu);
	assert_memory_equal(&got->src, &want->src, sizeof(got->src));
	assert_memory_equal(&got->dst, &want->dst, sizeof(got->dst));
	assert_int_equal(got->proto, want->proto);
	assert_int_equal(got->ip_len, want->ip_len);
	assert_int_equal(got->has_ports, want->has_ports);
	assert_int_equal(got->src_port, want->src_port);
	assert_int_equal(got->dst_port, want->dst_port);
}

/* Cut at each byte: what is known is the same, or nothing is. */
static void
test_golden(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(goldens); i++) {
		const struct golden *g = &goldens[i];
		struct icmp_error_view view;

		for (uint32_t len = 0; len <= g->len; len++) {
			int ret = check(g->family, g->bytes, len, &view);

			if (ret != (len < g->least ? -EINVAL : 0))
				fail_msg("%s: %d at %u bytes", g->name, ret, len);
			if (ret == 0)
				assert_view(g, &view);
		}
	}
}

/* Types and codes as their RFCs list them; what is not here is other. */
static const struct {
	uint8_t family, type, code;
	enum icmp_kind kind;
} kinds[] = {
	{V4, 3, 0, ICMP_KIND_NET_UNREACH},
	{V4, 3, 1, ICMP_KIND_HOST_UNREACH},
	{V4, 3, 2, ICMP_KIND_PROTO_UNREACH},
	{V4, 3, 3, ICMP_KIND_PORT_UNREACH},
	{V4, 3, 4, ICMP_KIND_TOO_BIG},
	{V4, 3, 6, ICMP_KIND_NET_UNREACH},
	{V4, 3, 7, ICMP_KIND_HOST_UNREACH},
	{V4, 3, 8, ICMP_KIND_HOST_UNREACH},
	{V4, 3, 9, ICMP_KIND_PROHIBITED},
	{V4, 3, 10, ICMP_KIND_PROHIBITED},
	{V4, 3, 11, ICMP_KIND_NET_UNREACH},
	{V4, 3, 12, ICMP_KIND_HOST_UNREACH},
	{V4, 3, 13, ICMP_KIND_PROHIBITED},
	{V4, 3, 14, ICMP_KIND_PROHIBITED},
	{V4, 3, 15, ICMP_KIND_PROHIBITED},
	{V4, 11, 0, ICMP_KIND_TIME_EXCEEDED},
	{V4, 11, 1, ICMP_KIND_FRAG_TIME},
	{V6, 1, 0, ICMP_KIND_NET_UNREACH},
	{V6, 1, 1, ICMP_KIND_PROHIBITED},
	{V6, 1, 2, ICMP_KIND_HOST_UNREACH},
	{V6, 1, 3, ICMP_KIND_HOST_UNREACH},
	{V6, 1, 4, ICMP_KIND_PORT_UNREACH},
	{V6, 1, 5, ICMP_KIND_PROHIBITED},
	{V6, 1, 6, ICMP_KIND_PROHIBITED},
	{V6, 3, 0, ICMP_KIND_TIME_EXCEEDED},
	{V6, 3, 1, ICMP_KIND_FRAG_TIME},
	{V6, 4, 1, ICMP_KIND_PROTO_UNREACH},
};

static enum icmp_kind
kind_want(uint8_t family, uint32_t type, uint32_t code)
{
	for (size_t i = 0; i < RTE_DIM(kinds); i++)
		if (kinds[i].family == family && kinds[i].type == type && kinds[i].code == code)
			return kinds[i].kind;
	if (type == (family == V4 ? 12 : 4))
		return ICMP_KIND_PARAM_PROBLEM;
	return family == V6 && type == 2 ? ICMP_KIND_TOO_BIG : ICMP_KIND_OTHER;
}

static void
check_kinds(uint8_t family, const uint8_t *golden, uint32_t len, const bool is_error[256])
{
	uint8_t bytes[128];

	memcpy(bytes, golden, len);
	memcpy(bytes + 4, "\x00\x01\x05\x78", 4);
	for (uint32_t type = 0; type < 256; type++) {
		assert_int_equal(icmp_is_error(family, (uint8_t)type), is_error[type]);
		for (uint32_t code = 0; code < 256; code++) {
			struct icmp_error_view view;
			enum icmp_kind kind = kind_want(family, type, code);
			uint32_t mtu = family == V4 ? 1400 : 0x10578;

			bytes[0] = (uint8_t)type;
			bytes[1] = (uint8_t)code;
			assert_int_equal(
				check(family, bytes, len, &view), is_error[type] ? 0 : -EINVAL);
			if (!is_error[type])
				continue;
			if (view.kind != kind)
				fail_msg("type %u code %u: kind %u", type, code, view.kind);
			assert_int_equal(view.mtu, kind == ICMP_KIND_TOO_BIG ? mtu : 0);
		}
	}
}

static void
test_kinds(void **state)
{
	static const bool error4[256] = {
		[3] = true, [4] = true, [5] = true, [11] = true, [12] = true};
	bool error6[256];

	(void)state;
	for (uint32_t type = 0; type < 256; type++)
		error6[type] = type != 0 && type < 128;
	check_kinds(V4, icmp4_port, sizeof(icmp4_port), error4);
	check_kinds(V6, icmp6_port, sizeof(icmp6_port), error6);
}

/* One byte of a golden message is another one. */
static int
check_with(const struct golden *g, uint32_t at, uint32_t value, struct icmp_error_view *view)
{
	uint8_t bytes[128];

	memcpy(bytes, g->bytes, g->len);
	bytes[at] = (uint8_t)value;
	return check(g->family, bytes, g->len, view);
}

static void
test_quote(void **state)
{
	const struct golden *v4 = &goldens[0], *v6 = &goldens[4];
	struct icmp_error_view view;

	(void)state;
	for (uint32_t value = 0; value < 256; value++) {
		/* Version and IHL: all other IHLs reach behind what is quoted. */
		assert_int_equal(check_with(v4, 8, value, &view), value == 0x45 ? 0 : -EINVAL);
		assert_int_equal(check_with(v6, 8, value, &view), value / 16 == 6 ? 0 : -EINVAL);
		/* Protocol: what is not UDP has no ports for us. */
		assert_int_equal(check_with(v4, 8 + 9, value, &view), 0);
		assert_int_equal(view.proto, value);
		assert_int_equal(view.has_ports, value == 17);
		/* The total length: a header and a UDP header at least. */
		assert_int_equal(check_with(v4, 8 + 3, value, &view), value < 28 ? -EINVAL : 0);
		assert_int_equal(check_with(v6, 8 + 5, value, &view), value < 8 ? -EINVAL : 0);
		/* A router may have changed what the checksum covers. */
		assert_int_equal(check_with(v4, 8 + 8, value, &view), 0);
		/* Any part of the offset makes it a later fragment. */
		assert_int_equal(check_with(v4, 8 + 7, value, &view), 0);
		assert_int_equal(view.has_ports, value == 0);
	}
	/* No header of IPv6 says more than 16 bits hold, with its own. */
	assert_int_equal(check_with(v6, 8 + 4, 0xff, &view), 0);
	assert_int_equal(view.ip_len, 0xff12 + 40);
	for (uint32_t low = 0; low < 256; low++) {
		uint8_t bytes[sizeof(icmp6_port)];

		memcpy(bytes, icmp6_port, sizeof(bytes));
		bytes[12] = 0xff;
		bytes[13] = (uint8_t)low;
		assert_int_equal(check(V6, bytes, sizeof(bytes), &view), 0);
		assert_int_equal(view.ip_len, RTE_MIN(0xff00u + low + 40, 65535u));
	}
}

static void
test_build(void **state)
{
	static const struct {
		const uint8_t *golden;
		uint8_t family, type, code;
		uint32_t param;
	} cases[] = {
		{icmp4_port, V4, 3, 3, 0},
		{icmp4_too_big, V4, 3, 4, 1400},
		{icmp4_later, V4, 11, 1, 0},
		{icmp4_param, V4, 12, 0, 9},
		{icmp6_port, V6, 1, 4, 0},
		{icmp6_too_big, V6, 2, 0, 1280},
		{icmp6_later, V6, 3, 1, 0},
		{icmp6_param, V6, 4, 2, 44},
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		uint8_t *room = tight_room(tight, ICMP_HDR_LEN);
		uint8_t want[ICMP_HDR_LEN];

		room[-1] = 0x5a;
		memcpy(want, cases[i].golden, sizeof(want));
		want[2] = want[3] = 0;
		icmp_error_build(
			room, cases[i].family, cases[i].type, cases[i].code, cases[i].param);
		assert_memory_equal(room, want, sizeof(want));
		assert_int_equal(room[-1], 0x5a);
	}
}

/* Anything at all: no crash, and what is accepted hangs together. */
static void
test_fuzz(void **state)
{
	struct rng rng = {.state = 792};
	uint32_t accepted = 0;

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)rng.state);
	for (uint32_t round = 0; round < 200000; round++) {
		const struct golden *g = &goldens[rng_below(&rng, RTE_DIM(goldens))];
		uint32_t avail = rng_below(&rng, 128);
		struct icmp_error_view view;
		uint8_t bytes[128] = {0};

		memcpy(bytes, g->bytes, g->len);
		for (uint32_t n = rng_below(&rng, 6); n > 0; n--)
			bytes[rng_below(&rng, sizeof(bytes))] = (uint8_t)rng_next(&rng);
		(void)icmp_may_answer(
			g->family, tight_put(tight, bytes + 8, 120), 120, false, false);
		if (check(g->family, bytes, avail, &view) != 0)
			continue;
		accepted++;
		assert_true(icmp_is_error(g->family, bytes[0]));
		assert_int_equal(view.src.family, g->family);
		assert_int_equal(view.dst.family, g->family);
		assert_true(avail >= 28);
		if (view.has_ports)
			assert_true(view.proto == 17 && view.ip_len >= 28 && avail >= 36);
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
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
