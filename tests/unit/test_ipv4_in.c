/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv4 in the order of RFC 791 and RFC 1122 3.2.1: each rule has a frame that breaks it alone.
 *
 * STYLE.md, grout ip_input: a checksum over an ihl that was not validated, total_length never
 * compared with the frame.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_ip.h>

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

struct hostile {
	const char *what;
	uint16_t at; /* offset of the change, from the IP header on */
	uint8_t n;
	uint8_t bytes[4];
	bool keep_cksum; /* it is not put right after the change */
	int fate;
};

static const struct hostile table[] = {
	{"as it was", 0, 0, {0}, false, FATE_DELIVERED},
	{"version 0", 0, 1, {0x05}, false, PROTO_DROP_IP_VERSION},
	{"version 5", 0, 1, {0x55}, false, PROTO_DROP_IP_VERSION},
	{"version 6", 0, 1, {0x65}, false, PROTO_DROP_IP_VERSION},
	{"ihl 0", 0, 1, {0x40}, false, PROTO_DROP_IP_HDR_LEN},
	{"ihl 4", 0, 1, {0x44}, false, PROTO_DROP_IP_HDR_LEN},
	{"total length 0", 2, 2, {0, 0}, false, PROTO_DROP_IP_LENGTH},
	{"total length 19", 2, 2, {0, 19}, false, PROTO_DROP_IP_LENGTH},
	{"total length 65535", 2, 2, {0xff, 0xff}, false, PROTO_DROP_IP_LENGTH},
	{"a bad checksum", 10, 2, {0xff, 0xfe}, true, PROTO_DROP_IP_CKSUM},
	{"a checksum of 0", 10, 2, {0, 0}, true, PROTO_DROP_IP_CKSUM},
	{"a change that the checksum shows", 8, 1, {7}, true, PROTO_DROP_IP_CKSUM},
	{"TTL 0: for the last host it is no matter", 8, 1, {0}, false, FATE_DELIVERED},
	{"DF", 6, 1, {0x40}, false, FATE_DELIVERED},
	{"the reserved bit", 6, 1, {0x80}, false, FATE_DELIVERED},
	{"from 0.0.0.0", 12, 4, {0, 0, 0, 0}, false, PROTO_DROP_IP_SOURCE},
	{"from a group", 12, 4, {224, 0, 0, 1}, false, PROTO_DROP_IP_SOURCE},
	{"from class E", 12, 4, {240, 0, 0, 1}, false, PROTO_DROP_IP_SOURCE},
	{"from 255.255.255.255", 12, 4, {255, 255, 255, 255}, false, PROTO_DROP_IP_SOURCE},
	{"from the subnet's broadcast", 12, 4, {192, 0, 2, 255}, false, PROTO_DROP_IP_SOURCE},
	{"from loopback", 12, 4, {127, 0, 0, 1}, false, PROTO_DROP_IP_SOURCE},
	{"from ourselves", 12, 4, {192, 0, 2, 1}, false, PROTO_DROP_IP_SOURCE},
	{"to another host", 16, 4, {192, 0, 2, 3}, false, PROTO_DROP_IP_DEST},
	{"to 0.0.0.0", 16, 4, {0, 0, 0, 0}, false, PROTO_DROP_IP_DEST},
	{"to loopback", 16, 4, {127, 0, 0, 1}, false, PROTO_DROP_IP_DEST},
	{"to a group that nobody joined", 16, 4, {239, 1, 2, 3}, false, PROTO_DROP_IP_DEST},
	{"to class E", 16, 4, {240, 1, 2, 3}, false, PROTO_DROP_IP_DEST},
	{"to another subnet's broadcast", 16, 4, {192, 0, 3, 255}, false, PROTO_DROP_IP_DEST},
};

/* Each row twice: what comes first changes nothing for what comes then. */
static void
test_rules(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2 * RTE_DIM(table); i++) {
		const struct hostile *row = &table[i % RTE_DIM(table)];

		frame_datagram(&f, &rig, 4, 30);
		memcpy(f.bytes + f.l3 + row->at, row->bytes, row->n);
		if (row->at >= 12 && row->n != 0) /* the pseudo header's part of it */
			frame_sum(&f);
		if (!row->keep_cksum)
			frame_sum_ip4(&f);
		rx_expect(&rig, &f, row->fate, row->what);
		if (row->fate == FATE_DELIVERED) {
			heard_expect(&heard, 4, 30);
			heard_return(&heard);
		}
	}
	reply_none(&rig); /* none of them is answered */
}

/* What must become of a header with this ihl, this total length, in a frame of `avail` L3 bytes. */
static int
model(uint32_t ihl, uint32_t total, uint32_t avail)
{
	if (avail < 20)
		return PROTO_DROP_IP_TRUNCATED;
	if (ihl < 5)
		return PROTO_DROP_IP_HDR_LEN;
	if (ihl * 4 > avail)
		return PROTO_DROP_IP_TRUNCATED;
	if (total < ihl * 4 || total > avail)
		return PROTO_DROP_IP_LENGTH;
	if (total < ihl * 4 + 8)
		return PROTO_DROP_UDP_TRUNCATED;
	return FATE_DELIVERED;
}

/* ihl 0..15 x bytes that are there x total_length, in exact memory and in two pieces. */
static void
test_lengths(void **state)
{
	(void)state;
	for (uint32_t ihl = 0; ihl < 16; ihl++)
		for (uint32_t avail = 0; avail <= 80; avail += avail < 24 ? 1 : 4)
			for (uint32_t total = 0; total <= 84; total += 4) {
				uint32_t l4 = RTE_MAX(ihl, 5u) * 4;

				frame_datagram(&f, &rig, 4, 52);
				memset(f.bytes + f.l3 + 20, 1, 40); /* options: NOP */
				f.bytes[f.l3] = (uint8_t)(0x40 | ihl);
				f.bytes[f.l3 + 3] = (uint8_t)total;
				f.l4 = f.l3 + l4;
				f.len = f.l4; /* a UDP header where the model has one */
				frame_udp_ports(&f, REMOTE_PORT, LOCAL_PORT);
				f.bytes[f.l4 + 5] = (uint8_t)(total > l4 + 8 ? total - l4 : 8);
				memset(f.bytes + f.len, 1, 90);
				f.len = f.l3 + total;
				if (total >= l4 + 8)
					frame_sum(&f);
				f.len = f.l3 + RTE_MAX(avail, l4);
				frame_sum_ip4(&f);
				f.len = f.l3 + avail;
				for (uint32_t segs = 0; segs < 3; segs += 2)
					if (rx_fate(&rig, &f, segs) != model(ihl, total, avail))
						fail_msg("ihl %u, total %u of %u", ihl, total,
							avail);
				heard_return(&heard);
			}
	reply_none(&rig);
}

static const struct {
	const char *what;
	uint8_t n;
	uint8_t bytes[40];
	int fate;
} options[] = {
	{"NOP and EOL", 4, {1, 1, 1, 0}, FATE_DELIVERED},
	{"bytes behind EOL are nothing", 4, {0, 131, 1, 1}, FATE_DELIVERED},
	{"router alert", 4, {148, 4, 0, 0}, FATE_DELIVERED},
	{"record route", 8, {7, 7, 4, 0, 0, 0, 0, 0}, FATE_DELIVERED},
	{"loose source route", 8, {131, 7, 4, 192, 0, 2, 9, 0}, PROTO_DROP_IP_OPTIONS},
	{"strict source route", 8, {137, 7, 4, 192, 0, 2, 9, 0}, PROTO_DROP_IP_OPTIONS},
	{"source route behind others", 12, {1, 148, 4, 0, 0, 131, 7, 4, 1, 2, 3, 4},
		PROTO_DROP_IP_OPTIONS},
	{"length 0", 4, {7, 0, 0, 0}, PROTO_DROP_IP_OPTIONS},
	{"length 1", 4, {7, 1, 0, 0}, PROTO_DROP_IP_OPTIONS},
	{"longer than the header", 4, {7, 5, 4, 0}, PROTO_DROP_IP_OPTIONS},
	{"no length byte", 4, {1, 1, 1, 7}, PROTO_DROP_IP_OPTIONS},
	{"ends with the header", 4, {1, 1, 7, 2}, FATE_DELIVERED},
	{"all 40 bytes", 40, {148, 40}, FATE_DELIVERED},
	{"41 of 40 bytes", 40, {148, 41}, PROTO_DROP_IP_OPTIONS},
};

static void
with_options(const uint8_t *bytes, uint8_t n, uint32_t payload_len)
{
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip(&f, 4, NULL, NULL, IPPROTO_UDP);
	f.bytes[f.l3] = (uint8_t)(0x45 + n / 4);
	frame_put(&f, bytes, n);
	frame_udp_ports(&f, REMOTE_PORT, LOCAL_PORT);
	frame_count(&f, payload_len);
	frame_finish(&f);
}

static void
test_options(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2 * RTE_DIM(options); i++) {
		unsigned int row = i % RTE_DIM(options);

		with_options(options[row].bytes, options[row].n, 9);
		rx_expect(&rig, &f, options[row].fate, options[row].what);
		if (options[row].fate == FATE_DELIVERED) {
			struct proto_rx_info info;

			heard_expect(&heard, 0, 9);
			proto_rx_info(heard.ep, heard.pkts[0], &info);
			assert_int_equal(info.peer.port, REMOTE_PORT);
			assert_int_equal(info.ttl, 64);
			heard_return(&heard);
		}
	}
	reply_none(&rig);
}

/* Every prefix of a datagram with 40 bytes of options: nothing of it is delivered. */
static void
test_truncated(void **state)
{
	uint32_t len;

	(void)state;
	with_options(options[12].bytes, 40, 4);
	len = f.len;
	for (f.len = 0; f.len < len; f.len++) {
		int fate = PROTO_DROP_RUNT;

		if (f.len >= 14)
			fate = f.len < 74 ? PROTO_DROP_IP_TRUNCATED : PROTO_DROP_IP_LENGTH;
		rx_expect(&rig, &f, fate, "truncated");
	}
	rx_expect(&rig, &f, FATE_DELIVERED, "whole");
}

/* What Ethernet padded is not the datagram's, however many pieces it lies in. */
static void
test_padding(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 100; n++) {
		frame_datagram(&f, &rig, 4, n % 20);
		frame_put(&f, "\xff\xff\xff\xff", 4);
		frame_count(&f, n);
		rx_expect(&rig, &f, FATE_DELIVERED, "padded");
		for (uint32_t i = 0; i < 5; i++) {
			heard_expect(&heard, i, n % 20);
			assert_int_equal(heard.pkts[i]->nb_segs == 1 ||
						 heard.pkts[i]->pkt_len > heard.pkts[i]->data_len,
				true);
		}
		heard_return(&heard);
	}
}

/* A protocol that nobody takes: RFC 1122 3.2.2.1, and the errors that RFC 1122 3.2.2 forbids. */
static void
test_protocols(void **state)
{
	static const uint8_t protos[] = {0, 3, 6, 41, 58, 132, 255};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(protos); i++) {
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
		frame_ip(&f, 4, NULL, NULL, protos[i]);
		frame_count(&f, 700 * (i % 2));
		frame_finish(&f);
		assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_IP_PROTO);
		reply_error(&rig, &f, 3, 2, 0);
		assert_int_equal(rx_fate(&rig, &f, 3), PROTO_DROP_IP_PROTO);
		reply_error(&rig, &f, 3, 2, 0);
	}
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip(&f, 4, NULL, "255.255.255.255", 6);
	frame_count(&f, 20);
	frame_finish(&f);
	rx_expect(&rig, &f, PROTO_DROP_IP_PROTO, "to everybody");
	frame_sum_ip4(&f);
	memset(f.bytes, 0xff, 6);
	rx_expect(&rig, &f, PROTO_DROP_IP_PROTO, "to everybody, by broadcast");
	frame_datagram(&f, &rig, 4, 20);
	memset(f.bytes, 0xff, 6); /* RFC 1122 3.2.2: not about a link-layer broadcast */
	f.bytes[f.l3 + 9] = 6;
	frame_sum_ip4(&f);
	assert_true(rx_fate(&rig, &f, 1) >= 0); /* dropped, for whichever reason is seen first */
	reply_none(&rig);
}

/* The port's word about the header's checksum is taken when it is good, and only then. */
static void
test_port_cksum(void **state)
{
	static const struct {
		uint64_t flag;
		bool good;
		int fate;
	} rows[] = {
		{RTE_MBUF_F_RX_IP_CKSUM_GOOD, false, FATE_DELIVERED},
		{RTE_MBUF_F_RX_IP_CKSUM_BAD, true, FATE_DELIVERED},
		{RTE_MBUF_F_RX_IP_CKSUM_NONE, false, PROTO_DROP_IP_CKSUM},
		{RTE_MBUF_F_RX_IP_CKSUM_UNKNOWN, false, PROTO_DROP_IP_CKSUM},
		{RTE_MBUF_F_RX_IP_CKSUM_BAD, false, PROTO_DROP_IP_CKSUM},
	};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		uint32_t heard_before = heard.n;

		frame_datagram(&f, &rig, 4, 10);
		if (!rows[i].good)
			f.bytes[f.l3 + 11] ^= 1;
		rx_put(&rig, &f, 1);
		port_rx_last(rig.port, 0)->ol_flags |= rows[i].flag;
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n - heard_before, rows[i].fate == FATE_DELIVERED);
	}
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_IP_CKSUM), 3);
}

#define TEST(test) cmocka_unit_test_prestate_setup_teardown(test, begin, end, &rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rules),
		TEST(test_lengths),
		TEST(test_options),
		TEST(test_truncated),
		TEST(test_padding),
		TEST(test_protocols),
		TEST(test_port_cksum),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
