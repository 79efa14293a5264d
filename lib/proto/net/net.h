/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the workers of a stack share: addresses, groups, neighbours, routes, path MTUs, endpoints'
 * addresses. Read-mostly: the data path reads copies and looks at two generation counters; whoever
 * changes or resolves takes the lock, which is rare.
 */
#ifndef PROTO_NET_NET_H
#define PROTO_NET_NET_H

#include <stdatomic.h>

#include <rte_spinlock.h>

#include "../demux.h"
#include "../link/link.h"
#include "../proto_drop.h"
#include "../proto_echo.h"
#include "../tap.h"
#include "ifaddr.h"
#include "ipid.h"
#include "limit.h"
#include "mcast.h"
#include "neigh.h"
#include "pmtu.h"
#include "route.h"
#include "zone.h"

/* What belongs to one link. */
struct netif {
	struct proto_link *link;
	struct ifaddr_set addrs;
	struct mcast_set groups;
};

#define NET_IFS (PROTO_LINKS_MAX + 1) /* and the loop */

struct net {
	rte_spinlock_t lock;
	_Atomic uint32_t gen;	   /* grows when endpoints have to resolve again */
	_Atomic uint32_t addr_gen; /* grows when workers have to copy addresses and groups again */
	uint64_t hz;
	uint64_t seed;
	_Atomic uint64_t tick_due; /* when the next upkeep is due */
	struct limit ask_limit;	   /* questions for neighbours: a scan of addresses is no flood */
	struct demux *demux;
	struct route_table routes;
	struct neigh_table neighs;
	struct pmtu_table pmtus;
	struct ipid_table ipids;
	struct netif ifs[NET_IFS]; /* by link index */
	proto_echo_fn echo_fn;	   /* who hears echo replies; NULL: nobody */
	void *echo_arg;
	struct drop_tap tap;
};

static inline void
net_lock(struct net *net)
{
	rte_spinlock_lock(&net->lock);
}

static inline void
net_unlock(struct net *net)
{
	rte_spinlock_unlock(&net->lock);
}

/* Say that routes, neighbours, path MTUs or links have changed. */
static inline void
net_changed(struct net *net)
{
	atomic_fetch_add_explicit(&net->gen, 1, memory_order_release);
}

/* Say that own addresses or groups have changed; endpoints' choices may have, too. */
static inline void
net_addrs_changed(struct net *net)
{
	atomic_fetch_add_explicit(&net->addr_gen, 1, memory_order_release);
	net_changed(net);
}

/* The next upkeep is due at once. */
static inline void
net_hurry(struct net *net)
{
	atomic_store_explicit(&net->tick_due, 0, memory_order_relaxed);
}

/* The way to a destination. */
struct net_hop {
	enum proto_reason reason; /* NONE: `mac` is right; or why there is no way */
	bool waits; /* reason NONE: the neighbour is being asked, `mac` is not known yet */
	struct rte_ether_addr mac;
	neigh_id neigh;
	uint16_t mtu; /* L3 bytes: the path's, at most the link's */
};

/*
 * Find the way from `link` (VLAN `tags`) to `dst`. `bound_link`: the caller named the link, so what
 * no route leads elsewhere is on the link itself. Takes the lock.
 */
void net_hop_find(struct net *net, const struct proto_link *link, uint32_t tags,
	const struct proto_addr *dst, bool bound_link, uint64_t now, struct net_hop *hop);

/* The link that leads to `dst`, or NULL: no route. Takes the lock. */
struct proto_link *net_link_find(struct net *net, const struct proto_addr *dst);

/* A source address for `dst` on this link. Returns false: the link has none. Takes the lock. */
bool net_source_find(struct net *net, const struct proto_link *link, const struct proto_addr *dst,
	struct proto_addr *src);

/* The index of the link whose own usable address this is, or -1. The lock is held. */
int net_own_link(const struct net *net, const struct proto_addr *addr);

#endif
