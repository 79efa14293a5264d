/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbour discovery messages (RFC 4861 4). Pure. */
#ifndef PROTO_WIRE_NDP_H
#define PROTO_WIRE_NDP_H

#include <rte_ether.h>

#include "../proto_addr.h"
#include "ip.h"

#define NDP_PREFIXES_MAX 8

#define NDP_RS	     133
#define NDP_RA	     134
#define NDP_NS	     135
#define NDP_NA	     136
#define NDP_REDIRECT 137

#define NDP_MSG_MAX 32 /* the longest that we write: NS or NA with one option */

/* A router advertisement, checked by ndp_check(). */
struct ndp_ra {
	struct proto_addr router;
	uint16_t lifetime_s; /* of the router; 0: no default router */
	uint8_t hop_limit;   /* 0: not said */
	uint32_t mtu;	     /* 0: not said */
	unsigned n_prefixes;
	struct {
		struct proto_addr prefix;
		uint8_t prefix_len;
		bool on_link;
		bool autonomous;
		uint32_t valid_s; /* UINT32_MAX: infinite */
		uint32_t preferred_s;
	} prefixes[NDP_PREFIXES_MAX];
};

struct ndp_view {
	uint8_t type;
	struct proto_addr target;	  /* NS, NA */
	bool router, solicited, override; /* NA */
	bool has_mac; /* source (NS, RS, RA) or target (NA) link-layer address option */
	struct rte_ether_addr mac;
	struct ndp_ra ra; /* RA; `router` of it is the caller's to fill in */
};

/*
 * Check a message of `msg_len` contiguous bytes, ICMPv6 header and all, whose checksum is good, by
 * the rules of RFC 4861 6.1.1, 6.1.2, 7.1.1, 7.1.2: hop limit 255, code 0, lengths, target, options
 * of length 0, source and destination. Returns 0; -EINVAL: against a rule, another type (a redirect
 * too), an option that the type has of another length than it has on Ethernet, or the MAC of no
 * host in one. Other options are skipped, of equal ones the first counts, and of a router
 * advertisement those prefixes are left out that a host ignores: of more than 128 bits, link-local,
 * multicast, preferred longer than valid (RFC 4861 6.3.4, RFC 4862 5.5.3), and those behind the
 * eighth. Bits of a prefix behind its length are zero.
 */
int ndp_check(const void *msg, uint32_t msg_len, uint8_t hop_limit, const struct proto_addr *src,
	const struct proto_addr *dst, struct ndp_view *view);

/* Write a message, checksum 0. `mac` NULL: without the option. Return its length. */
uint16_t ndp_ns_build(
	uint8_t *to, const struct proto_addr *target, const struct rte_ether_addr *mac);
uint16_t ndp_na_build(uint8_t *to, const struct proto_addr *target,
	const struct rte_ether_addr *mac, bool solicited, bool override);
uint16_t ndp_rs_build(uint8_t *to, const struct rte_ether_addr *mac);

/* The solicited-node group of an address (RFC 4291 2.7.1). */
void ndp_solicited_node(const struct proto_addr *addr, struct proto_addr *group);

#endif
