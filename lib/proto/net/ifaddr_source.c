/* SPDX-License-Identifier: BSD-3-Clause */
/* Choosing a source address (RFC 6724 5). */
#include <rte_common.h>

#include "ifaddr_priv.h"

/* Scopes, as of multicast addresses (RFC 4291 2.7), which unicast ones are mapped to. */
#define SCOPE_LINK   2
#define SCOPE_SITE   5
#define SCOPE_GLOBAL 14

/* Auto-configuration and loopback addresses are of the link, all others global (RFC 6724 3.2). */
static unsigned
scope4(const uint8_t *bytes)
{
	if (bytes[0] == 127 || (bytes[0] == 169 && bytes[1] == 254))
		return SCOPE_LINK;
	return SCOPE_GLOBAL;
}

static unsigned
scope6(const struct proto_addr *addr)
{
	static const struct proto_addr loopback = {.family = PROTO_IPV6, .bytes = {[15] = 1}};

	if (proto_addr_is_multicast(addr))
		return addr->bytes[1] & 0xf;
	if (ifaddr_is_link_local(addr) || proto_addr_equal(addr, &loopback))
		return SCOPE_LINK; /* the loopback address too: RFC 6724 3.4 */
	if (addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0xc0)
		return SCOPE_SITE;
	return SCOPE_GLOBAL; /* ULAs too: RFC 4193 3.3 */
}

static unsigned
scope(const struct proto_addr *addr)
{
	return addr->family == PROTO_IPV4 ? scope4(addr->bytes) : scope6(addr);
}

/* CommonPrefixLen(S, D) of RFC 6724 2.2. */
static unsigned
common_prefix_len(const struct ifaddr *src, const struct proto_addr *dst)
{
	return RTE_MIN(ifaddr_common(&src->addr, dst), (unsigned)src->prefix_len);
}

/* IPv4 has no rule 8 that everybody follows; being neighbours goes first. */
static bool
is_neighbour4(const struct ifaddr *src, const struct proto_addr *dst)
{
	return dst->family == PROTO_IPV4 && common_prefix_len(src, dst) == src->prefix_len;
}

/* Is `a` a better source than `b`, which was added before it? */
static bool
is_better(const struct ifaddr *a, const struct ifaddr *b, const struct proto_addr *dst)
{
	bool same_a = proto_addr_equal(&a->addr, dst), same_b = proto_addr_equal(&b->addr, dst);
	unsigned scope_a = scope(&a->addr), scope_b = scope(&b->addr);

	if (same_a || same_b) /* rule 1 */
		return same_a;
	if (scope_a < scope_b) /* rule 2: the smallest that reaches it */
		return scope_a >= scope(dst);
	if (scope_b < scope_a)
		return scope_b < scope(dst);
	if (a->state != b->state) /* rule 3 */
		return a->state == IFADDR_PREFERRED;
	if (is_neighbour4(a, dst) != is_neighbour4(b, dst))
		return is_neighbour4(a, dst);
	return common_prefix_len(a, dst) > common_prefix_len(b, dst); /* rule 8 */
}

const struct proto_addr *
ifaddr_source(const struct ifaddr_set *set, const struct proto_addr *dst)
{
	const struct ifaddr *best = NULL;

	for (unsigned i = 0; i < IFADDRS_MAX; i++) {
		const struct ifaddr *a = &set->addrs[i];

		if (!ifaddr_usable(a) || a->addr.family != dst->family)
			continue;
		if (best == NULL || is_better(a, best, dst))
			best = a;
	}
	return best != NULL ? &best->addr : NULL;
}
