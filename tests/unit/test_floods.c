/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hostile hosts: floods of what no honest host sends, mixed with one that is. Under each flood the
 * honest host's datagrams, whole and in fragments, are delivered (at least nine in ten), payloads
 * to it go out, no more memory is taken, what is held stays below its caps, and the reason is
 * counted. Counted in polls, not in time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "floods.h"
#include "rig.h"
#include "rxrig.h"

#define POLLS	   300u
#define PATIENCE_S 10u /* until what waits for a neighbour has been given up */
#define HOSTILE	   28u /* frames a poll, besides the honest ones */
#define PARTS	   3u  /* fragments of an honest datagram, one a poll */
#define PART_LEN   400u

static struct rxrig rig;
static struct rxframe f;
static uint8_t bytes[2000];
static uint32_t n_sent;

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned int n, void *arg)
{
	(void)ep;
	(void)arg;
	for (unsigned int i = 0; i < n; i++)
		n_sent += done[i].status == 0;
}

/* What a poll brings of the honest host: a datagram, and the next fragment of another. */
static void
honest_in(uint32_t poll)
{
	uint32_t part = poll % PARTS, data_len = PARTS * PART_LEN - 8;
	static struct rxframe whole;

	frame_datagram(&f, &rig, poll % 2 == 0 ? 4 : 6, 100);
	frame_in(&rig, &f);
	frame_eth(&whole, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&whole, IPPROTO_UDP, 0, 1);
	frame_udp(&whole, data_len);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_UDP,
		(uint16_t)(part * PART_LEN / 8 | (part + 1 < PARTS ? RTE_IPV4_HDR_MF_FLAG : 0)),
		(uint16_t)(1 + poll / PARTS));
	frame_put(&f, whole.bytes + whole.l4 + part * PART_LEN, PART_LEN);
	frame_fix(&f, false);
	frame_in(&rig, &f);
}

/* The honest host asks for our Ethernet address: by ARP, by ND. */
static void
honest_asks(void)
{
	static const uint8_t arp[28] = {0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2, 192, 0, 2, 2, 0,
		0, 0, 0, 0, 0, 192, 0, 2, 1};
	static const uint8_t ns[24] = {135, [8] = 0x20, 1, 0x0d, 0xb8, [23] = 1};

	frame_eth(&f, &rig, RTE_ETHER_TYPE_ARP);
	frame_put(&f, arp, sizeof(arp));
	frame_in(&rig, &f);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	frame_ip6(&f, IPPROTO_ICMPV6);
	f.bytes[f.l3 + 7] = 255;
	frame_icmp(&f, ns, sizeof(ns));
	frame_in(&rig, &f);
}

/* The answers to that among what has been sent. */
static uint32_t
answers(void)
{
	static const uint8_t reply[22] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2};
	const struct fault_queue *q = &rig.port->fault.queues[0];
	uint32_t n = 0;

	for (uint32_t i = 0; i < q->n_frames; i++) {
		const uint8_t *b = q->frames[i].bytes;

		n += memcmp(b, reply, sizeof(reply)) == 0 && b[31] == 1 && b[41] == 2;
		n += memcmp(b, reply, 12) == 0 && b[12] == 0x86 && b[20] == IPPROTO_ICMPV6 &&
		     b[53] == 2 && b[54] == 136;
	}
	return n;
}

/* Another honest host, 192.0.2.3, which the stack has to find: it answers when it is asked. */
static void
honest_answers(void)
{
	static const uint8_t reply[28] = {0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 3, 192, 0, 2, 3, 2,
		0, 0, 0, 0, 1, 192, 0, 2, 1};
	static const uint8_t ask[10] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1};
	static const uint8_t target[4] = {192, 0, 2, 3};
	const struct fault_queue *q = &rig.port->fault.queues[0];

	for (uint32_t i = 0; i < q->n_frames; i++) {
		const uint8_t *b = q->frames[i].bytes;

		if (memcmp(b + 12, ask, sizeof(ask)) != 0 || memcmp(b + 38, target, 4) != 0)
			continue;
		frame_eth(&f, &rig, RTE_ETHER_TYPE_ARP);
		frame_put(&f, reply, sizeof(reply));
		frame_in(&rig, &f);
		return;
	}
}

static uint32_t
honest_out(const char *whom)
{
	const struct proto_peer peer = {.addr = addr_of(whom), .port = 5000};
	struct iovec iov = {bytes, sizeof(bytes)};
	struct proto_payload p = {.iov = &iov, .iovcnt = 1};

	return proto_send_to(rig.ep, &peer, &p, 1);
}

static void
caps_hold(const struct holdings *before)
{
	struct holdings now = holdings_now();
	struct proto_reassembly held;

	proto_worker_reassembly(rig.worker, &held);
	assert_in_range(held.frames, 0, held.frames_max);
	assert_in_range(held.datagrams, 0, held.datagrams_max);
	assert_int_equal(now.bytes, before->bytes);
	assert_int_equal(now.blocks, before->blocks);
}

/* How many frames met the end that this flood is to meet. */
static uint64_t
ends(const struct flood *flood)
{
	uint64_t n = 0;

	if (flood->consumed)
		n += rxrig_count(&rig, PROTO_C_FRAMES_CONSUMED);
	for (unsigned int i = 0; i < RTE_DIM(flood->drops); i++)
		if (flood->drops[i] != 0)
			n += rxrig_dropped(&rig, flood->drops[i] - 1);
	return n;
}

static void
check(const struct flood *flood, uint64_t n_hostile, uint32_t n_accepted, uint32_t n_answers)
{
	uint32_t want = POLLS + POLLS / PARTS;
	uint64_t met = ends(flood);

	if (rig.n < want * 9 / 10)
		fail_msg("%s: %u of %u datagrams delivered", flood->name, rig.n, want);
	if (n_accepted < POLLS / 4 * 9 / 10 || n_sent != n_accepted)
		fail_msg("%s: of %u payloads %u were taken and %u sent", flood->name, POLLS / 4,
			n_accepted, n_sent);
	if (n_answers < 2 * POLLS * 9 / 10)
		fail_msg("%s: %u of %u questions answered", flood->name, n_answers, 2 * POLLS);
	if (flood->limited && rxrig_count(&rig, PROTO_C_CONTROL_LIMITED) < n_hostile / 2)
		fail_msg("%s: as good as all are answered", flood->name);
	if (met < (flood->some_held ? n_hostile * 9 / 10 : n_hostile))
		fail_msg("%s: %lu of %lu frames met their end", flood->name, met, n_hostile);
}

static void
run(const struct flood *flood)
{
	const uint32_t a_poll = flood->a_poll != 0 ? flood->a_poll : HOSTILE;
	struct holdings before;
	uint32_t n_accepted, n_answers = 0;
	uint64_t n_hostile = 0;

	n_sent = 0;
	rxrig_init(&rig);
	rig.conf.icmp_rate = 1000;
	rig.conf.reass_datagrams = 256;
	rig.link_conf.slaac = true;
	rig.ep_conf.done = on_done;
	rig.ep_conf.cut = PROTO_FRAGMENT;
	rxrig_start(&rig);
	n_accepted = honest_out("192.0.2.2") + honest_out("192.0.2.3"); /* it knows its peers */
	rxrig_poll(&rig, 100);
	before = holdings_now();
	for (uint32_t poll = 0; poll < POLLS; poll++) {
		for (uint32_t i = 0; i < a_poll; i++, n_hostile++) {
			flood->make(&f, &rig, (uint32_t)n_hostile);
			port_rx_inject(rig.port, 0, f.bytes, f.len, 1 + f.len / 1400);
		}
		honest_in(poll);
		honest_asks();
		if (poll % 4 == 0)
			n_accepted += honest_out(poll % 8 == 0 ? "192.0.2.2" : "192.0.2.3");
		rxrig_poll(&rig, 1);
		caps_hold(&before);
		n_answers += answers();
		honest_answers();
		port_fault_forget(&rig.port->fault);
	}
	for (unsigned int i = 0; i < PATIENCE_S; i++)
		rxrig_poll(&rig, 1000);
	check(flood, n_hostile, n_accepted, n_answers);
	rxrig_stop(&rig);
}

static void
test_flood(void **state)
{
	run(*state);
}

int
main(void)
{
	struct CMUnitTest tests[64];
	unsigned int n = 0;
	int ret;

	for (; floods[n].name != NULL; n++)
		tests[n] = (struct CMUnitTest){
			.name = floods[n].name,
			.test_func = test_flood,
			.initial_state = (void *)(uintptr_t)&floods[n],
		};
	if (eal_start(1, NULL) != 0)
		return 1;
	ret = _cmocka_run_group_tests("floods", tests, n, NULL, NULL);
	return eal_stop() != 0 || ret != 0;
}
