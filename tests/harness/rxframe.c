/* SPDX-License-Identifier: BSD-3-Clause */
#include "rxframe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "host.h"
#include "rig.h"
#include "rxrig.h"

static void
put16(struct rxframe *f, uint32_t at, uint32_t value)
{
	uint16_t be = rte_cpu_to_be_16((uint16_t)value);

	memcpy(f->bytes + at, &be, sizeof(be));
}

static bool
is_ip4(const struct rxframe *f)
{
	return f->bytes[f->l3] >> 4 == 4;
}

void
frame_put(struct rxframe *f, const void *bytes, uint32_t n)
{
	assert_true(f->len + n <= sizeof(f->bytes));
	if (bytes != NULL)
		memcpy(f->bytes + f->len, bytes, n);
	else
		memset(f->bytes + f->len, 0, n);
	f->len += n;
}

void
frame_count(struct rxframe *f, uint32_t n)
{
	assert_true(f->len + n <= sizeof(f->bytes));
	for (uint32_t i = 0; i < n; i++)
		f->bytes[f->len + i] = (uint8_t)(i * 7 + (i >> 8));
	f->len += n;
}

void
frame_eth(struct rxframe *f, const struct rxrig *rig, uint16_t ethertype)
{
	struct rte_ether_hdr eth = {
		.dst_addr = rig->port->fault.info.mac,
		.src_addr = host_neighbour,
		.ether_type = rte_cpu_to_be_16(ethertype),
	};

	f->len = 0;
	f->proto = 0;
	frame_put(f, &eth, sizeof(eth));
	f->l3 = f->l4 = f->len;
}

void
frame_tag(struct rxframe *f, uint16_t tpid, uint16_t tci)
{
	uint16_t words[2] = {rte_cpu_to_be_16(tci)};

	memcpy(&words[1], f->bytes + f->len - 2, 2);
	put16(f, f->len - 2, tpid);
	frame_put(f, words, sizeof(words));
	f->l3 = f->l4 = f->len;
}

void
frame_ip4(struct rxframe *f, uint8_t proto, uint16_t offset_field, uint16_t id)
{
	struct rte_ipv4_hdr ip = {
		.version_ihl = 0x45,
		.packet_id = rte_cpu_to_be_16(id),
		.fragment_offset = rte_cpu_to_be_16(offset_field),
		.time_to_live = 64,
		.next_proto_id = proto,
		.src_addr = rte_cpu_to_be_32(0xc0000202),
		.dst_addr = rte_cpu_to_be_32(0xc0000201),
	};

	f->l3 = f->len;
	f->proto = proto;
	frame_put(f, &ip, sizeof(ip));
	f->l4 = f->len;
}

void
frame_ip6(struct rxframe *f, uint8_t next)
{
	struct rte_ipv6_hdr ip = {
		.vtc_flow = rte_cpu_to_be_32(6u << 28),
		.proto = next,
		.hop_limits = 64,
	};
	struct proto_addr src = addr_of(PEER6), dst = addr_of(OWN6);

	memcpy(ip.src_addr, src.bytes, 16);
	memcpy(ip.dst_addr, dst.bytes, 16);
	f->l3 = f->len;
	f->proto = next;
	frame_put(f, &ip, sizeof(ip));
	f->l4 = f->len;
}

void
frame_ip(struct rxframe *f, uint8_t family, const char *src, const char *dst, uint8_t proto)
{
	uint32_t at = family == 4 ? 12 : 8, n = family == 4 ? 4 : 16;

	if (family == 4)
		frame_ip4(f, proto, 0, 1);
	else
		frame_ip6(f, proto);
	for (unsigned int i = 0; i < 2; i++) {
		const char *text = i == 0 ? src : dst;

		if (text != NULL)
			memcpy(f->bytes + f->l3 + at + i * n, addr_of(text).bytes, n);
	}
}

void
frame_ext(struct rxframe *f, uint8_t next, const void *bytes, uint32_t n)
{
	frame_put(f, bytes, n);
	f->bytes[f->len - n] = next;
	f->proto = next;
	f->l4 = f->len;
}

void
frame_udp_ports(struct rxframe *f, uint16_t src_port, uint16_t dst_port)
{
	struct rte_udp_hdr udp = {
		.src_port = rte_cpu_to_be_16(src_port), .dst_port = rte_cpu_to_be_16(dst_port)};

	f->l4 = f->len;
	f->proto = IPPROTO_UDP;
	frame_put(f, &udp, sizeof(udp));
}

void
frame_icmp_type(struct rxframe *f, uint8_t type, uint8_t code, uint32_t param)
{
	uint8_t header[8] = {type, code};

	f->l4 = f->len;
	f->proto = is_ip4(f) ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	param = rte_cpu_to_be_32(param);
	memcpy(header + 4, &param, sizeof(param));
	frame_put(f, header, sizeof(header));
}

void
frame_sum_ip4(struct rxframe *f)
{
	uint32_t len = (f->bytes[f->l3] & 15u) * 4u;
	uint16_t cksum = 0;

	memcpy(f->bytes + f->l3 + 10, &cksum, sizeof(cksum));
	cksum = (uint16_t)~rte_raw_cksum(f->bytes + f->l3, RTE_MIN(len, f->len - f->l3));
	memcpy(f->bytes + f->l3 + 10, &cksum, sizeof(cksum));
}

/* Where the checksum stands behind l4; 0: a protocol that has none here. */
static uint32_t
cksum_at(const struct rxframe *f)
{
	switch (f->proto) {
	case IPPROTO_UDP:
		return 6;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
	case IPPROTO_IGMP:
		return 2;
	default:
		return 0;
	}
}

/* The sum of the pseudo header, whose length is that of what follows. */
static uint32_t
pseudo_sum(const struct rxframe *f, uint32_t l4_len)
{
	const uint32_t tail[] = {rte_cpu_to_be_32(l4_len), rte_cpu_to_be_32((uint32_t)f->proto)};
	uint32_t sum = rte_raw_cksum(tail, sizeof(tail));

	if (is_ip4(f))
		return sum + rte_raw_cksum(f->bytes + f->l3 + 12, 8);
	return sum + rte_raw_cksum(f->bytes + f->l3 + 8, 32);
}

void
frame_sum(struct rxframe *f)
{
	uint32_t at = f->l4 + cksum_at(f), l4_len = f->len - f->l4, sum = 0;
	uint16_t cksum = 0;

	if (at == f->l4 || at + sizeof(cksum) > f->len)
		return;
	memcpy(f->bytes + at, &cksum, sizeof(cksum));
	if (f->proto == IPPROTO_UDP || f->proto == IPPROTO_ICMPV6)
		sum = pseudo_sum(f, l4_len);
	sum += rte_raw_cksum(f->bytes + f->l4, l4_len);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	cksum = (uint16_t)~sum;
	if (cksum == 0 && f->proto == IPPROTO_UDP)
		cksum = 0xffff; /* RFC 768: 0 says that there is none */
	memcpy(f->bytes + at, &cksum, sizeof(cksum));
}

void
frame_fix(struct rxframe *f, bool udp)
{
	if (udp) {
		put16(f, f->l4 + 4, f->len - f->l4);
		frame_sum(f);
	}
	if (is_ip4(f)) {
		put16(f, f->l3 + 2, f->len - f->l3);
		frame_sum_ip4(f);
	} else {
		put16(f, f->l3 + 4, f->len - f->l3 - (uint32_t)sizeof(struct rte_ipv6_hdr));
	}
}

void
frame_finish(struct rxframe *f)
{
	frame_fix(f, f->proto == IPPROTO_UDP);
	if (f->proto != IPPROTO_UDP)
		frame_sum(f);
}

void
frame_udp(struct rxframe *f, uint32_t n)
{
	frame_udp_ports(f, REMOTE_PORT, LOCAL_PORT);
	frame_count(f, n);
	frame_finish(f);
}

void
frame_icmp(struct rxframe *f, const void *bytes, uint32_t n)
{
	f->l4 = f->len;
	if (f->proto != IPPROTO_IGMP)
		f->proto = is_ip4(f) ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	frame_put(f, bytes, n);
	frame_finish(f);
}

void
frame_datagram(struct rxframe *f, const struct rxrig *rig, uint8_t family, uint32_t n)
{
	frame_eth(f, rig, family == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	frame_ip(f, family, NULL, NULL, IPPROTO_UDP);
	frame_udp(f, n);
}

void
frame_fragment(struct rxframe *f, const struct rxframe *whole, uint32_t id, uint32_t offset,
	uint32_t n, bool more)
{
	f->len = 0;
	f->l3 = whole->l3;
	f->proto = 0; /* no checksum of its own */
	frame_put(f, whole->bytes, whole->l4);
	if (is_ip4(f)) {
		put16(f, f->l3 + 4, id);
		put16(f, f->l3 + 6, offset / 8 | (more ? RTE_IPV4_HDR_MF_FLAG : 0u));
	} else {
		uint8_t hdr[8] = {whole->bytes[f->l3 + 6], 0, (uint8_t)(offset >> 8),
			(uint8_t)((offset & 0xf8) | more)};

		f->bytes[f->l3 + 6] = IPPROTO_FRAGMENT;
		id = rte_cpu_to_be_32(id);
		memcpy(hdr + 4, &id, sizeof(id));
		frame_put(f, hdr, sizeof(hdr));
	}
	f->l4 = f->len;
	frame_put(f, whole->bytes + whole->l4 + offset, n);
	frame_fix(f, false);
}

struct rte_ipv4_hdr *
frame_ip4_hdr(struct rxframe *f)
{
	return (void *)(f->bytes + f->l3);
}

struct rte_udp_hdr *
frame_udp_hdr(struct rxframe *f)
{
	return (void *)(f->bytes + f->l4);
}
