/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_FLOODS_H
#define HARNESS_FLOODS_H

/*
 * What hostile hosts send: each flood makes its n-th frame, and says where such frames must end.
 * The attacker is on the link, and forges any source. To be included after cmocka.h.
 */

#include <string.h>

#include <netinet/in.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "rng.h"
#include "rxrig.h"

#define END(drop) (PROTO_DROP_##drop + 1) /* 0: none */

struct flood {
	const char *name;
	void (*make)(struct rxframe *f, const struct rxrig *rig, uint32_t n);
	enum proto_drop drops[5]; /* END() of each: every frame is counted there... */
	bool consumed;		  /* ... or as consumed */
	bool some_held;		  /* nine of ten are: the others have not met their end yet */
	bool limited;		  /* each is owed an ICMP error: only few are sent */
	uint32_t a_poll;	  /* frames in a poll, 0: HOSTILE */
};

/* A number that looks like nothing, the same each time. */
static inline uint32_t
any(uint32_t n, uint32_t salt)
{
	struct rng rng = {.state = (uint64_t)salt << 32 | n};

	return (uint32_t)(rng_next(&rng) >> 32);
}

/* An IPv4 header from somewhere far away: one of 2^24 hosts. */
static inline void
far4(struct rxframe *f, const struct rxrig *rig, uint32_t n, uint8_t proto, uint16_t offset_field)
{
	uint32_t src = any(n, 1);

	frame_eth(f, rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(f, proto, offset_field, (uint16_t)any(n, 2));
	f->bytes[f->l3 + 12] = 11;
	memcpy(f->bytes + f->l3 + 13, &src, 3);
}

static inline void
far6(struct rxframe *f, const struct rxrig *rig, uint32_t n, uint8_t next)
{
	uint32_t src = any(n, 1);

	frame_eth(f, rig, RTE_ETHER_TYPE_IPV6);
	frame_ip6(f, next);
	memcpy(f->bytes + f->l3 + 12, &src, 4);
}

static inline void
fill(struct rxframe *f, uint32_t len)
{
	frame_put(f, NULL, len);
	frame_fix(f, false);
}

/* Teardrop: two fragments, the second inside the first but for its end; both of one datagram. */
static inline void
make_teardrop(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	far4(f, rig, n / 2, IPPROTO_UDP, n % 2 == 0 ? RTE_IPV4_HDR_MF_FLAG : 3);
	fill(f, n % 2 == 0 ? 48 : 32);
}

static inline void
make_teardrop6(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	uint8_t hdr[8] = {IPPROTO_UDP, 0, 0, n % 2 == 0 ? 1 : 3 << 3, 1, 2, 3, 4};

	far6(f, rig, n / 2, IPPROTO_FRAGMENT);
	frame_put(f, hdr, sizeof(hdr));
	fill(f, n % 2 == 0 ? 48 : 32);
}

/* The first fragment never comes; from everywhere, and from one host. */
static inline void
make_never_first(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	far4(f, rig, n, IPPROTO_UDP, RTE_IPV4_HDR_MF_FLAG | 10);
	fill(f, 800);
}

static inline void
make_never_first_one(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	make_never_first(f, rig, n);
	memset(f->bytes + f->l3 + 13, 7, 3);
	frame_fix(f, false);
}

/* The longest datagram in pieces of 8 bytes, some of which never come. */
static inline void
make_tiny(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	far4(f, rig, n / 1000, IPPROTO_UDP, (uint16_t)(RTE_IPV4_HDR_MF_FLAG | (2 * n) % 8000));
	fill(f, 8);
}

static inline void
make_one_byte(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	far4(f, rig, n, IPPROTO_UDP, (uint16_t)(RTE_IPV4_HDR_MF_FLAG | n % 8000));
	fill(f, 1);
}

/* Ping of death: it ends behind 65535 bytes. */
static inline void
make_death(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	far4(f, rig, n, IPPROTO_ICMP, 8189);
	fill(f, 1000);
}

/* IPv6: a first fragment without its upper-layer header (RFC 7112). */
static inline void
make_first_short(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	const uint8_t hdr[8] = {IPPROTO_DSTOPTS, 0, 0, 1, 1, 2, 3, (uint8_t)n};
	const uint8_t options[8] = {IPPROTO_UDP, 1, 1, 4};

	far6(f, rig, n, IPPROTO_FRAGMENT);
	frame_put(f, hdr, sizeof(hdr));
	frame_put(f, options, sizeof(options));
	frame_fix(f, false);
}

/* More extension headers than anybody needs. */
static inline void
make_chain(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	const uint8_t options[8] = {IPPROTO_DSTOPTS, 0, 1, 4};

	far6(f, rig, n, IPPROTO_DSTOPTS);
	for (unsigned int i = 0; i < 9 + n % 100; i++)
		frame_put(f, options, sizeof(options));
	frame_fix(f, false);
}

static inline void
make_option(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	const uint8_t options[8] = {IPPROTO_UDP, 0, 0x80 | 30, 4};

	far6(f, rig, n, IPPROTO_DSTOPTS);
	frame_put(f, options, sizeof(options));
	fill(f, 30);
}

/* ARP from everybody on the link, each with a new Ethernet address each time. */
static inline void
make_arp(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	const uint8_t arp[28] = {0, 1, 8, 0, 6, 4, 0, 1 + n % 2, 2, (uint8_t)(n >> 8), (uint8_t)n,
		(uint8_t)any(n, 3), 0, 1, 192, 0, 2, (uint8_t)(3 + n % 250), 0, 0, 0, 0, 0, 0, 192,
		0, 2, 1};

	frame_eth(f, rig, RTE_ETHER_TYPE_ARP);
	frame_put(f, arp, sizeof(arp));
}

/* The honest host's address with another's Ethernet address. */
static inline void
make_arp_spoof(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	make_arp(f, rig, n);
	f->bytes[14 + 17] = 2;
}

/* Neighbour discovery: `type` for a target, its link-layer address option and a source. */
static inline void
nd(struct rxframe *f, const struct rxrig *rig, uint32_t n, uint8_t type, uint8_t source)
{
	uint8_t msg[32] = {type, [4] = type == 136 ? 0x60 : 0, [8] = 0x20, 1, 0x0d,
		0xb8, [23] = 1, [24] = type == 136 ? 2 : 1, 1, 2, (uint8_t)(n >> 16),
		(uint8_t)(n >> 8), (uint8_t)n, 0, 1};
	uint32_t src = any(n, 4);

	frame_eth(f, rig, RTE_ETHER_TYPE_IPV6);
	frame_ip6(f, IPPROTO_ICMPV6);
	f->bytes[f->l3 + 7] = 255;
	if (source != 0)
		f->bytes[f->l3 + 23] = source;
	else
		memcpy(f->bytes + f->l3 + 18, &src, 4);
	if (type == 136)
		memcpy(msg + 8, f->bytes + f->l3 + 8, 16);
	frame_icmp(f, msg, sizeof(msg));
}

static inline void
make_ns(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	nd(f, rig, n, 135, 0);
}

static inline void
make_na(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	nd(f, rig, n, 136, 0);
}

static inline void
make_na_spoof(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	nd(f, rig, n, 136, 2);
}

/* Routers without number, each with a prefix of its own. */
static inline void
make_ra(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	uint8_t msg[16 + 32] = {134, [4] = 64, [6] = 1, [16] = 3, 4, 64, 0xc0, 0, 1, 0, 0, 0,
		1, [32] = 0x20, 1, 0x0d, 0xb8, (uint8_t)(n >> 8), (uint8_t)n, 1};
	const uint8_t router[16] = {0xfe, 0x80, [13] = (uint8_t)(n >> 8), (uint8_t)n, 9};

	frame_eth(f, rig, RTE_ETHER_TYPE_IPV6);
	frame_ip6(f, IPPROTO_ICMPV6);
	f->bytes[f->l3 + 7] = 255;
	memcpy(f->bytes + f->l3 + 8, router, 16);
	frame_icmp(f, msg, sizeof(msg));
}

/* An ICMP error of this type and code about a datagram from a port of ours, with an MTU. */
static inline void
error4(struct rxframe *f, const struct rxrig *rig, uint32_t n, uint16_t code, uint16_t mtu,
	uint16_t port)
{
	const uint8_t msg[8 + 28] = {(uint8_t)(code >> 8), (uint8_t)code, 0, 0, 0, 0,
		(uint8_t)(mtu >> 8), (uint8_t)mtu, 0x45, 0, 4, 0, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0,
		2, 1, 192, 0, 2, 2, (uint8_t)(port >> 8), (uint8_t)port, 5000 >> 8, 5000 & 255, 0,
		200};

	far4(f, rig, n, IPPROTO_ICMP, 0);
	frame_icmp(f, msg, sizeof(msg));
}

/* About what was never sent. */
static inline void
make_error_other(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	error4(f, rig, n, (uint16_t)(3 << 8 | n % 4), 0, (uint16_t)(1 + n % 8999));
}

/* Frag-needed about what was sent, with an MTU that no link has. */
static inline void
make_too_big(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	static const uint16_t mtus[] = {0, 1, 67, 68, 1279, 65535};

	error4(f, rig, n, 3 << 8 | 4, mtus[n % RTE_DIM(mtus)], 9000);
}

/* Group queries. */
static inline void
make_igmp(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	const uint8_t query[12] = {0x11, 1, 0, 0, 239, (uint8_t)(n >> 8), (uint8_t)n, 1, 2, 125};
	uint16_t cksum;

	far4(f, rig, n, 2, 0);
	memcpy(f->bytes + f->l3 + 16, (const uint8_t[]){224, 0, 0, 1}, 4);
	memcpy(f->bytes, (const uint8_t[]){1, 0, 0x5e, 0, 0, 1}, 6);
	f->bytes[f->l3 + 8] = 1;
	frame_put(f, query, sizeof(query));
	cksum = (uint16_t)~rte_raw_cksum(f->bytes + f->l4, sizeof(query));
	memcpy(f->bytes + f->l4 + 2, &cksum, 2);
	frame_fix(f, false);
}

static inline void
make_mld(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	const uint8_t query[28] = {130, 0, 0, 0, 0, 1, 0, 0, [24] = 2, 125};
	const uint8_t alert[8] = {IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0};
	const uint8_t router[16] = {0xfe, 0x80, [14] = (uint8_t)(n >> 8), (uint8_t)n};

	frame_eth(f, rig, RTE_ETHER_TYPE_IPV6);
	frame_ip6(f, IPPROTO_HOPOPTS);
	memcpy(f->bytes, (const uint8_t[]){0x33, 0x33, 0, 0, 0, 1}, 6);
	memcpy(f->bytes + f->l3 + 8, router, 16);
	memset(f->bytes + f->l3 + 24, 0, 16);
	f->bytes[f->l3 + 24] = 0xff;
	f->bytes[f->l3 + 25] = 2;
	f->bytes[f->l3 + 39] = 1;
	f->bytes[f->l3 + 7] = 1;
	frame_put(f, alert, sizeof(alert));
	frame_icmp(f, query, sizeof(query));
}

static inline void
make_tags(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	frame_eth(f, rig, RTE_ETHER_TYPE_IPV4);
	for (unsigned int i = 0; i < 3 + n % 200; i++)
		frame_tag(f, RTE_ETHER_TYPE_VLAN, (uint16_t)i);
	fill(f, 40);
}

static inline void
make_runt(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	frame_datagram(f, rig, n % 2 == 0 ? 4 : 6, 10);
	f->len = 1 + any(n, 5) % 13;
}

/* Longer than the link's MTU: what a switch should not have let through is no datagram's fault. */
static inline void
make_jumbo(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	far4(f, rig, n, IPPROTO_UDP, 0);
	frame_udp(f, 8000 + n % 1000);
	f->bytes[f->l4 + 2] ^= 0xff; /* to a port that nobody has */
	frame_fix(f, true);
}

/* One length of one header is one more or less than it is. */
static inline void
make_off_by_one(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	static const struct {
		uint8_t family;
		bool l4;
		uint8_t at; /* of the length's low byte */
		int8_t by;
	} cases[] = {{4, false, 0, 1}, {4, false, 0, -1}, {4, false, 3, 1}, {4, false, 3, -1},
		{4, true, 5, 1}, {4, true, 5, -1}, {6, false, 5, 1}, {6, false, 5, -1},
		{6, true, 5, 1}, {6, true, 5, -1}};
	unsigned int i = n % RTE_DIM(cases);
	struct rte_ipv4_hdr *ip;

	frame_datagram(f, rig, cases[i].family, 60);
	f->bytes[(cases[i].l4 ? f->l4 : f->l3) + cases[i].at] += (uint8_t)cases[i].by;
	if (cases[i].family == 6)
		return;
	ip = (void *)(f->bytes + f->l3);
	ip->hdr_checksum = 0;
	ip->hdr_checksum = (uint16_t)~rte_raw_cksum(ip, (ip->version_ihl & 15u) * 4);
}

static inline void
make_no_port(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	far4(f, rig, n, IPPROTO_UDP, 0);
	frame_udp(f, 30);
	f->bytes[f->l4 + 2] ^= (uint8_t)(1 + n % 255);
	frame_fix(f, true);
}

static inline void
make_ping(struct rxframe *f, const struct rxrig *rig, uint32_t n)
{
	const uint8_t echo[1000] = {8, 0, 0, 0, (uint8_t)(n >> 8), (uint8_t)n};

	far4(f, rig, n, IPPROTO_ICMP, 0);
	memcpy(f->bytes + f->l3 + 12, (const uint8_t[]){192, 0, 2, 2}, 4);
	frame_icmp(f, echo, sizeof(echo));
}

static const struct flood floods[] = {
	{.name = "teardrop", .make = make_teardrop, .drops = {END(FRAG_OVERLAP)}},
	{.name = "teardrop6", .make = make_teardrop6, .drops = {END(FRAG_OVERLAP)}},
	{.name = "never_first",
		.make = make_never_first,
		.drops = {END(FRAG_EVICTED), END(FRAG_SHARE)},
		.some_held = true},
	{.name = "never_first_one",
		.make = make_never_first_one,
		.drops = {END(FRAG_EVICTED), END(FRAG_SHARE)},
		.some_held = true,
		.a_poll = 256},
	{.name = "tiny",
		.make = make_tiny,
		.drops = {END(FRAG_EVICTED), END(FRAG_SHARE)},
		.some_held = true,
		.a_poll = 256},
	{.name = "one_byte", .make = make_one_byte, .drops = {END(FRAG_LENGTH)}},
	{.name = "ping_of_death", .make = make_death, .drops = {END(FRAG_TOO_LONG)}},
	{.name = "first_short",
		.make = make_first_short,
		.drops = {END(FRAG_FIRST_SHORT)},
		.limited = true},
	{.name = "chain", .make = make_chain, .drops = {END(EXT_TOO_MANY)}},
	{.name = "option", .make = make_option, .drops = {END(EXT_OPTION)}, .limited = true},
	{.name = "arp", .make = make_arp, .consumed = true},
	{.name = "arp_spoof", .make = make_arp_spoof, .consumed = true},
	{.name = "ns", .make = make_ns, .consumed = true},
	{.name = "na", .make = make_na, .consumed = true},
	{.name = "na_spoof", .make = make_na_spoof, .consumed = true},
	{.name = "ra", .make = make_ra, .consumed = true},
	{.name = "error_other", .make = make_error_other, .drops = {END(ICMP_QUOTE)}},
	{.name = "too_big", .make = make_too_big, .consumed = true},
	{.name = "igmp", .make = make_igmp, .consumed = true},
	{.name = "mld", .make = make_mld, .consumed = true},
	{.name = "tags", .make = make_tags, .drops = {END(VLAN_DEPTH)}},
	{.name = "runt", .make = make_runt, .drops = {END(RUNT)}},
	{.name = "jumbo", .make = make_jumbo, .drops = {END(NO_ENDPOINT)}, .limited = true},
	{.name = "off_by_one",
		.make = make_off_by_one,
		.drops = {END(IP_HDR_LEN), END(IP_LENGTH), END(UDP_LENGTH), END(UDP_CKSUM),
			END(IP_OPTIONS)}},
	{.name = "no_port", .make = make_no_port, .drops = {END(NO_ENDPOINT)}, .limited = true},
	{.name = "ping", .make = make_ping, .drops = {END(REPLY_REFUSED)}, .consumed = true},
	{.name = NULL},
};

#endif /* HARNESS_FLOODS_H */
