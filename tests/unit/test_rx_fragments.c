/* SPDX-License-Identifier: BSD-3-Clause */
/* Hostile fragments: each rule has a frame in, and a counter or an answer out; time and room. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_cycles.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "eal.h"
#include "rig.h"
#include "rxrig.h"

static struct rxrig rig;
static struct rxframe f;

/* One fragment of a datagram of this id: bytes [off, off + n), more to come or not. */
static void
fragment4(uint16_t id, uint32_t off, uint32_t n, bool more)
{
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_UDP, (uint16_t)(off / 8 | (more ? RTE_IPV4_HDR_MF_FLAG : 0)), id);
	frame_put(&f, NULL, n);
	frame_fix(&f, false);
}

static void
fragment6(uint32_t off, uint32_t n, bool more)
{
	const uint8_t hdr[8] = {
		IPPROTO_UDP, 0, (uint8_t)(off >> 8), (uint8_t)(off | more), 1, 2, 3, 4};

	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	frame_ip6(&f, IPPROTO_FRAGMENT);
	frame_put(&f, hdr, sizeof(hdr));
	frame_put(&f, NULL, n);
	frame_fix(&f, false);
}

static void
test_fragments(void **state)
{
	(void)state;
	fragment4(1, 0, 20, true);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_FRAG_LENGTH);
	assert_int_equal(rxrig_n_sent(&rig), 0);
	fragment6(0, 20, true);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_FRAG_LENGTH);
	assert_int_equal(rxrig_answered(&rig, 4, 0), 4);
	fragment4(2, 65528, 16, false);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_FRAG_TOO_LONG);
	fragment6(65528, 16, false);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_FRAG_TOO_LONG);
	assert_int_equal(rxrig_answered(&rig, 4, 0), 42);
	fragment4(3, 8, 0, true);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_FRAG_EMPTY);
	fragment6(0, 0, true);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_FRAG_FIRST_SHORT);
	assert_int_equal(rxrig_answered(&rig, 4, 3), 0);
	fragment4(4, 0, 80, true);
	frame_in(&rig, &f);
	fragment4(4, 8, 16, true);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_FRAG_DUPLICATE);
	fragment4(4, 72, 16, true);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_OVERLAP), 2);
	fragment4(5, 80, 8, false);
	frame_in(&rig, &f);
	fragment4(5, 160, 8, true);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_INCONSISTENT), 2);
}

static void
test_timeout(void **state)
{
	(void)state;
	fragment4(6, 8, 8, true);
	frame_in(&rig, &f);
	fragment4(7, 0, 8, true);
	frame_in(&rig, &f);
	fragment6(0, 8, true);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	rxrig_poll(&rig, 29000);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_TIMEOUT), 0);
	rxrig_poll(&rig, 2000);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_TIMEOUT), 2);
	assert_int_equal(rxrig_n_sent(&rig), 1); /* 6 came without its first fragment */
	(void)rxrig_answered(&rig, 11, 1);
	rxrig_poll(&rig, 30000);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_TIMEOUT), 3);
	(void)rxrig_answered(&rig, 3, 1);
}

/* One sender has its share; many together have the table. */
static void
test_caps(void **state)
{
	struct proto_reassembly figures;

	(void)state;
	for (uint16_t id = 1; id <= 1000; id++) {
		fragment4(id, 8, 8, true);
		frame_in(&rig, &f);
	}
	rxrig_poll(&rig, 1);
	assert_true(rxrig_dropped(&rig, PROTO_DROP_FRAG_SHARE) > 0);
	for (uint32_t host = 3; host < 200; host++)
		for (uint16_t id = 1; id <= 10; id++) {
			fragment4(id, 8, 8, true);
			frame_ip4_hdr(&f)->src_addr = rte_cpu_to_be_32(0xc0000200 + host);
			frame_fix(&f, false);
			frame_in(&rig, &f);
			rxrig_poll(&rig, 0);
		}
	assert_true(rxrig_dropped(&rig, PROTO_DROP_FRAG_EVICTED) > 0);
	proto_worker_reassembly(rig.worker, &figures);
	assert_true(figures.frames <= figures.frames_max);
	assert_true(figures.datagrams <= figures.datagrams_max);
	/* What is left is dropped when the stack stops. */
	assert_int_equal(proto_stop(rig.stack), 0);
	assert_true(rxrig_dropped(&rig, PROTO_DROP_STOPPED) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST(test_fragments, &rig),
		RX_TEST(test_timeout, &rig),
		RX_TEST(test_caps, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
