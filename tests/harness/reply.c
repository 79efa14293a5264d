/* SPDX-License-Identifier: BSD-3-Clause */
/* By DPDK's checksum functions, and offsets of the RFCs. */
#include "reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* Of addresses (`addrs_len` bytes) and length in the pseudo header, if there is one, and data. */
static void
sum_check(const struct reply *r, uint32_t addrs_len, bool pseudo)
{
	const uint32_t tail[] = {rte_cpu_to_be_32(r->l4_len), rte_cpu_to_be_32((uint32_t)r->proto)};
	uint32_t sum = rte_raw_cksum(r->l4, r->l4_len);

	if (pseudo)
		sum += (uint32_t)rte_raw_cksum(r->src_ip, addrs_len) +
		       rte_raw_cksum(tail, sizeof(tail));
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	assert_int_equal(sum, 0xffff);
}

static void
read_ip4(struct reply *r)
{
	uint32_t hdr_len = (r->l3[0] & 15u) * 4u;

	assert_true(r->l3_len >= 20 && hdr_len >= 20 && hdr_len <= r->l3_len);
	assert_int_equal(r->l3[0] >> 4, 4);
	assert_int_equal(get16(r->l3 + 2), r->l3_len);
	assert_int_equal(rte_raw_cksum(r->l3, hdr_len), 0xffff);
	r->proto = r->l3[9];
	r->ttl = r->l3[8];
	r->src_ip = r->l3 + 12;
	r->dst_ip = r->l3 + 16;
	r->l4 = r->l3 + hdr_len;
	r->l4_len = r->l3_len - hdr_len;
	if ((get16(r->l3 + 6) & 0x3fff) == 0)
		sum_check(r, 8, r->proto == IPPROTO_UDP);
}

/* Hop-by-hop options are stepped over; fragments are not looked into. */
static void
read_ip6(struct reply *r)
{
	uint32_t hdr_len = 40;

	assert_true(r->l3_len >= 40);
	assert_int_equal(r->l3[0] >> 4, 6);
	assert_int_equal(get16(r->l3 + 4), r->l3_len - 40);
	r->proto = r->l3[6];
	r->ttl = r->l3[7];
	r->src_ip = r->l3 + 8;
	r->dst_ip = r->l3 + 24;
	if (r->proto == IPPROTO_HOPOPTS) {
		r->proto = r->l3[40];
		hdr_len += 8u * (r->l3[41] + 1u);
	}
	r->l4 = r->l3 + hdr_len;
	r->l4_len = r->l3_len - hdr_len;
	if (r->proto == IPPROTO_ICMPV6 || r->proto == IPPROTO_UDP)
		sum_check(r, 32, true);
}

void
reply_next(struct rxrig *rig, struct reply *r)
{
	const struct fault_queue *q = &rig->port->fault.queues[0];
	const struct fault_frame *frame;
	uint32_t at = 12;

	if (rig->looked_at >= q->n_frames)
		fail_msg("no frame was sent");
	frame = &q->frames[rig->looked_at++];
	assert_true(frame->frame_len >= RTE_ETHER_HDR_LEN);
	*r = (struct reply){0};
	memcpy(&r->dst, frame->bytes, sizeof(r->dst));
	assert_memory_equal(frame->bytes + 6, &rig->port->fault.info.mac, 6);
	while (get16(frame->bytes + at) == RTE_ETHER_TYPE_VLAN ||
		get16(frame->bytes + at) == RTE_ETHER_TYPE_QINQ) {
		at += 4;
		r->n_tags++;
	}
	r->ethertype = get16(frame->bytes + at);
	r->l3 = frame->bytes + at + 2;
	r->l3_len = frame->frame_len - at - 2;
	if (r->ethertype == RTE_ETHER_TYPE_IPV4) {
		r->family = 4;
		read_ip4(r);
	} else if (r->ethertype == RTE_ETHER_TYPE_IPV6) {
		r->family = 6;
		read_ip6(r);
	}
}

void
reply_error(struct rxrig *rig, const struct rxframe *f, uint8_t type, uint8_t code, uint32_t param)
{
	const uint8_t *ip = f->bytes + f->l3;
	bool ip4 = ip[0] >> 4 == 4;
	uint32_t most = ip4 ? 548 : 1232;
	uint32_t ip_len = ip4 ? get16(ip + 2) : get16(ip + 4) + 40u;
	struct reply r;
	uint32_t is;

	reply_next(rig, &r);
	assert_int_equal(r.family, ip[0] >> 4);
	assert_int_equal(r.proto, ip4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	assert_memory_equal(r.dst_ip, ip + (ip4 ? 12 : 8), ip4 ? 4 : 16);
	assert_true(r.l4_len >= 8);
	assert_int_equal(r.l4[0], type);
	assert_int_equal(r.l4[1], code);
	memcpy(&is, r.l4 + 4, sizeof(is));
	assert_int_equal(rte_be_to_cpu_32(is), param);
	assert_int_equal(r.l4_len - 8, RTE_MIN(most, RTE_MIN(ip_len, f->len - f->l3)));
	assert_memory_equal(r.l4 + 8, ip, r.l4_len - 8);
}

void
reply_none(struct rxrig *rig)
{
	assert_int_equal(rig->port->fault.queues[0].n_frames - rig->looked_at, 0);
}

void
reply_forget(struct rxrig *rig)
{
	rig->looked_at = rig->port->fault.queues[0].n_frames;
}
