/* SPDX-License-Identifier: BSD-3-Clause */
#include "control.h"

#include <string.h>

/* What both flows have in common. */
static void
flow_init(struct control *control, struct flow *flow)
{
	flow->share = &control->share;
	flow->target = &control->target;
	flow->fill_ctx.cksum = control->share.cksum;
	flow->fill_ctx.iova_is_va = true; /* nothing is mapped */
	flow->fill_ctx.cksum_mode = FILL_CKSUM_NONE;
}

void
control_init(struct control *control, struct net *net, struct txq **txqs, uint16_t mtu)
{
	control->net = net;
	control->txqs = txqs;
	control->target.counters = &control->counters;
	flow_init(control, &control->frame);
	flow_init(control, &control->ip);
	control->frame.fill_copy = fill_copy_raw;
	/* The longest link's: packets are made within the MTU of theirs. */
	(void)plan_path_init(&control->frame.path, PLAN_RAW, mtu, PLAN_SEGMENT);
}

/* Stage one payload and count what became of it. */
static bool
control_send(struct control *control, struct flow *flow, struct txq *txq, struct txq *counted,
	const struct iovec *iov, uint32_t iovcnt)
{
	struct proto_payload payload = {.iov = iov, .iovcnt = iovcnt};
	enum proto_reason reason;

	flow->txq = txq;
	control->target.queue = txq;
	bool sent = flow_send(flow, &payload, 1, &reason) == 1;

	count_add(&counted->counters, sent ? PROTO_C_CONTROL_SENT : PROTO_C_CONTROL_FAILED, 1);
	return sent;
}

/* The VLAN tags of a zone in an endpoint's configuration. */
static void
conf_tags(struct proto_endpoint_conf *conf, uint32_t zone)
{
	uint32_t tags = zone_tags(zone);

	conf->vlan = tags != 0;
	conf->vlan_tci = tags & 0xfff;
	conf->qinq = tags >> 12 != 0;
	conf->outer_tci = (uint16_t)(tags >> 12);
}

bool
control_frame(struct control *control, uint32_t zone, const struct rte_ether_addr *dst,
	uint16_t ethertype, const struct iovec *iov, uint32_t iovcnt)
{
	const struct proto_link *link = control->net->ifs[zone_link(zone)].link;
	struct txq *txq = control->txqs[link->index];
	struct proto_endpoint_conf conf = {.kind = PROTO_L2, .ethertype = ethertype};

	conf_tags(&conf, zone);
	hdr_build(&control->frame.fill_ctx.hdr, &conf, &link->port.mac, dst);
	return control_send(control, &control->frame, txq, txq, iov, iovcnt);
}

bool
control_ip(struct control *control, const struct control_ip *ip, const struct iovec *iov,
	uint32_t iovcnt)
{
	const struct proto_link *link = control->net->ifs[zone_link(ip->zone)].link;
	bool ipv4 = ip->dst.family == PROTO_IPV4;
	struct flow *flow = &control->ip;
	struct txq *txq = control->txqs[link->index];
	struct txq *hold = control->txqs[link->index + NET_IFS];
	struct net_hop hop = {.neigh = NEIGH_NO_ID, .mtu = link->conf.mtu};
	struct proto_endpoint_conf conf = {
		.kind = PROTO_IP,
		.local = ip->src,
		.remote = ip->dst,
		.ip_proto = ip->proto,
		.ttl = ip->ttl,
		.dscp = ip->tos >> 2,
	};

	if (ip->mac != NULL)
		hop.mac = *ip->mac;
	else
		net_hop_find(
			control->net, link, zone_tags(ip->zone), &ip->dst, true, ip->now, &hop);
	/* Answers to sources that are not there must not keep others from being answered. */
	if (hop.reason != PROTO_REASON_NONE ||
		(hop.waits && control->target.held >= CONTROL_HELD) ||
		plan_path_init(&flow->path, ipv4 ? PLAN_IPV4_BARE : PLAN_IPV6_BARE, hop.mtu,
			PLAN_FRAGMENT) != 0) {
		count_add(&txq->counters, PROTO_C_CONTROL_FAILED, 1);
		return false;
	}
	conf_tags(&conf, ip->zone);
	flow->fill_copy = ipv4 ? fill_copy_ipv4_bare : fill_copy_ipv6_bare;
	flow->neigh = hop.neigh;
	hdr_build(&flow->fill_ctx.hdr, &conf, &link->port.mac, &hop.mac);
	ipid_find(&control->net->ipids, &ip->src, &ip->dst, ip->proto, &flow->fill_ctx.ipid);
	return control_send(control, flow, hop.waits ? hold : txq, txq, iov, iovcnt);
}
