/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages of neighbour discovery and their addresses: for the tests of ndp.c. */
#ifndef NDP_MSG_H
#define NDP_MSG_H

#include <errno.h>

#include "golden_wire.h"
#include "tight.h"
#include "wire/ndp.h"

#define LINK_LOCAL(n)                                                  \
	{                                                              \
		PROTO_IPV6,                                            \
		{                                                      \
			0xfe, 0x80, [11] = 0xff, [12] = 0xfe, [15] = n \
		}                                                      \
	}

static struct tight tight;

static const struct proto_addr any = {.family = PROTO_IPV6};
static const struct proto_addr self = LINK_LOCAL(1), peer = LINK_LOCAL(2);
static const struct proto_addr all_nodes = {PROTO_IPV6, {0xff, 0x02, [15] = 1}};
static const struct proto_addr target = {
	PROTO_IPV6, {0x20, 0x01, 0x0d, 0xb8, [11] = 1, 0x23, 0x45, 0x67, 0x89}};
/* in6_getnsma() of scapy */
static const struct proto_addr group = {PROTO_IPV6, {0xff, 0x02, [11] = 1, 0xff, 0x45, 0x67, 0x89}};
static const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};

/* A message, and where it came from and went to. */
struct msg {
	uint8_t bytes[1024];
	uint32_t len;
	uint8_t hop_limit;
	struct proto_addr src, dst;
};

static inline int
check(const struct msg *msg, struct ndp_view *view)
{
	memset(view, 0xa5, sizeof(*view));
	return ndp_check(tight_put(tight, msg->bytes, msg->len), msg->len, msg->hop_limit,
		&msg->src, &msg->dst, view);
}

static inline struct msg
message(const uint8_t *bytes, uint32_t len, const struct proto_addr *src,
	const struct proto_addr *dst)
{
	struct msg msg = {.len = len, .hop_limit = 255, .src = *src, .dst = *dst};

	memcpy(msg.bytes, bytes, len);
	return msg;
}

#define MESSAGE(name, src, dst) message(name, sizeof(name), src, dst)

static inline void
append(struct msg *msg, const void *option, uint32_t len)
{
	memcpy(msg->bytes + msg->len, option, len);
	msg->len += len;
}

static inline void
assert_bad(const struct msg *msg)
{
	struct ndp_view view;

	assert_int_equal(check(msg, &view), -EINVAL);
}

static inline void
assert_good(const struct msg *msg)
{
	struct ndp_view view;

	assert_int_equal(check(msg, &view), 0);
}

static inline void
assert_addr(const struct proto_addr *got, const struct proto_addr *want)
{
	assert_memory_equal(got, want, sizeof(*got));
}

#endif
