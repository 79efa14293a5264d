/* SPDX-License-Identifier: BSD-3-Clause */
/* UDP (RFC 768, RFC 1122 4.1, RFC 8200 8.1): lengths and checksums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "eal.h"
#include "heard.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

static struct rxrig rig;
static struct heard heard;
static struct rxframe f;

static int
begin(void **state)
{
	(void)heard_begin(state);
	heard_listen(&heard, rig.worker, NULL);
	return 0;
}

static int
end(void **state)
{
	heard_end(&heard);
	return rxrig_end(state);
}

/* dgram_len 0..60 x bytes behind IP 0..50, both families; the checksum fits dgram_len. */
static void
test_lengths(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		for (uint32_t l4 = 1; l4 <= 50; l4++)
			for (uint32_t udp_len = 0; udp_len <= 60; udp_len++) {
				int fate = FATE_DELIVERED;

				frame_datagram(&f, &rig, i == 0 ? 4 : 6, 60);
				f.bytes[f.l4 + 4] = 0;
				f.bytes[f.l4 + 5] = (uint8_t)udp_len;
				f.len = f.l4 + udp_len;
				if (udp_len >= 8)
					frame_sum(&f);
				f.len = f.l4 + l4;
				if (i == 0) {
					f.bytes[f.l3 + 3] = (uint8_t)(20 + l4);
					frame_sum_ip4(&f);
				} else {
					f.bytes[f.l3 + 5] = (uint8_t)l4;
				}
				if (l4 < 8)
					fate = PROTO_DROP_UDP_TRUNCATED;
				else if (udp_len < 8 || udp_len > l4)
					fate = PROTO_DROP_UDP_LENGTH;
				for (uint32_t segs = 0; segs < 4; segs += 3)
					if (rx_fate(&rig, &f, segs) != fate)
						fail_msg("%u of %u", udp_len, l4);
				if (fate == FATE_DELIVERED) {
					heard_expect(&heard, 0, udp_len - 8);
					heard_expect(&heard, 1, udp_len - 8);
				}
				heard_return(&heard);
			}
	reply_none(&rig);
}

/* Each single bit of addresses, ports, length, payload: the checksum shows it. */
static void
test_every_bit(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		uint32_t from, len;

		frame_datagram(&f, &rig, i == 0 ? 4 : 6, 33);
		from = f.l4;
		len = f.len;
		for (uint32_t bit = from * 8; bit < len * 8; bit++) {
			int fate;

			if (bit / 8 - from == 4 || bit / 8 - from == 5)
				continue; /* the length: see test_lengths() */
			f.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
			fate = rx_fate(&rig, &f, bit % 4);
			if (fate != PROTO_DROP_UDP_CKSUM)
				fail_msg("bit %u: %s", bit, rx_fate_name(fate));
			f.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
	assert_int_equal(heard.n, 0);
	reply_none(&rig);
}

/* Payloads of every length, odd ones too, in odd pieces; a sum of 0 is sent as 0xffff. */
static void
test_sums(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		for (uint32_t n = 0; n < 260; n++) {
			frame_datagram(&f, &rig, i == 0 ? 4 : 6, n);
			if (n > 1) {
				uint16_t cksum;

				memset(f.bytes + f.l4 + 8, 0, 2);
				frame_sum(&f);
				memcpy(&cksum, f.bytes + f.l4 + 6, sizeof(cksum));
				memcpy(f.bytes + f.l4 + 8, &cksum, sizeof(cksum));
				frame_sum(&f);
				assert_int_equal(f.bytes[f.l4 + 6] & f.bytes[f.l4 + 7], 0xff);
			}
			for (uint32_t segs = 0; segs < 6; segs++) {
				if (rx_fate(&rig, &f, segs == 5 ? f.len : segs) != FATE_DELIVERED)
					fail_msg("%u bytes", n);
				heard_expect_bytes(&heard, segs, f.bytes + f.l4 + 8, n);
			}
			heard_return(&heard);
		}
}

/* No checksum: allowed over IPv4 (RFC 768), not over IPv6. */
static void
test_no_cksum(void **state)
{
	(void)state;
	frame_datagram(&f, &rig, 4, 20);
	memset(f.bytes + f.l4 + 6, 0, 2);
	rx_expect(&rig, &f, FATE_DELIVERED, "IPv4");
	frame_datagram(&f, &rig, 6, 20);
	memset(f.bytes + f.l4 + 6, 0, 2);
	rx_expect(&rig, &f, PROTO_DROP_UDP_NO_CKSUM, "IPv6");
	reply_none(&rig);
}

/* The port's word is taken when it is good news, and of a frame, not of a datagram in pieces. */
static void
test_port_cksum(void **state)
{
	static const struct {
		uint64_t flag;
		bool good;
		bool delivered;
	} rows[] = {
		{RTE_MBUF_F_RX_L4_CKSUM_GOOD, false, true},
		{RTE_MBUF_F_RX_L4_CKSUM_BAD, true, true},
		{RTE_MBUF_F_RX_L4_CKSUM_BAD, false, false},
		{RTE_MBUF_F_RX_L4_CKSUM_NONE, false, true},
		{RTE_MBUF_F_RX_L4_CKSUM_UNKNOWN, false, false},
	};
	static struct rxframe part;

	(void)state;
	for (unsigned int i = 0; i < 2 * RTE_DIM(rows); i++) {
		uint32_t n = heard.n;

		frame_datagram(&f, &rig, i % 2 == 0 ? 4 : 6, 64);
		if (!rows[i / 2].good)
			f.bytes[f.len - 1] ^= 1;
		rx_put(&rig, &f, 1);
		port_rx_last(rig.port, 0)->ol_flags |= rows[i / 2].flag;
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n - n, rows[i / 2].delivered);
	}
	for (unsigned int i = 0; i < 2; i++) {
		frame_datagram(&f, &rig, i == 0 ? 4 : 6, 64);
		f.bytes[f.len - 1] ^= 1;
		for (uint32_t at = 0; at < 72; at += 40) {
			frame_fragment(&part, &f, 77, at, at == 0 ? 40 : 32, at == 0);
			rx_put(&rig, &part, 1);
			port_rx_last(rig.port, 0)->ol_flags |= RTE_MBUF_F_RX_L4_CKSUM_GOOD;
		}
	}
	rxrig_poll(&rig, 0);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_UDP_CKSUM), 4 + 4);
}

/* What the headers say is what proto_rx_info() tells. */
static void
test_info(void **state)
{
	struct proto_rx_info info;
	struct proto_addr addr;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		frame_datagram(&f, &rig, i == 0 ? 4 : 6, 5);
		f.bytes[f.l3 + 1] = i == 0 ? 0xb9 : 0x90; /* DSCP 46, ECN 1 */
		if (i == 1)
			f.bytes[f.l3] = 0x6b;
		f.bytes[f.l3 + (i == 0 ? 8 : 7)] = 99;
		if (i == 0)
			frame_sum_ip4(&f);
		rx_expect(&rig, &f, FATE_DELIVERED, "info");
		for (uint32_t k = 0; k < 5; k++) {
			proto_rx_info(heard.ep, heard.pkts[k], &info);
			addr = addr_of(i == 0 ? PEER4 : PEER6);
			assert_true(proto_addr_equal(&info.peer.addr, &addr));
			addr = addr_of(i == 0 ? OWN4 : OWN6);
			assert_true(proto_addr_equal(&info.peer.local, &addr));
			assert_int_equal(info.peer.port, REMOTE_PORT);
			assert_ptr_equal(info.peer.link, rig.link);
			assert_int_equal(info.ttl, 99);
			assert_int_equal(info.tos, 0xb9);
			assert_int_equal(info.n_frames, 1);
		}
		heard_return(&heard);
	}
}

#define TEST(test) cmocka_unit_test_prestate_setup_teardown(test, begin, end, &rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lengths),
		TEST(test_every_bit),
		TEST(test_sums),
		TEST(test_no_cksum),
		TEST(test_port_cksum),
		TEST(test_info),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
