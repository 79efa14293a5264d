/* SPDX-License-Identifier: BSD-3-Clause */
/* Above IP: whose packet is it? */
#include "rx.h"

#include <string.h>

#include "../wire/icmp.h"

void
rx_addrs(const struct rx_frame *f, struct proto_addr *src, struct proto_addr *dst)
{
	size_t len = f->family == PROTO_IPV4 ? 4 : 16;
	const uint8_t *at = f->l3 + (f->family == PROTO_IPV4 ? 12 : 8);

	*src = *dst = (struct proto_addr){.family = f->family};
	memcpy(src->bytes, at, len);
	memcpy(dst->bytes, at + len, len);
}

uint32_t
rx_pseudo_sum(const struct rx_frame *f, uint32_t l4_len)
{
	const struct rte_ipv4_hdr *ip4 = (const void *)f->l3;
	const struct rte_ipv6_hdr *ip6 = (const void *)f->l3;

	if (f->family == PROTO_IPV4)
		return cksum_pseudo_ipv4(ip4->src_addr, ip4->dst_addr, f->proto, (uint16_t)l4_len);
	return cksum_pseudo_ipv6(ip6->src_addr, ip6->dst_addr, f->proto, l4_len);
}

/* A protocol that nobody here takes (RFC 1122 3.2.2.1, RFC 8200 4). */
static int
unknown_in(struct rx *rx, struct rx_frame *f)
{
	if (f->family == PROTO_IPV4)
		answer_error(rx, f, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0);
	else
		answer_error(rx, f, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_NEXTHEADER, f->nh_at);
	return PROTO_DROP_IP_PROTO;
}

int
l4_in(struct rx *rx, struct rx_frame *f)
{
	if (likely(f->proto == IPPROTO_UDP))
		return udp_in(rx, f);
	if (f->family == PROTO_IPV4 && f->proto == IPPROTO_ICMP)
		return icmp_in(rx, f);
	if (f->family == PROTO_IPV6 && f->proto == IPPROTO_ICMPV6)
		return icmp_in(rx, f);
	if (f->family == PROTO_IPV4 && f->proto == IPPROTO_IGMP)
		return igmp_in(rx, f);
	return unknown_in(rx, f);
}
