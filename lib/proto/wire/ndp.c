/* SPDX-License-Identifier: BSD-3-Clause */
#include "ndp.h"

#include <errno.h>
#include <string.h>

#include <rte_byteorder.h>

#include "mac.h"

/* Bytes of a message without options. */
#define RS_LEN	   8
#define RA_LEN	   16
#define TARGET_LEN 24 /* NS, NA */

/* Options: type, length in units of 8 bytes (RFC 4861 4.6). */
#define OPT_SOURCE_MAC 1
#define OPT_TARGET_MAC 2
#define OPT_PREFIX     3
#define OPT_MTU	       5
#define MAC_UNITS      1
#define PREFIX_UNITS   4
#define MTU_UNITS      1

#define NA_ROUTER    0x80
#define NA_SOLICITED 0x40
#define NA_OVERRIDE  0x20

#define PREFIX_ON_LINK	  0x80
#define PREFIX_AUTONOMOUS 0x40

/* ff02::1:ff00:0/104 (RFC 4291 2.7.1). */
static const uint8_t solicited_node[13] = {0xff, 0x02, [11] = 0x01, [12] = 0xff};

static uint32_t
load32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return rte_be_to_cpu_32(value);
}

static bool
is_unspecified(const struct proto_addr *addr)
{
	static const uint8_t zero[16] = {0};

	return memcmp(addr->bytes, zero, sizeof(zero)) == 0;
}

static bool
is_multicast(const uint8_t *bytes)
{
	return bytes[0] == 0xff;
}

static bool
is_link_local(const uint8_t *bytes)
{
	return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

static void
addr_load(struct proto_addr *addr, const uint8_t *bytes)
{
	addr->family = PROTO_IPV6;
	memcpy(addr->bytes, bytes, sizeof(addr->bytes));
}

/* The first of them counts. */
static int
mac_read(const uint8_t *opt, struct ndp_view *view)
{
	struct rte_ether_addr mac;

	memcpy(&mac, opt + 2, sizeof(mac));
	if (opt[1] != MAC_UNITS || !mac_is_host(&mac))
		return -EINVAL;
	if (!view->has_mac)
		view->mac = mac;
	view->has_mac = true;
	return 0;
}

static int
mtu_read(const uint8_t *opt, struct ndp_ra *ra)
{
	if (opt[1] != MTU_UNITS)
		return -EINVAL;
	if (ra->mtu == 0)
		ra->mtu = load32(opt + 4);
	return 0;
}

/* A prefix that a host pays attention to? */
static bool
prefix_counts(const uint8_t *opt)
{
	return opt[2] <= 128 && !is_multicast(opt + 16) && !is_link_local(opt + 16) &&
	       load32(opt + 8) <= load32(opt + 4);
}

/* Clear the bits behind the first `len`. */
static void
prefix_cut(struct proto_addr *prefix, uint8_t len)
{
	for (unsigned int i = 0; i < sizeof(prefix->bytes); i++) {
		if (8 * i >= len)
			prefix->bytes[i] = 0;
		else if (8 * i + 8 > len)
			prefix->bytes[i] &= (uint8_t)(0xff00 >> (len - 8 * i));
	}
}

static int
prefix_read(const uint8_t *opt, struct ndp_ra *ra)
{
	const unsigned int n = ra->n_prefixes;

	if (opt[1] != PREFIX_UNITS)
		return -EINVAL;
	if (n == NDP_PREFIXES_MAX || !prefix_counts(opt))
		return 0;
	addr_load(&ra->prefixes[n].prefix, opt + 16);
	prefix_cut(&ra->prefixes[n].prefix, opt[2]);
	ra->prefixes[n].prefix_len = opt[2];
	ra->prefixes[n].on_link = (opt[3] & PREFIX_ON_LINK) != 0;
	ra->prefixes[n].autonomous = (opt[3] & PREFIX_AUTONOMOUS) != 0;
	ra->prefixes[n].valid_s = load32(opt + 4);
	ra->prefixes[n].preferred_s = load32(opt + 8);
	ra->n_prefixes++;
	return 0;
}

static int
option_read(const uint8_t *opt, struct ndp_view *view)
{
	if (opt[0] == (view->type == NDP_NA ? OPT_TARGET_MAC : OPT_SOURCE_MAC))
		return mac_read(opt, view);
	if (view->type == NDP_RA && opt[0] == OPT_PREFIX)
		return prefix_read(opt, &view->ra);
	if (view->type == NDP_RA && opt[0] == OPT_MTU)
		return mtu_read(opt, &view->ra);
	return 0;
}

/* Lengths first: all of an option is there when it is read. */
static int
options_read(const uint8_t *opt, uint32_t left, struct ndp_view *view)
{
	while (left > 0) {
		uint32_t len = left < 8 ? 0 : 8u * opt[1];

		if (len == 0 || len > left || option_read(opt, view) != 0)
			return -EINVAL;
		opt += len;
		left -= len;
	}
	return 0;
}

/* RFC 4861 7.1.1 */
static int
ns_check(const struct proto_addr *src, const struct proto_addr *dst, const struct ndp_view *view)
{
	if (is_multicast(view->target.bytes))
		return -EINVAL;
	if (!is_unspecified(src))
		return 0;
	/* Duplicate address detection. */
	if (memcmp(dst->bytes, solicited_node, sizeof(solicited_node)) != 0 || view->has_mac)
		return -EINVAL;
	return 0;
}

/* RFC 4861 7.1.2 */
static int
na_check(const struct proto_addr *dst, const struct ndp_view *view)
{
	if (is_multicast(view->target.bytes))
		return -EINVAL;
	return is_multicast(dst->bytes) && view->solicited ? -EINVAL : 0;
}

/* The rules on addresses and what came in the message, which has been read. */
static int
rules_check(const struct proto_addr *src, const struct proto_addr *dst, const struct ndp_view *view)
{
	switch (view->type) {
	case NDP_RS: /* RFC 4861 6.1.1 */
		return is_unspecified(src) && view->has_mac ? -EINVAL : 0;
	case NDP_RA: /* RFC 4861 6.1.2 */
		return is_link_local(src->bytes) ? 0 : -EINVAL;
	case NDP_NS:
		return ns_check(src, dst, view);
	default:
		return na_check(dst, view);
	}
}

/* Bytes before the options; 0: none of our types. */
static uint32_t
fixed_len(uint8_t type)
{
	switch (type) {
	case NDP_RS:
		return RS_LEN;
	case NDP_RA:
		return RA_LEN;
	case NDP_NS:
	case NDP_NA:
		return TARGET_LEN;
	default:
		return 0;
	}
}

static void
fixed_read(const uint8_t *msg, struct ndp_view *view)
{
	*view = (struct ndp_view){.type = msg[0]};
	if (view->type == NDP_RA) {
		view->ra.hop_limit = msg[4];
		view->ra.lifetime_s = (uint16_t)(msg[6] << 8 | msg[7]);
	} else if (view->type != NDP_RS) {
		addr_load(&view->target, msg + 8);
	}
	if (view->type == NDP_NA) {
		view->router = (msg[4] & NA_ROUTER) != 0;
		view->solicited = (msg[4] & NA_SOLICITED) != 0;
		view->override = (msg[4] & NA_OVERRIDE) != 0;
	}
}

int
ndp_check(const void *msg, uint32_t msg_len, uint8_t hop_limit, const struct proto_addr *src,
	const struct proto_addr *dst, struct ndp_view *view)
{
	const uint8_t *bytes = msg;
	uint32_t fixed;

	if (hop_limit != 255 || msg_len < RS_LEN || bytes[1] != 0)
		return -EINVAL;
	fixed = fixed_len(bytes[0]);
	if (fixed == 0 || msg_len < fixed)
		return -EINVAL;
	fixed_read(bytes, view);
	if (options_read(bytes + fixed, msg_len - fixed, view) != 0)
		return -EINVAL;
	return rules_check(src, dst, view);
}

/* Type and zeros, up to the options. */
static void
start(uint8_t *to, uint8_t type, uint16_t len)
{
	memset(to, 0, len);
	to[0] = type;
}

/* The last part of a message: returns the length of the whole. */
static uint16_t
mac_build(uint8_t *to, uint16_t len, uint8_t type, const struct rte_ether_addr *mac)
{
	if (mac == NULL)
		return len;
	to[len] = type;
	to[len + 1] = MAC_UNITS;
	memcpy(to + len + 2, mac->addr_bytes, sizeof(mac->addr_bytes));
	return (uint16_t)(len + 8 * MAC_UNITS);
}

uint16_t
ndp_ns_build(uint8_t *to, const struct proto_addr *target, const struct rte_ether_addr *mac)
{
	start(to, NDP_NS, TARGET_LEN);
	memcpy(to + 8, target->bytes, sizeof(target->bytes));
	return mac_build(to, TARGET_LEN, OPT_SOURCE_MAC, mac);
}

uint16_t
ndp_na_build(uint8_t *to, const struct proto_addr *target, const struct rte_ether_addr *mac,
	bool solicited, bool override)
{
	start(to, NDP_NA, TARGET_LEN);
	to[4] = (uint8_t)((solicited ? NA_SOLICITED : 0) | (override ? NA_OVERRIDE : 0));
	memcpy(to + 8, target->bytes, sizeof(target->bytes));
	return mac_build(to, TARGET_LEN, OPT_TARGET_MAC, mac);
}

uint16_t
ndp_rs_build(uint8_t *to, const struct rte_ether_addr *mac)
{
	start(to, NDP_RS, RS_LEN);
	return mac_build(to, RS_LEN, OPT_SOURCE_MAC, mac);
}

void
ndp_solicited_node(const struct proto_addr *addr, struct proto_addr *group)
{
	*group = (struct proto_addr){.family = PROTO_IPV6};
	memcpy(group->bytes, solicited_node, sizeof(solicited_node));
	memcpy(group->bytes + 13, addr->bytes + 13, 3);
}
