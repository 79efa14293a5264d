/* SPDX-License-Identifier: BSD-3-Clause */
#define ALLOW_EXPERIMENTAL_API /* rte_ipv[46]_udptcp_cksum_verify() in DPDK 22.11 */
#include "frames.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_ip.h>
#include <rte_udp.h>

#define FRAG_HDR_LEN 8u

/* What stands at the IP layer of one frame. */
struct l3_view {
	uint32_t hdr_len; /* with a fragment header */
	uint32_t data_len;
	uint32_t offset; /* of the data, in the datagram */
	uint32_t id;
	bool fragment;
	bool more;
	bool df;
};

void
frames_init(struct frames *frames, struct fault_queue *queue)
{
	memset(frames, 0, sizeof(*frames));
	frames->queue = queue;
}

/* Returns the length of the L2 header. */
static uint32_t
check_l2(const struct fault_frame *frame, const struct frames_want *want)
{
	const struct rte_ether_hdr *eth = (const void *)frame->bytes;
	uint16_t type = want->conf.remote.family == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6;
	uint32_t len = sizeof(*eth);

	if (want->conf.kind == PROTO_L2)
		type = want->conf.ethertype;
	assert_true(frame->frame_len >= len);
	assert_memory_equal(&eth->src_addr, &want->src, sizeof(want->src));
	assert_memory_equal(&eth->dst_addr, &want->dst, sizeof(want->dst));
	if (want->conf.vlan) {
		const struct rte_vlan_hdr *tag = (const void *)(frame->bytes + len);

		assert_int_equal(rte_be_to_cpu_16(eth->ether_type), RTE_ETHER_TYPE_VLAN);
		assert_int_equal(rte_be_to_cpu_16(tag->vlan_tci), want->conf.vlan_tci);
		assert_int_equal(rte_be_to_cpu_16(tag->eth_proto), type);
		len += (uint32_t)sizeof(*tag);
	} else {
		assert_int_equal(rte_be_to_cpu_16(eth->ether_type), type);
	}
	assert_in_range(frame->frame_len - len, 0, want->mtu);
	return len;
}

static void
check_ipv4(const uint8_t *l3, uint32_t l3_len, const struct frames_want *want, struct l3_view *v)
{
	struct rte_ipv4_hdr ip;
	uint16_t cksum, field;

	assert_true(l3_len >= sizeof(ip));
	memcpy(&ip, l3, sizeof(ip));
	assert_int_equal(ip.version_ihl, 0x45);
	assert_int_equal(ip.type_of_service, want->conf.dscp << 2);
	assert_int_equal(rte_be_to_cpu_16(ip.total_length), l3_len);
	assert_int_equal(ip.time_to_live, want->conf.ttl != 0 ? want->conf.ttl : 64);
	assert_int_equal(ip.next_proto_id, IPPROTO_UDP);
	assert_memory_equal(&ip.src_addr, want->conf.local.bytes, 4);
	assert_memory_equal(&ip.dst_addr, want->conf.remote.bytes, 4);
	cksum = ip.hdr_checksum;
	ip.hdr_checksum = 0;
	assert_int_equal(cksum, rte_ipv4_cksum(&ip));
	field = rte_be_to_cpu_16(ip.fragment_offset);
	assert_int_equal(field & 0x8000, 0);
	*v = (struct l3_view){
		.hdr_len = sizeof(ip),
		.data_len = l3_len - (uint32_t)sizeof(ip),
		.offset = (field & RTE_IPV4_HDR_OFFSET_MASK) * 8u,
		.id = rte_be_to_cpu_16(ip.packet_id),
		.more = (field & RTE_IPV4_HDR_MF_FLAG) != 0,
		.df = (field & RTE_IPV4_HDR_DF_FLAG) != 0,
	};
	v->fragment = v->more || v->offset != 0;
	assert_int_not_equal(v->id, 0);
	if (v->fragment)
		assert_false(v->df);
	else
		assert_int_equal(v->df, want->conf.df != PROTO_DF_NEVER);
}

static void
check_ipv6(const uint8_t *l3, uint32_t l3_len, const struct frames_want *want, struct l3_view *v)
{
	struct rte_ipv6_hdr ip;
	const struct proto_endpoint_conf *conf = &want->conf;

	assert_true(l3_len >= sizeof(ip));
	memcpy(&ip, l3, sizeof(ip));
	assert_int_equal(rte_be_to_cpu_32(ip.vtc_flow),
		6u << 28 | (uint32_t)conf->dscp << 22 | conf->flow_label);
	assert_int_equal(rte_be_to_cpu_16(ip.payload_len), l3_len - sizeof(ip));
	assert_int_equal(ip.hop_limits, conf->ttl != 0 ? conf->ttl : 64);
	assert_memory_equal(ip.src_addr, conf->local.bytes, 16);
	assert_memory_equal(ip.dst_addr, conf->remote.bytes, 16);
	*v = (struct l3_view){.hdr_len = sizeof(ip), .data_len = l3_len - (uint32_t)sizeof(ip)};
	if (ip.proto == IPPROTO_FRAGMENT) {
		const uint8_t *frag = l3 + sizeof(ip);
		uint32_t field = (uint32_t)frag[2] << 8 | frag[3];

		assert_true(v->data_len >= FRAG_HDR_LEN);
		assert_int_equal(frag[0], IPPROTO_UDP);
		assert_int_equal(frag[1], 0);
		assert_int_equal(field & 6, 0);
		v->offset = field & 0xfff8;
		v->more = (field & 1) != 0;
		v->fragment = true;
		v->id = (uint32_t)frag[4] << 24 | (uint32_t)frag[5] << 16 | (uint32_t)frag[6] << 8 |
			frag[7];
		v->hdr_len += FRAG_HDR_LEN;
		v->data_len -= FRAG_HDR_LEN;
		assert_int_not_equal(v->id, 0);
		assert_true(v->more || v->offset != 0); /* no atomic fragments (RFC 8021) */
	} else {
		assert_int_equal(ip.proto, IPPROTO_UDP);
	}
}

/* Identifications of one destination are distinct. */
static void
check_id(struct frames *frames, uint8_t family, const struct datagram *d)
{
	if (family == 4) {
		if ((frames->ids4[d->id / 64] >> (d->id % 64) & 1) != 0)
			fail_msg("identification %u was there before", d->id);
		frames->ids4[d->id / 64] |= 1ull << (d->id % 64);
	} else if (d->n_frames > 1) {
		for (uint32_t i = 0; i < RTE_MIN(frames->n_ids6, RTE_DIM(frames->ids6)); i++)
			assert_int_not_equal(frames->ids6[i], d->id);
		frames->ids6[frames->n_ids6++ % RTE_DIM(frames->ids6)] = d->id;
	}
}

/* Do what the port would do with a frame that asks it to, and see that it could. */
static void
offload_apply(struct fault_frame *frame, uint8_t family)
{
	struct rte_mbuf lens = {.tx_offload = frame->tx_offload};
	struct rte_ether_hdr *eth = (void *)frame->bytes;
	uint32_t l2_len = eth->ether_type == rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN) ? 18 : 14;
	uint32_t l3_len = family == 4 ? 20 : 40;
	void *ip = frame->bytes + l2_len;
	struct rte_udp_hdr *udp = (void *)(frame->bytes + l2_len + l3_len);

	assert_int_equal(lens.l2_len, l2_len);
	assert_int_equal(lens.l3_len, l3_len);
	assert_int_equal(frame->ol_flags & RTE_MBUF_F_TX_L4_MASK, RTE_MBUF_F_TX_UDP_CKSUM);
	if (family == 4) {
		assert_int_equal(frame->ol_flags, RTE_MBUF_F_TX_UDP_CKSUM | RTE_MBUF_F_TX_IPV4);
		assert_int_equal(udp->dgram_cksum, rte_ipv4_phdr_cksum(ip, frame->ol_flags));
		udp->dgram_cksum = 0;
		udp->dgram_cksum = rte_ipv4_udptcp_cksum(ip, udp);
	} else {
		assert_int_equal(frame->ol_flags, RTE_MBUF_F_TX_UDP_CKSUM | RTE_MBUF_F_TX_IPV6);
		assert_int_equal(udp->dgram_cksum, rte_ipv6_phdr_cksum(ip, frame->ol_flags));
		udp->dgram_cksum = 0;
		udp->dgram_cksum = rte_ipv6_udptcp_cksum(ip, udp);
	}
	frame->ol_flags = 0;
	frame->tx_offload = 0;
}

static void
check_udp(const struct frames_want *want, struct datagram *d)
{
	struct rte_udp_hdr *udp = (void *)d->l4;
	bool fragmented = d->n_frames > 1;

	assert_true(d->len >= sizeof(*udp));
	assert_int_equal(rte_be_to_cpu_16(udp->src_port), want->conf.local_port);
	assert_int_equal(rte_be_to_cpu_16(udp->dst_port), want->conf.remote_port);
	assert_int_equal(rte_be_to_cpu_16(udp->dgram_len), d->len);
	if (want->conf.no_udp_cksum && !fragmented) {
		assert_int_equal(udp->dgram_cksum, 0);
		return;
	}
	assert_int_not_equal(udp->dgram_cksum, 0);
	if (want->conf.remote.family == 4) {
		struct rte_ipv4_hdr *ip = (void *)d->ip;

		ip->total_length = rte_cpu_to_be_16((uint16_t)(d->len + sizeof(*ip)));
		assert_int_equal(rte_ipv4_udptcp_cksum_verify(ip, udp), 0);
	} else {
		struct rte_ipv6_hdr *ip = (void *)d->ip;

		ip->payload_len = rte_cpu_to_be_16((uint16_t)d->len);
		ip->proto = IPPROTO_UDP;
		assert_int_equal(rte_ipv6_udptcp_cksum_verify(ip, udp), 0);
	}
}

/* Put one frame's part in its place. */
static void
add_part(struct frames *frames, const struct frames_want *want, struct datagram *d)
{
	struct fault_frame *frame = &frames->queue->frames[frames->at];
	uint32_t l2_len = check_l2(frame, want);
	uint32_t l3_len = frame->frame_len - l2_len;
	const uint8_t *l3 = frame->bytes + l2_len;
	struct l3_view v = {.data_len = l3_len};

	if (want->conf.kind == PROTO_UDP && want->conf.remote.family == 4)
		check_ipv4(l3, l3_len, want, &v);
	else if (want->conf.kind == PROTO_UDP)
		check_ipv6(l3, l3_len, want, &v);
	if (frame->ol_flags != 0 || (want->offload && !want->conf.no_udp_cksum && !v.fragment &&
					    want->conf.kind == PROTO_UDP)) {
		assert_true(want->offload);
		assert_false(v.fragment);
		offload_apply(frame, want->conf.remote.family);
		d->cksum_offload = true;
	}
	if (d->n_frames == 0) {
		memcpy(d->ip, l3, RTE_MIN(v.hdr_len, sizeof(d->ip)));
		d->id = v.id;
	}
	assert_int_equal(v.id, d->id);
	assert_int_equal(v.offset, d->len); /* in order, and no gap */
	assert_true(v.offset + v.data_len <= 65535);
	if (v.more) {
		assert_int_equal(v.data_len % 8, 0);
		assert_true(
			v.hdr_len + v.data_len + 8 > want->mtu); /* no smaller than it must be */
	}
	memcpy(d->l4 + v.offset, l3 + v.hdr_len, v.data_len);
	d->len += v.data_len;
	d->more = v.more;
	d->n_frames++;
	frames->at++;
}

void
frames_datagram(struct frames *frames, const struct frames_want *want, struct datagram *d)
{
	d->len = 0;
	d->n_frames = 0;
	d->cksum_offload = false;
	do {
		if (frames->at >= frames->queue->n_frames)
			fail_msg("frame %u of a datagram is missing", d->n_frames);
		add_part(frames, want, d);
	} while (d->more);
	if (want->conf.kind == PROTO_L2)
		return;
	check_udp(want, d);
	check_id(frames, want->conf.remote.family, d);
}

void
frames_expect(struct frames *frames, const struct frames_want *want, const void *bytes,
	uint32_t payload_len)
{
	static struct datagram d;
	uint32_t hdr_len = want->conf.kind == PROTO_L2 ? 0 : sizeof(struct rte_udp_hdr);
	uint32_t ip_len = want->conf.kind == PROTO_L2 ? 0 : want->conf.remote.family == 4 ? 20 : 40;
	uint32_t at = 0;

	do {
		frames_datagram(frames, want, &d);
		assert_true(d.len - hdr_len <= payload_len - at);
		assert_memory_equal(d.l4 + hdr_len, (const uint8_t *)bytes + at, d.len - hdr_len);
		at += d.len - hdr_len;
		if (at == payload_len)
			return;
		assert_int_equal(want->conf.cut, PROTO_SEGMENT);
		assert_int_equal(ip_len + d.len, want->mtu); /* full, if more follows */
	} while (true);
}

void
frames_equal(const struct fault_queue *a, const struct fault_queue *b)
{
	assert_int_equal(a->n_frames, b->n_frames);
	for (uint32_t i = 0; i < a->n_frames; i++) {
		assert_int_equal(a->frames[i].frame_len, b->frames[i].frame_len);
		assert_memory_equal(a->frames[i].bytes, b->frames[i].bytes, a->frames[i].frame_len);
	}
}
