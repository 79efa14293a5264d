/* SPDX-License-Identifier: BSD-3-Clause */
/* What ip6_check() must see in scapy's packets: for the tests of ip6.c. */
#ifndef GOLDEN_IP6_H
#define GOLDEN_IP6_H

#include "golden_wire.h"
#include "wire/ip.h"

#define GOLDEN(name, ...)                              \
	{                                              \
#name, name, sizeof(name), __VA_ARGS__ \
	}
#define VIEW(...) ((struct ip6_view){__VA_ARGS__})
#define CAFE	  RTE_BE32(0xcafe)

/* What scapy was told, in golden_wire.py. */
static const struct golden {
	const char *name;
	const uint8_t *bytes;
	uint32_t len;
	enum wire_fault fault;
	struct ip6_view view;
} goldens[] = {
	GOLDEN(ip6_udp, WIRE_OK, {.payload_len = 18, .hdr_len = 40, .proto = 17, .at = 6}),
	GOLDEN(ip6_alert, WIRE_OK,
		{.payload_len = 16, .hdr_len = 48, .proto = 58, .router_alert = true, .at = 40}),
	GOLDEN(ip6_jumbo, WIRE_EXT_OPTION,
		{.payload_len = 8, .hdr_len = 40, .proto = 0, .at = 42, .option_action = 3}),
	GOLDEN(ip6_unknown, WIRE_EXT_OPTION,
		{.payload_len = 34, .hdr_len = 40, .proto = 60, .at = 46, .option_action = 2}),
	GOLDEN(ip6_routed, WIRE_OK, {.payload_len = 42, .hdr_len = 64, .proto = 17, .at = 40}),
	GOLDEN(ip6_routing, WIRE_EXT_ROUTING,
		{.payload_len = 42, .hdr_len = 40, .proto = 43, .at = 42}),
	GOLDEN(ip6_none, WIRE_NO_NEXT, {.payload_len = 7, .hdr_len = 40, .proto = 59, .at = 6}),
	GOLDEN(ip6_auth, WIRE_OK, {.payload_len = 42, .hdr_len = 40, .proto = 51, .at = 6}),
	GOLDEN(ip6_atomic, WIRE_OK,
		{.payload_len = 26,
			.hdr_len = 48,
			.proto = 17,
			.atomic = true,
			.frag_at = 40,
			.unfrag_nh_at = 6,
			.frag_id = CAFE,
			.at = 40}),
	GOLDEN(ip6_first, WIRE_OK,
		{.payload_len = 48,
			.hdr_len = 64,
			.proto = 17,
			.fragment = true,
			.more = true,
			.frag_at = 48,
			.unfrag_nh_at = 40,
			.frag_id = CAFE,
			.at = 56}),
	GOLDEN(ip6_later, WIRE_OK,
		{.payload_len = 32,
			.hdr_len = 56,
			.proto = 60,
			.fragment = true,
			.more = true,
			.frag_off = 32,
			.frag_at = 48,
			.unfrag_nh_at = 40,
			.frag_id = CAFE,
			.at = 48}),
	GOLDEN(ip6_last, WIRE_OK,
		{.payload_len = 24,
			.hdr_len = 56,
			.proto = 60,
			.fragment = true,
			.frag_off = 48,
			.frag_at = 48,
			.unfrag_nh_at = 40,
			.frag_id = CAFE,
			.at = 48}),
	GOLDEN(ip4_udp, WIRE_TRUNCATED, {.at = 40}),
};

static inline void
assert_view(const char *name, const struct ip6_view *got, const struct ip6_view *want)
{
#define SAME(field)                    \
	if (got->field != want->field) \
	fail_msg("%s: " #field " %u, want %u", name, got->field, want->field)
	SAME(payload_len);
	SAME(hdr_len);
	SAME(proto);
	SAME(fragment);
	SAME(atomic);
	SAME(more);
	SAME(router_alert);
	SAME(frag_off);
	SAME(frag_at);
	SAME(unfrag_nh_at);
	SAME(frag_id);
	SAME(at);
	SAME(option_action);
#undef SAME
}

#endif
