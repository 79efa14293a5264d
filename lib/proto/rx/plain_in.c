/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The short way of what nearly all frames are: UDP over IPv4 to the address that the link's last
 * datagram had, no tag, option or fragment, one buffer. All checks of the long way (input.c,
 * ipv4_in.c, udp_in.c) in one pass: whatever fails one goes the long way, which knows the reason.
 * So nothing is decided here that is not decided there; tests/unit/test_rx_plain.c compares them.
 */
#include "rx.h"

#include <smmintrin.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "../demux_bound.h"
#include "../wire/cksum_udp4.h"

#define PLAIN_L3     RTE_ETHER_HDR_LEN
#define PLAIN_L4     (PLAIN_L3 + 20)
#define PLAIN_DATA   (PLAIN_L4 + 8)
#define PLAIN_BODY   20 /* where the second half of the template begins: at IPv4's flags */
#define PLAIN_NO_RUN 1	/* no owner */
/* Bytes behind a frame that may be read: also before its length has been looked at. */
#define PLAIN_LOOSE  (PLAIN_BODY + 16)
#define PLAIN_CKSUMS (RTE_MBUF_F_RX_IP_CKSUM_MASK | RTE_MBUF_F_RX_L4_CKSUM_MASK)
#define PLAIN_GOOD   (RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD)

/* Does the frame have what the link's template says, where the mask has ones? */
static inline bool
plain_matches(const struct rx_plain *plain, const uint8_t *frame)
{
	__m128i head = _mm_loadu_si128((const void *)frame);
	__m128i body = _mm_loadu_si128((const void *)(frame + PLAIN_BODY));

	head = _mm_xor_si128(head, _mm_load_si128((const void *)plain->is[0]));
	body = _mm_xor_si128(body, _mm_load_si128((const void *)plain->is[1]));
	return _mm_testz_si128(head, _mm_load_si128((const void *)plain->mask[0])) &&
	       _mm_testz_si128(body, _mm_load_si128((const void *)plain->mask[1]));
}

/* RFC 1122 3.2.1.3, as source_is_bad() in ipv4_in.c, which decides when this is not sure. */
static inline bool
plain_source_good(const struct rx_plain *plain, const uint8_t src[4])
{
	return (plain->doubt_first[src[0]] | plain->doubt_last[src[3]]) == 0;
}

/* The endpoint, where all are bound; 0: it takes a closer look. */
static inline demux_owner
plain_owner(const struct bound_table *bound, const struct rx_plain *plain, const uint8_t *frame)
{
	const struct rte_ipv4_hdr *ip = (const void *)(frame + PLAIN_L3);
	const struct rte_udp_hdr *udp = (const void *)(frame + PLAIN_L4);

	return bound_only4(bound, ip->dst_addr, udp->dst_port, plain->zone);
}

/* In whole words: what the key's compare and hash load has then been stored as it is loaded. */
static inline void
plain_key(struct demux_key *key, const uint8_t *frame, uint32_t zone)
{
	const struct rte_ipv4_hdr *ip = (const void *)(frame + PLAIN_L3);
	const struct rte_udp_hdr *udp = (const void *)(frame + PLAIN_L4);
	const uint64_t local[2] = {ip->dst_addr};
	const uint64_t remote[2] = {ip->src_addr};
	const uint64_t family = PROTO_IPV4;

	memcpy(key->local, local, sizeof(local));
	memcpy(key->remote, remote, sizeof(remote));
	key->local_port = udp->dst_port;
	key->remote_port = udp->src_port;
	key->zone = zone;
	memcpy(&key->family, &family, sizeof(family));
}

/* What later steps read in the packet; its data is the payload now. */
static inline void
plain_strip(const struct rx_plain *plain, struct rte_mbuf *pkt, uint32_t payload_len)
{
	pkt->packet_type = 0; /* no tags */
	pkt->pkt_len = payload_len;
	pkt->data_len = (uint16_t)payload_len;
	pkt->data_off += PLAIN_DATA;
	pkt->port = plain->link;
	rx_meta_set(pkt, PLAIN_L3, sizeof(struct rte_ipv4_hdr), 1, false);
}

/* Queue it for lookup. There is room: the batch is as long as a burst. */
static inline void
plain_queue(struct rx *rx, const struct rx_plain *plain, const uint8_t *frame, struct rte_mbuf *pkt)
{
	struct rx_batch *batch = &rx->batch;

	plain_key(&batch->keys[batch->n], frame, plain->zone);
	batch->pkts[batch->n] = pkt;
	batch->counters[batch->n] = plain->counters;
	batch->n++;
}

/* Both checksums, as far as the port has not said that they are good. */
static inline bool
plain_sums_good(const struct rx *rx, const struct rte_mbuf *pkt, const struct rte_ipv4_hdr *ip,
	uint32_t total_len)
{
	if ((pkt->ol_flags & PLAIN_CKSUMS) == PLAIN_GOOD)
		return true;
	if (likely(total_len <= CKSUM_UDP4_SHORT))
		return cksum_udp4_short_good(ip, total_len);
	return cksum_udp4_long_good(rx->cksum, ip, total_len);
}

/* Is it one? `frame`: its bytes. Returns the length of IP, or 0: it is not. */
static inline uint32_t
plain_check(const struct rx *rx, const struct rx_plain *plain, const struct rte_mbuf *pkt,
	const uint8_t *frame)
{
	const struct rte_ipv4_hdr *ip = (const void *)(frame + PLAIN_L3);
	const struct rte_udp_hdr *udp = (const void *)(frame + PLAIN_L4);
	uint32_t total_len;

	if (pkt->nb_segs != 1 || pkt->data_off + pkt->data_len + PLAIN_LOOSE > pkt->buf_len ||
		!plain_matches(plain, frame))
		return 0;
	total_len = rte_be_to_cpu_16(ip->total_length);
	if (total_len < PLAIN_DATA - PLAIN_L3 || PLAIN_L3 + total_len > pkt->data_len ||
		udp->dgram_len != rte_cpu_to_be_16((uint16_t)(total_len - sizeof(*ip))) ||
		!plain_source_good(plain, frame + PLAIN_L3 + 12) ||
		unlikely(!plain_sums_good(rx, pkt, ip, total_len)))
		return 0;
	return total_len;
}

/* Datagrams of one bound endpoint, in a row. */
struct plain_run {
	demux_owner owner; /* PLAIN_NO_RUN: none */
	struct rte_mbuf **first;
	uint64_t octets;
};

/* Deliver a run, behind what was queued before it began. */
static __rte_noinline void
plain_deliver(struct rx *rx, const struct rx_plain *plain, const struct plain_run *run,
	struct rte_mbuf **end)
{
	struct load load = {.frames = (uint64_t)(end - run->first), .octets = run->octets};

	if (run->owner == PLAIN_NO_RUN)
		return;
	rx_batch_flush(rx);
	rx_run_deliver(rx, run->owner, run->first, (unsigned)load.frames, load, plain->counters);
}

unsigned
plain_in(struct rx *rx, const struct rx_plain *plain, struct rte_mbuf **pkts, unsigned n)
{
	const struct bound_table *bound = demux_only_bound(rx->net->demux);
	struct rte_mbuf **at = pkts, **const end = pkts + n;
	struct plain_run run = {.owner = PLAIN_NO_RUN};
	demux_owner owner = 0;

	for (; at != end; at++) {
		const uint8_t *frame = rte_pktmbuf_mtod(*at, const uint8_t *);
		uint32_t total_len = plain_check(rx, plain, *at, frame);
		uint32_t payload_len = total_len + PLAIN_L3 - PLAIN_DATA;

		if (unlikely(total_len == 0))
			break;
		plain_strip(plain, *at, payload_len);
		if (likely(bound != NULL))
			owner = plain_owner(bound, plain, frame);
		if (unlikely(owner != run.owner)) { /* also each that has to be looked up */
			plain_deliver(rx, plain, &run, at);
			run = (struct plain_run){.owner = PLAIN_NO_RUN};
			if (owner == 0) {
				plain_queue(rx, plain, frame, *at);
				continue;
			}
			run.owner = owner;
			run.first = at;
		}
		run.octets += payload_len;
	}
	plain_deliver(rx, plain, &run, at);
	return (unsigned)(at - pkts);
}
