/* SPDX-License-Identifier: BSD-3-Clause */
/* What a port says of a UDP checksum: only good news is taken, and only of a datagram sent whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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

/*
 * The frame comes in with the port's word on it. Its datagram, of `n_frames`, is handed over or
 * dropped for its checksum.
 */
static void
comes(uint64_t word, bool taken, uint32_t n_frames)
{
	uint64_t dropped = rxrig_dropped(&rig, PROTO_DROP_UDP_CKSUM);
	uint32_t n = rig.n;

	rig.port->ol_flags = word;
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n, n + taken);
	assert_int_equal(
		rxrig_dropped(&rig, PROTO_DROP_UDP_CKSUM), dropped + (taken ? 0 : n_frames));
}

static const struct {
	uint64_t word;
	bool vouched;
} rows[] = {
	{RTE_MBUF_F_RX_L4_CKSUM_UNKNOWN, false}, {RTE_MBUF_F_RX_L4_CKSUM_BAD, false},
	{RTE_MBUF_F_RX_L4_CKSUM_GOOD, true},
	{RTE_MBUF_F_RX_L4_CKSUM_NONE, true}, /* between virtual machines: it was never computed */
};

static void
test_whole(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(rows); i++)
		for (uint8_t family = 4; family <= 6; family += 2) {
			frame_datagram(&f, &rig, family, 33);
			comes(rows[i].word, true, 1);
			f.bytes[f.len - 1] ^= 0x10;
			comes(rows[i].word, rows[i].vouched, 1);
		}
}

/* A fragment's L4 checksum covers the datagram: no port can know it, whatever it says. */
static void
test_fragments(void **state)
{
	static const uint8_t bytes[16];

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
		frame_ip4(&f, IPPROTO_UDP, RTE_IPV4_HDR_MF_FLAG, (uint16_t)(i + 1));
		frame_udp(&f, sizeof(bytes));
		((struct rte_udp_hdr *)(f.bytes + f.l4))->dgram_len = RTE_BE16(8 + 32);
		((struct rte_udp_hdr *)(f.bytes + f.l4))->dgram_cksum = RTE_BE16(0x1234);
		frame_fix(&f, false);
		rig.port->ol_flags = rows[i].word;
		frame_in(&rig, &f);
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
		frame_ip4(&f, IPPROTO_UDP, 24 / 8, (uint16_t)(i + 1));
		frame_put(&f, bytes, sizeof(bytes));
		frame_fix(&f, false);
		comes(rows[i].word, false, 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, begin, end),
		cmocka_unit_test_setup_teardown(test_fragments, begin, end),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
