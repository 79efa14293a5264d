/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP as a host hears it: echo (RFC 1122 3.2.2.6, RFC 4443 4.2), and what is not for a host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "eal.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

static struct rxrig rig;
static struct rxframe f, part;

static void
echo(struct rxframe *to, unsigned int family, const char *dst, uint32_t n)
{
	frame_eth(to, &rig, family == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	frame_ip(to, (uint8_t)family, NULL, dst, family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	frame_icmp_type(to, family == 4 ? 8 : 128, 0, 0x12345678);
	frame_count(to, n);
	frame_finish(to);
}

/* The next frame is the answer: the request's bytes, from where it went to where it came from. */
static void
answered(unsigned int family, uint32_t n)
{
	struct proto_addr own = addr_of(family == 4 ? OWN4 : OWN6);
	struct proto_addr peer = addr_of(family == 4 ? PEER4 : PEER6);
	uint32_t len = family == 4 ? 4 : 16;
	struct reply r;

	reply_next(&rig, &r);
	assert_int_equal(r.family, family);
	assert_int_equal(r.l4[0], family == 4 ? 0 : 129);
	assert_int_equal(r.l4[1], 0);
	assert_int_equal(r.ttl, 64);
	assert_int_equal(r.l4_len, 8 + n);
	assert_memory_equal(r.src_ip, own.bytes, len);
	assert_memory_equal(r.dst_ip, peer.bytes, len);
	assert_memory_equal(r.l4 + 4, f.bytes + f.l4 + 4, 4 + n);
}

/* Every length, odd ones too, however it lies in memory. */
static void
test_echo(void **state)
{
	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2)
		for (uint32_t n = 0; n < 1400; n += n < 70 ? 1 : 211) {
			echo(&f, family, NULL, n);
			rx_expect(&rig, &f, FATE_CONSUMED, "echo");
			for (unsigned int i = 0; i < RX_WAYS; i++)
				answered(family, n);
			reply_none(&rig);
		}
}

/* What Ethernet padded does not come back. */
static void
test_padding(void **state)
{
	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		echo(&f, family, NULL, 3);
		frame_put(&f, "padding", 7);
		rx_expect(&rig, &f, FATE_CONSUMED, "padded");
		for (unsigned int i = 0; i < RX_WAYS; i++)
			answered(family, 3);
	}
	reply_none(&rig);
}

/* In fragments in, in one or in fragments out (RFC 1122 3.3.2): the bytes of a long one. */
static void
test_fragments(void **state)
{
	static uint8_t back[4008];

	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		uint32_t got = 0, hdr_len = family == 4 ? 20 : 48;

		echo(&f, family, NULL, 1000);
		for (uint32_t at = 0; at < 1008; at += 336) {
			frame_fragment(&part, &f, 5, at, 336, at < 672);
			rx_put(&rig, &part, 1 + at / 336);
		}
		rxrig_poll(&rig, 0);
		answered(family, 1000);
		echo(&f, family, NULL, 4000);
		for (uint32_t at = 0; at < 4008; at += 1336) {
			frame_fragment(&part, &f, 6, at, 1336, at < 2672);
			rx_put(&rig, &part, 1);
		}
		rxrig_poll(&rig, 0);
		for (uint32_t i = 0; i < 3; i++) {
			struct reply r;
			const uint8_t *field;
			uint32_t offset;

			reply_next(&rig, &r);
			field = family == 4 ? r.l3 + 6 : r.l3 + 42;
			offset = (uint32_t)(field[0] << 8 | field[1]);
			offset = family == 4 ? (offset & 0x1fff) * 8 : offset & 0xfff8;
			assert_int_equal(offset, got);
			memcpy(back + got, r.l3 + hdr_len, r.l3_len - hdr_len);
			got += r.l3_len - hdr_len;
		}
		assert_int_equal(got, 4008);
		assert_int_equal(back[0], family == 4 ? 0 : 129);
		assert_memory_equal(back + 4, f.bytes + f.l4 + 4, 4004);
		reply_none(&rig);
	}
}

/* To a group: IPv4 lets it be, IPv6 answers from an address of its own (RFC 4443 4.2). */
static void
test_group(void **state)
{
	(void)state;
	echo(&f, 4, "224.0.0.1", 10);
	memcpy(f.bytes, (uint8_t[]){1, 0, 0x5e, 0, 0, 1}, 6);
	rx_expect(&rig, &f, PROTO_DROP_ICMP_TYPE, "to all hosts");
	echo(&f, 4, "192.0.2.255", 10);
	memset(f.bytes, 0xff, 6);
	rx_expect(&rig, &f, PROTO_DROP_ICMP_TYPE, "to everybody");
	reply_none(&rig);
	echo(&f, 6, "ff02::1", 10);
	memcpy(f.bytes, (uint8_t[]){0x33, 0x33, 0, 0, 0, 1}, 6);
	rx_expect(&rig, &f, FATE_CONSUMED, "to all nodes");
	for (unsigned int i = 0; i < RX_WAYS; i++)
		answered(6, 10);
	reply_none(&rig);
}

/* One bit wrong anywhere in the message or the pseudo header of IPv6. */
static void
test_cksum(void **state)
{
	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		echo(&f, family, NULL, 21);
		for (uint32_t bit = f.l4 * 8; bit < f.len * 8; bit++) {
			f.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(rx_fate(&rig, &f, bit % 3), PROTO_DROP_ICMP_CKSUM);
			f.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
	f.bytes[f.l3 + 23] ^= 1; /* the source: part of the sum over IPv6 alone */
	rx_expect(&rig, &f, PROTO_DROP_ICMP_CKSUM, "pseudo header");
	reply_none(&rig);
}

static void
test_truncated(void **state)
{
	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2)
		for (uint32_t n = family == 4 ? 0 : 1; n < 8; n++) {
			echo(&f, family, NULL, 0);
			f.len = f.l4 + n;
			frame_finish(&f);
			rx_expect(&rig, &f, PROTO_DROP_ICMP_TRUNCATED, "truncated");
		}
	reply_none(&rig);
}

/* What a host has no answer for (RFC 6918, RFC 4443 2.4 b). */
static void
test_types(void **state)
{
	static const uint8_t types4[] = {0, 1, 2, 6, 9, 10, 13, 14, 15, 16, 17, 18, 30, 40, 255};
	static const uint8_t types6[] = {129, 138, 139, 144, 149, 200, 255};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(types4) + RTE_DIM(types6); i++) {
		bool ip4 = i < RTE_DIM(types4);

		echo(&f, ip4 ? 4 : 6, NULL, 60);
		f.bytes[f.l4] = ip4 ? types4[i] : types6[i - RTE_DIM(types4)];
		frame_finish(&f);
		rx_expect(&rig, &f, PROTO_DROP_ICMP_TYPE, "a type");
	}
	reply_none(&rig);
}

/* One family's ICMP in the other's packet is a protocol that nobody takes. */
static void
test_other_family(void **state)
{
	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		echo(&f, family, NULL, 60);
		f.proto = f.bytes[f.l3 + (family == 4 ? 9 : 6)] =
			family == 4 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
		frame_finish(&f);
		assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_IP_PROTO);
		reply_error(
			&rig, &f, family == 4 ? 3 : 4, family == 4 ? 2 : 1, family == 4 ? 0 : 6);
	}
	echo(&f, 6, NULL, 60);
	f.proto = f.bytes[f.l3 + 6] = IPPROTO_IGMP;
	frame_finish(&f);
	assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_IP_PROTO);
	reply_error(&rig, &f, 4, 1, 6);
	reply_none(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST(test_echo, &rig),
		RX_TEST(test_padding, &rig),
		RX_TEST(test_fragments, &rig),
		RX_TEST(test_group, &rig),
		RX_TEST(test_cksum, &rig),
		RX_TEST(test_truncated, &rig),
		RX_TEST(test_types, &rig),
		RX_TEST(test_other_family, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
