/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What goes wrong around a stack that does its work: the link goes and comes back in the middle of
 * it, time jumps, a port takes nothing for long, a worker stalls. Every payload taken completes
 * once, every frame is accounted for, nothing is held for ever, and afterwards all works again.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_ip.h>

#include "eal.h"
#include "rig.h"
#include "rxrig.h"

#define ROUNDS	   400
#define PATIENCE_S 10u /* until what waits for a neighbour has been given up */

static struct rxrig rig;
static struct rxframe f;
static struct rng rng;
static uint8_t bytes[9000];
static uint32_t n_accepted, n_sent, n_failed;

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned int n, void *arg)
{
	(void)ep;
	(void)arg;
	for (unsigned int i = 0; i < n; i++) {
		n_sent += done[i].status == 0;
		n_failed += done[i].status != 0;
		if (done[i].status != 0)
			assert_true(done[i].status == -ENETDOWN || done[i].status == -EHOSTUNREACH);
	}
}

static void
init(uint16_t n_workers)
{
	rxrig_init(&rig);
	rig.conf.n_workers = n_workers;
	rig.ep_conf.done = on_done;
	rig.ep_conf.cut = PROTO_FRAGMENT;
	rng.state = 20261125;
	n_accepted = n_sent = n_failed = 0;
}

static int
end(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < PATIENCE_S; i++)
		rxrig_poll(&rig, 1000);
	rxrig_stop(&rig);
	assert_int_equal(n_sent + n_failed, n_accepted);
	return 0;
}

static uint16_t
send_to(const char *whom, size_t len)
{
	const struct proto_peer peer = {.addr = addr_of(whom), .port = 7};
	struct iovec iov = {bytes, len};
	struct proto_payload p = {.iov = &iov, .iovcnt = 1};
	uint16_t n = proto_send_to(rig.ep, &peer, &p, 1);

	n_accepted += n;
	return n;
}

/* Sends and receives, and says so. */
static void
works(void)
{
	uint32_t received = rig.n, sent = n_sent;

	port_fault_takes_all(&rig.port->fault);
	rxrig_poll(&rig, 1);
	sent = n_sent;
	frame_datagram(&f, &rig, 4, 100);
	frame_in(&rig, &f);
	assert_int_equal(send_to("192.0.2.2", 5000), 1);
	assert_int_equal(send_to("2001:db8::2", 5000), 1);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n, received + 1);
	assert_int_equal(n_sent, sent + 2);
}

static int
begin_one(void **state)
{
	(void)state;
	init(1);
	rxrig_start(&rig);
	return 0;
}

/* A piece of a datagram of many, whose others may never come. */
static void
receive_fragment(uint16_t id)
{
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_UDP, (uint16_t)(RTE_IPV4_HDR_MF_FLAG | rng_below(&rng, 8) * 10), id);
	frame_put(&f, NULL, 80);
	frame_fix(&f, false);
	frame_in(&rig, &f);
}

/* Some traffic both ways, without waiting for any of it. */
static void
traffic(uint32_t round)
{
	static const char *const whom[] = {"192.0.2.2", "2001:db8::2", "192.0.2.50"};

	for (unsigned int i = rng_below(&rng, 4); i > 0; i--) {
		uint32_t len = rng_below(&rng, sizeof(bytes));

		(void)send_to(whom[rng_below(&rng, RTE_DIM(whom))], len);
	}
	for (unsigned int i = rng_below(&rng, 4); i > 0; i--) {
		frame_datagram(&f, &rig, i % 2 == 0 ? 4 : 6, rng_below(&rng, 1400));
		frame_in(&rig, &f);
	}
	receive_fragment((uint16_t)round);
}

static void
test_link_flaps(void **state)
{
	uint32_t n_down = 0;
	bool up = true;

	(void)state;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		uint32_t takes[] = {rng_below(&rng, 6), rng_below(&rng, 40)};

		port_fault_takes(&rig.port->fault, 2, takes);
		if (up)
			traffic(round);
		else
			assert_int_equal(send_to("192.0.2.2", 10), 0);
		for (unsigned int i = rng_below(&rng, 5); i > 0; i--)
			(void)proto_poll(rig.worker, rig.now += rte_get_tsc_hz() / 1000);
		if (rng_below(&rng, 4) != 0)
			continue;
		up = !up;
		n_down += !up;
		if (up)
			assert_int_equal(proto_link_start(rig.link, NULL), 0);
		else
			proto_link_stop(rig.link);
	}
	assert_int_equal(proto_link_start(rig.link, NULL), 0);
	assert_true(n_down > ROUNDS / 20 && n_failed > 0 && n_sent > 0);
	works();
}

/* The carrier goes, the port is as it was: frames wait, and go when it is back. */
static void
test_carrier_goes(void **state)
{
	static const uint32_t nothing[] = {0};
	struct proto_link_info info;

	(void)state;
	rig.port->fault.down = true;
	port_fault_takes(&rig.port->fault, 1, nothing);
	assert_int_equal(send_to("192.0.2.2", 5000), 1);
	for (unsigned int i = 0; i < 100; i++)
		rxrig_poll(&rig, 100);
	proto_link_info(rig.link, &info);
	assert_false(info.carrier);
	assert_int_equal(n_sent, 0);
	rig.port->fault.down = false;
	port_fault_takes_all(&rig.port->fault);
	rxrig_poll(&rig, 1);
	assert_int_equal(n_sent, 1);
	works();
}

/* A suspended machine, a debugger, a hypervisor: the clock is somewhere else. */
static void
test_clock_jumps(void **state)
{
	static const uint64_t ms[] = {0, 1, 999, 1000, 30000, 61000, 3600000, 86400000,
		UINT64_C(365) * 86400000, UINT64_C(20) * 365 * 86400000};
	struct proto_reassembly held;

	(void)state;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		uint64_t jump = ms[rng_below(&rng, RTE_DIM(ms) - (round % 50 != 0 ? 2 : 0))];

		traffic(round);
		if (jump >= 61000 || rng_below(&rng, 2) == 0)
			rxrig_poll(&rig, 0);
		rxrig_poll(&rig, jump);
		if (jump < 61000)
			continue;
		rxrig_poll(&rig, 1);
		proto_worker_reassembly(rig.worker, &held);
		assert_int_equal(held.frames, 0);
	}
	assert_true(rxrig_dropped(&rig, PROTO_DROP_FRAG_TIMEOUT) > 0);
	for (unsigned int i = 0; i < 10; i++)
		rxrig_poll(&rig, 1000);
	assert_int_equal(proto_worker_outstanding(rig.worker), 0);
	assert_true(n_failed > 0); /* nobody is at 192.0.2.50 */
	works();
}

/* The port takes nothing for long, while others ask: answers are given up, not gathered. */
static void
test_ring_full(void **state)
{
	static const uint32_t nothing[] = {0};
	static const uint8_t echo[64] = {8};
	uint32_t n_refused = 0;
	struct pktpool_usage usage;

	(void)state;
	port_fault_takes(&rig.port->fault, 1, nothing);
	for (uint32_t round = 0; round < 2000; round++) {
		n_refused += send_to("192.0.2.2", 3000) == 0;
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
		frame_ip4(&f, IPPROTO_ICMP, 0, 1);
		frame_icmp(&f, echo, sizeof(echo));
		frame_in(&rig, &f);
		frame_datagram(&f, &rig, 4, 100);
		frame_in(&rig, &f);
		rxrig_poll(&rig, 1);
	}
	assert_int_equal(rig.n, 2000); /* what comes in is delivered all the while */
	assert_true(n_refused > 1000);
	assert_true(rxrig_dropped(&rig, PROTO_DROP_REPLY_REFUSED) > 1000);
	pktpool_usage(proto_worker_pktpool(rig.worker), &usage);
	assert_in_range(usage.in_use, 1, rig.conf.n_packets);
	works();
	assert_int_equal(n_sent, n_accepted);
}

static int
begin_two(void **state)
{
	(void)state;
	init(2);
	rxrig_start(&rig);
	return 0;
}

/*
 * The other worker is not polled, and what comes for it comes in here: this worker's own datagrams
 * are delivered all the same, for the other does not get all that they are received with.
 */
static void
test_worker_stalls(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = 9001};
	struct proto_endpoint *other;
	uint32_t n_missed = 0;

	(void)state;
	assert_int_equal(
		proto_endpoint_create(proto_worker_at(rig.stack, 1), &conf, &other, NULL), 0);
	for (uint32_t i = 0; i < 4000; i++) {
		frame_datagram(&f, &rig, 4, 100);
		f.bytes[f.l4 + 3]++; /* the other's port */
		frame_fix(&f, true);
		for (unsigned int k = 0; k < 4; k++)
			(void)port_rx_offer(rig.port, 0, f.bytes, f.len, 1);
		f.bytes[f.l4 + 3]--;
		frame_fix(&f, true);
		n_missed += !port_rx_offer(rig.port, 0, f.bytes, f.len, 1);
		(void)proto_poll(rig.worker, rig.now);
	}
	for (unsigned int i = 0; i < 10; i++)
		(void)proto_poll(rig.worker, rig.now);
	assert_int_equal(n_missed, 0);
	assert_int_equal(rig.n, 4000);
	assert_true(rxrig_dropped(&rig, PROTO_DROP_HANDOVER_FULL) > 0);
	assert_true(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER) >= rig.conf.n_rx_packets / 2);
	works();
	/* It goes on: what is sent to it is heard again. */
	f.bytes[f.l4 + 3]++;
	frame_fix(&f, true);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER),
		rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_link_flaps, begin_one, end),
		cmocka_unit_test_setup_teardown(test_carrier_goes, begin_one, end),
		cmocka_unit_test_setup_teardown(test_clock_jumps, begin_one, end),
		cmocka_unit_test_setup_teardown(test_ring_full, begin_one, end),
		cmocka_unit_test_setup_teardown(test_worker_stalls, begin_two, end),
	};
	int ret;

	if (eal_start(1, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 4);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	return eal_stop() != 0 || ret != 0;
}
