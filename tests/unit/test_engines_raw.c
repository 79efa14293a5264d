/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engines that carry frames from port to port, over net_ring: the one in the middle has links 0
 * and 1, the test plays both ends. The clock is the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include <pktpool.h>

#include "eal.h"
#include "engine/lossy.h"
#include "engine/rng.h"
#include "session_rig.h"

#define N     1000u
#define BURST 32u

static struct session_rig middle, ends;
static uint16_t left[2], right[2], third[2]; /* [0] are the ends' */
static uint64_t now;

static const uint8_t header[14] = {2, 0, 0, 0, 0, 0x22, 2, 0, 0, 0, 0, 0x11, 0x88, 0xb5};

/* Frame number i: its bytes follow from its number. */
static uint32_t
frame_len(uint32_t i)
{
	return 60 + i * 7 % 1455;
}

static void
frame_fill(uint8_t *bytes, uint32_t i)
{
	memcpy(bytes, header, sizeof(header));
	memcpy(bytes + sizeof(header), &i, sizeof(i));
	for (uint32_t k = 18; k < frame_len(i); k++)
		bytes[k] = (uint8_t)(i * 31 + k);
}

static void
send_frames(unsigned end, uint32_t first, uint32_t n)
{
	struct pktpool *pool = proto_worker_pktpool(ends.workers[0].worker);

	for (uint32_t i = first; i < first + n; i++) {
		struct rte_mbuf *pkt = pktpool_alloc(pool);

		assert_non_null(pkt);
		frame_fill((uint8_t *)rte_pktmbuf_append(pkt, (uint16_t)frame_len(i)), i);
		assert_int_equal(rte_eth_tx_burst(ends.session.links[end].port_id, 0, &pkt, 1), 1);
	}
}

/* The numbers of the frames that come at an end; their bytes are checked from `from` on. */
static uint32_t
receive_frames(unsigned end, uint32_t *numbers, uint32_t max, uint32_t from)
{
	struct rte_mbuf *pkts[BURST];
	uint32_t n = 0, got;

	do {
		got = rte_eth_rx_burst(ends.session.links[end].port_id, 0, pkts, BURST);
		for (uint32_t i = 0; i < got; i++) {
			uint8_t bytes[1600];
			uint32_t number;

			memcpy(&number, rte_pktmbuf_mtod_offset(pkts[i], uint8_t *, 14), 4);
			frame_fill(bytes, number);
			assert_int_equal(pkts[i]->pkt_len, frame_len(number));
			assert_memory_equal(rte_pktmbuf_mtod_offset(pkts[i], uint8_t *, from),
				bytes + from, pkts[i]->pkt_len - from);
			assert_true(n < max);
			numbers[n++] = number;
		}
		pktpool_free_bulk(pkts, got);
	} while (got > 0);
	return n;
}

static void
start(const struct engine *engine)
{
	struct opt_error err;

	if (session_rig_start(&middle, engine, &err) != 0)
		fail_msg("%s", err.text);
}

/* Turns at this time until nothing moves. */
static void
turn(void)
{
	while (middle.session.running->poll(&middle.workers[0], now) > 0)
		;
}

static struct engine_figures
stop(void)
{
	session_rig_quit(&middle);
	turn();
	return session_rig_stop(&middle);
}

static int
open_all(unsigned n_links)
{
	uint16_t inner[] = {left[1], right[1], third[1]}, outer[] = {left[0], right[0], third[0]};

	session_rig_open(&middle, "middle", inner, n_links, 1, 1);
	session_rig_open(&ends, "ends", outer, n_links, 1, 2);
	session_rig_peer(&middle, 4, 2);
	/* net_ring has no filter, so the stack has turned it on. */
	for (unsigned i = 0; i < n_links; i++)
		assert_int_equal(rte_eth_promiscuous_disable(inner[i]), 0);
	now = 1000;
	return 0;
}

static int
one_link(void **state)
{
	(void)state;
	return open_all(1);
}

static int
two_links(void **state)
{
	(void)state;
	return open_all(2);
}

static int
three_links(void **state)
{
	(void)state;
	return open_all(3);
}

static int
close_all(void **state)
{
	(void)state;
	session_rig_close(&middle);
	session_rig_close(&ends);
	return 0;
}

/* All come, in order, at this end. */
static void
expect_all(unsigned end, uint32_t first, uint32_t n, uint32_t from)
{
	static uint32_t numbers[5000];

	assert_int_equal(receive_frames(end, numbers, RTE_DIM(numbers), from), n);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(numbers[i], first + i);
}

static void
test_io(void **state)
{
	struct engine_figures figures;

	(void)state;
	assert_int_equal(rte_eth_promiscuous_get(left[1]), 0);
	middle.session.settings.count = 2 * N;
	start(&engine_io);
	assert_int_equal(rte_eth_promiscuous_get(left[1]), 1);
	assert_int_equal(rte_eth_promiscuous_get(right[1]), 1);
	send_frames(0, 0, N);
	turn();
	assert_false(session_rig_is_done(&middle));
	send_frames(1, N, N);
	turn();
	assert_true(session_rig_is_done(&middle));
	expect_all(1, 0, N, 0);
	expect_all(0, N, N, 0);
	figures = stop();
	assert_int_equal(figures.frames_in, 2 * N);
	assert_int_equal(figures.frames_out, 2 * N);
	assert_int_equal(figures.frames_lost, 0);
	assert_int_equal(rte_eth_promiscuous_get(left[1]), 0);
	assert_int_equal(rte_eth_promiscuous_get(right[1]), 0);
}

/* Who was promiscuous before stays so. */
static void
test_promisc_stays(void **state)
{
	(void)state;
	assert_int_equal(rte_eth_promiscuous_enable(left[1]), 0);
	start(&engine_io);
	(void)stop();
	assert_int_equal(rte_eth_promiscuous_get(left[1]), 1);
	assert_int_equal(rte_eth_promiscuous_get(right[1]), 0);
	assert_int_equal(rte_eth_promiscuous_disable(left[1]), 0);
}

static void
test_io_alone(void **state)
{
	unsigned last = middle.session.n_links - 1;

	(void)state;
	start(&engine_io);
	send_frames(last, 0, N);
	turn();
	expect_all(last, 0, N, 0);
	(void)stop();
}

/* A peer that does not read: what its ring has no room for is lost, and counted. */
static void
test_io_full(void **state)
{
	struct engine_figures figures;
	static uint32_t numbers[5000];
	uint32_t n;

	(void)state;
	start(&engine_io);
	for (unsigned i = 0; i < 5; i++) {
		send_frames(0, i * N, N);
		turn();
	}
	n = receive_frames(1, numbers, RTE_DIM(numbers), 0);
	figures = stop();
	assert_int_equal(figures.frames_in, 5 * N);
	assert_int_equal(figures.frames_out, n);
	assert_int_equal(figures.frames_lost, 5 * N - n);
	assert_int_equal(n, 4095); /* of a ring of 4096 */
}

/* Ethernet addresses of a frame that comes at end 1 when one was sent at end 0. */
static void
one_frame(uint8_t macs[12])
{
	struct rte_mbuf *pkt;

	send_frames(0, 0, 1);
	turn();
	assert_int_equal(rte_eth_rx_burst(ends.session.links[1].port_id, 0, &pkt, 1), 1);
	memcpy(macs, rte_pktmbuf_mtod(pkt, uint8_t *), 12);
	pktpool_free(pkt);
}

static void
test_mac(void **state)
{
	uint8_t macs[12], peer[6] = {2, 0, 0, 0, 0, (uint8_t)right[1]};
	struct rte_ether_addr own;

	(void)state;
	assert_int_equal(rte_eth_macaddr_get(right[1], &own), 0);
	start(&engine_mac);
	one_frame(macs);
	assert_memory_equal(macs, peer, 6);
	assert_memory_equal(macs + 6, &own, 6);
	send_frames(0, 0, N);
	turn();
	expect_all(1, 0, N, 12);
	(void)stop();
}

static void
test_macswap(void **state)
{
	uint8_t macs[12];

	(void)state;
	start(&engine_macswap);
	one_frame(macs);
	assert_memory_equal(macs, header + 6, 6);
	assert_memory_equal(macs + 6, header, 6);
	send_frames(0, 0, N);
	turn();
	expect_all(1, 0, N, 12);
	(void)stop();
}

/* Neither UDP nor ICMP: all is freed and counted. */
static void
test_reflect_others(void **state)
{
	struct engine_figures figures;

	(void)state;
	start(&engine_reflect);
	send_frames(0, 0, N);
	turn();
	expect_all(0, 0, 0, 0);
	figures = stop();
	assert_int_equal(figures.frames_in, N);
	assert_int_equal(figures.frames_ignored, N);
	assert_int_equal(figures.frames_out, 0);
}

static void
set_loss(double loss, double reorder, double duplicate, uint32_t delay_us)
{
	middle.session.settings.loss = loss;
	middle.session.settings.reorder = reorder;
	middle.session.settings.duplicate = duplicate;
	middle.session.settings.delay_us = delay_us;
}

/* Send N from end 0; what comes at end 1, in order. All of it within the longest hold. */
static uint32_t
run_loss(uint32_t *numbers, uint32_t max, struct engine_figures *figures)
{
	uint32_t n;

	start(&engine_loss);
	send_frames(0, 0, N);
	turn();
	now += rte_get_tsc_hz();
	turn();
	n = receive_frames(1, numbers, max, 0);
	*figures = stop();
	return n;
}

/* Each frame comes as often as its fate says, the figures say so, and again with the same seed. */
static void
test_loss_fates(void **state)
{
	static uint32_t numbers[2 * N], again[2 * N];
	unsigned times[N] = {0}, lost = 0, duplicated = 0, out_of_order = 0;
	struct engine_figures figures, figures_again;
	struct lossy lossy;
	uint32_t n;

	(void)state;
	set_loss(0.1, 0.1, 0.1, 0);
	n = run_loss(numbers, RTE_DIM(numbers), &figures);
	for (uint32_t i = 0; i < n; i++) {
		times[numbers[i]]++;
		out_of_order += i > 0 && numbers[i] < numbers[i - 1];
	}
	lossy_init(&lossy, 0.1, 0.1, 0.1, rng_mix(middle.session.settings.seed));
	for (uint32_t i = 0; i < N; i++) {
		struct lossy_fate fate = lossy_next(&lossy);

		assert_int_equal(times[i], fate.lost ? 0 : fate.duplicated ? 2 : 1);
		lost += fate.lost;
		duplicated += fate.duplicated;
	}
	assert_int_equal(figures.frames_lost, lost);
	assert_int_equal(figures.frames_duplicated, duplicated);
	assert_int_equal(figures.frames_out, n);
	assert_in_range(figures.frames_reordered, N / 25, N / 8);
	assert_in_range(out_of_order, N / 50, figures.frames_reordered);
	assert_int_equal(run_loss(again, RTE_DIM(again), &figures_again), n);
	assert_memory_equal(again, numbers, n * sizeof(numbers[0]));
	assert_memory_equal(&figures_again, &figures, sizeof(figures));
}

static void
test_loss_none(void **state)
{
	struct engine_figures figures;
	static uint32_t numbers[N];

	(void)state;
	set_loss(0, 0, 0, 0);
	assert_int_equal(run_loss(numbers, N, &figures), N);
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(numbers[i], i);
	assert_int_equal(figures.frames_lost + figures.frames_reordered, 0);
}

/* The last one waits to be overtaken, and nobody comes: it goes on by itself. */
static void
test_loss_held(void **state)
{
	uint32_t number;

	(void)state;
	set_loss(0, 1, 0, 0);
	start(&engine_loss);
	send_frames(0, 5, 1);
	turn();
	assert_int_equal(receive_frames(1, &number, 1, 0), 0);
	now += rte_get_tsc_hz() / 100 + 1;
	turn();
	assert_int_equal(receive_frames(1, &number, 1, 0), 1);
	/* Stopped meanwhile it still goes on. */
	send_frames(0, 6, 1);
	turn();
	session_rig_quit(&middle);
	turn();
	assert_false(session_rig_is_drained(&middle));
	now += rte_get_tsc_hz() / 100 + 1;
	turn();
	assert_int_equal(receive_frames(1, &number, 1, 0), 1);
	(void)stop();
}

/* Not a cycle early; and all of those that came together go together. */
static void
test_loss_delay(void **state)
{
	uint64_t delay = (uint64_t)(0.25 * (double)rte_get_tsc_hz());

	(void)state;
	set_loss(0, 0, 0, 250000);
	start(&engine_loss);
	send_frames(0, 0, N);
	turn();
	now += delay - 1;
	turn();
	expect_all(1, 0, 0, 0);
	now += 1;
	turn();
	expect_all(1, 0, N, 0);
	(void)stop();
}

/* A link holds so much; more is lost. What is under way at the end goes with the engine. */
static void
test_loss_bound(void **state)
{
	struct engine_figures figures;
	static uint32_t numbers[5000];

	(void)state;
	set_loss(0, 0, 0, 1000000);
	start(&engine_loss);
	for (unsigned i = 0; i < 5; i++) {
		send_frames(0, i * N, N);
		turn();
	}
	figures = session_rig_figures(&middle);
	assert_int_equal(figures.frames_lost, 5 * N - 4096);
	now += rte_get_tsc_hz();
	turn();
	(void)receive_frames(1, numbers, RTE_DIM(numbers), 0);
	send_frames(0, 0, N);
	turn();
	engine_loss.stop(&middle.workers[0]); /* undrained: the pools say whether it was freed */
	assert_int_equal(receive_frames(1, numbers, RTE_DIM(numbers), 0), 0);
	free(middle.workers[0].engine);
}

static void
test_loss_refusals(void **state)
{
	struct opt_error err = {""};

	(void)state;
	set_loss(1.5, 0, 0, 0);
	assert_int_equal(session_rig_start(&middle, &engine_loss, &err), -1);
	assert_non_null(strstr(err.text, "loss 1.5: expected a probability"));
	set_loss(0, 0, -1, 0);
	assert_int_equal(session_rig_start(&middle, &engine_loss, &err), -1);
	assert_non_null(strstr(err.text, "duplicate -1"));
	assert_int_equal(rte_eth_promiscuous_get(left[1]), 0);
}

static int
wires(void **state)
{
	(void)state;
	session_rig_wire("left", 1, left);
	session_rig_wire("right", 1, right);
	session_rig_wire("third", 1, third);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_io, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_promisc_stays, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_io_alone, one_link, close_all),
		cmocka_unit_test_setup_teardown(test_io_alone, three_links, close_all),
		cmocka_unit_test_setup_teardown(test_io_full, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_mac, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_macswap, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_reflect_others, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_loss_fates, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_loss_none, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_loss_held, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_loss_delay, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_loss_bound, two_links, close_all),
		cmocka_unit_test_setup_teardown(test_loss_refusals, two_links, close_all),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, wires, NULL);

	return eal_stop() != 0 || failed != 0;
}
