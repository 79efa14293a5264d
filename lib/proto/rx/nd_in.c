/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbour discovery as a host (RFC 4861 6.3, 7.2), duplicate addresses (RFC 4862 5.4). */
#include "rx.h"

#include <string.h>

#include "../wire/icmp.h"
#include "../wire/ndp.h"
#include "announce.h"

static bool
is_unspecified(const struct proto_addr *addr)
{
	static const uint8_t zeros[16];

	return memcmp(addr->bytes, zeros, sizeof(zeros)) == 0;
}

static void
learn(struct rx *rx, const struct neigh_news *news)
{
	struct net *net = rx->net;

	net_lock(net);
	bool changed = neigh_learn(&net->neighs, news, rx->now);

	net_unlock(net);
	if (changed)
		net_changed(net);
}

/* RFC 4861 7.2.3, 7.2.4: somebody asks. */
static int
solicited_in(struct rx *rx, struct rx_frame *f, const struct ndp_view *view,
	const struct proto_addr *src)
{
	enum rx_dest dest = rx_dest_of(rx, f->zone, &view->target);
	bool probe = is_unspecified(src);

	if (dest == RX_DEST_TENTATIVE) { /* RFC 4862 5.4.3: another one probes for it, too */
		if (probe)
			announce_conflict(rx->net, rx->control, f->zone, &view->target, &f->src_mac,
				true, rx->now);
		return RX_CONSUMED;
	}
	if (dest != RX_DEST_OWN)
		return PROTO_DROP_ARP_OTHER;
	if (!probe && view->has_mac)
		learn(rx, &(struct neigh_news){.zone = f->zone,
				  .addr = *src,
				  .has_mac = true,
				  .mac = view->mac,
				  .create = true,
				  .override = true});
	announce_neighbour(rx->control, f->link, f->zone, &view->target, probe ? NULL : src,
		view->has_mac ? &view->mac : &f->src_mac);
	return RX_CONSUMED;
}

/* RFC 4861 7.2.5: somebody tells. */
static int
advertised_in(struct rx *rx, struct rx_frame *f, const struct ndp_view *view)
{
	enum rx_dest dest = rx_dest_of(rx, f->zone, &view->target);

	if (dest == RX_DEST_OWN || dest == RX_DEST_TENTATIVE) {
		announce_conflict(rx->net, rx->control, f->zone, &view->target,
			view->has_mac ? &view->mac : &f->src_mac, false, rx->now);
		return RX_CONSUMED;
	}
	learn(rx, &(struct neigh_news){.zone = f->zone,
			  .addr = view->target,
			  .has_mac = view->has_mac,
			  .mac = view->mac,
			  .solicited = view->solicited,
			  .override = view->override,
			  .router = view->router,
			  .advert = true});
	return RX_CONSUMED;
}

/* Enter what an advertisement brings. The lock is held. */
static bool
routes_enter(struct net *net, struct proto_link *link, const struct ndp_ra *ra, bool new_router)
{
	static const struct proto_addr any = {.family = PROTO_IPV6};
	bool changed = false;

	if (new_router)
		changed |= route_add(&net->routes, &any, 0, link, &ra->router) == 0;
	for (unsigned i = 0; i < ra->n_prefixes; i++)
		if (ra->prefixes[i].on_link && ra->prefixes[i].valid_s != 0)
			changed |= route_add(&net->routes, &ra->prefixes[i].prefix,
					   ra->prefixes[i].prefix_len, link, NULL) == 0;
	return changed;
}

/* RFC 4861 6.3.4. */
static int
router_in(struct rx *rx, struct rx_frame *f, struct ndp_view *view, const struct proto_addr *src)
{
	struct net *net = rx->net;
	struct netif *netif = &net->ifs[f->link->index];
	bool new_router = false, changed;

	if (!netif->addrs.conf.slaac || zone_tags(f->zone) != 0)
		return RX_CONSUMED;
	if (view->has_mac)
		learn(rx, &(struct neigh_news){.zone = f->zone,
				  .addr = *src,
				  .has_mac = true,
				  .mac = view->mac,
				  .create = true,
				  .override = true,
				  .router = true});
	view->ra.router = *src;
	net_lock(net);
	changed = ifaddr_advertised(&netif->addrs, &view->ra, rx->now, &new_router);
	changed |= routes_enter(net, netif->link, &view->ra, new_router);
	net_unlock(net);
	if (changed) {
		net_addrs_changed(net);
		net_hurry(net);
	}
	return RX_CONSUMED;
}

int
nd_in(struct rx *rx, struct rx_frame *f)
{
	const struct rte_ipv6_hdr *ip = (const void *)f->l3;
	struct proto_addr src, dst;
	struct ndp_view view;

	rx_addrs(f, &src, &dst);
	/* RFC 6980: never in fragments. */
	if (f->n_frames != 1 || ndp_check(rte_pktmbuf_mtod(f->pkt, void *), f->pkt->data_len,
					ip->hop_limits, &src, &dst, &view) != 0)
		return PROTO_DROP_ND_BAD;
	switch (view.type) {
	case NDP_NS:
		return solicited_in(rx, f, &view, &src);
	case NDP_NA:
		return advertised_in(rx, f, &view);
	case NDP_RA:
		return router_in(rx, f, &view, &src);
	default: /* a router's business */
		return PROTO_DROP_ICMP_TYPE;
	}
}
