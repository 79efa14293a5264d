/* SPDX-License-Identifier: BSD-3-Clause */
/* The public calls that change addresses, routes and neighbours. */
#include <errno.h>
#include <string.h>

#include <rte_cycles.h>

#include "link/link.h"
#include "stack.h"
#include "wire/ndp.h"

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

	net_lock(&stack->net);
	ret = route_add(&stack->net.routes, prefix, prefix_len, link, gateway);
	net_unlock(&stack->net);
	if (ret != 0)
		return pktpool_why_not(why, ret, "route to %s/%u: %s",
			proto_addr_format(prefix, text, sizeof(text)), prefix_len,
			ret == -EEXIST ? "there is one already; delete it first"
				       : "the table is full");
	net_changed(&stack->net);
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
	struct net *net = &link->stack->net;
	struct ifaddr_set *addrs = &net->ifs[link->index].addrs;

	net_lock(net);
	ret = ifaddr_add(addrs, addr, prefix_len, link->started ? rte_get_tsc_cycles() : 0);
	net_unlock(net);
	if (ret == -ENOMEM)
		return pktpool_why_not(why, ret, "a link has at most %u addresses", IFADDRS_MAX);
	if (ret != 0)
		return pktpool_why_not(why, ret, "%s is the link's address already",
			proto_addr_format(addr, text, sizeof(text)));
	ret = route_enter(link, addr, prefix_len, NULL, why);
	if (ret != 0 && ret != -EEXIST) { /* two addresses may share a prefix */
		net_lock(net);
		(void)ifaddr_del(addrs, addr);
		net_unlock(net);
		return ret;
	}
	net_addrs_changed(net);
	net_hurry(net);
	return link->started && addr->family == PROTO_IPV6 ? stack_groups_set(link) : 0;
}

/* Does another address of the link have this prefix? The lock is held. */
static bool
prefix_in_use(const struct ifaddr_set *addrs, const struct proto_addr *addr, uint8_t prefix_len)
{
	for (unsigned i = 0; i < IFADDRS_MAX; i++) {
		const struct ifaddr *other = &addrs->addrs[i];

		if (other->state != IFADDR_FREE && other->prefix_len == prefix_len &&
			other->addr.family == addr->family &&
			proto_addr_common(&other->addr, addr) >= prefix_len)
			return true;
	}
	return false;
}

int
proto_addr_del(struct proto_link *link, const struct proto_addr *addr)
{
	struct net *net = &link->stack->net;
	struct ifaddr_set *addrs = &net->ifs[link->index].addrs;
	int ret = -ENOENT;

	net_lock(net);
	const struct ifaddr *own = ifaddr_find(addrs, addr);

	if (own != NULL) {
		uint8_t prefix_len = own->prefix_len;

		ret = ifaddr_del(addrs, addr);
		if (!prefix_in_use(addrs, addr, prefix_len))
			(void)route_del(&net->routes, addr, prefix_len, link);
	}
	net_unlock(net);
	if (ret == 0)
		net_addrs_changed(net);
	return ret;
}

unsigned
proto_addr_list(const struct proto_link *link, struct proto_addr_info *infos, unsigned n)
{
	struct net *net = &link->stack->net;
	const struct ifaddr_set *addrs = &net->ifs[link->index].addrs;
	unsigned found = 0;

	net_lock(net);
	for (unsigned i = 0; i < IFADDRS_MAX && found < n; i++) {
		const struct ifaddr *own = &addrs->addrs[i];

		if (own->state == IFADDR_FREE)
			continue;
		infos[found++] = (struct proto_addr_info){
			.addr = own->addr,
			.prefix_len = own->prefix_len,
			.usable = own->state == IFADDR_PREFERRED || own->state == IFADDR_DEPRECATED,
			.conflict = own->state == IFADDR_CONFLICT,
			.autoconf = own->autoconf,
		};
	}
	net_unlock(net);
	return found;
}

enum proto_neigh_state
stack_neigh_state(const struct neigh *neigh)
{
	switch (neigh->state) {
	case NEIGH_STATIC:
		return PROTO_NEIGH_STATIC;
	case NEIGH_REACHABLE:
		return PROTO_NEIGH_REACHABLE;
	case NEIGH_STALE:
		return PROTO_NEIGH_STALE;
	case NEIGH_DELAY:
		return PROTO_NEIGH_DELAY;
	case NEIGH_PROBE:
		return PROTO_NEIGH_PROBE;
	default:
		return neigh->failed ? PROTO_NEIGH_FAILED : PROTO_NEIGH_INCOMPLETE;
	}
}

unsigned
proto_neigh_list(const struct proto_link *link, struct proto_neigh_info *infos, unsigned n)
{
	struct net *net = &link->stack->net;
	const struct neigh *neigh;
	unsigned found = 0;
	uint32_t at = 0;

	net_lock(net);
	while (found < n && (neigh = neigh_next(&net->neighs, &at)) != NULL) {
		if (zone_link(neigh->key.zone) != link->index)
			continue;
		infos[found++] = (struct proto_neigh_info){
			.addr = neigh->key.addr,
			.mac = neigh->mac,
			.state = stack_neigh_state(neigh),
			.outer_vid = (uint16_t)(zone_tags(neigh->key.zone) >> 12),
			.vid = zone_tags(neigh->key.zone) & 0xfff,
		};
	}
	net_unlock(net);
	return found;
}

uint16_t
proto_pmtu(const struct proto_link *link, const struct proto_addr *dst)
{
	struct net *net = &link->stack->net;

	net_lock(net);
	uint16_t mtu = pmtu_find(&net->pmtus, dst, link->conf.mtu);

	net_unlock(net);
	return mtu;
}

/* The groups of a link's port: those joined, and the solicited-node ones of its addresses. */
static unsigned
group_macs(const struct netif *netif, struct rte_ether_addr *macs, unsigned max)
{
	unsigned n = mcast_macs(&netif->groups, macs, max);

	for (unsigned i = 0; i < IFADDRS_MAX && n < max; i++) {
		const struct ifaddr *own = &netif->addrs.addrs[i];
		struct proto_addr group;

		if (own->state == IFADDR_FREE || own->addr.family != PROTO_IPV6)
			continue;
		ndp_solicited_node(&own->addr, &group);
		mcast_mac(&group, &macs[n++]);
	}
	return n;
}

int
stack_groups_set(struct proto_link *link)
{
	struct rte_ether_addr macs[MCAST_MACS_MAX + IFADDRS_MAX];
	struct net *net = &link->stack->net;

	if (link->conf.promisc && link->started && link->conf.ops->set_promisc != NULL)
		return link->conf.ops->set_promisc(link->conf.port);
	if (link->conf.promisc || link->conf.ops->set_groups == NULL || !link->started)
		return 0;
	net_lock(net);
	unsigned n = group_macs(&net->ifs[link->index], macs, RTE_DIM(macs));

	net_unlock(net);
	return link->conf.ops->set_groups(link->conf.port, macs, n);
}

int
stack_group_join(struct proto_link *link, uint32_t tags, const struct proto_addr *group,
	uint64_t now, struct pktpool_why *why)
{
	struct net *net = &link->stack->net;

	net_lock(net);
	int ret = mcast_join(&net->ifs[link->index].groups, tags, group, now);

	net_unlock(net);
	if (ret < 0)
		return pktpool_why_not(
			why, ret, "a link listens to at most %u groups", MCAST_GROUPS_MAX);
	net_addrs_changed(net);
	net_hurry(net);
	ret = ret == 1 ? stack_groups_set(link) : 0;
	if (ret != 0) {
		stack_group_leave(link, tags, group, now);
		return pktpool_why_not(
			why, ret, "the port does not let the group in: %s", strerror(-ret));
	}
	return 0;
}

void
stack_group_leave(
	struct proto_link *link, uint32_t tags, const struct proto_addr *group, uint64_t now)
{
	struct net *net = &link->stack->net;

	net_lock(net);
	int ret = mcast_leave(&net->ifs[link->index].groups, tags, group, now);

	net_unlock(net);
	net_addrs_changed(net);
	net_hurry(net);
	if (ret == 1)
		(void)stack_groups_set(link);
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

	net_lock(&stack->net);
	ret = route_del(&stack->net.routes, prefix, prefix_len, link);
	net_unlock(&stack->net);
	if (ret == 0)
		net_changed(&stack->net);
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
	net_lock(&stack->net);
	ret = neigh_add(&stack->net.neighs, zone_of(link->index, 0), addr, mac);
	net_unlock(&stack->net);
	if (ret != 0)
		return pktpool_why_not(
			why, ret, "neighbour %s: the table of %u is full", text, NEIGHS_MAX);
	net_changed(&stack->net);
	return 0;
}

int
proto_neigh_del(struct proto_link *link, const struct proto_addr *addr)
{
	struct proto *stack = link->stack;
	int ret;

	net_lock(&stack->net);
	ret = neigh_del(&stack->net.neighs, zone_of(link->index, 0), addr);
	net_unlock(&stack->net);
	if (ret == 0)
		net_changed(&stack->net);
	return ret;
}
