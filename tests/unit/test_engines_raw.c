/* SPDX-License-Identifier: BSD-3-Clause */
/* io, mac, macswap, and what reflect does not answer: frames, order, promiscuity, by number. */
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
#include "raw_rig.h"

#define N 1000u

static void
test_io(void **state)
{
	struct engine_figures figures;

	(void)state;
	assert_int_equal(rte_eth_promiscuous_get(raw_port(0)), 0);
	raw_middle.session.settings.count = 2 * N;
	raw_start(&engine_io);
	assert_int_equal(rte_eth_promiscuous_get(raw_port(0)), 1);
	assert_int_equal(rte_eth_promiscuous_get(raw_port(1)), 1);
	raw_send_frames(0, 0, N);
	raw_turn();
	assert_false(session_rig_is_done(&raw_middle));
	raw_send_frames(1, N, N);
	raw_turn();
	assert_true(session_rig_is_done(&raw_middle));
	raw_expect_all(1, 0, N, 0);
	raw_expect_all(0, N, N, 0);
	figures = raw_finish();
	assert_int_equal(figures.frames_in, 2 * N);
	assert_int_equal(figures.frames_out, 2 * N);
	assert_int_equal(figures.frames_lost, 0);
	assert_int_equal(rte_eth_promiscuous_get(raw_port(0)), 0);
	assert_int_equal(rte_eth_promiscuous_get(raw_port(1)), 0);
}

/* Who was promiscuous before stays so. */
static void
test_promisc_stays(void **state)
{
	(void)state;
	assert_int_equal(rte_eth_promiscuous_enable(raw_port(0)), 0);
	raw_start(&engine_io);
	(void)raw_finish();
	assert_int_equal(rte_eth_promiscuous_get(raw_port(0)), 1);
	assert_int_equal(rte_eth_promiscuous_get(raw_port(1)), 0);
	assert_int_equal(rte_eth_promiscuous_disable(raw_port(0)), 0);
}

static void
test_io_alone(void **state)
{
	unsigned last = raw_middle.session.n_links - 1;

	(void)state;
	raw_start(&engine_io);
	raw_send_frames(last, 0, N);
	raw_turn();
	raw_expect_all(last, 0, N, 0);
	(void)raw_finish();
}

/* A peer that does not read: what its ring has no room for is lost, and counted. */
static void
test_io_full(void **state)
{
	struct engine_figures figures;
	static uint32_t numbers[5000];
	uint32_t n;

	(void)state;
	raw_start(&engine_io);
	for (unsigned i = 0; i < 5; i++) {
		raw_send_frames(0, i * N, N);
		raw_turn();
	}
	n = raw_receive_frames(1, numbers, RTE_DIM(numbers), 0);
	figures = raw_finish();
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

	raw_send_frames(0, 0, 1);
	raw_turn();
	assert_int_equal(rte_eth_rx_burst(raw_ends.session.links[1].port_id, 0, &pkt, 1), 1);
	memcpy(macs, rte_pktmbuf_mtod(pkt, uint8_t *), 12);
	pktpool_free(pkt);
}

static void
test_mac(void **state)
{
	uint8_t macs[12], peer[6] = {2, 0, 0, 0, 0, (uint8_t)raw_port(1)};
	struct rte_ether_addr own;

	(void)state;
	assert_int_equal(rte_eth_macaddr_get(raw_port(1), &own), 0);
	raw_start(&engine_mac);
	one_frame(macs);
	assert_memory_equal(macs, peer, 6);
	assert_memory_equal(macs + 6, &own, 6);
	raw_send_frames(0, 0, N);
	raw_turn();
	raw_expect_all(1, 0, N, 12);
	(void)raw_finish();
}

static void
test_macswap(void **state)
{
	uint8_t macs[12];

	(void)state;
	raw_start(&engine_macswap);
	one_frame(macs);
	assert_memory_equal(macs, raw_header + 6, 6);
	assert_memory_equal(macs + 6, raw_header, 6);
	raw_send_frames(0, 0, N);
	raw_turn();
	raw_expect_all(1, 0, N, 12);
	(void)raw_finish();
}

/* Neither UDP nor ICMP: all is freed and counted. */
static void
test_reflect_others(void **state)
{
	struct engine_figures figures;

	(void)state;
	raw_start(&engine_reflect);
	raw_send_frames(0, 0, N);
	raw_turn();
	raw_expect_all(0, 0, 0, 0);
	figures = raw_finish();
	assert_int_equal(figures.frames_in, N);
	assert_int_equal(figures.frames_ignored, N);
	assert_int_equal(figures.frames_out, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_io, raw_two_links, raw_close),
		cmocka_unit_test_setup_teardown(test_promisc_stays, raw_two_links, raw_close),
		cmocka_unit_test_setup_teardown(test_io_alone, raw_one_link, raw_close),
		cmocka_unit_test_setup_teardown(test_io_alone, raw_three_links, raw_close),
		cmocka_unit_test_setup_teardown(test_io_full, raw_two_links, raw_close),
		cmocka_unit_test_setup_teardown(test_mac, raw_two_links, raw_close),
		cmocka_unit_test_setup_teardown(test_macswap, raw_two_links, raw_close),
		cmocka_unit_test_setup_teardown(test_reflect_others, raw_two_links, raw_close),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, raw_wires, NULL);

	return eal_stop() != 0 || failed != 0;
}
