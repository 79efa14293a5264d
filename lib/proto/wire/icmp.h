/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP (RFC 792, RFC 1122 3.2.2, RFC 1191) and ICMPv6 (RFC 4443). Pure. Types and codes have the
 * names of <netinet/ip_icmp.h> and <netinet/icmp6.h>.
 */
#ifndef PROTO_WIRE_ICMP_H
#define PROTO_WIRE_ICMP_H

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include <stdbool.h>
#include <stdint.h>

#include "../proto_addr.h"
#include "ip.h"

#define ICMP_HDR_LEN 8

/* What an ICMP error says, the same for both families. */
enum icmp_kind {
	ICMP_KIND_OTHER, /* a type or code that we take no notice of */
	ICMP_KIND_NET_UNREACH,
	ICMP_KIND_HOST_UNREACH, /* also address unreachable, beyond scope */
	ICMP_KIND_PROHIBITED,
	ICMP_KIND_PROTO_UNREACH, /* also unknown next header (RFC 7915 4.2) */
	ICMP_KIND_PORT_UNREACH,
	ICMP_KIND_TOO_BIG, /* frag-needed with DF, packet too big: `mtu` */
	ICMP_KIND_TIME_EXCEEDED,
	ICMP_KIND_FRAG_TIME, /* reassembly time exceeded */
	ICMP_KIND_PARAM_PROBLEM,
};

/* An ICMP error and the packet that it quotes. */
struct icmp_error_view {
	enum icmp_kind kind;
	uint32_t mtu; /* TOO_BIG: next hop's; 0: IPv4 router that does not say */
	/* The quoted packet. */
	struct proto_addr src, dst;
	uint8_t proto;
	uint16_t ip_len; /* L3 bytes of it, as its header says; UINT16_MAX: that or more */
	bool has_ports;	 /* it is UDP, not a later fragment, and its ports are there */
	rte_be16_t src_port, dst_port;
};

/* Is this type an error: 3, 4, 5, 11, 12 of ICMP; 1..127 of ICMPv6? */
bool icmp_is_error(uint8_t family, uint8_t type);

/*
 * Check an ICMP error of `avail` contiguous bytes, type and all. Returns 0; -EINVAL: no error,
 * shorter than its header and quoted IP header (with extension headers) and (for UDP) 8 bytes more,
 * or a quote that is no IP packet. The checksum is the caller's; that of the quote is not looked
 * at, for routers on the way have changed what it covers.
 */
int icmp_error_check(
	uint8_t family, const void *icmp, uint32_t avail, struct icmp_error_view *view);

/* Bytes of an offending packet that an error quotes at most: RFC 1812 4.3.2.3, RFC 4443 2.4 (c). */
#define ICMP_QUOTE_IPV4 548  /* 576 - 20 - 8 */
#define ICMP_QUOTE_IPV6 1232 /* 1280 - 40 - 8 */

/*
 * Write the 8 bytes of an error's header, checksum 0. `param`: the pointer (in ICMPv4 put in its
 * first byte) or the MTU (in ICMPv4 at most 65535), else 0.
 */
void icmp_error_build(uint8_t *to, uint8_t family, uint8_t type, uint8_t code, uint32_t param);

/* Write the 8 bytes of an echo request's header, checksum 0 (RFC 792, RFC 4443 4.1). */
void icmp_echo_build(uint8_t *to, uint8_t family, uint16_t id, uint16_t seq);

/*
 * May an ICMP error be sent about this packet (RFC 1122 3.2.2, RFC 4443 2.4 (e))? `ip`: its header,
 * `avail` bytes of it and what follows, checked by ip4_check()/ip6_check(), which may have refused
 * an IPv6 packet for what is to be answered. No: an ICMP error (or, for IPv6, a redirect) or what
 * may be one behind `avail`, a fragment that is not the first (IPv6: of ICMPv6), to a multicast or
 * broadcast address
 * (`group`, except `group_ok`: ICMPv6 too big and Parameter Problem code 2), from a source that is
 * no single host.
 */
bool icmp_may_answer(uint8_t family, const void *ip, uint32_t avail, bool group, bool group_ok);

#endif
