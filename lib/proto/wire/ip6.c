/* SPDX-License-Identifier: BSD-3-Clause */
#include "ip.h"

#include <netinet/in.h>

#define OPT_PAD1	 0
#define OPT_ROUTER_ALERT 5 /* RFC 2711 2.1 */

#define FRAG_HDR_LEN 8

/* The packet that is walked. */
struct packet {
	const uint8_t *ip;
	uint32_t avail; /* contiguous bytes at ip */
	uint32_t end;	/* IPv6 header and payload */
	bool judge;	/* not only the lengths */
};

/* Are `len` bytes there, behind what has been walked? */
static enum wire_fault
need(const struct packet *pkt, uint32_t len, struct ip6_view *view)
{
	uint32_t upto = view->hdr_len + len;

	if (upto > pkt->end) {
		view->at = 0; /* where the pointer of Parameter Problem 3 is (RFC 8200 4.5) */
		return view->fragment ? WIRE_FRAG_FIRST_SHORT : WIRE_EXT_TRUNCATED;
	}
	if (upto > pkt->avail) {
		view->at = (uint16_t)upto;
		return WIRE_TRUNCATED;
	}
	return WIRE_OK;
}

/*
 * An option whose type we do not know: its two highest bits say what to do (RFC 8200 4.2). Those of
 * PadN say skip.
 */
static enum wire_fault
unknown_option(uint8_t type, uint32_t at, struct ip6_view *view)
{
	if (type >> 6 == 0)
		return WIRE_OK;
	view->option_action = type >> 6;
	view->at = (uint16_t)at;
	return WIRE_EXT_OPTION;
}

/* The options at `at`, up to `end`: all bytes are there. */
static enum wire_fault
options_check(const uint8_t *ip, uint32_t at, uint32_t end, struct ip6_view *view)
{
	enum wire_fault fault = WIRE_OK;

	while (at < end && fault == WIRE_OK) {
		const uint8_t *opt = ip + at;

		if (opt[0] == OPT_PAD1) {
			at++;
			continue;
		}
		if (end - at < 2 || opt[1] > end - at - 2)
			return WIRE_EXT_TRUNCATED;
		if (opt[0] == OPT_ROUTER_ALERT && opt[1] == 2 && view->proto == IPPROTO_HOPOPTS)
			view->router_alert = true;
		else
			fault = unknown_option(opt[0], at, view);
		at += 2u + opt[1];
	}
	return fault;
}

/* All routing types are unknown to us, and type 0 is to be (RFC 5095 3): RFC 8200 4.4. */
static enum wire_fault
routing_check(const uint8_t *ext, struct ip6_view *view)
{
	if (ext[3] == 0)
		return WIRE_OK;
	view->at = (uint16_t)(view->hdr_len + 2);
	return WIRE_EXT_ROUTING;
}

static void
fragment_read(const uint8_t *ext, struct ip6_view *view)
{
	uint16_t frag = (uint16_t)(ext[2] << 8 | ext[3]);

	view->frag_off = frag & 0xfff8;
	view->more = (frag & 1) != 0;
	view->fragment = frag > 7 || view->more;
	view->atomic = !view->fragment;
	view->frag_at = view->hdr_len;
	view->unfrag_nh_at = view->at;
	memcpy(&view->frag_id, ext + 4, sizeof(view->frag_id));
}

static enum wire_fault
order_check(const struct ip6_view *view)
{
	if (view->proto == IPPROTO_HOPOPTS && view->hdr_len != sizeof(struct rte_ipv6_hdr))
		return WIRE_EXT_ORDER;
	return view->proto == IPPROTO_FRAGMENT && view->frag_at != 0 ? WIRE_EXT_ORDER : WIRE_OK;
}

/* What is in an extension header of `len` bytes, which are there. */
static enum wire_fault
content_check(const struct packet *pkt, uint32_t len, struct ip6_view *view)
{
	const uint8_t *ext = pkt->ip + view->hdr_len;

	if (view->proto == IPPROTO_FRAGMENT) {
		fragment_read(ext, view);
		return WIRE_OK;
	}
	if (!pkt->judge)
		return WIRE_OK;
	if (view->proto == IPPROTO_ROUTING)
		return routing_check(ext, view);
	return options_check(pkt->ip, view->hdr_len + 2u, view->hdr_len + len, view);
}

/* One extension header: check it and step behind it. */
static enum wire_fault
ext_check(const struct packet *pkt, struct ip6_view *view)
{
	const uint8_t *ext = pkt->ip + view->hdr_len;
	enum wire_fault fault;
	uint32_t len = FRAG_HDR_LEN;

	if (pkt->judge && order_check(view) != WIRE_OK)
		return WIRE_EXT_ORDER;
	fault = need(pkt, 8, view); /* no extension header is shorter */
	if (fault != WIRE_OK)
		return fault;
	if (view->proto != IPPROTO_FRAGMENT)
		len = 8u * (ext[1] + 1u);
	fault = need(pkt, len, view);
	if (fault != WIRE_OK)
		return fault;
	fault = content_check(pkt, len, view);
	if (fault != WIRE_OK)
		return fault;
	view->at = view->hdr_len;
	view->proto = ext[0];
	view->hdr_len = (uint16_t)(view->hdr_len + len);
	return WIRE_OK;
}

static bool
is_extension(uint8_t proto)
{
	return proto == IPPROTO_HOPOPTS || proto == IPPROTO_ROUTING || proto == IPPROTO_FRAGMENT ||
	       proto == IPPROTO_DSTOPTS;
}

/* Bytes of an upper-layer header which a first fragment must have (RFC 7112 5). */
static uint32_t
upper_len_min(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return 20;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_ESP:
		return 8;
	case IPPROTO_ICMPV6:
		return 4;
	default:
		return 1;
	}
}

static enum wire_fault
upper_check(const struct packet *pkt, struct ip6_view *view)
{
	if (view->proto == IPPROTO_NONE)
		return WIRE_NO_NEXT;
	if (view->fragment && view->hdr_len + upper_len_min(view->proto) > pkt->end) {
		view->at = 0;
		return WIRE_FRAG_FIRST_SHORT;
	}
	return WIRE_OK;
}

static enum wire_fault
walk(const struct packet *pkt, struct ip6_view *view)
{
	for (unsigned int n = 0; is_extension(view->proto); n++) {
		enum wire_fault fault;

		if (n == IP6_EXT_MAX)
			return WIRE_EXT_TOO_MANY;
		fault = ext_check(pkt, view);
		if (fault != WIRE_OK || view->frag_off != 0)
			return fault;
	}
	return pkt->judge ? upper_check(pkt, view) : WIRE_OK;
}

/* The first 40 bytes, and what the walk starts from. */
static enum wire_fault
base_check(const void *ip, uint32_t avail, struct ip6_view *view)
{
	const struct rte_ipv6_hdr *hdr = ip;

	*view = (struct ip6_view){.at = sizeof(*hdr)};
	if (avail < sizeof(*hdr))
		return WIRE_TRUNCATED;
	if (*(const uint8_t *)ip >> 4 != 6)
		return WIRE_VERSION;
	view->payload_len = rte_be_to_cpu_16(hdr->payload_len);
	view->hdr_len = sizeof(*hdr);
	view->proto = hdr->proto;
	view->at = offsetof(struct rte_ipv6_hdr, proto);
	return WIRE_OK;
}

static struct packet
packet_of(const void *ip, uint32_t avail, const struct ip6_view *view, bool judge)
{
	return (struct packet){
		.ip = ip,
		.avail = avail,
		.end = view->hdr_len + (uint32_t)view->payload_len,
		.judge = judge,
	};
}

enum wire_fault
ip6_check(const void *ip, uint32_t avail, uint32_t l3_len, struct ip6_view *view)
{
	enum wire_fault fault = base_check(ip, RTE_MIN(avail, l3_len), view);
	struct packet pkt;

	if (fault != WIRE_OK)
		return fault;
	pkt = packet_of(ip, avail, view, true);
	if (pkt.end > l3_len || (view->payload_len == 0 && view->proto != IPPROTO_NONE))
		return WIRE_LENGTH;
	return walk(&pkt, view);
}

enum wire_fault
ip6_walk(const void *ip, uint32_t avail, struct ip6_view *view)
{
	enum wire_fault fault = base_check(ip, avail, view);
	struct packet pkt;

	if (fault != WIRE_OK)
		return fault;
	pkt = packet_of(ip, avail, view, false);
	return walk(&pkt, view);
}
