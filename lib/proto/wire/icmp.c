/* SPDX-License-Identifier: BSD-3-Clause */
#include "icmp.h"

#include <errno.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>

#define UDP_HDR_LEN 8

bool
icmp_is_error(uint8_t family, uint8_t type)
{
	if (family == PROTO_IPV6)
		return type >= 1 && type < 128;
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

/* Codes 0..15 of RFC 792, RFC 1122 3.2.2.1 and RFC 1812 5.2.7.1. */
static enum icmp_kind
kind4_unreach(uint8_t code)
{
	static const enum icmp_kind kinds[] = {
		[ICMP_NET_UNREACH] = ICMP_KIND_NET_UNREACH,
		[ICMP_HOST_UNREACH] = ICMP_KIND_HOST_UNREACH,
		[ICMP_PROT_UNREACH] = ICMP_KIND_PROTO_UNREACH,
		[ICMP_PORT_UNREACH] = ICMP_KIND_PORT_UNREACH,
		[ICMP_FRAG_NEEDED] = ICMP_KIND_TOO_BIG,
		[ICMP_SR_FAILED] = ICMP_KIND_OTHER, /* we write no source routes */
		[ICMP_NET_UNKNOWN] = ICMP_KIND_NET_UNREACH,
		[ICMP_HOST_UNKNOWN] = ICMP_KIND_HOST_UNREACH,
		[ICMP_HOST_ISOLATED] = ICMP_KIND_HOST_UNREACH,
		[ICMP_NET_ANO] = ICMP_KIND_PROHIBITED,
		[ICMP_HOST_ANO] = ICMP_KIND_PROHIBITED,
		[ICMP_NET_UNR_TOS] = ICMP_KIND_NET_UNREACH,
		[ICMP_HOST_UNR_TOS] = ICMP_KIND_HOST_UNREACH,
		[ICMP_PKT_FILTERED] = ICMP_KIND_PROHIBITED,
		[ICMP_PREC_VIOLATION] = ICMP_KIND_PROHIBITED,
		[ICMP_PREC_CUTOFF] = ICMP_KIND_PROHIBITED,
	};

	return code < RTE_DIM(kinds) ? kinds[code] : ICMP_KIND_OTHER;
}

/* Time exceeded has the same two codes in both families. */
static enum icmp_kind
kind_time(uint8_t code)
{
	if (code == ICMP_EXC_TTL)
		return ICMP_KIND_TIME_EXCEEDED;
	return code == ICMP_EXC_FRAGTIME ? ICMP_KIND_FRAG_TIME : ICMP_KIND_OTHER;
}

static enum icmp_kind
kind4(uint8_t type, uint8_t code)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
		return kind4_unreach(code);
	case ICMP_TIME_EXCEEDED:
		return kind_time(code);
	case ICMP_PARAMETERPROB:
		return ICMP_KIND_PARAM_PROBLEM;
	default:
		return ICMP_KIND_OTHER;
	}
}

/* Codes 0..6 of RFC 4443 3.1. */
static enum icmp_kind
kind6_unreach(uint8_t code)
{
	static const enum icmp_kind kinds[] = {
		ICMP_KIND_NET_UNREACH, ICMP_KIND_PROHIBITED,
		ICMP_KIND_HOST_UNREACH,			      /* beyond scope of source address */
		ICMP_KIND_HOST_UNREACH,			      /* address unreachable */
		ICMP_KIND_PORT_UNREACH, ICMP_KIND_PROHIBITED, /* source address failed a policy */
		ICMP_KIND_PROHIBITED,			      /* reject route */
	};

	return code < RTE_DIM(kinds) ? kinds[code] : ICMP_KIND_OTHER;
}

static enum icmp_kind
kind6(uint8_t type, uint8_t code)
{
	switch (type) {
	case ICMP6_DST_UNREACH:
		return kind6_unreach(code);
	case ICMP6_PACKET_TOO_BIG:
		return ICMP_KIND_TOO_BIG; /* whatever the code: RFC 4443 3.2 */
	case ICMP6_TIME_EXCEEDED:
		return kind_time(code);
	case ICMP6_PARAM_PROB:
		return code == ICMP6_PARAMPROB_NEXTHEADER ? ICMP_KIND_PROTO_UNREACH
							  : ICMP_KIND_PARAM_PROBLEM;
	default:
		return ICMP_KIND_OTHER;
	}
}

/* The quoted IPv4 header. Its length goes to `hdr_len`, whether data starts there to `first`. */
static int
quote4_check(const uint8_t *ip, uint32_t avail, struct icmp_error_view *view, uint32_t *hdr_len,
	bool *first)
{
	const struct rte_ipv4_hdr *hdr = (const void *)ip;
	struct ip4_view quote;

	if (ip4_check(ip, avail, UINT16_MAX, true, &quote) != WIRE_OK)
		return -EINVAL;
	view->src.family = view->dst.family = PROTO_IPV4;
	memcpy(view->src.bytes, &hdr->src_addr, sizeof(hdr->src_addr));
	memcpy(view->dst.bytes, &hdr->dst_addr, sizeof(hdr->dst_addr));
	view->proto = hdr->next_proto_id;
	view->ip_len = quote.total_len;
	*hdr_len = quote.hdr_len;
	*first = quote.frag_off == 0;
	return 0;
}

static int
quote6_check(const uint8_t *ip, uint32_t avail, struct icmp_error_view *view, uint32_t *hdr_len,
	bool *first)
{
	const struct rte_ipv6_hdr *hdr = (const void *)ip;
	struct ip6_view quote;

	if (ip6_walk(ip, avail, &quote) != WIRE_OK)
		return -EINVAL;
	view->src.family = view->dst.family = PROTO_IPV6;
	memcpy(view->src.bytes, hdr->src_addr, sizeof(hdr->src_addr));
	memcpy(view->dst.bytes, hdr->dst_addr, sizeof(hdr->dst_addr));
	view->proto = quote.proto;
	view->ip_len = (uint16_t)RTE_MIN(sizeof(*hdr) + quote.payload_len, UINT16_MAX);
	*hdr_len = quote.hdr_len;
	*first = quote.frag_off == 0;
	return 0;
}

/* The quoted packet, with the ports where it has them: a later fragment has none. */
static int
quote_check(uint8_t family, const uint8_t *ip, uint32_t avail, struct icmp_error_view *view)
{
	uint32_t hdr_len;
	bool first;
	int ret;

	if (family == PROTO_IPV4)
		ret = quote4_check(ip, avail, view, &hdr_len, &first);
	else
		ret = quote6_check(ip, avail, view, &hdr_len, &first);
	if (ret != 0 || view->proto != IPPROTO_UDP || !first)
		return ret;
	if (avail < hdr_len + UDP_HDR_LEN || view->ip_len < hdr_len + UDP_HDR_LEN)
		return -EINVAL;
	view->has_ports = true;
	memcpy(&view->src_port, ip + hdr_len, sizeof(view->src_port));
	memcpy(&view->dst_port, ip + hdr_len + 2, sizeof(view->dst_port));
	return 0;
}

int
icmp_error_check(uint8_t family, const void *icmp, uint32_t avail, struct icmp_error_view *view)
{
	const uint8_t *msg = icmp;
	uint32_t param;

	*view = (struct icmp_error_view){0};
	if (avail < ICMP_HDR_LEN || !icmp_is_error(family, msg[0]))
		return -EINVAL;
	view->kind = family == PROTO_IPV4 ? kind4(msg[0], msg[1]) : kind6(msg[0], msg[1]);
	if (view->kind == ICMP_KIND_TOO_BIG) {
		memcpy(&param, msg + 4, sizeof(param));
		param = rte_be_to_cpu_32(param);
		/* RFC 1191 4: the low half; the other is unused, or RFC 4884's. */
		view->mtu = family == PROTO_IPV4 ? param & UINT16_MAX : param;
	}
	return quote_check(family, msg + ICMP_HDR_LEN, avail - ICMP_HDR_LEN, view);
}

void
icmp_error_build(uint8_t *to, uint8_t family, uint8_t type, uint8_t code, uint32_t param)
{
	if (family == PROTO_IPV4 && type == ICMP_PARAMETERPROB)
		param <<= 24;
	param = rte_cpu_to_be_32(param);
	to[0] = type;
	to[1] = code;
	to[2] = to[3] = 0;
	memcpy(to + 4, &param, sizeof(param));
}

void
icmp_echo_build(uint8_t *to, uint8_t family, uint16_t id, uint16_t seq)
{
	to[0] = family == PROTO_IPV4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
	to[1] = to[2] = to[3] = 0;
	to[4] = (uint8_t)(id >> 8);
	to[5] = (uint8_t)id;
	to[6] = (uint8_t)(seq >> 8);
	to[7] = (uint8_t)seq;
}

/* RFC 1122 3.2.2: a zero, loopback, broadcast, multicast or Class E address is no single host. */
static bool
source4_is_host(const struct rte_ipv4_hdr *hdr)
{
	uint8_t net = (uint8_t)(rte_be_to_cpu_32(hdr->src_addr) >> 24);

	return net != 0 && net != 127 && net < 224;
}

static bool
may_answer4(const void *ip, uint32_t avail)
{
	const struct rte_ipv4_hdr *hdr = ip;
	uint32_t hdr_len = rte_ipv4_hdr_len(hdr);

	if ((hdr->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK)) != 0)
		return false;
	if (hdr->next_proto_id == IPPROTO_ICMP &&
		(avail <= hdr_len || icmp_is_error(PROTO_IPV4, ((const uint8_t *)ip)[hdr_len])))
		return false;
	return source4_is_host(hdr);
}

/* RFC 4443 2.4 (e.6): not unspecified, not a group; nor loopback, which is no link's. */
static bool
source6_is_host(const uint8_t *src)
{
	static const uint8_t zero[15] = {0};

	return src[0] != 0xff && (memcmp(src, zero, sizeof(zero)) != 0 || src[15] > 1);
}

/* RFC 4443 2.4 (e.1), (e.2). Where the headers leave the packet there is no message to be seen. */
static bool
is_error6(const void *ip, uint32_t avail)
{
	struct ip6_view view;
	enum wire_fault fault = ip6_walk(ip, avail, &view);
	uint8_t type;

	if (fault == WIRE_EXT_TRUNCATED || fault == WIRE_FRAG_FIRST_SHORT)
		return false;
	if (fault != WIRE_OK)
		return true;
	if (view.frag_off != 0) /* what its first fragment began with is not seen here */
		return view.proto == IPPROTO_ICMPV6;
	if (view.proto != IPPROTO_ICMPV6)
		return false;
	if (avail <= view.hdr_len)
		return true;
	type = ((const uint8_t *)ip)[view.hdr_len];
	return icmp_is_error(PROTO_IPV6, type) || type == ND_REDIRECT;
}

bool
icmp_may_answer(uint8_t family, const void *ip, uint32_t avail, bool group, bool group_ok)
{
	const struct rte_ipv6_hdr *hdr6 = ip;

	if (group && !group_ok)
		return false;
	if (family == PROTO_IPV4)
		return may_answer4(ip, avail);
	return source6_is_host(hdr6->src_addr) && !is_error6(ip, avail);
}
