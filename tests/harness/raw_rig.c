/* SPDX-License-Identifier: BSD-3-Clause */
#include "raw_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <rte_ethdev.h>

#include <pktpool.h>

#define BURST 32u

struct session_rig raw_middle, raw_ends;
static uint16_t left[2], right[2], third[2]; /* [0] are the ends' */
uint64_t raw_now;

const uint8_t raw_header[14] = {2, 0, 0, 0, 0, 0x22, 2, 0, 0, 0, 0, 0x11, 0x88, 0xb5};

/* Frame number i: its bytes follow from its number. */
static uint32_t
frame_len(uint32_t i)
{
	return 60 + i * 7 % 1455;
}

static void
frame_fill(uint8_t *bytes, uint32_t i)
{
	memcpy(bytes, raw_header, sizeof(raw_header));
	memcpy(bytes + sizeof(raw_header), &i, sizeof(i));
	for (uint32_t k = 18; k < frame_len(i); k++)
		bytes[k] = (uint8_t)(i * 31 + k);
}

void
raw_send_frames(unsigned end, uint32_t first, uint32_t n)
{
	struct pktpool *pool = proto_worker_pktpool(raw_ends.workers[0].worker);

	for (uint32_t i = first; i < first + n; i++) {
		struct rte_mbuf *pkt = pktpool_alloc(pool);

		assert_non_null(pkt);
		frame_fill((uint8_t *)rte_pktmbuf_append(pkt, (uint16_t)frame_len(i)), i);
		assert_int_equal(
			rte_eth_tx_burst(raw_ends.session.links[end].port_id, 0, &pkt, 1), 1);
	}
}

uint32_t
raw_receive_frames(unsigned end, uint32_t *numbers, uint32_t max, uint32_t from)
{
	struct rte_mbuf *pkts[BURST];
	uint32_t n = 0, got;

	do {
		got = rte_eth_rx_burst(raw_ends.session.links[end].port_id, 0, pkts, BURST);
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

void
raw_start(const struct engine *engine)
{
	struct opt_error err;

	if (session_rig_start(&raw_middle, engine, &err) != 0)
		fail_msg("%s", err.text);
}

void
raw_turn(void)
{
	while (raw_middle.session.running->poll(&raw_middle.workers[0], raw_now) > 0)
		;
}

struct engine_figures
raw_finish(void)
{
	session_rig_quit(&raw_middle);
	raw_turn();
	return session_rig_stop(&raw_middle);
}

uint16_t
raw_port(unsigned i)
{
	return raw_middle.session.links[i].port_id;
}

static int
open_all(unsigned n_links)
{
	uint16_t inner[] = {left[1], right[1], third[1]}, outer[] = {left[0], right[0], third[0]};

	session_rig_open(&raw_middle, "middle", inner, n_links, 1, 1);
	session_rig_open(&raw_ends, "ends", outer, n_links, 1, 2);
	session_rig_peer(&raw_middle, 4, 2);
	/* net_ring has no filter, so the stack has turned it on. */
	for (unsigned i = 0; i < n_links; i++)
		assert_int_equal(rte_eth_promiscuous_disable(inner[i]), 0);
	raw_now = 1000;
	return 0;
}

int
raw_one_link(void **state)
{
	(void)state;
	return open_all(1);
}

int
raw_two_links(void **state)
{
	(void)state;
	return open_all(2);
}

int
raw_three_links(void **state)
{
	(void)state;
	return open_all(3);
}

int
raw_close(void **state)
{
	(void)state;
	session_rig_close(&raw_middle);
	session_rig_close(&raw_ends);
	return 0;
}

void
raw_expect_all(unsigned end, uint32_t first, uint32_t n, uint32_t from)
{
	static uint32_t numbers[5000];

	assert_int_equal(raw_receive_frames(end, numbers, RTE_DIM(numbers), from), n);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(numbers[i], first + i);
}

int
raw_wires(void **state)
{
	(void)state;
	session_rig_wire("left", 1, left);
	session_rig_wire("right", 1, right);
	session_rig_wire("third", 1, third);
	return 0;
}
