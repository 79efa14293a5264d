/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parse contract of IP: one check a header, which validates all that its accessors touch,
 * lengths before checksums, in the order of the RFC. Pure: no state, no mbuf, no allocation.
 *
 * A check returns 0 or a wire_fault, which the caller turns into a drop reason.
 */
#ifndef PROTO_WIRE_IP_H
#define PROTO_WIRE_IP_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>
#include <rte_ip.h>

#include "cksum.h"

enum wire_fault {
	WIRE_OK,
	WIRE_TRUNCATED, /* the frame ends before the header does */
	WIRE_VERSION,
	WIRE_HDR_LEN, /* below the least */
	WIRE_LENGTH,  /* the total length is below the header's or above the frame's */
	WIRE_CKSUM,
	WIRE_OPTIONS, /* malformed, or source routes (RFC 7126) */
	WIRE_EXT_TRUNCATED,
	WIRE_EXT_TOO_MANY,
	WIRE_EXT_ORDER,	  /* hop-by-hop not first: Parameter Problem 1 at `at` */
	WIRE_EXT_OPTION,  /* an unknown option that says discard: answer as `option_action` says */
	WIRE_EXT_ROUTING, /* segments left, unknown type or type 0: Parameter Problem 0 at `at` */
	WIRE_NO_NEXT,
	WIRE_FRAG_FIRST_SHORT, /* first fragment without whole header chain: Param Problem 3 (RFC
				  7112) */
};

struct ip4_view {
	uint16_t hdr_len;   /* with options */
	uint16_t total_len; /* header and data; <= l3_len */
	uint16_t frag_off;  /* bytes */
	bool more;
	bool fragment; /* more, or frag_off not 0 */
};

/* ip4_check() of any header: what the fast way does not take. */
enum wire_fault ip4_check_any(
	const void *ip, uint32_t avail, uint32_t l3_len, bool cksum_good, struct ip4_view *view);

/* Is the sum of a header of 20 bytes what its checksum makes of it? */
static inline bool
ip4_cksum_good(const void *ip)
{
	uint32_t word[5];

	memcpy(word, ip, sizeof(word));
	return cksum_fold((uint64_t)word[0] + word[1] + word[2] + word[3] + word[4]) == 0xffff;
}

static inline void
ip4_view_fill(const void *ip, uint16_t hdr_len, uint16_t total_len, struct ip4_view *view)
{
	const struct rte_ipv4_hdr *hdr = ip;
	uint16_t frag = rte_be_to_cpu_16(hdr->fragment_offset);

	view->hdr_len = hdr_len;
	view->total_len = total_len;
	view->frag_off = (uint16_t)((frag & RTE_IPV4_HDR_OFFSET_MASK) * RTE_IPV4_HDR_OFFSET_UNITS);
	view->more = (frag & RTE_IPV4_HDR_MF_FLAG) != 0;
	view->fragment = (frag & (RTE_IPV4_HDR_OFFSET_MASK | RTE_IPV4_HDR_MF_FLAG)) != 0;
}

/*
 * Check an IPv4 header with `avail` bytes of contiguous memory at `ip` and `l3_len` bytes of packet
 * from there on (RFC 1122 3.2.1, RFC 791). Fills `view` when it returns WIRE_OK. The checksum is
 * not looked at when `cksum_good` (a port has). IHL 5 is the fast way, inline.
 *
 * WIRE_TRUNCATED while avail is below l3_len: the header goes on in the next segment. Make
 * RTE_IPV4_HDR_OPT_MAX_LEN + 20 bytes (or l3_len) contiguous and call again.
 */
static inline enum wire_fault
ip4_check(const void *ip, uint32_t avail, uint32_t l3_len, bool cksum_good, struct ip4_view *view)
{
	const struct rte_ipv4_hdr *hdr = ip;
	uint16_t total_len;

	if (unlikely(avail < sizeof(*hdr) || l3_len < sizeof(*hdr) ||
		     hdr->version_ihl != RTE_IPV4_VHL_DEF))
		return ip4_check_any(ip, avail, l3_len, cksum_good, view);
	total_len = rte_be_to_cpu_16(hdr->total_length);
	if (unlikely(total_len < sizeof(*hdr) || total_len > l3_len))
		return WIRE_LENGTH;
	if (unlikely(!cksum_good && !ip4_cksum_good(ip)))
		return WIRE_CKSUM;
	ip4_view_fill(ip, sizeof(*hdr), total_len, view);
	return WIRE_OK;
}

#define IP6_EXT_MAX 8 /* extension headers that are walked (RFC 8504 5.3: a limit is allowed) */

/* Offsets count from the IPv6 header. */
struct ip6_view {
	uint16_t payload_len; /* of the IPv6 header */
	uint16_t hdr_len;     /* IPv6 header and all extension headers walked */
	uint8_t proto;	      /* what follows */
	bool fragment;
	bool atomic;
	bool more;
	bool router_alert;     /* hop-by-hop option (RFC 2711), which MLD must have */
	uint16_t frag_off;     /* bytes */
	uint16_t frag_at;      /* of the fragment header; 0: none. Its data begins 8 bytes on */
	uint16_t unfrag_nh_at; /* of the next-header byte that says "fragment"; 0: none */
	uint32_t frag_id;      /* as on the wire */
	/*
	 * WIRE_OK: of the next-header byte that says `proto` (Parameter Problem 1, when nobody
	 * takes it). WIRE_TRUNCATED: bytes that must be contiguous to get further. Of another
	 * fault: what Parameter Problem points to.
	 */
	uint16_t at;
	uint8_t option_action; /* WIRE_EXT_OPTION: the option's two highest bits 1..3 (RFC 8200 4.2)
				*/
};

/*
 * Check an IPv6 header and walk its extension headers (RFC 8200 3, 4): hop-by-hop options, routing,
 * destination options, fragment; stops behind the fragment header of a fragment that is not the
 * first. An atomic fragment (RFC 6946) is walked through: fragment is false, atomic true. A first
 * fragment is walked to its upper-layer header, so that hdr_len may lie behind frag_at + 8.
 *
 * What cannot be walked is what follows, for whoever takes it: AH, ESP, mobility and the unknown.
 * A second fragment header is refused as out of order: no sender nests fragments. No jumbograms: a
 * payload length of 0 is WIRE_LENGTH, unless no next header is said to follow (WIRE_NO_NEXT).
 *
 * WIRE_TRUNCATED while avail is below l3_len: the headers go on in the next segment. Make `at`
 * bytes contiguous, no more than l3_len, and call again. `view` is filled as far as the walk went.
 */
enum wire_fault ip6_check(const void *ip, uint32_t avail, uint32_t l3_len, struct ip6_view *view);

/*
 * Find the upper-layer header in a quote or in a packet that was refused: as ip6_check(), by the
 * lengths alone. Options (a router alert too), segments left, order and what a first fragment must
 * have are not looked at, and the packet is as long as its header says. WIRE_TRUNCATED: it is
 * behind `avail`; WIRE_EXT_TRUNCATED or WIRE_FRAG_FIRST_SHORT: behind the packet's end.
 */
enum wire_fault ip6_walk(const void *ip, uint32_t avail, struct ip6_view *view);

#endif
