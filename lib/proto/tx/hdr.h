/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frame headers: a template for each endpoint, of which a frame changes only lengths,
 * identification, fragment offset and checksums.
 */
#ifndef PROTO_TX_HDR_H
#define PROTO_TX_HDR_H

#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "../link/link.h"
#include "../proto_endpoint.h"
#include "../wire/cksum.h"

/* Ethernet 14, two tags of 4, IPv6 40, fragment header 8, UDP 8. */
#define HDR_LEN_MAX 78

/* Templates are copied in whole 16-byte words: so much may be written from a frame's first byte on.
 */
#define HDR_TEMPLATE 80

/* Where a frame's client bytes begin in its room: on a cache line, which the copy likes. */
#define HDR_ROOM LINK_HEADROOM

#define HDR_IPV6_FRAG_LEN 8

struct hdr_template {
	uint8_t bytes[HDR_TEMPLATE] __rte_aligned(16);
	uint64_t rearm; /* of a packet of one segment that begins with this: mbuf.rearm_data */
	uint8_t len;	/* up to the client's bytes */
	uint8_t l2_len;
	uint8_t l3_len; /* with the fragment header */
};

/* What each further segment adds to the rearm word: nb_segs is its third 16-bit field. */
#if RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN
#define HDR_REARM_SEGMENT (UINT64_C(1) << 32)
#else
#define HDR_REARM_SEGMENT (UINT64_C(1) << 16)
#endif

struct hdr {
	struct hdr_template whole; /* a datagram in one frame, or a raw frame */
	struct hdr_template first; /* the first fragment: with the UDP header */
	struct hdr_template rest;  /* the other fragments */
	uint32_t ip_sum;   /* IPv4: the header but length, identification, offset, checksum */
	uint32_t phdr_sum; /* pseudo header but the length */
	uint32_t udp_sum;  /* pseudo header and UDP header but the length, which counts twice */
};

/* Build the templates of an endpoint whose addresses are resolved. */
void hdr_build(struct hdr *hdr, const struct proto_endpoint_conf *conf,
	const struct rte_ether_addr *src, const struct rte_ether_addr *dst);

/* What IPv4 headers of the same length, flags and offset have in common. */
struct hdr_ipv4_run {
	rte_be16_t total_length;
	rte_be16_t offset;
	uint32_t sum; /* of all but identification and checksum */
};

/*
 * Begin IPv4 headers (RFC 791 3.1). `l3_data_len`: bytes behind the header. `offset_field`: the
 * Don't Fragment and More Fragments bits and the offset in 8 bytes, host byte order.
 */
static __rte_always_inline struct hdr_ipv4_run
hdr_ipv4_run(const struct hdr *hdr, uint32_t l3_data_len, uint16_t offset_field)
{
	struct hdr_ipv4_run run = {
		.total_length =
			rte_cpu_to_be_16((uint16_t)(l3_data_len + sizeof(struct rte_ipv4_hdr))),
		.offset = rte_cpu_to_be_16(offset_field),
	};

	run.sum = hdr->ip_sum + run.total_length + run.offset;
	return run;
}

/* Finish one of them. `id`: host byte order. */
static __rte_always_inline void
hdr_ipv4_finish(struct rte_ipv4_hdr *ip, const struct hdr_ipv4_run *run, uint16_t id)
{
	rte_be16_t id_be = rte_cpu_to_be_16(id);
	uint32_t sum = run->sum + id_be;

	sum = (sum & 0xffff) + (sum >> 16);
	sum += sum >> 16;
	ip->total_length = run->total_length;
	ip->packet_id = id_be;
	ip->fragment_offset = run->offset;
	ip->hdr_checksum = cksum_finish(sum);
}

/* Finish an IPv6 header (RFC 8200 3). `l3_data_len`: bytes behind it, extension headers included.
 */
static __rte_always_inline void
hdr_ipv6(struct rte_ipv6_hdr *ip, uint32_t l3_data_len)
{
	ip->payload_len = rte_cpu_to_be_16((uint16_t)l3_data_len);
}

/* Finish a fragment header (RFC 8200 4.5). `offset`: bytes, a multiple of 8. `id`: host order. */
static __rte_always_inline void
hdr_ipv6_frag(uint8_t *frag, uint32_t offset, bool more, uint32_t id)
{
	rte_be16_t field = rte_cpu_to_be_16((uint16_t)(offset | (more ? 1 : 0)));
	rte_be32_t be_id = rte_cpu_to_be_32(id);

	memcpy(frag + 2, &field, sizeof(field));
	memcpy(frag + 4, &be_id, sizeof(be_id));
}

/* The sum of the pseudo header and UDP header of a datagram of `udp_len` bytes, without its data.
 */
static __rte_always_inline uint32_t
hdr_udp_sum(const struct hdr *hdr, uint32_t udp_len)
{
	uint32_t sum = hdr->udp_sum + 2u * rte_cpu_to_be_16((uint16_t)udp_len);

	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

#endif
