/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv6 and its extension headers (RFC 8200 3, 4): each rule a frame, its counter, its answer. */
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

#define PARAM_PROBLEM 4
#define NO_ANSWER     255

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
	uint16_t at;
	uint8_t n;
	uint8_t bytes[16];
	int fate;
};

static const struct hostile table[] = {
	{"as it was", 0, 0, {0}, FATE_DELIVERED},
	{"version 4", 0, 1, {0x40}, PROTO_DROP_IP_VERSION},
	{"version 0", 0, 1, {0x00}, PROTO_DROP_IP_VERSION},
	{"version 7", 0, 1, {0x70}, PROTO_DROP_IP_VERSION},
	{"traffic class and flow label", 1, 3, {0xff, 0xff, 0xff}, FATE_DELIVERED},
	{"payload length 0", 4, 2, {0, 0}, PROTO_DROP_IP_LENGTH},
	{"payload length above the frame", 4, 2, {0, 39}, PROTO_DROP_IP_LENGTH},
	{"payload length 65535", 4, 2, {0xff, 0xff}, PROTO_DROP_IP_LENGTH},
	{"payload shorter than UDP", 4, 2, {0, 7}, PROTO_DROP_UDP_TRUNCATED},
	{"hop limit 0: no matter for the last", 7, 1, {0}, FATE_DELIVERED},
	{"from a group", 8, 2, {0xff, 0x02}, PROTO_DROP_IP_SOURCE},
	{"from ::1", 8, 16, {[15] = 1}, PROTO_DROP_IP_SOURCE},
	{"from ourselves", 8, 16, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, PROTO_DROP_IP_SOURCE},
	{"to another host", 24 + 15, 1, {3}, PROTO_DROP_IP_DEST},
	{"to ::", 24, 16, {0}, PROTO_DROP_IP_DEST},
	{"to ::1", 24, 16, {[15] = 1}, PROTO_DROP_IP_DEST},
	{"to a group that nobody joined", 24, 16, {0xff, 0x02, [15] = 9}, PROTO_DROP_IP_DEST},
	{"to another host's solicited-node group", 24, 16, {0xff, 0x02, [11] = 1, 0xff, 0, 0, 2},
		PROTO_DROP_IP_DEST},
	{"nothing follows", 6, 1, {59}, PROTO_DROP_NO_NEXT_HEADER},
};

static void
test_rules(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2 * RTE_DIM(table); i++) {
		const struct hostile *row = &table[i % RTE_DIM(table)];

		frame_datagram(&f, &rig, 6, 30);
		memcpy(f.bytes + f.l3 + row->at, row->bytes, row->n);
		if (row->at >= 8)
			frame_sum(&f);
		rx_expect(&rig, &f, row->fate, row->what);
		if (row->fate == FATE_DELIVERED) {
			heard_expect(&heard, 4, 30);
			heard_return(&heard);
		}
	}
	reply_none(&rig);
}

/* A chain of extension headers in front of a datagram: next header bytes and their contents. */
struct chain {
	const char *what;
	uint8_t first; /* the IPv6 header's next header */
	uint8_t n_ext;
	struct {
		uint8_t next;
		uint8_t n;
		uint8_t bytes[24]; /* the first is overwritten with `next` */
	} ext[3];
	int fate;
	uint8_t code; /* of the Parameter Problem; NO_ANSWER */
	uint8_t pointer;
	bool to_group_too; /* answered also when it came to a group */
};

#define UDP 17
#define HBH 0
#define DST 60
#define RTG 43
#define FRG 44

static const struct chain chains[] = {
	{"hop-by-hop, padded", HBH, 1, {{UDP, 8, {0, 0, 1, 4}}}, FATE_DELIVERED, NO_ANSWER, 0, 0},
	{"Pad1 all through", DST, 1, {{UDP, 8, {0}}}, FATE_DELIVERED, NO_ANSWER, 0, 0},
	{"hop-by-hop, destination", HBH, 2, {{DST, 8, {0, 0, 1, 4}}, {UDP, 8, {0, 0, 1, 4}}},
		FATE_DELIVERED, NO_ANSWER, 0, 0},
	{"16 bytes of options", DST, 1, {{UDP, 16, {0, 1, 1, 12}}}, FATE_DELIVERED, NO_ANSWER, 0,
		0},
	{"router alert", HBH, 1, {{UDP, 8, {0, 0, 5, 2, 0, 0, 1, 0}}}, FATE_DELIVERED, NO_ANSWER, 0,
		0},
	{"hop-by-hop behind another", DST, 2, {{HBH, 8, {0, 0, 1, 4}}, {UDP, 8, {0, 0, 1, 4}}},
		PROTO_DROP_EXT_ORDER, 1, 40, 0},
	{"hop-by-hop twice", HBH, 2, {{HBH, 8, {0, 0, 1, 4}}, {UDP, 8, {0, 0, 1, 4}}},
		PROTO_DROP_EXT_ORDER, 1, 40, 0},
	{"option 00: skip", DST, 1, {{UDP, 8, {0, 0, 0x1e, 4}}}, FATE_DELIVERED, NO_ANSWER, 0, 0},
	{"option 01: discard", DST, 1, {{UDP, 8, {0, 0, 0x5e, 4}}}, PROTO_DROP_EXT_OPTION,
		NO_ANSWER, 0, 0},
	{"option 10: answer", DST, 1, {{UDP, 8, {0, 0, 0x9e, 4}}}, PROTO_DROP_EXT_OPTION, 2, 42, 1},
	{"option 11: answer one host", DST, 1, {{UDP, 8, {0, 0, 0xde, 4}}}, PROTO_DROP_EXT_OPTION,
		2, 42, 0},
	{"the second option", HBH, 1, {{UDP, 8, {0, 0, 0, 1, 0, 0x9e, 1, 0}}},
		PROTO_DROP_EXT_OPTION, 2, 45, 1},
	{"an option beyond its header", DST, 1, {{UDP, 8, {0, 0, 1, 5}}}, PROTO_DROP_EXT_TRUNCATED,
		NO_ANSWER, 0, 0},
	{"an option without length", DST, 1, {{UDP, 8, {0, 0, 1, 3, 0, 0, 0, 1}}},
		PROTO_DROP_EXT_TRUNCATED, NO_ANSWER, 0, 0},
	{"a header beyond the packet", DST, 1, {{UDP, 8, {0, 20}}}, PROTO_DROP_EXT_TRUNCATED,
		NO_ANSWER, 0, 0},
	{"routing, nothing left", RTG, 1, {{UDP, 8, {0, 0, 0, 0}}}, FATE_DELIVERED, NO_ANSWER, 0,
		0},
	{"routing type 0", RTG, 1, {{UDP, 24, {0, 2, 0, 1}}}, PROTO_DROP_EXT_ROUTING, 0, 42, 0},
	{"routing of an unknown type", RTG, 1, {{UDP, 8, {0, 0, 99, 1}}}, PROTO_DROP_EXT_ROUTING, 0,
		42, 0},
	{"atomic fragment", FRG, 1, {{UDP, 8, {0, 0, 0, 0, 1, 2, 3, 4}}}, FATE_DELIVERED, NO_ANSWER,
		0, 0},
	{"atomic, reserved bits set", FRG, 1, {{UDP, 8, {0, 0xff, 0, 6, 1, 2, 3, 4}}},
		FATE_DELIVERED, NO_ANSWER, 0, 0},
	{"two fragment headers", FRG, 2,
		{{FRG, 8, {0, 0, 0, 0, 1, 2, 3, 4}}, {UDP, 8, {0, 0, 0, 0, 1, 2, 3, 4}}},
		PROTO_DROP_EXT_ORDER, 1, 40, 0},
	{"nothing behind options", DST, 1, {{59, 8, {0, 0, 1, 4}}}, PROTO_DROP_NO_NEXT_HEADER,
		NO_ANSWER, 0, 0},
	{"unknown behind options", DST, 1, {{253, 8, {0, 0, 1, 4}}}, PROTO_DROP_IP_PROTO, 1, 40, 0},
	{"unknown at once", 253, 0, {{0, 0, {0}}}, PROTO_DROP_IP_PROTO, 1, 6, 0},
	{"ESP", 50, 0, {{0, 0, {0}}}, PROTO_DROP_IP_PROTO, 1, 6, 0},
};

static void
chained(const struct chain *row, const char *dst, uint32_t payload_len)
{
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	frame_ip(&f, 6, NULL, dst, row->first);
	for (unsigned int i = 0; i < row->n_ext; i++)
		frame_ext(&f, row->ext[i].next, row->ext[i].bytes, row->ext[i].n);
	f.proto = IPPROTO_UDP;
	frame_udp_ports(&f, REMOTE_PORT, LOCAL_PORT);
	frame_count(&f, payload_len);
	frame_finish(&f);
}

static void
test_chains(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2 * RTE_DIM(chains); i++) {
		const struct chain *row = &chains[i % RTE_DIM(chains)];

		chained(row, NULL, 30);
		rx_expect(&rig, &f, row->fate, row->what);
		for (unsigned int k = 0; row->code != NO_ANSWER && k < 5; k++)
			reply_error(&rig, &f, PARAM_PROBLEM, row->code, row->pointer);
		reply_none(&rig);
		if (row->fate == FATE_DELIVERED) {
			heard_expect(&heard, 0, 30);
			heard_expect(&heard, 4, 30);
			heard_return(&heard);
		}
	}
}

/* To a group: but for one case there is no answer (RFC 4443 2.4 e.3). */
static void
test_group_answers(void **state)
{
	static const struct rte_ether_addr mac = {{0x33, 0x33, 0, 0, 0, 0x77}};
	struct proto_addr group = addr_of("ff02::77");

	(void)state;
	assert_int_equal(proto_join(heard.ep, &group, rig.link, NULL), 0);
	rxrig_poll(&rig, 0);
	reply_forget(&rig); /* MLD reports */
	for (unsigned int i = 0; i < RTE_DIM(chains); i++) {
		const struct chain *row = &chains[i];

		chained(row, "ff02::77", 30);
		memcpy(f.bytes, &mac, sizeof(mac));
		assert_int_equal(rx_fate(&rig, &f, 1), row->fate);
		if (row->to_group_too)
			reply_error(&rig, &f, PARAM_PROBLEM, row->code, row->pointer);
		reply_none(&rig);
	}
	heard_return(&heard);
}

/* What is no single host's is not answered (RFC 4443 2.4 e.6), nor are errors (e.1). */
static void
test_unanswered(void **state)
{
	(void)state;
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	frame_ip(&f, 6, "::", NULL, 253);
	frame_count(&f, 20);
	frame_finish(&f);
	rx_expect(&rig, &f, PROTO_DROP_IP_PROTO, "from ::");
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	frame_ip(&f, 6, NULL, NULL, DST);
	frame_ext(&f, IPPROTO_ICMPV6, (uint8_t[8]){0, 0, 0x9e, 4}, 8);
	frame_icmp_type(&f, 1, 4, 0);
	frame_count(&f, 50);
	frame_finish(&f);
	rx_expect(&rig, &f, PROTO_DROP_EXT_OPTION, "an error with a bad option");
	reply_none(&rig);
}

/* Ethernet's padding is not quoted: it is no part of the packet. */
static void
test_padded_answers(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(chains); i++) {
		const struct chain *row = &chains[i];

		chained(row, NULL, 0);
		frame_put(&f, "padding!", 8);
		assert_int_equal(rx_fate(&rig, &f, 1), row->fate);
		if (row->code != NO_ANSWER)
			reply_error(&rig, &f, PARAM_PROBLEM, row->code, row->pointer);
		reply_none(&rig);
	}
	heard_return(&heard);
}

/* So many extension headers that the limit of eight counts. */
static void
test_too_many(void **state)
{
	static const uint8_t pad[8] = {0, 0, 1, 4};

	(void)state;
	for (unsigned int n = 1; n <= 12; n++) {
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
		frame_ip(&f, 6, NULL, NULL, DST);
		for (unsigned int i = 0; i < n; i++)
			frame_ext(&f, i + 1 < n ? DST : UDP, pad, sizeof(pad));
		frame_udp_ports(&f, REMOTE_PORT, LOCAL_PORT);
		frame_count(&f, 5);
		frame_finish(&f);
		rx_expect(&rig, &f, n <= 8 ? FATE_DELIVERED : PROTO_DROP_EXT_TOO_MANY,
			"many headers");
		heard_return(&heard);
	}
	reply_none(&rig);
}

/* Headers as long as an mbuf can say, and longer: the same in one piece and in many. */
static void
test_long_headers(void **state)
{
	static uint8_t ext[2048];

	(void)state;
	for (uint32_t len = 184; len <= 600; len += 8) {
		ext[1] = (uint8_t)(len / 8 - 1);
		ext[2] = 1; /* PadN, twice */
		ext[3] = (uint8_t)(len / 2);
		ext[4 + ext[3]] = 1;
		ext[5 + ext[3]] = (uint8_t)(len - 6 - ext[3]);
		if (len - 6 - ext[3] > 255)
			break;
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
		frame_ip(&f, 6, NULL, NULL, DST);
		frame_ext(&f, UDP, ext, len);
		frame_udp_ports(&f, REMOTE_PORT, LOCAL_PORT);
		frame_count(&f, 70);
		frame_finish(&f);
		memset(ext, 0, sizeof(ext));
		rx_expect(&rig, &f, len + 40 <= 511 ? FATE_DELIVERED : PROTO_DROP_EXT_TOO_MANY,
			"long");
		for (uint32_t i = 0; i < heard.n; i++) {
			struct proto_rx_info info;

			heard_expect(&heard, i, 70);
			proto_rx_info(heard.ep, heard.pkts[i], &info);
			assert_int_equal(info.ttl, 64);
			assert_int_equal(info.peer.port, REMOTE_PORT);
		}
		heard_return(&heard);
	}
}

/* Every prefix of a chain of four: nothing of it is delivered, the counter is the right one. */
static void
test_truncated(void **state)
{
	static const uint8_t pad[8] = {0, 0, 1, 4};
	uint32_t len;

	(void)state;
	for (unsigned int lie = 0; lie < 2; lie++) { /* the length says so, or does not */
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
		frame_ip(&f, 6, NULL, NULL, HBH);
		frame_ext(&f, DST, pad, 8);
		frame_ext(&f, RTG, pad, 8);
		frame_ext(&f, DST, (uint8_t[8]){0}, 8);
		frame_ext(&f, UDP, pad, 8);
		frame_udp_ports(&f, REMOTE_PORT, LOCAL_PORT);
		frame_count(&f, 4);
		frame_finish(&f);
		len = f.len;
		for (f.len = 14; f.len < len; f.len++) {
			int fate = f.len < 54 ? PROTO_DROP_IP_TRUNCATED : PROTO_DROP_IP_LENGTH;

			if (lie && f.len > 54) {
				f.bytes[f.l3 + 5] = (uint8_t)(f.len - 54);
				fate = PROTO_DROP_EXT_TRUNCATED;
				if (f.len >= 54 + 32)
					fate = f.len < 54 + 40 ? PROTO_DROP_UDP_TRUNCATED
							       : PROTO_DROP_UDP_LENGTH;
			}
			rx_expect(&rig, &f, fate, "truncated");
		}
		frame_finish(&f);
		rx_expect(&rig, &f, FATE_DELIVERED, "whole");
		heard_return(&heard);
	}
	reply_none(&rig);
}

#define TEST(test) cmocka_unit_test_prestate_setup_teardown(test, begin, end, &rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rules),
		TEST(test_chains),
		TEST(test_group_answers),
		TEST(test_unanswered),
		TEST(test_padded_answers),
		TEST(test_too_many),
		TEST(test_long_headers),
		TEST(test_truncated),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
