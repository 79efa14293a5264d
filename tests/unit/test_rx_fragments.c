/* SPDX-License-Identifier: BSD-3-Clause */
/* Hostile frames: each rule has a frame in, and a counter or an answer out; truncation everywhere.
 */
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

static int
begin(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rxrig_start(&rig);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	rxrig_stop(&rig);
	return 0;
}

/* The frame is dropped for this reason and nothing comes of it. */
static void
drops(enum proto_drop drop)
{
	uint64_t was = rxrig_dropped(&rig, drop);
	uint32_t n = rig.n;

	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	if (rxrig_dropped(&rig, drop) != was + 1)
		fail_msg("not dropped as %s", proto_drop_name(drop));
	assert_int_equal(rig.n, n);
}

/* The last answer that has left: an ICMP message of this type and code; its parameter. */
static uint32_t
answered(uint8_t type, uint8_t code)
{
	const struct fault_queue *q = &rig.port->fault.queues[0];

	assert_true(q->n_frames > 0);
	const uint8_t *l3 = q->frames[q->n_frames - 1].bytes + RTE_ETHER_HDR_LEN;
	const uint8_t *icmp = l3 + (l3[0] >> 4 == 4 ? 20 : 40);
	uint32_t param;

	assert_int_equal(icmp[0], type);
	assert_int_equal(icmp[1], code);
	if (l3[0] >> 4 == 4) {
		assert_int_equal(rte_raw_cksum(l3, 20), 0xffff);
		assert_int_equal(rte_raw_cksum(icmp, (size_t)(l3[2] << 8 | l3[3]) - 20), 0xffff);
	}
	memcpy(&param, icmp + 4, sizeof(param));
	return rte_be_to_cpu_32(param);
}

static uint32_t
n_sent(void)
{
	return rig.port->fault.queues[0].n_frames;
}

static struct rte_ipv4_hdr *
ip4(void)
{
	return (void *)(f.bytes + f.l3);
}

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
	drops(PROTO_DROP_FRAG_LENGTH);
	assert_int_equal(n_sent(), 0);
	fragment6(0, 20, true);
	drops(PROTO_DROP_FRAG_LENGTH);
	assert_int_equal(answered(4, 0), 4);
	fragment4(2, 65528, 16, false);
	drops(PROTO_DROP_FRAG_TOO_LONG);
	fragment6(65528, 16, false);
	drops(PROTO_DROP_FRAG_TOO_LONG);
	assert_int_equal(answered(4, 0), 42);
	fragment4(3, 8, 0, true);
	drops(PROTO_DROP_FRAG_EMPTY);
	fragment6(0, 0, true);
	drops(PROTO_DROP_FRAG_FIRST_SHORT);
	assert_int_equal(answered(4, 3), 0);
	fragment4(4, 0, 80, true);
	frame_in(&rig, &f);
	fragment4(4, 8, 16, true);
	drops(PROTO_DROP_FRAG_DUPLICATE);
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
	assert_int_equal(n_sent(), 1); /* 6 came without its first fragment */
	(void)answered(11, 1);
	rxrig_poll(&rig, 30000);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_TIMEOUT), 3);
	(void)answered(3, 1);
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
			ip4()->src_addr = rte_cpu_to_be_32(0xc0000200 + host);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fragments),
		TEST(test_timeout),
		TEST(test_caps),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
