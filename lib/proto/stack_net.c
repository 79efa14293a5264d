/* SPDX-License-Identifier: BSD-3-Clause */
/* The public calls that change addresses, routes and neighbours. */
#include <errno.h>
#include <string.h>

#include "link/link.h"
#include "stack.h"

static int
prefix_check(const struct proto_addr *prefix, uint8_t prefix_len, struct pktpool_why *why)
{
	if (prefix->family != PROTO_IPV4 && prefix->family != PROTO_IPV6)
		return pktpool_why_not(
			why, -EINVAL, "an address of family %u: expected 4 or 6", prefix->family);
	if (prefix_len > proto_addr_len(prefix) * 8)
		return pktpool_why_not(why, -EINVAL, "a prefix of %u bits: IPv%u has at most %zu",
			prefix_len, prefix->family, proto_addr_len(prefix) * 8);
	return 0;
}

/* Add a route under the lock and tell endpoints. */
static int
route_enter(struct proto_link *link, const struct proto_addr *prefix, uint8_t prefix_len,
	const struct proto_addr *gateway, struct pktpool_why *why)
{
	char text[PROTO_ADDR_STR_MAX];
	struct proto *stack = link->stack;
	int ret;

	rte_spinlock_lock(&stack->net_lock);
	ret = route_add(&stack->routes, prefix, prefix_len, link, gateway);
	rte_spinlock_unlock(&stack->net_lock);
	if (ret != 0)
		return pktpool_why_not(why, ret, "route to %s/%u: %s",
			proto_addr_format(prefix, text, sizeof(text)), prefix_len,
			ret == -EEXIST ? "there is one already; delete it first"
				       : "the table is full");
	stack_net_changed(stack);
	return 0;
}

int
proto_addr_add(struct proto_link *link, const struct proto_addr *addr, uint8_t prefix_len,
	struct pktpool_why *why)
{
	char text[PROTO_ADDR_STR_MAX];
	int ret = prefix_check(addr, prefix_len, why);

	if (ret != 0)
		return ret;
	if (proto_addr_is_multicast(addr))
		return pktpool_why_not(why, -EINVAL,
			"%s is a multicast address: a link's own is unicast",
			proto_addr_format(addr, text, sizeof(text)));
	if (link->n_addrs == LINK_ADDRS_MAX)
		return pktpool_why_not(
			why, -ENOMEM, "a link has at most %u addresses", LINK_ADDRS_MAX);
	for (uint32_t i = 0; i < link->n_addrs; i++)
		if (proto_addr_equal(&link->addrs[i], addr))
			return pktpool_why_not(why, -EEXIST, "%s is the link's address already",
				proto_addr_format(addr, text, sizeof(text)));
	ret = route_enter(link, addr, prefix_len, NULL, why);
	if (ret != 0 && ret != -EEXIST) /* two addresses may share a prefix */
		return ret;
	link->addrs[link->n_addrs++] = *addr;
	return 0;
}

int
proto_route_add(struct proto_link *link, const struct proto_addr *prefix, uint8_t prefix_len,
	const struct proto_addr *gateway, struct pktpool_why *why)
{
	int ret = prefix_check(prefix, prefix_len, why);

	if (ret != 0)
		return ret;
	if (gateway != NULL && gateway->family != prefix->family)
		return pktpool_why_not(why, -EINVAL, "a gateway of IPv%u for a prefix of IPv%u",
			gateway->family, prefix->family);
	return route_enter(link, prefix, prefix_len, gateway, why);
}

int
proto_route_del(struct proto_link *link, const struct proto_addr *prefix, uint8_t prefix_len)
{
	struct proto *stack = link->stack;
	int ret;

	rte_spinlock_lock(&stack->net_lock);
	ret = route_del(&stack->routes, prefix, prefix_len, link);
	rte_spinlock_unlock(&stack->net_lock);
	if (ret == 0)
		stack_net_changed(stack);
	return ret;
}

int
proto_neigh_add(struct proto_link *link, const struct proto_addr *addr,
	const struct rte_ether_addr *mac, struct pktpool_why *why)
{
	char text[PROTO_ADDR_STR_MAX];
	struct proto *stack = link->stack;
	int ret = prefix_check(addr, 0, why);

	if (ret != 0)
		return ret;
	proto_addr_format(addr, text, sizeof(text));
	if (proto_addr_is_multicast(addr))
		return pktpool_why_not(why, -EINVAL,
			"%s is a multicast address: its Ethernet address is computed", text);
	if (!rte_is_valid_assigned_ether_addr(mac))
		return pktpool_why_not(why, -EINVAL,
			"neighbour %s: a multicast or zero Ethernet address cannot be one host's",
			text);
	rte_spinlock_lock(&stack->net_lock);
	ret = neigh_add(&stack->neighs, link->index, addr, mac);
	rte_spinlock_unlock(&stack->net_lock);
	if (ret != 0)
		return pktpool_why_not(
			why, ret, "neighbour %s: the table of %u is full", text, NEIGHS_MAX);
	stack_net_changed(stack);
	return 0;
}

int
proto_neigh_del(struct proto_link *link, const struct proto_addr *addr)
{
	struct proto *stack = link->stack;
	int ret;

	rte_spinlock_lock(&stack->net_lock);
	ret = neigh_del(&stack->neighs, link->index, addr);
	rte_spinlock_unlock(&stack->net_lock);
	if (ret == 0)
		stack_net_changed(stack);
	return ret;
}
