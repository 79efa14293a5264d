/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP (RFC 826) as others send it, and conflicts (RFC 5227). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <rte_arp.h>
#include <rte_cycles.h>

#include "eal.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

static const struct rte_ether_addr stranger = {{0x02, 0, 0, 0, 0, 0x09}};
static const struct rte_ether_addr everybody = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

static struct rxrig rig;
static struct rxframe f;

static void
arp(uint16_t op, const char *sender, const char *target)
{
	struct proto_addr from = addr_of(sender), to = addr_of(target);
	struct rte_arp_hdr hdr = {
		.arp_hardware = RTE_BE16(RTE_ARP_HRD_ETHER),
		.arp_protocol = RTE_BE16(RTE_ETHER_TYPE_IPV4),
		.arp_hlen = 6,
		.arp_plen = 4,
		.arp_opcode = rte_cpu_to_be_16(op),
		.arp_data.arp_sha = stranger,
	};

	memcpy(&hdr.arp_data.arp_sip, from.bytes, 4);
	memcpy(&hdr.arp_data.arp_tip, to.bytes, 4);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_ARP);
	if (op == RTE_ARP_OP_REQUEST)
		memcpy(f.bytes, &everybody, sizeof(everybody));
	memcpy(f.bytes + 6, &stranger, sizeof(stranger));
	frame_put(&f, &hdr, sizeof(hdr));
}

/* What is known of an address: its MAC's last byte, or 0. */
static uint8_t
known(const char *text)
{
	struct proto_neigh_info infos[64];
	struct proto_addr addr = addr_of(text);
	unsigned int n = proto_neigh_list(rig.link, infos, RTE_DIM(infos));

	for (unsigned int i = 0; i < n; i++)
		if (proto_addr_equal(&infos[i].addr, &addr))
			return infos[i].mac.addr_bytes[5];
	return 0;
}

/* Somebody asks for us: an answer to him alone, and we know him from now on. */
static void
test_request(void **state)
{
	const struct rte_arp_hdr *hdr;
	struct reply r;

	(void)state;
	assert_int_equal(known("192.0.2.9"), 0);
	for (uint32_t i = 0; i < 5; i++) {
		arp(RTE_ARP_OP_REQUEST, "192.0.2.9", OWN4);
		frame_count(&f, i == 4 ? 18 : 0); /* Ethernet's padding */
		assert_int_equal(rx_fate(&rig, &f, i), FATE_CONSUMED);
		reply_next(&rig, &r);
		assert_int_equal(r.ethertype, RTE_ETHER_TYPE_ARP);
		assert_memory_equal(&r.dst, &stranger, 6);
		assert_int_equal(r.l3_len, sizeof(*hdr));
		hdr = (const void *)r.l3;
		assert_memory_equal(r.l3, "\x00\x01\x08\x00\x06\x04\x00\x02", 8);
		assert_memory_equal(&hdr->arp_data.arp_sha, &rig.port->fault.info.mac, 6);
		assert_memory_equal(&hdr->arp_data.arp_tha, &stranger, 6);
		assert_memory_equal(&hdr->arp_data.arp_sip, f.bytes + 14 + 24, 4);
		assert_memory_equal(&hdr->arp_data.arp_tip, f.bytes + 14 + 14, 4);
		reply_none(&rig);
	}
	assert_int_equal(known("192.0.2.9"), 9);
}

/* A probe (RFC 5227) is answered, and nothing is learnt from 0.0.0.0. */
static void
test_probe(void **state)
{
	struct reply r;

	(void)state;
	arp(RTE_ARP_OP_REQUEST, "0.0.0.0", OWN4);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	reply_next(&rig, &r);
	assert_memory_equal(r.l3 + 24, "\0\0\0\0", 4);
	reply_none(&rig);
	assert_int_equal(known("0.0.0.0"), 0);
}

static const struct {
	const char *what;
	uint16_t at; /* in the ARP message */
	uint8_t n;
	uint8_t bytes[6];
	int fate;
} table[] = {
	{"Token Ring", 0, 2, {0, 6}, PROTO_DROP_ARP_BAD},
	{"another protocol", 2, 2, {0x86, 0xdd}, PROTO_DROP_ARP_BAD},
	{"a long MAC", 4, 1, {8}, PROTO_DROP_ARP_BAD},
	{"a short MAC", 4, 1, {0}, PROTO_DROP_ARP_BAD},
	{"a long address", 5, 1, {16}, PROTO_DROP_ARP_BAD},
	{"no opcode", 6, 2, {0, 0}, PROTO_DROP_ARP_BAD},
	{"RARP", 6, 2, {0, 3}, PROTO_DROP_ARP_BAD},
	{"from a group's MAC", 8, 1, {1}, PROTO_DROP_ARP_BAD},
	{"from everybody's MAC", 8, 6, {255, 255, 255, 255, 255, 255}, PROTO_DROP_ARP_BAD},
	{"from no MAC", 8, 6, {0}, PROTO_DROP_ARP_BAD},
	{"for another host", 24, 4, {192, 0, 2, 3}, PROTO_DROP_ARP_OTHER},
	{"for a group", 24, 4, {224, 0, 0, 1}, PROTO_DROP_ARP_OTHER},
};

static void
test_rules(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2 * RTE_DIM(table); i++) {
		unsigned int row = i % RTE_DIM(table);

		arp(RTE_ARP_OP_REQUEST, "192.0.2.9", OWN4);
		memcpy(f.bytes + 14 + table[row].at, table[row].bytes, table[row].n);
		rx_expect(&rig, &f, table[row].fate, table[row].what);
	}
	assert_int_equal(known("192.0.2.9"), 0);
	reply_none(&rig);
}

static void
test_truncated(void **state)
{
	(void)state;
	arp(RTE_ARP_OP_REQUEST, "192.0.2.9", OWN4);
	for (f.len = 14; f.len < 42; f.len++)
		rx_expect(&rig, &f, PROTO_DROP_ARP_BAD, "truncated");
	reply_none(&rig);
	assert_int_equal(known("192.0.2.9"), 0);
}

/* Nobody is entered for what was not asked; who is known is updated; static entries stay. */
static void
test_unasked(void **state)
{
	(void)state;
	arp(RTE_ARP_OP_REPLY, "192.0.2.9", OWN4);
	rx_expect(&rig, &f, FATE_CONSUMED, "reply");
	assert_int_equal(known("192.0.2.9"), 0);
	arp(RTE_ARP_OP_REQUEST, "192.0.2.9", "192.0.2.9"); /* gratuitous */
	rx_expect(&rig, &f, FATE_CONSUMED, "gratuitous");
	assert_int_equal(known("192.0.2.9"), 0);
	arp(RTE_ARP_OP_REPLY, PEER4, OWN4);
	rx_expect(&rig, &f, FATE_CONSUMED, "about a static one");
	assert_int_equal(known(PEER4), 2);
	arp(RTE_ARP_OP_REQUEST, "192.0.2.9", OWN4);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	arp(RTE_ARP_OP_REQUEST, "192.0.2.9", "192.0.2.9");
	f.bytes[14 + 13] = 0x0a; /* he has another MAC now */
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	assert_int_equal(known("192.0.2.9"), 0x0a);
	reply_forget(&rig);
}

/* A sender that is no host's address is not believed. */
static void
test_senders(void **state)
{
	static const char *const senders[] = {
		"224.0.0.5", "240.0.0.1", "255.255.255.255", "192.0.2.255"};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(senders); i++) {
		arp(RTE_ARP_OP_REQUEST, senders[i], "192.0.2.3");
		rx_expect(&rig, &f, PROTO_DROP_ARP_OTHER, senders[i]);
		assert_int_equal(known(senders[i]), 0);
	}
}

static unsigned int n_done;

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned int n, void *arg)
{
	(void)ep, (void)arg;
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(done[i].status, 0);
	n_done += n;
}

/* Send five bytes over a new endpoint. */
static void
hello_send(const struct proto_endpoint_conf *conf)
{
	static char hello[] = "hello";
	struct iovec iov = {hello, 5};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	struct proto_endpoint *ep;

	n_done = 0;
	assert_int_equal(proto_endpoint_create(rig.worker, conf, &ep, NULL), 0);
	assert_int_equal(proto_send(ep, &payload, 1), 1);
}

/* What waits for a neighbour goes when his answer comes, and to him. */
static void
test_resolves(void **state)
{
	struct proto_endpoint_conf conf = {
		.remote = addr_of("192.0.2.9"), .remote_port = 9, .done = on_done};
	struct reply r;

	(void)state;
	hello_send(&conf);
	rxrig_poll(&rig, 0);
	reply_next(&rig, &r); /* we ask */
	assert_int_equal(r.ethertype, RTE_ETHER_TYPE_ARP);
	assert_memory_equal(&r.dst, &everybody, 6);
	assert_memory_equal(
		r.l3 + 14, conf.local.family != 0 ? conf.local.bytes : addr_of(OWN4).bytes, 4);
	assert_memory_equal(r.l3 + 24, conf.remote.bytes, 4);
	reply_none(&rig);
	arp(RTE_ARP_OP_REPLY, "192.0.2.9", OWN4);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	reply_next(&rig, &r);
	assert_memory_equal(&r.dst, &stranger, 6);
	assert_memory_equal(r.l4 + 8, "hello", 5);
	assert_int_equal(n_done, 1);
}

static int
begin_dad(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.link_conf.dad = true;
	rxrig_start(&rig);
	rig.now = rte_get_tsc_cycles(); /* by which the stack has started its probes */
	return 0;
}

/* Another station says that it has our address: with `dad` the link's addresses are defended. */
static void
test_conflict(void **state)
{
	struct proto_addr_info infos[PROTO_ADDRS_MAX];
	struct reply r;
	unsigned int n;

	(void)state;
	for (unsigned int i = 0; i < 200; i++) /* probes, then announcements */
		rxrig_poll(&rig, 100);
	n = proto_addr_list(rig.link, infos, RTE_DIM(infos));
	assert_int_equal(n, 2);
	assert_true(infos[0].usable && infos[1].usable);
	reply_forget(&rig);
	arp(RTE_ARP_OP_REQUEST, OWN4, "192.0.2.77");
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	reply_next(&rig, &r); /* RFC 5227 2.4 (b): one announcement */
	assert_memory_equal(r.l3 + 14, addr_of(OWN4).bytes, 4);
	assert_memory_equal(r.l3 + 24, addr_of(OWN4).bytes, 4);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED); /* again within ten seconds */
	(void)proto_addr_list(rig.link, infos, RTE_DIM(infos));
	assert_true(infos[0].conflict && !infos[0].usable);
	frame_datagram(&f, &rig, 4, 10);
	assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_IP_DEST);
	reply_forget(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST(test_request, &rig),
		RX_TEST(test_probe, &rig),
		RX_TEST(test_rules, &rig),
		RX_TEST(test_truncated, &rig),
		RX_TEST(test_unasked, &rig),
		RX_TEST(test_senders, &rig),
		RX_TEST(test_resolves, &rig),
		RX_TEST_BEGIN(test_conflict, begin_dad, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
