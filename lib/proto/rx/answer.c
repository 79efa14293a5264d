/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP messages that the stack makes about what it received. */
#include "rx.h"

#include <string.h>

#include "../wire/icmp.h"

#define HOP_LIMIT 64

/* The source of an answer: what was addressed if it is ours, else what we would choose. */
static bool
source_choose(struct rx *rx, uint32_t zone, const struct proto_addr *dst, struct proto_addr *src)
{
	const struct netif *netif = &rx->ifs[zone_link(zone)];
	const struct proto_addr *own;

	if (src->family != 0 && rx_dest_of(rx, zone, src) == RX_DEST_OWN)
		return true;
	own = ifaddr_source(&netif->addrs, dst);
	if (own != NULL)
		*src = *own;
	return own != NULL;
}

/* The checksum of an ICMP message in pieces: RFC 792; RFC 4443 2.3 with the pseudo header. */
static uint16_t
message_cksum(const struct rx *rx, const struct proto_addr *src, const struct proto_addr *dst,
	const struct iovec *iov, uint32_t iovcnt)
{
	uint32_t total = 0;
	uint32_t msg_len = 0;

	for (uint32_t i = 0; i < iovcnt; i++) {
		total = cksum_add_at(
			total, rx->cksum->sum(iov[i].iov_base, iov[i].iov_len), msg_len);
		msg_len += (uint32_t)iov[i].iov_len;
	}
	if (dst->family == PROTO_IPV6)
		total = cksum_add(
			total, cksum_pseudo_ipv6(src->bytes, dst->bytes, IPPROTO_ICMPV6, msg_len));
	return cksum_finish(total);
}

bool
answer_send(struct rx *rx, uint32_t zone, const struct proto_addr *from,
	const struct proto_addr *dst, uint8_t *header, uint32_t header_len, struct iovec *iov,
	uint32_t iovcnt)
{
	struct control_ip ip = {
		.zone = zone,
		.src = *from,
		.dst = *dst,
		.proto = dst->family == PROTO_IPV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
		.ttl = HOP_LIMIT,
		.now = rx->now,
	};
	uint16_t field = 0;

	if (!source_choose(rx, zone, dst, &ip.src))
		return false;
	iov[0] = (struct iovec){.iov_base = header, .iov_len = header_len};
	memcpy(header + 2, &field, sizeof(field));
	field = message_cksum(rx, &ip.src, dst, iov, iovcnt);
	memcpy(header + 2, &field, sizeof(field));
	return control_ip(rx->control, &ip, iov, iovcnt);
}

/* The part of a packet that an error quotes: from its IP header on, over its segments. */
static uint32_t
quote_make(const struct rx_frame *f, uint32_t most, struct iovec *iov, uint32_t max)
{
	const struct rte_mbuf *seg = f->pkt;
	const uint8_t *end = rte_pktmbuf_mtod(seg, const uint8_t *) + seg->data_len;
	uint32_t left = most;
	uint32_t n = 0;

	iov[n].iov_base = f->l3;
	iov[n].iov_len = RTE_MIN((size_t)(end - f->l3), (size_t)left);
	left -= (uint32_t)iov[n++].iov_len;
	while (left != 0 && (seg = seg->next) != NULL && n < max) {
		iov[n].iov_base = rte_pktmbuf_mtod(seg, void *);
		iov[n].iov_len = RTE_MIN((uint32_t)seg->data_len, left);
		left -= (uint32_t)iov[n++].iov_len;
	}
	return n;
}

void
answer_error(struct rx *rx, const struct rx_frame *f, uint8_t type, uint8_t code, uint32_t param)
{
	const uint8_t *end = rte_pktmbuf_mtod(f->pkt, const uint8_t *) + f->pkt->data_len;
	/* RFC 4443 2.4 (e.3): two errors may be about a multicast packet. */
	bool group_ok = f->family == PROTO_IPV6 &&
			(type == ICMP6_PACKET_TOO_BIG ||
				(type == ICMP6_PARAM_PROB && code == ICMP6_PARAMPROB_OPTION));
	uint32_t most = f->family == PROTO_IPV4 ? ICMP_QUOTE_IPV4 : ICMP_QUOTE_IPV6;
	uint8_t header[ICMP_HDR_LEN];
	struct proto_addr src, dst;
	struct iovec iov[8];

	if (!icmp_may_answer(f->family, f->l3, (uint32_t)(end - f->l3), f->group, group_ok))
		return;
	if (!limit_take(&rx->icmp_limit, rx->now)) {
		count_add(f->counters, PROTO_C_CONTROL_LIMITED, 1);
		return;
	}
	rx_addrs(f, &src, &dst);
	icmp_error_build(header, f->family, type, code, param);
	uint32_t n = quote_make(f, most, &iov[1], RTE_DIM(iov) - 1);

	(void)answer_send(rx, f->zone, &dst, &src, header, sizeof(header), iov, n + 1);
}
