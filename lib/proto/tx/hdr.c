/* SPDX-License-Identifier: BSD-3-Clause */
#include "hdr.h"

#include <netinet/in.h>

#include <rte_mbuf.h>

/* The fields that a driver would rearm in one store, for a packet of one segment. */
static uint64_t
rearm_word(uint8_t hdr_len)
{
	const uint16_t fields[4] = {
		HDR_ROOM - hdr_len,    /* data_off */
		1,		       /* refcnt */
		1,		       /* nb_segs */
		RTE_MBUF_PORT_INVALID, /* port */
	};
	uint64_t word;

	memcpy(&word, fields, sizeof(word));
	return word;
}

/* Ethernet header and tag; returns their length. */
static uint8_t
put_l2(uint8_t *bytes, const struct proto_endpoint_conf *conf, const struct rte_ether_addr *src,
	const struct rte_ether_addr *dst, uint16_t ethertype)
{
	struct rte_ether_hdr eth = {.dst_addr = *dst, .src_addr = *src};
	struct rte_vlan_hdr tags[2];
	unsigned n = 0;

	/* What follows the addresses: the type of the outermost, then of each tag the next one's.
	 */
	eth.ether_type = rte_cpu_to_be_16(conf->qinq   ? RTE_ETHER_TYPE_QINQ
					  : conf->vlan ? RTE_ETHER_TYPE_VLAN
						       : ethertype);
	if (conf->qinq)
		tags[n++] = (struct rte_vlan_hdr){
			rte_cpu_to_be_16(conf->outer_tci), rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN)};
	if (conf->vlan)
		tags[n++] = (struct rte_vlan_hdr){
			rte_cpu_to_be_16(conf->vlan_tci), rte_cpu_to_be_16(ethertype)};
	memcpy(bytes, &eth, sizeof(eth));
	memcpy(bytes + sizeof(eth), tags, n * sizeof(tags[0]));
	return (uint8_t)(sizeof(eth) + n * sizeof(tags[0]));
}

static uint8_t
ip_proto(const struct proto_endpoint_conf *conf)
{
	return conf->kind == PROTO_IP ? conf->ip_proto : IPPROTO_UDP;
}

static void
put_ipv4(uint8_t *bytes, const struct proto_endpoint_conf *conf)
{
	struct rte_ipv4_hdr ip = {
		.version_ihl = RTE_IPV4_VHL_DEF,
		.type_of_service = (uint8_t)(conf->dscp << 2),
		.time_to_live = conf->ttl,
		.next_proto_id = ip_proto(conf),
	};

	memcpy(&ip.src_addr, conf->local.bytes, 4);
	memcpy(&ip.dst_addr, conf->remote.bytes, 4);
	memcpy(bytes, &ip, sizeof(ip));
}

static void
put_ipv6(uint8_t *bytes, const struct proto_endpoint_conf *conf, uint8_t next_header)
{
	struct rte_ipv6_hdr ip = {
		.vtc_flow =
			rte_cpu_to_be_32(6u << 28 | (uint32_t)conf->dscp << 22 | conf->flow_label),
		.proto = next_header,
		.hop_limits = conf->ttl,
	};

	memcpy(ip.src_addr, conf->local.bytes, 16);
	memcpy(ip.dst_addr, conf->remote.bytes, 16);
	memcpy(bytes, &ip, sizeof(ip));
}

/* Headers up to the client's bytes: with a fragment header (IPv6) and with a UDP header or not. */
static void
build_ip(struct hdr_template *template, const struct proto_endpoint_conf *conf,
	const struct rte_ether_addr *src, const struct rte_ether_addr *dst, bool fragment, bool udp)
{
	bool ipv4 = conf->remote.family == PROTO_IPV4;
	uint8_t *bytes = template->bytes;

	memset(template, 0, sizeof(*template));
	template->l2_len =
		put_l2(bytes, conf, src, dst, ipv4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	bytes += template->l2_len;
	template->l3_len = proto_ip_hdr_len(&conf->remote);
	if (ipv4) {
		put_ipv4(bytes, conf);
	} else if (fragment) {
		put_ipv6(bytes, conf, IPPROTO_FRAGMENT);
		bytes[sizeof(struct rte_ipv6_hdr)] = ip_proto(conf);
		template->l3_len += HDR_IPV6_FRAG_LEN;
	} else {
		put_ipv6(bytes, conf, ip_proto(conf));
	}
	template->len = template->l2_len + template->l3_len;
	if (udp) {
		struct rte_udp_hdr *header = (void *)(template->bytes + template->len);

		header->src_port = rte_cpu_to_be_16(conf->local_port);
		header->dst_port = rte_cpu_to_be_16(conf->remote_port);
		template->len += (uint8_t)sizeof(*header);
	}
	template->rearm = rearm_word(template->len);
}

/* The pseudo header without the length (RFC 768, RFC 8200 8.1). */
static uint32_t
pseudo_sum(const struct proto_endpoint_conf *conf)
{
	rte_be32_t v4[2];

	if (conf->remote.family == PROTO_IPV6)
		return cksum_pseudo_ipv6(conf->local.bytes, conf->remote.bytes, IPPROTO_UDP, 0);
	memcpy(&v4[0], conf->local.bytes, sizeof(v4[0]));
	memcpy(&v4[1], conf->remote.bytes, sizeof(v4[1]));
	return cksum_pseudo_ipv4(v4[0], v4[1], IPPROTO_UDP, 0);
}

void
hdr_build(struct hdr *hdr, const struct proto_endpoint_conf *conf, const struct rte_ether_addr *src,
	const struct rte_ether_addr *dst)
{
	memset(hdr, 0, sizeof(*hdr));
	if (conf->kind == PROTO_L2) {
		hdr->whole.l2_len = put_l2(hdr->whole.bytes, conf, src, dst, conf->ethertype);
		hdr->whole.len = hdr->whole.l2_len;
		hdr->whole.rearm = rearm_word(hdr->whole.len);
		return;
	}
	build_ip(&hdr->whole, conf, src, dst, false, conf->kind == PROTO_UDP);
	build_ip(&hdr->first, conf, src, dst, true, conf->kind == PROTO_UDP);
	build_ip(&hdr->rest, conf, src, dst, true, false);
	hdr->phdr_sum = pseudo_sum(conf);
	hdr->udp_sum = cksum_fold((uint64_t)hdr->phdr_sum + rte_cpu_to_be_16(conf->local_port) +
				  rte_cpu_to_be_16(conf->remote_port));
	if (conf->remote.family == PROTO_IPV4) {
		uint16_t words[sizeof(struct rte_ipv4_hdr) / 2];
		uint64_t sum = 0;

		memcpy(words, hdr->whole.bytes + hdr->whole.l2_len, sizeof(words));
		for (size_t i = 0; i < RTE_DIM(words); i++)
			sum += words[i];
		hdr->ip_sum = cksum_fold(sum);
	}
}
