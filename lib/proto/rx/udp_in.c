/* SPDX-License-Identifier: BSD-3-Clause */
/* UDP (RFC 768, RFC 8200 8.1, RFC 1122 4.1): checked here, looked up in bursts by deliver.c. */
#include "rx.h"

#include <string.h>

#include <rte_udp.h>

#define SHORT_MAX 128u /* bytes that are summed here: a call of a vector loop costs more */

/* The last 0 to 7 bytes of a sum: no call of memcpy() for a length that is not known. */
static inline uint64_t
tail_sum(const uint8_t *data, uint32_t len)
{
	uint64_t total = 0;
	uint32_t four;
	uint16_t two;

	if ((len & 4) != 0) {
		memcpy(&four, data, sizeof(four));
		total += four;
		data += sizeof(four);
	}
	if ((len & 2) != 0) {
		memcpy(&two, data, sizeof(two));
		total += two;
		data += sizeof(two);
	}
	if ((len & 1) != 0) { /* the byte behind it counts as 0 */
		const uint8_t last[2] = {data[0], 0};

		memcpy(&two, last, sizeof(two));
		total += two;
	}
	return total;
}

/* The sum of a short datagram in one buffer, not folded. */
static uint64_t
short_sum(const uint8_t *data, uint32_t len)
{
	uint64_t total = 0, word;
	uint32_t at;

	for (at = 0; at + sizeof(word) <= len; at += (uint32_t)sizeof(word)) {
		memcpy(&word, data + at, sizeof(word));
		total += (word & UINT32_MAX) + (word >> 32);
	}
	return total + tail_sum(data + at, len - at);
}

/* Good, or never computed between two virtual machines (NONE: the field is wrong, the data whole).
 */
static bool
cksum_vouched(const struct rte_mbuf *pkt)
{
	uint64_t word = pkt->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;

	return word == RTE_MBUF_F_RX_L4_CKSUM_GOOD || word == RTE_MBUF_F_RX_L4_CKSUM_NONE;
}

/* Is the checksum right? The port's word is taken only when it is good news: some call 0 bad. */
static bool
cksum_ok(const struct rx *rx, const struct rx_frame *f)
{
	if (cksum_vouched(f->pkt) && f->n_frames == 1)
		return true;
	if (f->pkt->nb_segs == 1 && f->pkt->data_len <= SHORT_MAX)
		return cksum_fold(rx_pseudo_sum(f, f->pkt->pkt_len) +
				  short_sum(rte_pktmbuf_mtod(f->pkt, const uint8_t *),
					  f->pkt->data_len)) == 0xffff;
	return cksum_add(rx_pseudo_sum(f, f->pkt->pkt_len), rx_sum(rx, f->pkt)) == 0xffff;
}

/* Queue it for lookup, with what proto_rx_info() reads. */
void
rx_batch_add(struct rx *rx, struct rx_frame *f)
{
	struct rx_batch *batch = &rx->batch;

	f->pkt->packet_type =
		zone_tags(f->zone); /* what may be looked up again after a hand-over */
	f->pkt->port = f->link->index;
	rx_udp_key(f->pkt, f->zone, &batch->keys[batch->n]);
	batch->pkts[batch->n] = f->pkt;
	batch->counters[batch->n] = f->counters;
	if (++batch->n == RX_BURST)
		rx_batch_flush(rx);
}

void
rx_udp_key(const struct rte_mbuf *pkt, uint32_t zone, struct demux_key *key)
{
	const uint8_t *udp = rte_pktmbuf_mtod(pkt, const uint8_t *) - sizeof(struct rte_udp_hdr);
	const uint8_t *l3 = udp - pkt->l3_len;
	const struct rte_udp_hdr *hdr = (const void *)udp;

	if (l3[0] >> 4 == PROTO_IPV4) {
		const struct rte_ipv4_hdr *ip = (const void *)l3;

		memset(key, 0, sizeof(*key));
		memcpy(key->remote, &ip->src_addr, sizeof(ip->src_addr));
		memcpy(key->local, &ip->dst_addr, sizeof(ip->dst_addr));
		key->family = PROTO_IPV4;
	} else {
		const struct rte_ipv6_hdr *ip = (const void *)l3;

		memcpy(key->remote, ip->src_addr, sizeof(key->remote));
		memcpy(key->local, ip->dst_addr, sizeof(key->local));
		key->family = PROTO_IPV6;
		memset(key->reserved, 0, sizeof(key->reserved));
	}
	key->local_port = hdr->dst_port;
	key->remote_port = hdr->src_port;
	key->zone = zone;
}

int
udp_in(struct rx *rx, struct rx_frame *f)
{
	const struct rte_udp_hdr *udp = rte_pktmbuf_mtod(f->pkt, const struct rte_udp_hdr *);

	if (unlikely(rx->n_pieces != 0)) /* datagrams stay in the order in which they came */
		rx_fragments_flush(rx);
	if (unlikely(f->pkt->data_len < sizeof(*udp)))
		return PROTO_DROP_UDP_TRUNCATED;
	uint32_t udp_len = rte_be_to_cpu_16(udp->dgram_len);

	if (unlikely(udp_len < sizeof(*udp) || udp_len > f->pkt->pkt_len))
		return PROTO_DROP_UDP_LENGTH;
	if (unlikely(udp_len != f->pkt->pkt_len))
		rx_trim(f->pkt, udp_len);
	if (unlikely(udp->dgram_cksum == 0)) {
		if (f->family == PROTO_IPV6)
			return PROTO_DROP_UDP_NO_CKSUM;
	} else if (unlikely(!cksum_ok(rx, f))) {
		return PROTO_DROP_UDP_CKSUM;
	}
	rx_meta_set(f->pkt, f->l2_len, f->l3_len, f->n_frames, f->group);
	(void)rte_pktmbuf_adj(f->pkt, sizeof(*udp));
	if (unlikely(f->group)) {
		struct demux_key key;

		rx_udp_key(f->pkt, f->zone, &key);
		f->pkt->port = f->link->index;
		f->pkt->packet_type = zone_tags(f->zone);
		return deliver_group(rx, f, &key);
	}
	rx_batch_add(rx, f);
	return RX_KEPT;
}
