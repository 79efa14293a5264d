/* SPDX-License-Identifier: BSD-3-Clause */
#include "net.h"

#include <errno.h>

int
net_own_link(const struct net *net, const struct proto_addr *addr)
{
	for (unsigned i = 0; i < NET_IFS; i++)
		if (net->ifs[i].link != NULL && ifaddr_is_own(&net->ifs[i].addrs, addr))
			return (int)i;
	return -1;
}

/* The link's MTU, which for IPv6 a router may have lowered (RFC 4861 6.3.4). */
static uint16_t
link_mtu(const struct net *net, const struct proto_link *link, const struct proto_addr *dst)
{
	uint16_t advertised = net->ifs[link->index].addrs.ra_mtu;

	if (dst->family == PROTO_IPV6 && advertised != 0 && advertised < link->conf.mtu)
		return advertised;
	return link->conf.mtu;
}

/* The route to `dst` if it leads over `link`. */
static const struct route *
route_over(const struct net *net, const struct proto_link *link, const struct proto_addr *dst)
{
	const struct route *route = route_find(&net->routes, dst);

	return route != NULL && route->link == link ? route : NULL;
}

/* Link-local prefixes are on every link, never behind a router (RFC 4861 5.1, RFC 3927 2.6.2). */
static bool
is_link_local(const struct proto_addr *addr)
{
	if (addr->family == PROTO_IPV6)
		return addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0x80;
	return addr->bytes[0] == 169 && addr->bytes[1] == 254;
}

/* The address to resolve for `dst`: itself or a gateway. NULL: no route. */
static const struct proto_addr *
next_hop(const struct net *net, const struct proto_link *link, const struct proto_addr *dst,
	bool bound_link)
{
	const struct route *route = route_over(net, link, dst);

	if (route != NULL && route->gateway.family != 0 && !is_link_local(dst))
		return &route->gateway;
	return route != NULL || bound_link ? dst : NULL;
}

static void
hop_resolve(struct net *net, uint32_t zone, const struct proto_addr *addr, uint64_t now,
	struct net_hop *hop)
{
	int ret = neigh_resolve(&net->neighs, zone, addr, now, &hop->mac, &hop->neigh);

	hop->waits = ret == -EAGAIN;
	hop->reason = PROTO_REASON_NONE;
	if (ret == -ENOSPC)
		hop->reason = PROTO_REASON_NEIGH_QUEUE;
	else if (ret != 0 && ret != -EAGAIN)
		hop->reason = PROTO_REASON_NO_NEIGH;
	if (hop->waits)
		net_hurry(net); /* somebody has to ask */
}

void
net_hop_find(struct net *net, const struct proto_link *link, uint32_t tags,
	const struct proto_addr *dst, bool bound_link, uint64_t now, struct net_hop *hop)
{
	const struct proto_addr *via = dst;

	*hop = (struct net_hop){.neigh = NEIGH_NO_ID};
	net_lock(net);
	hop->mtu = pmtu_find(&net->pmtus, dst, link_mtu(net, link, dst));
	if (!link->started) {
		hop->reason = PROTO_REASON_LINK_DOWN;
	} else if (link->is_loop) {
		hop->mac = link->port.mac;
	} else if (neigh_is_computed(dst, &hop->mac)) {
		hop->reason = PROTO_REASON_NONE;
	} else if (dst->family == PROTO_IPV4 &&
		   ifaddr_is_broadcast(&net->ifs[link->index].addrs, dst)) {
		memset(&hop->mac, 0xff, sizeof(hop->mac));
	} else {
		via = next_hop(net, link, dst, bound_link);
		if (via == NULL)
			hop->reason = PROTO_REASON_NO_ROUTE;
		else
			hop_resolve(net, zone_of(link->index, tags), via, now, hop);
	}
	net_unlock(net);
}

struct proto_link *
net_link_find(struct net *net, const struct proto_addr *dst)
{
	struct proto_link *link = NULL;

	net_lock(net);
	if (net_own_link(net, dst) >= 0) {
		link = net->ifs[PROTO_LINKS_MAX].link;
	} else {
		const struct route *route = route_find(&net->routes, dst);

		if (route != NULL)
			link = route->link;
	}
	net_unlock(net);
	return link;
}

bool
net_source_find(struct net *net, const struct proto_link *link, const struct proto_addr *dst,
	struct proto_addr *src)
{
	bool found = false;

	net_lock(net);
	if (link->is_loop) { /* to ourselves, from the same address */
		*src = *dst;
		found = true;
	} else {
		const struct proto_addr *own = ifaddr_source(&net->ifs[link->index].addrs, dst);

		found = own != NULL;
		if (found)
			*src = *own;
	}
	net_unlock(net);
	return found;
}
