/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ethernet, its tags, bursts: what is for us goes on, everything else is counted. Each frame comes
 * as one exact piece (ASan) and in 1, 2, 3 and n pieces.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "eal.h"
#include "heard.h"
#include "host.h"
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

/* A datagram behind these tags (TPID 0: none). */
static void
tagged(uint16_t tpid, uint16_t tci, uint16_t inner_tpid, uint16_t inner_tci)
{
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	if (tpid != 0)
		frame_tag(&f, tpid, tci);
	if (inner_tpid != 0)
		frame_tag(&f, inner_tpid, inner_tci);
	frame_ip(&f, 4, NULL, NULL, IPPROTO_UDP);
	frame_udp_ports(&f, REMOTE_PORT, LOCAL_PORT);
	frame_count(&f, 40);
	frame_finish(&f);
}

static void
test_addresses(void **state)
{
	static const struct {
		struct rte_ether_addr dst;
		int fate;
	} rows[] = {
		{{{0x02, 0, 0, 0, 0, 0x01}}, FATE_DELIVERED},
		{{{0x02, 0, 0, 0, 0, 0x00}}, PROTO_DROP_OTHER_MAC},
		{{{0x00, 0, 0, 0, 0, 0x01}}, PROTO_DROP_OTHER_MAC},
		{{{0x02, 0, 0, 0, 0x80, 0x01}}, PROTO_DROP_OTHER_MAC},
		{{{0, 0, 0, 0, 0, 0}}, PROTO_DROP_OTHER_MAC},
	};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		frame_datagram(&f, &rig, 4, 10);
		memcpy(f.bytes, &rows[i].dst, sizeof(rows[i].dst));
		rx_expect(&rig, &f, rows[i].fate, "destination");
	}
	reply_none(&rig);
}

/* One tag or two; a third is too many; what is in other VLANs is not for the untagged endpoint. */
static void
test_tags(void **state)
{
	struct heard in_vlan;
	struct proto_endpoint_conf conf = {.vlan = true, .vlan_tci = 0x0123, .link = rig.link};

	(void)state;
	heard_listen(&in_vlan, rig.worker, &conf);
	tagged(RTE_ETHER_TYPE_VLAN, 0, 0, 0); /* priority only: the untagged zone */
	rx_expect(&rig, &f, FATE_DELIVERED, "VLAN 0");
	assert_int_equal(heard.n, 5);
	tagged(RTE_ETHER_TYPE_VLAN, 0xe123, 0, 0);
	rx_expect(&rig, &f, FATE_DELIVERED, "VLAN 0x123");
	assert_int_equal(in_vlan.n, 5);
	heard_expect(&in_vlan, 4, 40);
	reply_none(&rig);
	tagged(RTE_ETHER_TYPE_QINQ, 0x0001, RTE_ETHER_TYPE_VLAN, 0x123);
	rx_expect(&rig, &f, PROTO_DROP_NO_ENDPOINT, "another VLAN");
	reply_forget(&rig);
	heard_end(&in_vlan);
}

static void
test_depth(void **state)
{
	(void)state;
	tagged(RTE_ETHER_TYPE_QINQ, 1, RTE_ETHER_TYPE_VLAN, 2);
	f.bytes[f.l3 - 2] = 0x81; /* a third tag */
	f.bytes[f.l3 - 1] = 0x00;
	rx_expect(&rig, &f, PROTO_DROP_VLAN_DEPTH, "three tags");
	reply_none(&rig);
}

/* Every prefix of a tagged datagram: a frame without its headers goes nowhere, but is counted. */
static void
test_truncated(void **state)
{
	uint32_t len;

	(void)state;
	tagged(RTE_ETHER_TYPE_VLAN, 0, RTE_ETHER_TYPE_VLAN, 0);
	len = f.len;
	for (f.len = 0; f.len < len; f.len++) {
		int fate = f.len < 22 ? PROTO_DROP_RUNT : PROTO_DROP_IP_TRUNCATED;

		if (f.len >= 42)
			fate = PROTO_DROP_IP_LENGTH;
		rx_expect(&rig, &f, fate, "truncated");
	}
	rx_expect(&rig, &f, FATE_DELIVERED, "whole");
	reply_none(&rig);
}

static void
discard(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned int n, void *arg)
{
	(void)arg;
	proto_return(ep, pkts, n);
}

/* Ethertypes: to the L2 endpoint that has one, to nobody else. */
static void
test_ethertypes(void **state)
{
	struct proto_endpoint_conf conf = {
		.kind = PROTO_L2, .link = rig.link, .mac = host_neighbour, .ethertype = 0x88b5};
	struct heard l2;
	uint64_t octets;

	(void)state;
	heard_listen(&l2, rig.worker, &conf);
	for (uint32_t len = 0; len < 100; len += 33) {
		frame_eth(&f, &rig, 0x88b5);
		frame_count(&f, len);
		rx_expect(&rig, &f, FATE_DELIVERED, "L2");
		assert_int_equal(l2.n, 5);
		for (uint32_t i = 0; i < 5; i++)
			heard_expect(&l2, i, len);
		heard_return(&l2);
	}
	struct proto_endpoint *second = NULL;

	conf.recv = discard;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &second, NULL), -EADDRINUSE);
	octets = rxrig_count(&rig, PROTO_C_DATAGRAM_OCTETS);
	frame_eth(&f, &rig, 0x88b6);
	frame_count(&f, 46);
	rx_expect(&rig, &f, PROTO_DROP_ETHERTYPE, "another type");
	frame_eth(&f, &rig, 46); /* a length: 802.3 */
	frame_count(&f, 46);
	rx_expect(&rig, &f, PROTO_DROP_ETHERTYPE, "802.3");
	frame_eth(&f, &rig, 0x88b5);
	frame_tag(&f, RTE_ETHER_TYPE_VLAN, 7); /* where nobody is */
	frame_count(&f, 46);
	rx_expect(&rig, &f, PROTO_DROP_ETHERTYPE, "another VLAN");
	assert_int_equal(rxrig_count(&rig, PROTO_C_DATAGRAM_OCTETS), octets);
	heard_end(&l2);
	frame_eth(&f, &rig, 0x88b5);
	rx_expect(&rig, &f, PROTO_DROP_ETHERTYPE, "the endpoint has gone");
}

/* Bursts in any pattern, each twice: every datagram once, in order, all bytes counted. */
static void
test_bursts(void **state)
{
	static const uint16_t bursts[] = {1, 32, 3, 5}; /* that the port gives */

	(void)state;
	for (unsigned int i = 0; i < 2 * RTE_DIM(bursts); i++) {
		uint64_t octets = rxrig_count(&rig, PROTO_C_OCTETS_RECEIVED), sent = 0;

		rig.port->burst = bursts[i / 2];
		for (uint32_t k = 0; k < 100; k++) {
			frame_datagram(&f, &rig, k % 3 == 0 ? 6 : 4, k);
			sent += f.len;
			rx_put(&rig, &f, k % 4);
		}
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n, 100);
		for (uint32_t k = 0; k < 100; k++)
			heard_expect(&heard, k, k);
		assert_int_equal(rxrig_count(&rig, PROTO_C_OCTETS_RECEIVED) - octets, sent);
		heard_return(&heard);
	}
	assert_int_equal(rxrig_count(&rig, PROTO_C_DATAGRAMS_DELIVERED), 800);
	assert_in_range(heard.calls, 8, 800);
}

/* What the port still has when the stack stops is the port's to free; nothing of it is counted. */
static void
test_stop_with_frames(void **state)
{
	(void)state;
	frame_datagram(&f, &rig, 4, 10);
	for (uint32_t k = 0; k < 50; k++)
		rx_put(&rig, &f, 1);
	(void)proto_poll(rig.worker, rig.now);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_RECEIVED), 32);
	proto_link_stop(rig.link);
	assert_int_equal(rig.port->rx[0].tail - rig.port->rx[0].head, 0);
	(void)proto_poll(rig.worker, rig.now);
	assert_int_equal(heard.n, 32);
	assert_int_equal(proto_link_start(rig.link, NULL), 0);
	rx_expect(&rig, &f, FATE_DELIVERED, "after a new start");
}

#define TEST(test) cmocka_unit_test_prestate_setup_teardown(test, begin, end, &rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_addresses),
		TEST(test_tags),
		TEST(test_depth),
		TEST(test_truncated),
		TEST(test_ethertypes),
		TEST(test_bursts),
		TEST(test_stop_with_frames),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
