/* SPDX-License-Identifier: BSD-3-Clause */
/* What ARP and ND answers make of a neighbour (RFC 4861 7.2.5, 7.3), and the questions we ask. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "eal.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

static struct rxrig rig;
static struct rxframe f;

static const char *const hosts[][2] = {
	{"192.0.2.9", "2001:db8::9"},
	{"192.0.2.10", "2001:db8::a"},
};

/* How an answer comes. */
enum how {
	UNICAST,     /* in answer to us: ARP reply to us; NA with S and O */
	GROUP,	     /* to everybody: ARP reply by broadcast; NA with O */
	NO_OVERRIDE, /* to us, NA with S only */
};

/* Host `k` of family index `i` says that it is at 02:..:`mac`. */
static void
answer_make(unsigned int i, unsigned int k, uint8_t mac, enum how how)
{
	struct proto_addr addr = addr_of(hosts[k][i]);
	uint8_t arp[28] = {0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, mac, [18] = 2, [23] = 1};

	frame_eth(&f, &rig, i == 0 ? RTE_ETHER_TYPE_ARP : RTE_ETHER_TYPE_IPV6);
	f.bytes[11] = mac;
	if (i == 0) {
		memcpy(arp + 14, addr.bytes, 4);
		memcpy(arp + 24, addr_of(OWN4).bytes, 4);
		frame_put(&f, arp, sizeof(arp));
		if (how == GROUP)
			memset(f.bytes, 0xff, 6);
	} else {
		frame_ip(&f, 6, hosts[k][i], how == GROUP ? "ff02::1" : NULL, IPPROTO_ICMPV6);
		f.bytes[f.l3 + 7] = 255;
		frame_icmp_type(&f, 136, 0,
			(how == GROUP ? 0 : 0x40000000u) | (how == NO_OVERRIDE ? 0 : 0x20000000u));
		frame_put(&f, addr.bytes, 16);
		frame_put(&f, (uint8_t[]){2, 1, 2, 0, 0, 0, 0, mac}, 8);
		frame_finish(&f);
		if (how == GROUP)
			memcpy(f.bytes, "\x33\x33\0\0\0\x01", 6);
	}
}

static void
answer(unsigned int i, unsigned int k, uint8_t mac, enum how how)
{
	answer_make(i, k, mac, how);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
}

static struct proto_neigh_info
info_of(unsigned int i, unsigned int k)
{
	struct proto_neigh_info infos[64];
	struct proto_addr addr = addr_of(hosts[k][i]);
	unsigned int n = proto_neigh_list(rig.link, infos, RTE_DIM(infos));

	for (unsigned int at = 0; at < n; at++)
		if (proto_addr_equal(&infos[at].addr, &addr))
			return infos[at];
	fail_msg("%s is not known", hosts[k][i]);
	return infos[0];
}

static void
is(unsigned int i, unsigned int k, uint8_t mac, enum proto_neigh_state state)
{
	struct proto_neigh_info info = info_of(i, k);

	assert_int_equal(info.state, state);
	assert_int_equal(info.mac.addr_bytes[5], mac);
}

/* Send from the rig's endpoint. Returns whether it was taken. */
static bool
try_send(const char *dst)
{
	static char hello[] = "hello";
	struct iovec iov = {hello, 5};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	struct proto_peer peer = {.addr = addr_of(dst), .port = REMOTE_PORT};

	return proto_send_to(rig.ep, &peer, &payload, 1) == 1;
}

static void
send_to(unsigned int i, unsigned int k)
{
	assert_true(try_send(hosts[k][i]));
	rxrig_poll(&rig, 0);
}

/* The next frame asks for the host: of everybody, or (`mac`) of himself. */
static void
asked(unsigned int i, unsigned int k, uint8_t mac)
{
	struct proto_addr addr = addr_of(hosts[k][i]);
	struct reply r;

	reply_next(&rig, &r);
	if (i == 0) {
		assert_int_equal(r.ethertype, RTE_ETHER_TYPE_ARP);
		assert_int_equal(r.l3[7], 1);
		assert_memory_equal(r.l3 + 24, addr.bytes, 4);
		assert_int_equal(r.dst.addr_bytes[5], mac != 0 ? mac : 0xff);
		return;
	}
	assert_int_equal(r.l4[0], 135);
	assert_int_equal(r.ttl, 255);
	assert_memory_equal(r.l4 + 8, addr.bytes, 16);
	assert_memory_equal(r.l4 + 24, "\x01\x01\x02\0\0\0\0\x01", 8);
	if (mac != 0) {
		assert_int_equal(r.dst.addr_bytes[5], mac);
		assert_memory_equal(r.dst_ip, addr.bytes, 16);
	} else {
		assert_memory_equal(&r.dst, "\x33\x33\xff\0\0", 5);
		assert_memory_equal(r.dst_ip, addr_of("ff02::1:ff00:0").bytes, 13);
		assert_memory_equal(r.dst_ip + 13, addr.bytes + 13, 3);
	}
}

/* The next frame is the payload that waited, to this MAC. */
static void
went(uint8_t mac)
{
	struct reply r;

	reply_next(&rig, &r);
	assert_int_equal(r.proto, IPPROTO_UDP);
	assert_int_equal(r.dst.addr_bytes[5], mac);
}

/* Only an answer to us proves that we reach him. */
static void
test_states(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		for (unsigned int k = 0; k < 2; k++) {
			send_to(i, k);
			asked(i, k, 0);
			is(i, k, 0, PROTO_NEIGH_INCOMPLETE);
			answer(i, k, (uint8_t)(0x30 + k), k == 0 ? UNICAST : GROUP);
			went((uint8_t)(0x30 + k));
			if (k == 0)
				is(i, k, 0x30, PROTO_NEIGH_REACHABLE);
			else
				assert_int_not_equal(info_of(i, k).state, PROTO_NEIGH_REACHABLE);
		}
	reply_none(&rig);
}

/* Another MAC: an ARP reply replaces the old one, an advertisement only with the O flag. */
static void
test_override(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		send_to(i, 0);
		asked(i, 0, 0);
		answer(i, 0, 0x30, UNICAST);
		went(0x30);
		answer(i, 0, 0x31, NO_OVERRIDE);
		is(i, 0, i == 0 ? 0x31 : 0x30, i == 0 ? PROTO_NEIGH_REACHABLE : PROTO_NEIGH_STALE);
		answer(i, 0, 0x32, UNICAST);
		is(i, 0, 0x32, PROTO_NEIGH_REACHABLE);
		send_to(i, 0);
		went(0x32);
	}
	reply_none(&rig);
}

/* Silent for long, then sent to: after five seconds he is asked himself, and his word counts. */
static void
test_probed(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		send_to(i, 0);
		asked(i, 0, 0);
		answer(i, 0, 0x30, UNICAST);
		went(0x30);
		for (unsigned int s = 0; s < 50; s++)
			rxrig_poll(&rig, 1000);
		is(i, 0, 0x30, PROTO_NEIGH_STALE);
		reply_none(&rig);
		send_to(i, 0);
		went(0x30);
		for (unsigned int ms = 0; ms < 5200; ms += 100)
			rxrig_poll(&rig, 100);
		asked(i, 0, 0x30);
		is(i, 0, 0x30, PROTO_NEIGH_PROBE);
		answer(i, 0, 0x30, UNICAST);
		is(i, 0, 0x30, PROTO_NEIGH_REACHABLE);
		reply_none(&rig);
	}
}

/* Two that are waited for answer in one burst: what waits for either goes at once. */
static void
test_two_answers(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct rxframe first;

		send_to(i, 0);
		send_to(i, 1);
		asked(i, 0, 0);
		asked(i, 1, 0);
		answer_make(i, 0, 0x30, UNICAST);
		first = f;
		answer_make(i, 1, 0x31, UNICAST);
		rx_put(&rig, &first, 1);
		rx_put(&rig, &f, 1);
		rxrig_poll(&rig, 0);
		went(0x30);
		went(0x31);
	}
	reply_none(&rig);
}

/* The answer comes while the port takes nothing: what waits goes when there is room again. */
static void
test_no_room(void **state)
{
	uint32_t n = 0;

	(void)state;
	send_to(0, 0);
	asked(0, 0, 0);
	port_fault_takes(&rig.port->fault, 1, (uint32_t[]){0});
	while (n < 1000 && try_send(PEER4))
		n++;
	assert_true(n > 0 && n < 1000); /* the ring of the port is full */
	answer(0, 0, 0x30, UNICAST);
	port_fault_takes_all(&rig.port->fault);
	for (unsigned int i = 0; i < 10; i++)
		rxrig_poll(&rig, 1);
	for (uint32_t i = 0; i < n; i++)
		went(2);
	went(0x30);
	reply_none(&rig);
}

/* Who names the link means a neighbour on it, although no route leads there. */
static void
test_named_link(void **state)
{
	static char hello[] = "hello";
	struct iovec iov = {hello, 5};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	struct proto_endpoint_conf conf = {.remote = addr_of("203.0.113.7"), .remote_port = 9};
	struct proto_endpoint *ep;
	struct reply r;

	(void)state;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), -ENETUNREACH);
	conf.link = rig.link;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	assert_int_equal(proto_send(ep, &payload, 1), 1);
	rxrig_poll(&rig, 0);
	reply_next(&rig, &r);
	assert_int_equal(r.ethertype, RTE_ETHER_TYPE_ARP);
	assert_memory_equal(r.l3 + 24, conf.remote.bytes, 4);
	for (unsigned int i = 0; i < 50; i++) /* nobody answers */
		rxrig_poll(&rig, 100);
	assert_int_equal(proto_outstanding(ep), 0);
}

/* A scan of addresses is no flood of questions: a hundred at once, then a thousand a second. */
static void
test_rationed(void **state)
{
	uint32_t asked_at_once;

	(void)state;
	for (unsigned int i = 0; i < 150; i++) {
		char dst[16];

		(void)snprintf(dst, sizeof(dst), "192.0.2.%u", 20 + i);
		assert_true(try_send(dst));
	}
	rxrig_poll(&rig, 10);
	asked_at_once = rxrig_n_sent(&rig);
	assert_true(asked_at_once > 10 && asked_at_once <= 120);
	rxrig_poll(&rig, 20);
	assert_true(rxrig_n_sent(&rig) <= asked_at_once + 30);
	for (unsigned int i = 0; i < 20; i++)
		rxrig_poll(&rig, 10);
	assert_int_equal(rxrig_n_sent(&rig), 150);
	for (unsigned int i = 0; i < 50; i++) /* nobody answers */
		rxrig_poll(&rig, 100);
	assert_int_equal(proto_outstanding(rig.ep), 0);
}

static int
begin_many(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.conf.n_payloads = 256;
	rxrig_start(&rig);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST(test_states, &rig),
		RX_TEST(test_override, &rig),
		RX_TEST(test_probed, &rig),
		RX_TEST(test_two_answers, &rig),
		RX_TEST(test_no_room, &rig),
		RX_TEST(test_named_link, &rig),
		RX_TEST_BEGIN(test_rationed, begin_many, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
