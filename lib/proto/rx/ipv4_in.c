/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 (RFC 791, RFC 1122 3.2.1), in the order of the RFC's checks. */
#include "rx.h"

#include <netinet/in.h>
#include <string.h>

#include "../wire/ip.h"

static int
drop_of(enum wire_fault fault)
{
	switch (fault) {
	case WIRE_VERSION:
		return PROTO_DROP_IP_VERSION;
	case WIRE_HDR_LEN:
		return PROTO_DROP_IP_HDR_LEN;
	case WIRE_LENGTH:
		return PROTO_DROP_IP_LENGTH;
	case WIRE_CKSUM:
		return PROTO_DROP_IP_CKSUM;
	case WIRE_OPTIONS:
		return PROTO_DROP_IP_OPTIONS;
	default:
		return PROTO_DROP_IP_TRUNCATED;
	}
}

/*
 * RFC 1122 3.2.1.3: a source is one host's, and none of ours. 0.0.0.0 is a host that has no address
 * yet: nobody here can answer it.
 */
static bool
source_is_bad(const struct rx *rx, const struct rx_frame *f, rte_be32_t src)
{
	const struct rx_unsound4 *unsound = &rx->unsound4[f->link->index];
	uint32_t host = rte_be_to_cpu_32(src);

	if (host == 0)
		return f->proto != IPPROTO_IGMP; /* a snooping switch asks so (RFC 4541 2.1.1) */
	if (host >> 28 >= 0xe || (host >> 24 == 127 && !f->link->is_loop))
		return true;
	if (f->link->is_loop)
		return false;
	for (unsigned i = 0; i < unsound->n; i++)
		if (unlikely(unsound->addrs[i] == src))
			return true;
	return false;
}

/*
 * Is it for us? One comparison for the address that the last packet had. What came to all stations
 * must be for a group of hosts, too (RFC 1122 3.3.6).
 */
static bool
dest_is_ours(struct rx *rx, struct rx_frame *f, const struct rte_ipv4_hdr *ip)
{
	struct proto_addr dst;

	if (likely(ip->dst_addr == rx->last_dst4 && f->zone == rx->last_zone4))
		return !f->group;
	dst = rx_addr4(ip->dst_addr);
	switch (rx_dest_of(rx, f->zone, &dst)) {
	case RX_DEST_OWN:
		rx->last_dst4 = ip->dst_addr;
		rx->last_zone4 = f->zone;
		rx_plain_dst(rx, f, ip->dst_addr);
		return !f->group;
	case RX_DEST_GROUP:
		f->group = true;
		return true;
	default:
		return false;
	}
}

static int
fragment4_in(struct rx *rx, struct rx_frame *f, const struct rte_ipv4_hdr *ip,
	const struct ip4_view *view)
{
	struct rx_fragment frag = {
		.key = {.id = ip->packet_id,
			.zone = f->zone,
			.family = PROTO_IPV4,
			.proto = ip->next_proto_id},
		.offset = view->frag_off,
		.hdr_len = view->hdr_len,
		.more = view->more,
	};

	memcpy(frag.key.src, &ip->src_addr, sizeof(ip->src_addr));
	memcpy(frag.key.dst, &ip->dst_addr, sizeof(ip->dst_addr));
	return fragment_in(rx, f, &frag, l4_in);
}

int
ipv4_in(struct rx *rx, struct rx_frame *f)
{
	const struct rte_ipv4_hdr *ip = (const void *)f->l3;
	bool cksum_good =
		(f->pkt->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK) == RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	struct ip4_view view;
	enum wire_fault fault = ip4_check(ip, f->pkt->data_len, f->pkt->pkt_len, cksum_good, &view);

	if (unlikely(fault != WIRE_OK))
		return drop_of(fault);
	f->family = PROTO_IPV4;
	f->proto = ip->next_proto_id;
	f->l3_len = view.hdr_len;
	if (unlikely(!dest_is_ours(rx, f, ip)))
		return PROTO_DROP_IP_DEST;
	if (unlikely(source_is_bad(rx, f, ip->src_addr)))
		return PROTO_DROP_IP_SOURCE;
	if (f->pkt->pkt_len != view.total_len)
		rx_trim(f->pkt, view.total_len);
	if (unlikely(view.fragment))
		return fragment4_in(rx, f, ip, &view);
	(void)rte_pktmbuf_adj(f->pkt, view.hdr_len);
	return l4_in(rx, f);
}
