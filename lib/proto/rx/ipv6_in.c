/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv6 and its extension headers (RFC 8200 3, 4). */
#include "rx.h"

#include <string.h>

#include "../wire/icmp.h"
#include "../wire/ip.h"

#define ICMP6_PARAMPROB_FIRST 3 /* RFC 7112: no whole header chain in the first fragment */

static int
drop_of(enum wire_fault fault)
{
	switch (fault) {
	case WIRE_VERSION:
		return PROTO_DROP_IP_VERSION;
	case WIRE_LENGTH:
		return PROTO_DROP_IP_LENGTH;
	case WIRE_EXT_TRUNCATED:
		return PROTO_DROP_EXT_TRUNCATED;
	case WIRE_EXT_TOO_MANY:
		return PROTO_DROP_EXT_TOO_MANY;
	case WIRE_EXT_ORDER:
		return PROTO_DROP_EXT_ORDER;
	case WIRE_EXT_OPTION:
		return PROTO_DROP_EXT_OPTION;
	case WIRE_EXT_ROUTING:
		return PROTO_DROP_EXT_ROUTING;
	case WIRE_NO_NEXT:
		return PROTO_DROP_NO_NEXT_HEADER;
	case WIRE_FRAG_FIRST_SHORT:
		return PROTO_DROP_FRAG_FIRST_SHORT;
	default:
		return PROTO_DROP_IP_TRUNCATED;
	}
}

/* The Parameter Problem that some faults are answered with (RFC 8200 4). */
static void
fault_answer(
	struct rx *rx, const struct rx_frame *f, enum wire_fault fault, const struct ip6_view *view)
{
	switch (fault) {
	case WIRE_EXT_ORDER:
		answer_error(rx, f, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_NEXTHEADER, view->at);
		break;
	case WIRE_EXT_ROUTING:
		answer_error(rx, f, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER, view->at);
		break;
	case WIRE_EXT_OPTION: /* 4.2: 2 answers always, 3 only what was sent to one host */
		if (view->option_action == 2 || (view->option_action == 3 && !f->group))
			answer_error(rx, f, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_OPTION, view->at);
		break;
	case WIRE_FRAG_FIRST_SHORT:
		answer_error(rx, f, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_FIRST, 0);
		break;
	default:
		break;
	}
}

static struct proto_addr
addr6(const uint8_t bytes[16])
{
	struct proto_addr addr = {.family = PROTO_IPV6};

	memcpy(addr.bytes, bytes, sizeof(addr.bytes));
	return addr;
}

/* Multicast, loopback, or our own: no neighbour sends from these. */
static bool
source_is_bad(const struct rx *rx, const struct rx_frame *f, const uint8_t src[16])
{
	static const uint8_t loopback[16] = {[15] = 1};
	struct proto_addr addr;

	if (src[0] == 0xff || memcmp(src, loopback, sizeof(loopback)) == 0)
		return true;
	if (f->link->is_loop)
		return false;
	addr = addr6(src);
	return rx_dest_of(rx, f->zone, &addr) == RX_DEST_OWN;
}

/* As for IPv4: one host's address does not come to all stations. */
static bool
dest_is_ours(struct rx *rx, struct rx_frame *f, const struct rte_ipv6_hdr *ip)
{
	struct proto_addr dst;

	if (likely(f->zone == rx->last_zone6 &&
		    memcmp(ip->dst_addr, rx->last_dst6, sizeof(rx->last_dst6)) == 0))
		return !f->group;
	dst = addr6(ip->dst_addr);
	switch (rx_dest_of(rx, f->zone, &dst)) {
	case RX_DEST_OWN:
		memcpy(rx->last_dst6, ip->dst_addr, sizeof(rx->last_dst6));
		rx->last_zone6 = f->zone;
		return !f->group;
	case RX_DEST_GROUP:
		f->group = true;
		return true;
	case RX_DEST_TENTATIVE: /* only an answer to a probe matters: nd_in() looks */
		return f->proto == IPPROTO_ICMPV6;
	default:
		return false;
	}
}

/* Behind the IP headers of a whole packet: `view` has walked them. */
static int
above_in(struct rx *rx, struct rx_frame *f, const struct ip6_view *view)
{
	if (unlikely(view->hdr_len > L3_LEN_MAX))
		return PROTO_DROP_EXT_TOO_MANY;
	f->l3_len = view->hdr_len;
	f->proto = view->proto;
	f->router_alert = view->router_alert;
	return l4_in(rx, f);
}

/*
 * A datagram that was put together: the first fragment's headers stand in front of its data. The
 * walk is repeated there, since what follows the fragment header may be an extension header again.
 */
static int
whole6_in(struct rx *rx, struct rx_frame *f)
{
	uint32_t front = (uint32_t)(rte_pktmbuf_mtod(f->pkt, uint8_t *) - f->l3);
	struct ip6_view view;
	enum wire_fault fault =
		ip6_check(f->l3, front + f->pkt->data_len, front + f->pkt->pkt_len, &view);

	if (unlikely(fault != WIRE_OK))
		return drop_of(fault);
	(void)rte_pktmbuf_adj(f->pkt, (uint16_t)(view.hdr_len - front));
	return above_in(rx, f, &view);
}

static int
fragment6_in(struct rx *rx, struct rx_frame *f, const struct rte_ipv6_hdr *ip,
	const struct ip6_view *view)
{
	struct rx_fragment frag = {
		.key = {.id = view->frag_id, .zone = f->zone, .family = PROTO_IPV6},
		.offset = view->frag_off,
		.hdr_len = view->frag_at + 8,
		.frag_at = view->frag_at,
		.more = view->more,
	};

	memcpy(frag.key.src, ip->src_addr, sizeof(frag.key.src));
	memcpy(frag.key.dst, ip->dst_addr, sizeof(frag.key.dst));
	return fragment_in(rx, f, &frag, whole6_in);
}

int
ipv6_in(struct rx *rx, struct rx_frame *f)
{
	const struct rte_ipv6_hdr *ip = (const void *)f->l3;
	struct ip6_view view = {0};
	enum wire_fault fault = ip6_check(ip, f->pkt->data_len, f->pkt->pkt_len, &view);

	/* The headers go on behind what has been made contiguous: nobody takes so many bytes. */
	if (unlikely(fault == WIRE_TRUNCATED && view.at > L3_LEN_MAX))
		return PROTO_DROP_EXT_TOO_MANY;
	/* A fault of the fixed header: addresses cannot be trusted. */
	if (unlikely(fault == WIRE_TRUNCATED || fault == WIRE_VERSION || fault == WIRE_LENGTH))
		return drop_of(fault);
	f->family = PROTO_IPV6;
	f->proto = view.proto;
	f->l3_len = view.hdr_len < L3_LEN_MAX ? view.hdr_len : L3_LEN_MAX;
	f->nh_at = view.at;
	if (unlikely(!dest_is_ours(rx, f, ip)))
		return PROTO_DROP_IP_DEST;
	if (unlikely(source_is_bad(rx, f, ip->src_addr)))
		return PROTO_DROP_IP_SOURCE;
	if (f->pkt->pkt_len != sizeof(*ip) + view.payload_len)
		rx_trim(f->pkt, (uint32_t)sizeof(*ip) + view.payload_len);
	if (unlikely(fault != WIRE_OK)) {
		fault_answer(rx, f, fault, &view);
		return drop_of(fault);
	}
	if (unlikely(view.fragment))
		return fragment6_in(rx, f, ip, &view);
	(void)rte_pktmbuf_adj(f->pkt, view.hdr_len);
	return above_in(rx, f, &view);
}
