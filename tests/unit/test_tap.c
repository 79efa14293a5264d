/* SPDX-License-Identifier: BSD-3-Clause */
/* proto_drop_tap(): each frame that is counted as dropped is shown, byte for byte as it came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_cycles.h>
#include <rte_ip.h>
#include <rte_mbuf.h>

#include "eal.h"
#include "rig.h"
#include "rxrig.h"

#define SENT_MAX 8

static struct rxrig rig;
static struct rxframe f;
static struct rxframe sent[SENT_MAX]; /* frames that are to be seen again, in any order */
static unsigned int n_sent;
static bool seen[SENT_MAX];
static unsigned int n_seen;
static enum proto_drop reason;

/* The bytes of a dropped frame. Returns their number. */
static uint32_t
bytes_of(const struct proto_dropped *frame, uint8_t *bytes, uint32_t size)
{
	const struct rte_mbuf *seg = frame->pkt;
	uint32_t n = frame->front + frame->len, at = frame->front + (uint32_t)seg->data_len;

	assert_true(n <= size);
	at = RTE_MIN(at, n);
	memcpy(bytes, rte_pktmbuf_mtod(seg, const uint8_t *) - frame->front, at);
	for (seg = seg->next; at < n; seg = seg->next) {
		uint32_t more = RTE_MIN((uint32_t)seg->data_len, n - at);

		memcpy(bytes + at, rte_pktmbuf_mtod(seg, const void *), more);
		at += more;
	}
	return n;
}

static void
on_drop(const struct proto_dropped *frame, void *arg)
{
	static uint8_t bytes[65536];
	uint32_t n = bytes_of(frame, bytes, sizeof(bytes));

	assert_ptr_equal(arg, &rig);
	assert_int_equal(frame->link, 0);
	reason = frame->reason;
	for (unsigned int i = 0; i < n_sent; i++) {
		if (seen[i] || sent[i].len != n || memcmp(sent[i].bytes, bytes, n) != 0)
			continue;
		seen[i] = true;
		n_seen++;
		return;
	}
	fail_msg("%s: %u bytes that nobody sent, or seen twice", proto_drop_name(frame->reason), n);
}

static int
begin(void **state)
{
	(void)state;
	n_sent = n_seen = 0;
	memset(seen, 0, sizeof(seen));
	rxrig_init(&rig);
	rig.conf.reass_frames = 5;
	rig.conf.reass_share = 5;
	rig.ep_conf.rx_held = 1;
	rxrig_start(&rig);
	proto_drop_tap(rig.stack, on_drop, &rig);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	rxrig_stop(&rig);
	return 0;
}

/* The frame comes in, in so many segments, and is remembered. */
static void
in(uint32_t pieces)
{
	assert_true(n_sent < SENT_MAX);
	sent[n_sent++] = f;
	port_rx_inject(rig.port, 0, f.bytes, f.len, pieces);
	uint32_t last = (rig.port->rx[0].tail - 1) % PORT_RX_FRAMES;

	/* Drivers leave what an earlier life of the buffer has left. */
	for (struct rte_mbuf *seg = rig.port->rx[0].frames[last]; seg != NULL; seg = seg->next)
		seg->tx_offload = UINT64_MAX;
}

/* All frames since the last call have been seen, dropped for this reason, and counted so. */
static void
expect(enum proto_drop drop)
{
	uint64_t was = rxrig_dropped(&rig, drop);
	rxrig_poll(&rig, 1);
	if (n_seen != n_sent || reason != drop)
		fail_msg("%s: %u of %u frames seen, the last one as %s", proto_drop_name(drop),
			n_seen, n_sent, proto_drop_name(reason));
	assert_int_equal(rxrig_dropped(&rig, drop), was + n_sent);
	n_sent = n_seen = 0;
	memset(seen, 0, sizeof(seen));
}

static void
datagram(bool tagged, uint8_t family)
{
	frame_eth(&f, &rig, family == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	if (tagged)
		frame_tag(&f, RTE_ETHER_TYPE_VLAN, 7);
	if (family == 4)
		frame_ip4(&f, IPPROTO_UDP, 0, 1);
	else
		frame_ip6(&f, IPPROTO_UDP);
	frame_udp(&f, 100);
	frame_fix(&f, true);
}

/* A fragment of an IPv4 datagram with bytes of its own. */
static void
fragment(uint16_t id, uint32_t off, uint32_t n, bool more)
{
	uint8_t bytes[2048];

	noise(bytes, n, off + id);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_UDP, (uint16_t)(off / 8 | (more ? RTE_IPV4_HDR_MF_FLAG : 0)), id);
	frame_put(&f, bytes, n);
	frame_fix(&f, false);
}

static void
test_each_layer(void **state)
{
	(void)state;
	datagram(false, 4);
	f.len = 13;
	in(1);
	expect(PROTO_DROP_RUNT);
	datagram(false, 4);
	f.bytes[5] ^= 1;
	in(1);
	expect(PROTO_DROP_OTHER_MAC);
	datagram(true, 4);
	f.bytes[f.l3 + 8]--; /* TTL */
	in(1);
	expect(PROTO_DROP_IP_CKSUM);
	for (uint8_t family = 4; family <= 6; family += 2) {
		datagram(true, family);
		f.bytes[f.len - 1] ^= 1;
		in(1);
		expect(PROTO_DROP_UDP_CKSUM);
		datagram(false, family);
		f.bytes[f.len - 1] ^= 1;
		in(3);
		expect(PROTO_DROP_UDP_CKSUM);
		datagram(true, family);
		in(1);
		expect(PROTO_DROP_NO_ENDPOINT);
	}
}

static void
test_endpoint_full(void **state)
{
	(void)state;
	rig.hold = true;
	datagram(false, 4);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n_held, 1);
	datagram(false, 6);
	in(1);
	in(2);
	expect(PROTO_DROP_ENDPOINT_FULL);
	fragment(1, 0, 800, true); /* whole, and then dropped: each frame as it came */
	f.bytes[f.l4 + 6] = f.bytes[f.l4 + 7] = 0; /* no checksum */
	f.bytes[f.l4 + 2] = 9000 >> 8;
	f.bytes[f.l4 + 3] = 9000 & 0xff;
	f.bytes[f.l4 + 4] = 1200 >> 8;
	f.bytes[f.l4 + 5] = 1200 & 0xff;
	in(2);
	fragment(1, 800, 400, false);
	in(3);
	expect(PROTO_DROP_ENDPOINT_FULL);
	proto_return(rig.ep, rig.held, 1);
}

static void
test_reassembly(void **state)
{
	(void)state;
	fragment(1, 0, 800, true);
	in(1);
	fragment(1, 2400, 800, true);
	in(2);
	fragment(1, 1600, 800, true);
	in(1);
	fragment(1, 5600, 800, false);
	in(1);
	fragment(1, 4000, 800, true); /* apart from the others: a run of its own */
	in(1);
	rxrig_poll(&rig, 1);
	assert_int_equal(n_seen, 0);
	rig.now += 31 * rte_get_tsc_hz();
	expect(PROTO_DROP_FRAG_TIMEOUT);
}

static void
test_reassembly_refuses(void **state)
{
	struct rxframe first;

	(void)state;
	fragment(2, 0, 800, true);
	first = f;
	frame_in(&rig, &f);
	in(1);
	expect(PROTO_DROP_FRAG_DUPLICATE);
	sent[n_sent++] = first;
	fragment(2, 400, 800, true);
	in(1);
	expect(PROTO_DROP_FRAG_OVERLAP);
	fragment(3, 80, 0, true);
	in(1);
	expect(PROTO_DROP_FRAG_EMPTY);
	for (uint32_t off = 0; off < 5 * 80; off += 80) {
		fragment(4, off, 80, true);
		in(1);
	}
	fragment(5, 0, 80, true);
	frame_in(&rig, &f);
	expect(PROTO_DROP_FRAG_SHARE);
	sent[n_sent++] = f;
	assert_int_equal(proto_stop(rig.stack), 0);
	assert_int_equal(n_seen, 1);
	assert_int_equal(reason, PROTO_DROP_STOPPED);
}

/* Nobody looks any more: a frame that was not sent() would fail. */
static void
test_taken_away(void **state)
{
	(void)state;
	proto_drop_tap(rig.stack, NULL, NULL);
	datagram(true, 4);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_NO_ENDPOINT), 1);
	assert_int_equal(n_seen, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_layer, begin, end),
		cmocka_unit_test_setup_teardown(test_endpoint_full, begin, end),
		cmocka_unit_test_setup_teardown(test_reassembly, begin, end),
		cmocka_unit_test_setup_teardown(test_reassembly_refuses, begin, end),
		cmocka_unit_test_setup_teardown(test_taken_away, begin, end),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
