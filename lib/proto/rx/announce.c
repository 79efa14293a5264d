/* SPDX-License-Identifier: BSD-3-Clause */
#include "announce.h"

#include <netinet/in.h>
#include <string.h>

#include "../wire/arp.h"
#include "../wire/ip.h"
#include "../wire/ndp.h"

#define ND_HOP_LIMIT 255

static const struct proto_addr unspecified = {.family = PROTO_IPV6};
static const struct proto_addr all_nodes = {.family = PROTO_IPV6, .bytes = {0xff, 0x02, [15] = 1}};
static const struct proto_addr all_routers = {
	.family = PROTO_IPV6, .bytes = {0xff, 0x02, [15] = 2}};

static rte_be32_t
be_of(const struct proto_addr *addr)
{
	rte_be32_t be;

	memcpy(&be, addr->bytes, sizeof(be));
	return be;
}

static void
ip6_put(struct rte_ipv6_hdr *ip, const struct proto_addr *src, const struct proto_addr *dst,
	uint8_t next, uint16_t payload_len, uint8_t hop_limit)
{
	memset(ip, 0, sizeof(*ip));
	ip->vtc_flow = rte_cpu_to_be_32(6u << 28);
	ip->payload_len = rte_cpu_to_be_16(payload_len);
	ip->proto = next;
	ip->hop_limits = hop_limit;
	memcpy(ip->src_addr, src->bytes, sizeof(ip->src_addr));
	memcpy(ip->dst_addr, dst->bytes, sizeof(ip->dst_addr));
}

static void
icmp6_cksum_put(const struct control *control, const struct proto_addr *src,
	const struct proto_addr *dst, uint8_t *msg, uint16_t msg_len)
{
	uint16_t field = 0;

	memcpy(msg + 2, &field, sizeof(field));
	field = cksum_finish(cksum_add(control->share.cksum->sum(msg, msg_len),
		cksum_pseudo_ipv6(src->bytes, dst->bytes, IPPROTO_ICMPV6, msg_len)));
	memcpy(msg + 2, &field, sizeof(field));
}

/* Send an ICMPv6 message with hop limit 255 (RFC 4861). `dst_mac` NULL: `dst` is a group. */
static void
icmp6_send(struct control *control, uint32_t zone, const struct proto_addr *src,
	const struct proto_addr *dst, const struct rte_ether_addr *dst_mac, uint8_t *msg,
	uint16_t msg_len)
{
	struct rte_ipv6_hdr ip;
	struct rte_ether_addr group;
	const struct iovec iov[] = {
		{.iov_base = &ip, .iov_len = sizeof(ip)}, {.iov_base = msg, .iov_len = msg_len}};

	ip6_put(&ip, src, dst, IPPROTO_ICMPV6, msg_len, ND_HOP_LIMIT);
	icmp6_cksum_put(control, src, dst, msg, msg_len);
	if (dst_mac == NULL) {
		(void)neigh_is_computed(dst, &group);
		dst_mac = &group;
	}
	(void)control_frame(control, zone, dst_mac, RTE_ETHER_TYPE_IPV6, iov, RTE_DIM(iov));
}

static void
arp_send(struct control *control, uint32_t zone, const struct rte_ether_addr *dst,
	const struct arp_view *arp)
{
	uint8_t bytes[ARP_LEN];
	const struct iovec iov = {.iov_base = bytes, .iov_len = sizeof(bytes)};

	arp_build(bytes, arp);
	(void)control_frame(control, zone, dst, RTE_ETHER_TYPE_ARP, &iov, 1);
}

static const struct rte_ether_addr broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

void
announce_ask(struct net *net, struct control *control, const struct neigh_ask *ask)
{
	const struct proto_link *link = net->ifs[zone_link(ask->zone)].link;
	const struct rte_ether_addr *mac = &link->port.mac;
	struct proto_addr src = {0}, group;
	uint8_t msg[NDP_MSG_MAX];
	uint16_t msg_len;

	if (!net_source_find(net, link, &ask->target, &src))
		return;
	if (ask->target.family == PROTO_IPV4) {
		struct arp_view arp = {
			.request = true,
			.sender_mac = *mac,
			.sender_ip = be_of(&src),
			.target_ip = be_of(&ask->target),
		};

		arp_send(control, ask->zone, ask->unicast ? &ask->mac : &broadcast, &arp);
		return;
	}
	ndp_solicited_node(&ask->target, &group);
	msg_len = ndp_ns_build(msg, &ask->target, mac);
	icmp6_send(control, ask->zone, &src, ask->unicast ? &ask->target : &group,
		ask->unicast ? &ask->mac : NULL, msg, msg_len);
}

/* RFC 5227 2.1.1: from 0.0.0.0. RFC 4862 5.4.2: from ::, to the solicited-node group. */
static void
probe_send(struct control *control, const struct proto_link *link, const struct proto_addr *addr)
{
	uint32_t zone = zone_of(link->index, 0);
	struct proto_addr group;
	uint8_t msg[NDP_MSG_MAX];

	if (addr->family == PROTO_IPV4) {
		arp_send(control, zone, &broadcast,
			&(struct arp_view){.request = true,
				.sender_mac = link->port.mac,
				.target_ip = be_of(addr)});
		return;
	}
	ndp_solicited_node(addr, &group);
	icmp6_send(control, zone, &unspecified, &group, NULL, msg, ndp_ns_build(msg, addr, NULL));
}

void
announce_neighbour(struct control *control, const struct proto_link *link, uint32_t zone,
	const struct proto_addr *addr, const struct proto_addr *dst,
	const struct rte_ether_addr *dst_mac)
{
	uint8_t msg[NDP_MSG_MAX];
	uint16_t msg_len = ndp_na_build(msg, addr, &link->port.mac, dst != NULL, true);

	icmp6_send(control, zone, addr, dst != NULL ? dst : &all_nodes,
		dst != NULL ? dst_mac : NULL, msg, msg_len);
}

/* RFC 5227 2.3: a request for oneself. RFC 4861 7.2.6: an advertisement to all nodes. */
static void
announcement_send(
	struct control *control, const struct proto_link *link, const struct proto_addr *addr)
{
	uint32_t zone = zone_of(link->index, 0);

	if (addr->family == PROTO_IPV4)
		arp_send(control, zone, &broadcast,
			&(struct arp_view){.request = true,
				.sender_mac = link->port.mac,
				.sender_ip = be_of(addr),
				.target_ip = be_of(addr)});
	else
		announce_neighbour(control, link, zone, addr, NULL, NULL);
}

static void
solicit_send(struct control *control, const struct proto_link *link, const struct proto_addr *addr)
{
	bool from_none = addr->family == 0;
	uint8_t msg[NDP_MSG_MAX];

	icmp6_send(control, zone_of(link->index, 0), from_none ? &unspecified : addr, &all_routers,
		NULL, msg, ndp_rs_build(msg, from_none ? NULL : &link->port.mac));
}

/* A default router that is none any more. */
static void
router_gone(struct net *net, const struct proto_link *link, const struct proto_addr *router)
{
	const struct route *route;

	net_lock(net);
	route = route_find(&net->routes, &unspecified);
	if (route != NULL && route->link == link && proto_addr_equal(&route->gateway, router))
		(void)route_del(&net->routes, &unspecified, 0, link);
	net_unlock(net);
}

/*
 * RFC 4861 7.2.1: a host joins the solicited-node group of each of its addresses, and says so, for
 * switches that listen. A link that is to be silent (neither dad nor slaac) does not say it.
 */
static void
group_join_once(struct mcast_set *groups, const struct proto_addr *group, uint64_t now)
{
	if (!mcast_is_member(groups, 0, group))
		(void)mcast_join(groups, 0, group, now);
}

/* An address can be used, or not any more: its solicited-node group goes with it. */
static void
address_changed(struct net *net, const struct proto_link *link, const struct ifaddr_action *action,
	uint64_t now)
{
	struct netif *netif = &net->ifs[link->index];
	struct proto_addr group;

	if (action->addr.family == PROTO_IPV6) {
		ndp_solicited_node(&action->addr, &group);
		net_lock(net);
		if (action->what == IFADDR_LOST)
			(void)mcast_leave(&netif->groups, 0, &group, now);
		else if (netif->addrs.conf.dad || netif->addrs.conf.slaac)
			group_join_once(&netif->groups, &group, now);
		net_unlock(net);
	}
	net_addrs_changed(net);
}

void
announce_do(struct net *net, struct control *control, uint16_t link_index,
	const struct ifaddr_action *action, uint64_t now)
{
	const struct proto_link *link = net->ifs[link_index].link;

	switch (action->what) {
	case IFADDR_SEND_PROBE:
		probe_send(control, link, &action->addr);
		break;
	case IFADDR_SEND_ANNOUNCE:
		announcement_send(control, link, &action->addr);
		break;
	case IFADDR_SEND_SOLICIT:
		solicit_send(control, link, &action->addr);
		break;
	case IFADDR_ROUTER_GONE:
		router_gone(net, link, &action->addr);
		net_changed(net);
		break;
	default:
		address_changed(net, link, action, now);
		break;
	}
}

void
announce_conflict(struct net *net, struct control *control, uint32_t zone,
	const struct proto_addr *addr, const struct rte_ether_addr *mac, bool probe, uint64_t now)
{
	struct netif *netif = &net->ifs[zone_link(zone)];
	struct ifaddr_action action;
	bool act;

	net_lock(net);
	act = netif->addrs.conf.dad &&
	      ifaddr_conflict(&netif->addrs, addr, mac, probe, now, &action);
	net_unlock(net);
	if (act)
		announce_do(net, control, zone_link(zone), &action, now);
	net_hurry(net);
}

/* IGMP: TTL 1, precedence internetwork control, Router Alert (RFC 3376 4). */
static void
igmp_send(struct control *control, uint32_t zone, const struct proto_addr *src,
	struct mcast_report *report)
{
	uint8_t header[24] = {0x46, 0xc0, [8] = 1, [9] = IPPROTO_IGMP, [20] = 0x94, [21] = 4};
	uint16_t total = rte_cpu_to_be_16((uint16_t)(sizeof(header) + report->msg_len));
	const struct iovec iov[] = {{.iov_base = header, .iov_len = sizeof(header)},
		{.iov_base = report->msg, .iov_len = report->msg_len}};
	struct rte_ether_addr mac;
	uint16_t field;

	memcpy(header + 2, &total, sizeof(total));
	memcpy(header + 12, src->bytes, 4);
	memcpy(header + 16, report->dst.bytes, 4);
	field = cksum_finish(control->share.cksum->sum(header, sizeof(header)));
	memcpy(header + 10, &field, sizeof(field));
	(void)neigh_is_computed(&report->dst, &mac);
	(void)control_frame(control, zone, &mac, RTE_ETHER_TYPE_IPV4, iov, RTE_DIM(iov));
}

/* MLD: hop limit 1, Router Alert in hop-by-hop options (RFC 3810 5). */
static void
mld_send(struct control *control, uint32_t zone, const struct proto_addr *src,
	struct mcast_report *report)
{
	/* Next header ICMPv6, 8 bytes; Router Alert: MLD; PadN of 0 bytes. */
	static const uint8_t alert[8] = {IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0};
	struct rte_ipv6_hdr ip;
	const struct iovec iov[] = {{.iov_base = &ip, .iov_len = sizeof(ip)},
		{.iov_base = (void *)(uintptr_t)alert, .iov_len = sizeof(alert)},
		{.iov_base = report->msg, .iov_len = report->msg_len}};
	struct rte_ether_addr mac;

	ip6_put(&ip, src, &report->dst, 0, (uint16_t)(sizeof(alert) + report->msg_len), 1);
	icmp6_cksum_put(control, src, &report->dst, report->msg, report->msg_len);
	(void)neigh_is_computed(&report->dst, &mac);
	(void)control_frame(control, zone, &mac, RTE_ETHER_TYPE_IPV6, iov, RTE_DIM(iov));
}

void
announce_report(
	struct net *net, struct control *control, uint16_t link_index, struct mcast_report *report)
{
	const struct proto_link *link = net->ifs[link_index].link;
	uint32_t zone = zone_of(link_index, report->tags);
	static const struct proto_addr link_local = {.family = PROTO_IPV6, .bytes = {0xfe, 0x80}};
	struct proto_addr src = {.family = report->dst.family};

	if (report->dst.family == PROTO_IPV4) {
		(void)net_source_find(net, link, &report->dst, &src); /* else from 0.0.0.0 */
		igmp_send(control, zone, &src, report);
		return;
	}
	/* RFC 3810 5: from a link-local address, or from :: while there is none (RFC 3590). */
	if (!net_source_find(net, link, &link_local, &src) || src.bytes[0] != 0xfe ||
		(src.bytes[1] & 0xc0) != 0x80)
		src = unspecified;
	mld_send(control, zone, &src, report);
}
