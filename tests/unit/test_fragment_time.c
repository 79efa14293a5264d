/* SPDX-License-Identifier: BSD-3-Clause */
/* Datagrams whose fragments do not all come in time, and who is told (RFC 792, RFC 4443 3.3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_cycles.h>

#include "eal.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

static struct rxrig rig;
static struct rxframe whole, f;

/* Put in one fragment of `whole`. */
static void
piece(uint32_t id, uint32_t offset, uint32_t n, bool more, uint32_t n_segs)
{
	frame_fragment(&f, &whole, id, offset, n, more);
	rx_put(&rig, &f, n_segs);
}

static uint32_t
open_frames(void)
{
	struct proto_reassembly figures;

	proto_worker_reassembly(rig.worker, &figures);
	return figures.frames;
}

static void
later(uint32_t seconds)
{
	rig.now += rte_get_tsc_hz() * seconds;
	rxrig_poll(&rig, 0);
}

/* In time, or the sender is told - if the first fragment came (RFC 792, RFC 4443 3.3). */
static void
test_timeout(void **state)
{
	static struct rxframe first;

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		uint8_t family = i % 2 == 0 ? 4 : 6;
		uint32_t seconds = family == 4 ? 30 : 60;
		uint64_t was = rxrig_dropped(&rig, PROTO_DROP_FRAG_TIMEOUT);

		frame_datagram(&whole, &rig, family, 3000);
		frame_fragment(&first, &whole, i, 0, 1024, true);
		rx_put(&rig, &first, 1 + i);
		piece(i, 2048, 960, false, 1);
		piece(100 + i, 2048, 960, false, 1); /* the first of this one never came */
		rxrig_poll(&rig, 0);
		later(seconds - 1);
		assert_int_equal(open_frames(), 3);
		assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_TIMEOUT), was);
		reply_none(&rig);
		later(1);
		assert_int_equal(open_frames(), 0);
		assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_TIMEOUT), was + 3);
		reply_error(&rig, &first, family == 4 ? 11 : 3, 1, 0);
		reply_none(&rig);
	}
}

/* In a VLAN the answer goes back in it. */
static void
test_vlan(void **state)
{
	static struct rxframe first;
	struct reply r;

	(void)state;
	frame_eth(&whole, &rig, RTE_ETHER_TYPE_IPV4);
	frame_tag(&whole, RTE_ETHER_TYPE_VLAN, 5);
	frame_ip(&whole, 4, NULL, NULL, IPPROTO_UDP);
	frame_udp(&whole, 100);
	frame_fragment(&first, &whole, 1, 0, 48, true);
	assert_int_equal(rx_fate(&rig, &first, 1), FATE_HELD);
	later(30);
	reply_next(&rig, &r);
	assert_int_equal(r.n_tags, 1);
	assert_memory_equal(r.l3 - 4, "\0\x05", 2);
	assert_int_equal(r.l4[0], 11);
	assert_memory_equal(r.l4 + 8, first.bytes + first.l3, r.l4_len - 8);
	reply_none(&rig);
}

/* Nobody is told of what came to a group (RFC 1122 3.2.2, RFC 4443 2.4 e.3). */
static void
test_group(void **state)
{
	static const char *const groups[] = {"224.0.0.1", "ff02::1"};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		frame_eth(&whole, &rig, i == 0 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
		frame_ip(&whole, i == 0 ? 4 : 6, NULL, groups[i], IPPROTO_UDP);
		frame_udp(&whole, 100);
		piece(1, 0, 48, true, 1);
	}
	rxrig_poll(&rig, 0);
	assert_int_equal(open_frames(), 2);
	later(60);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_TIMEOUT), 2);
	reply_none(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST(test_timeout, &rig),
		RX_TEST(test_vlan, &rig),
		RX_TEST(test_group, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
