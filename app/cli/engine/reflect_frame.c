/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect_frame.h"

#include <stddef.h>
#include <string.h>

#define ETH_HDR	   14u
#define VLAN_HDR   4u
#define VLANS_MAX  2u
#define IP4_HDR	   20u
#define IP6_HDR	   40u
#define FRAG_HDR   8u
#define L4_HDR	   8u /* UDP's, and as much of ICMP's as is looked at */
#define MAC_GROUP  0x01u
#define IP4_OFFSET 0x1fffu
#define IP6_OFFSET 0xfff8u
#define IP_UDP	   17u
#define IP_ICMP	   1u
#define IP_ICMP6   58u
#define IP6_FRAG   44u

/* What becomes of the bytes above IP. */
enum upper {
	UPPER_NONE, /* not ours to answer */
	UPPER_UDP,
	UPPER_ECHO,
	UPPER_MIDDLE, /* of a fragment that is not the first: nothing */
};

/* What has been found out about a frame. */
struct parts {
	uint32_t addr, addr_len; /* the source address; the destination's is behind it */
	uint32_t l4;
	enum upper upper;
	uint8_t reply; /* type of the echo reply */
};

static uint16_t
be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static void
swap(uint8_t *a, uint8_t *b, size_t n)
{
	uint8_t t[16];

	memcpy(t, a, n);
	memcpy(a, b, n);
	memcpy(b, t, n);
}

/* RFC 1624, equation 3: HC' = ~(~HC + ~m + m'). */
static void
type_set(uint8_t *icmp, uint8_t type)
{
	uint16_t code = icmp[1], m = (uint16_t)(icmp[0] << 8 | code);
	uint32_t sum = (uint16_t)~be16(icmp + 2);

	sum += (uint16_t)~m;
	sum += (uint32_t)(type << 8 | code);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	icmp[0] = type;
	icmp[2] = (uint8_t)(~sum >> 8);
	icmp[3] = (uint8_t)~sum;
}

/* `l4`: at least L4_HDR bytes, if `first`. */
static void
look_up(struct parts *parts, const uint8_t *l4, uint8_t proto, bool first, bool v6)
{
	uint8_t icmp = v6 ? IP_ICMP6 : IP_ICMP, request = v6 ? 128 : 8;

	parts->reply = v6 ? 129 : 0;
	if (proto != IP_UDP && proto != icmp)
		return;
	if (!first)
		parts->upper = UPPER_MIDDLE;
	else if (proto == IP_UDP)
		parts->upper = UPPER_UDP;
	else if (l4[0] == request && l4[1] == 0)
		parts->upper = UPPER_ECHO;
}

/* `head` bytes at `ip`, of `len` of the frame that are left. */
static void
look_ip4(struct parts *parts, const uint8_t *ip, uint32_t head, uint32_t len)
{
	uint32_t hdr, total;
	bool first;

	if (head < IP4_HDR || ip[0] >> 4 != 4)
		return;
	hdr = (ip[0] & 0x0fu) * 4;
	total = be16(ip + 2);
	first = (be16(ip + 6) & IP4_OFFSET) == 0;
	if (hdr < IP4_HDR || total < hdr || total > len)
		return;
	if (first && (total < hdr + L4_HDR || head < hdr + L4_HDR))
		return;
	/* RFC 1122 3.2.1.3: none of these is a source; a group's address must not become one. */
	if (ip[12] >= 224 || ip[12] == 0 || ip[16] >= 224)
		return;
	parts->addr = 12;
	parts->addr_len = 4;
	parts->l4 = hdr;
	look_up(parts, ip + hdr, ip[9], first, false);
}

static void
look_ip6(struct parts *parts, const uint8_t *ip, uint32_t head, uint32_t len)
{
	static const uint8_t unspecified[16];
	uint32_t l4 = IP6_HDR, end;
	bool first = true;
	uint8_t proto;

	if (head < IP6_HDR + L4_HDR || ip[0] >> 4 != 6)
		return;
	end = IP6_HDR + be16(ip + 4);
	proto = ip[6];
	if (end > len || ip[8] == 0xff || ip[24] == 0xff || memcmp(ip + 8, unspecified, 16) == 0)
		return;
	if (proto == IP6_FRAG) { /* RFC 8200 4.5; its 8 bytes are within those looked for above */
		proto = ip[l4];
		first = (be16(ip + l4 + 2) & IP6_OFFSET) == 0;
		l4 += FRAG_HDR;
	}
	if (end < l4 || (first && (end < l4 + L4_HDR || head < l4 + L4_HDR)))
		return;
	parts->addr = 8;
	parts->addr_len = 16;
	parts->l4 = l4;
	look_up(parts, ip + l4, proto, first, true);
}

bool
reflect_frame(uint8_t *frame, uint32_t head, uint32_t len)
{
	struct parts parts = {.upper = UPPER_NONE};
	uint32_t at = ETH_HDR;
	uint16_t type;
	uint8_t *ip;

	if (head < ETH_HDR || ((frame[0] | frame[6]) & MAC_GROUP) != 0)
		return false;
	type = be16(frame + 12);
	for (unsigned tags = 0;
		(type == 0x8100 || type == 0x88a8) && tags < VLANS_MAX && head >= at + VLAN_HDR;
		tags++) {
		type = be16(frame + at + 2);
		at += VLAN_HDR;
	}
	ip = frame + at;
	if (type == 0x0800)
		look_ip4(&parts, ip, head - at, len - at);
	else if (type == 0x86dd)
		look_ip6(&parts, ip, head - at, len - at);
	if (parts.upper == UPPER_NONE)
		return false;
	swap(frame, frame + 6, 6);
	swap(ip + parts.addr, ip + parts.addr + parts.addr_len, parts.addr_len);
	if (parts.upper == UPPER_UDP)
		swap(ip + parts.l4, ip + parts.l4 + 2, 2);
	else if (parts.upper == UPPER_ECHO)
		type_set(ip + parts.l4, parts.reply);
	return true;
}
