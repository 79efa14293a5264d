/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames cut short at every byte, and frames in many pieces. */
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

/* Cut after every byte: never delivered before it is whole, never a crash, always counted. */
static void
test_truncated(void **state)
{
	static const uint8_t hbh[8] = {IPPROTO_UDP, 0, 1, 4};
	struct rxframe whole[4], plain;

	(void)state;
	frame_datagram(&whole[0], &rig, 4, 40);
	frame_datagram(&whole[1], &rig, 6, 40);
	frame_eth(&whole[2], &rig, RTE_ETHER_TYPE_IPV4);
	frame_tag(&whole[2], RTE_ETHER_TYPE_VLAN, 0); /* priority-tagged: as untagged */
	frame_ip4(&whole[2], IPPROTO_UDP, 0, 1);
	frame_udp(&whole[2], 40);
	frame_eth(&whole[3], &rig, RTE_ETHER_TYPE_IPV6);
	frame_ip6(&whole[3], IPPROTO_HOPOPTS);
	frame_put(&whole[3], hbh, sizeof(hbh));
	frame_datagram(&plain, &rig, 6, 40);
	frame_put(&whole[3], plain.bytes + plain.l4, plain.len - plain.l4);
	frame_fix(&whole[3], false);
	for (unsigned int i = 0; i < RTE_DIM(whole); i++)
		for (uint32_t len = 1; len <= whole[i].len; len++) {
			uint64_t dropped = rxrig_count(&rig, PROTO_C_FRAMES_DISCARDED);
			uint32_t n = rig.n;

			port_rx_inject(rig.port, 0, whole[i].bytes, len, 1);
			rxrig_poll(&rig, 1);
			assert_int_equal(rig.n - n, len == whole[i].len);
			assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_DISCARDED) - dropped,
				len != whole[i].len);
		}
}

/* The same frame in one piece, in two, in as many as it has bytes; bursts of every size. */
static void
test_pieces(void **state)
{
	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2)
		for (uint32_t pieces = 1; pieces < 200; pieces += pieces < 8 ? 1 : 37) {
			uint32_t n = rig.n;

			frame_datagram(&f, &rig, (uint8_t)family, 300);
			rig.port->burst = (uint16_t)(1 + pieces % 5);
			for (unsigned int twice = 0; twice < 2; twice++)
				port_rx_inject(rig.port, 0, f.bytes, f.len, pieces);
			rxrig_poll(&rig, 1);
			assert_int_equal(rig.n - n, 2);
			assert_int_equal(rig.len, 300);
			assert_memory_equal(rig.bytes, f.bytes + f.l4 + 8, 300);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST(test_truncated, &rig),
		RX_TEST(test_pieces, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
