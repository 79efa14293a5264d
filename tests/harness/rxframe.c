/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames put together by hand, with DPDK's structs and checksums. */
#include <string.h>

#include <netinet/in.h>

#include "host.h"
#include "rig.h"
#include "rxrig.h"

void
frame_put(struct rxframe *f, const void *bytes, uint32_t n)
{
	if (bytes != NULL)
		memcpy(f->bytes + f->len, bytes, n);
	else
		memset(f->bytes + f->len, 0, n);
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
	frame_put(f, &eth, sizeof(eth));
	f->l3 = f->len;
}

void
frame_tag(struct rxframe *f, uint16_t tpid, uint16_t tci)
{
	uint16_t words[2] = {rte_cpu_to_be_16(tci)};
	uint16_t type = rte_cpu_to_be_16(tpid);

	memcpy(&words[1], f->bytes + f->len - 2, 2);
	memcpy(f->bytes + f->len - 2, &type, 2);
	frame_put(f, words, sizeof(words));
	f->l3 = f->len;
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
	struct proto_addr src = addr_of("2001:db8::2"), dst = addr_of("2001:db8::1");

	memcpy(ip.src_addr, src.bytes, 16);
	memcpy(ip.dst_addr, dst.bytes, 16);
	f->l3 = f->len;
	frame_put(f, &ip, sizeof(ip));
	f->l4 = f->len;
}

void
frame_fix(struct rxframe *f, bool udp)
{
	uint32_t ip_len = f->len - f->l3;
	struct rte_udp_hdr *header = (void *)(f->bytes + f->l4);

	if (udp) {
		header->dgram_len = rte_cpu_to_be_16((uint16_t)(f->len - f->l4));
		header->dgram_cksum = 0;
	}
	if (f->bytes[f->l3] >> 4 == 4) {
		struct rte_ipv4_hdr *ip = (void *)(f->bytes + f->l3);

		ip->total_length = rte_cpu_to_be_16((uint16_t)ip_len);
		ip->hdr_checksum = 0;
		ip->hdr_checksum = (uint16_t)~rte_raw_cksum(ip, (ip->version_ihl & 15u) * 4);
		if (udp)
			header->dgram_cksum = rte_ipv4_udptcp_cksum(ip, header);
	} else {
		struct rte_ipv6_hdr *ip = (void *)(f->bytes + f->l3);

		ip->payload_len = rte_cpu_to_be_16((uint16_t)(ip_len - sizeof(*ip)));
		if (udp && f->l4 == f->l3 + sizeof(*ip))
			header->dgram_cksum = rte_ipv6_udptcp_cksum(ip, header);
	}
}

void
frame_udp(struct rxframe *f, uint32_t n)
{
	struct rte_udp_hdr udp = {
		.src_port = rte_cpu_to_be_16(5000), .dst_port = rte_cpu_to_be_16(9000)};

	f->l4 = f->len;
	frame_put(f, &udp, sizeof(udp));
	for (uint32_t i = 0; i < n; i++)
		f->bytes[f->len++] = (uint8_t)i;
	frame_fix(f, true);
}

void
frame_icmp(struct rxframe *f, const void *bytes, uint32_t n)
{
	uint16_t *cksum = (void *)(f->bytes + f->len + 2);

	f->l4 = f->len;
	frame_put(f, bytes, n);
	frame_fix(f, false);
	memset(cksum, 0, 2);
	if (f->bytes[f->l3] >> 4 == 4)
		*cksum = (uint16_t)~rte_raw_cksum(f->bytes + f->l4, n);
	else {
		struct rte_ipv6_hdr ip;
		uint32_t sum;

		memcpy(&ip, f->bytes + f->l3, sizeof(ip));
		ip.proto = IPPROTO_ICMPV6;
		ip.payload_len = rte_cpu_to_be_16((uint16_t)n);
		sum = rte_raw_cksum(f->bytes + f->l4, n) + rte_ipv6_phdr_cksum(&ip, 0);
		*cksum = (uint16_t) ~((sum & 0xffff) + (sum >> 16));
	}
}

void
frame_datagram(struct rxframe *f, const struct rxrig *rig, uint8_t family, uint32_t n)
{
	frame_eth(f, rig, family == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	if (family == 4)
		frame_ip4(f, IPPROTO_UDP, 0, 1);
	else
		frame_ip6(f, IPPROTO_UDP);
	frame_udp(f, n);
}

void
frame_fragment(struct rxframe *f, const struct rxrig *rig, const struct rxframe *whole, uint32_t id,
	uint32_t offset, uint32_t n)
{
	bool more = whole->l4 + offset + n < whole->len;
	uint8_t hdr[8] = {0, 0, (uint8_t)(offset >> 8), (uint8_t)(offset | more)};

	if (whole->bytes[whole->l3] >> 4 == 4) {
		frame_eth(f, rig, RTE_ETHER_TYPE_IPV4);
		frame_ip4(f, whole->bytes[whole->l3 + 9],
			(uint16_t)(offset / 8 | (more ? RTE_IPV4_HDR_MF_FLAG : 0)), (uint16_t)id);
	} else {
		frame_eth(f, rig, RTE_ETHER_TYPE_IPV6);
		frame_ip6(f, IPPROTO_FRAGMENT);
		hdr[0] = whole->bytes[whole->l3 + 6];
		memcpy(hdr + 4, &id, sizeof(id));
		frame_put(f, hdr, sizeof(hdr));
	}
	frame_put(f, whole->bytes + whole->l4 + offset, n);
	frame_fix(f, false);
}

void
frame_in(struct rxrig *rig, const struct rxframe *f)
{
	port_rx_inject(rig->port, 0, f->bytes, f->len, 1);
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
