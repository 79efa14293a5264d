/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_RXFRAME_H
#define HARNESS_RXFRAME_H

/*
 * Frames to put in, byte by byte: headers by DPDK's structs, checksums by DPDK's functions; nothing
 * of the library. A frame is begun, added to at its end, and finished, or spoilt on purpose.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

/* Where frames come from and go to, unless said otherwise. */
#define OWN4	    "192.0.2.1"
#define PEER4	    "192.0.2.2"
#define OWN6	    "2001:db8::1"
#define PEER6	    "2001:db8::2"
#define LOCAL_PORT  9000
#define REMOTE_PORT 5000

struct rxrig;

struct rxframe {
	uint8_t bytes[66000];
	uint32_t len;
	uint32_t l3; /* where the IP header begins */
	uint32_t l4;
	uint8_t proto; /* above IP and its extension headers: which checksum there is */
};

/* Begin with Ethernet from the neighbour to the rig's port. */
void frame_eth(struct rxframe *f, const struct rxrig *rig, uint16_t ethertype);
/* Put a tag in front of the ethertype; before any IP header. */
void frame_tag(struct rxframe *f, uint16_t tpid, uint16_t tci);

/* Append `n` bytes (NULL: zeros), or bytes that count up. */
void frame_put(struct rxframe *f, const void *bytes, uint32_t n);
void frame_count(struct rxframe *f, uint32_t n);

/* Append an IP header for what follows. IPv4: `offset_field` with its flags. */
void frame_ip4(struct rxframe *f, uint8_t proto, uint16_t offset_field, uint16_t id);
void frame_ip6(struct rxframe *f, uint8_t next);
/* The same of a family (4 or 6), between these addresses; NULL: the neighbour's, ours. */
void frame_ip(struct rxframe *f, uint8_t family, const char *src, const char *dst, uint8_t proto);
/* An IPv6 extension header, whose first byte becomes `next`. */
void frame_ext(struct rxframe *f, uint8_t next, const void *bytes, uint32_t n);

/* Append a UDP header, or the first eight bytes of an ICMP message, for what follows. */
void frame_udp_ports(struct rxframe *f, uint16_t src_port, uint16_t dst_port);
void frame_icmp_type(struct rxframe *f, uint8_t type, uint8_t code, uint32_t param);

/* Write lengths, then checksums, when all is there. */
void frame_finish(struct rxframe *f);
/* The IP header's length and checksum; those of UDP, too, if `udp`. */
void frame_fix(struct rxframe *f, bool udp);
/* The checksum of the IPv4 header, options and all. */
void frame_sum_ip4(struct rxframe *f);
/* The checksum of UDP, ICMP, ICMPv6 or IGMP, over all that is behind l4. */
void frame_sum(struct rxframe *f);

/* Append UDP to LOCAL_PORT with `n` bytes that count up, or an ICMP message; finished. */
void frame_udp(struct rxframe *f, uint32_t n);
void frame_icmp(struct rxframe *f, const void *bytes, uint32_t n);

/* A whole UDP frame of a family (4 or 6). */
void frame_datagram(struct rxframe *f, const struct rxrig *rig, uint8_t family, uint32_t n);

/*
 * The `n` bytes from `offset` on of what follows the IP header of `whole`, as a fragment. `whole`
 * has no extension headers.
 */
void frame_fragment(struct rxframe *f, const struct rxframe *whole, uint32_t id, uint32_t offset,
	uint32_t n, bool more);

struct rte_ipv4_hdr *frame_ip4_hdr(struct rxframe *f);
struct rte_udp_hdr *frame_udp_hdr(struct rxframe *f);

#endif /* HARNESS_RXFRAME_H */
