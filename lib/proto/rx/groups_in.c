/* SPDX-License-Identifier: BSD-3-Clause */
/* IGMP (RFC 3376) and MLD (RFC 3810): queries are noted, mcast_tick() answers them. */
#include "rx.h"

#include <string.h>

static int
query_in(struct rx *rx, struct rx_frame *f)
{
	struct net *net = rx->net;
	struct proto_addr src, dst;
	int ret;

	rx_addrs(f, &src, &dst);
	net_lock(net);
	ret = mcast_query(&net->ifs[f->link->index].groups, zone_tags(f->zone), &dst,
		rte_pktmbuf_mtod(f->pkt, uint8_t *), f->pkt->data_len, rx->now);
	net_unlock(net);
	net_hurry(net);
	return ret == 0 ? RX_CONSUMED : PROTO_DROP_GROUP_BAD;
}

int
igmp_in(struct rx *rx, struct rx_frame *f)
{
	const struct rte_ipv4_hdr *ip = (const void *)f->l3;

	if (f->pkt->nb_segs != 1 || ip->time_to_live != 1) /* RFC 3376 4 */
		return PROTO_DROP_GROUP_BAD;
	if (rx_sum(rx, f->pkt) != 0xffff)
		return PROTO_DROP_GROUP_BAD;
	return query_in(rx, f);
}

int
mld_in(struct rx *rx, struct rx_frame *f)
{
	const struct rte_ipv6_hdr *ip = (const void *)f->l3;

	/* RFC 3810 5: hop limit 1, Router Alert, from a link-local address. */
	if (f->pkt->nb_segs != 1 || ip->hop_limits != 1 || !f->router_alert ||
		ip->src_addr[0] != 0xfe || (ip->src_addr[1] & 0xc0) != 0x80)
		return PROTO_DROP_GROUP_BAD;
	return query_in(rx, f);
}
