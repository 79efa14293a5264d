/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The short way of plain UDP frames (rx/plain_in.c) decides nothing that the long way does not: a
 * frame in one buffer, which may take it, and the same in two, which may not, come to the same end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "eal.h"
#include "pktpool_chain.h"
#include "rng.h"
#include "rxrig.h"

#define SEED 20261125u

static struct rxrig rig;
static struct rxframe f;

static int
begin(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rxrig_start(&rig);
	/* What is ours is known from the second datagram on. */
	frame_datagram(&f, &rig, 4, 10);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n, 1);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	rxrig_stop(&rig);
	return 0;
}

/* What became of a frame. */
struct fate {
	uint32_t delivered, len;
	uint8_t bytes[2048];
	struct proto_rx_info info;
	uint64_t drop[PROTO_DROP_MAX];
	uint64_t consumed, octets;
};

static void
fate_of(const struct rxframe *frame, uint32_t len, uint32_t pieces, struct fate *fate)
{
	uint32_t before = rig.n;
	struct proto_counters was, is;

	memset(fate, 0, sizeof(*fate));
	rig.len = 0;
	memset(&rig.info, 0, sizeof(rig.info));
	proto_worker_counters(rig.worker, &was);
	port_rx_inject(rig.port, 0, frame->bytes, len, pieces);
	rxrig_poll(&rig, 1);
	rxrig_poll(&rig, 31000); /* if it is a fragment now, its time is over */
	proto_worker_counters(rig.worker, &is);
	fate->delivered = rig.n - before;
	if (fate->delivered != 0) {
		fate->len = rig.len;
		assert_true(rig.len <= sizeof(fate->bytes));
		memcpy(fate->bytes, rig.bytes, rig.len);
		fate->info = rig.info;
	}
	for (unsigned int i = 0; i < PROTO_DROP_MAX; i++)
		fate->drop[i] = is.drop[i] - was.drop[i];
	fate->consumed = is.count[PROTO_C_FRAMES_CONSUMED] - was.count[PROTO_C_FRAMES_CONSUMED];
	fate->octets = is.count[PROTO_C_DATAGRAM_OCTETS] - was.count[PROTO_C_DATAGRAM_OCTETS];
}

/* Returns whether it was delivered. */
static bool
both_ways(const struct rxframe *frame, uint32_t len)
{
	static struct fate one, two;

	fate_of(frame, len, 1, &one);
	fate_of(frame, len, 2, &two);
	assert_memory_equal(&one, &two, sizeof(one));
	return one.delivered != 0;
}

/* Before an address of ours is known, none is: not the one that memory happens to hold. */
static void
test_no_address_yet(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rxrig_start(&rig);
	frame_datagram(&f, &rig, 4, 10);
	memset(f.bytes + f.l3 + 16, 0, 4);
	frame_fix(&f, true);
	assert_false(both_ways(&f, f.len));
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_IP_DEST), 2);
	rxrig_stop(&rig);
}

/* Any one byte of the headers and the first of the data, whatever it is. */
static void
test_each_byte(void **state)
{
	unsigned int delivered = 0, n = 0;

	(void)state;
	for (unsigned int at = 0; at < 48; at++)
		for (unsigned int value = 0; value < 256; value += value < 16 ? 1 : 17) {
			frame_datagram(&f, &rig, 4, 30);
			f.bytes[at] = (uint8_t)value;
			delivered += both_ways(&f, f.len);
			n++;
		}
	assert_in_range(delivered, 100, n - 500);
}

/* The same with checksums that are right, so that later checks are reached. */
static void
test_each_byte_summed(void **state)
{
	unsigned int delivered = 0, n = 0;

	(void)state;
	for (unsigned int at = 14; at < 42; at++)
		for (unsigned int value = 0; value < 256; value++) {
			struct rte_ipv4_hdr *ip;
			struct rte_udp_hdr *udp;

			frame_datagram(&f, &rig, 4, 30);
			ip = (void *)(f.bytes + f.l3);
			udp = (void *)(f.bytes + f.l4);
			f.bytes[at] = (uint8_t)value;
			ip->hdr_checksum = 0;
			ip->hdr_checksum = (uint16_t)~rte_raw_cksum(ip, sizeof(*ip));
			if (at != 40 && at != 41) {
				udp->dgram_cksum = 0;
				udp->dgram_cksum = rte_ipv4_udptcp_cksum(ip, udp);
			}
			delivered += both_ways(&f, f.len);
			n++;
		}
	assert_in_range(delivered, 100, n - 100);
}

/* Every length, odd ones too, with one byte of the data flipped or none; cut, and padded. */
static void
test_lengths(void **state)
{
	struct rng rng = {SEED};

	(void)state;
	for (uint32_t len = 0; len < 1473; len += len < 260 ? 1 : 101) {
		uint32_t at = 42 + rng_below(&rng, len + 1);

		frame_datagram(&f, &rig, 4, len);
		assert_true(both_ways(&f, f.len));
		if (f.len > 43)
			assert_false(both_ways(&f, f.len - 1));
		f.bytes[f.len] = 0xa5; /* behind the datagram: padding */
		f.bytes[f.len + 1] = 0x5a;
		assert_true(both_ways(&f, f.len + 1));
		assert_true(both_ways(&f, f.len + 2));
		if (len != 0) {
			f.bytes[RTE_MIN(at, f.len - 1)] ^= 0x10;
			assert_false(both_ways(&f, f.len));
			f.bytes[RTE_MIN(at, f.len - 1)] ^= 0x10;
		}
		f.bytes[f.l3 + 10] ^= 1; /* the header's checksum */
		assert_false(both_ways(&f, f.len));
	}
}

/* Sources that are nobody's, ours, or only look so: by their first or last byte. */
static void
test_sources(void **state)
{
	static const struct {
		uint32_t addr;
		bool good;
	} sources[] = {
		{RTE_IPV4(0, 0, 0, 0), false},
		{RTE_IPV4(0, 0, 0, 9), true},
		{RTE_IPV4(127, 0, 0, 1), false},
		{RTE_IPV4(126, 255, 0, 1), true},
		{RTE_IPV4(223, 255, 255, 255), true},
		{RTE_IPV4(224, 0, 0, 1), false},
		{RTE_IPV4(255, 255, 255, 255), false},
		{RTE_IPV4(240, 0, 0, 2), false},
		{RTE_IPV4(192, 0, 2, 1), false},
		{RTE_IPV4(192, 0, 2, 255), false},
		{RTE_IPV4(192, 0, 3, 1), true},
		{RTE_IPV4(10, 0, 0, 255), true},
	};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(sources); i++) {
		frame_datagram(&f, &rig, 4, 18);
		((struct rte_ipv4_hdr *)(f.bytes + f.l3))->src_addr =
			rte_cpu_to_be_32(sources[i].addr);
		frame_fix(&f, true);
		assert_int_equal(both_ways(&f, f.len), sources[i].good);
	}
}

/* A datagram that is shorter than UDP's header, with sums that are right all the same. */
static void
test_short_udp(void **state)
{
	(void)state;
	for (uint16_t udp_len = 0; udp_len < 8; udp_len++) {
		struct rte_ipv4_hdr *ip;
		struct rte_udp_hdr *udp;
		uint32_t sum;

		frame_datagram(&f, &rig, 4, 30);
		ip = (void *)(f.bytes + f.l3);
		udp = (void *)(f.bytes + f.l4);
		ip->total_length = rte_cpu_to_be_16((uint16_t)(20 + udp_len));
		ip->hdr_checksum = 0;
		ip->hdr_checksum = (uint16_t)~rte_raw_cksum(ip, sizeof(*ip));
		udp->dgram_len = rte_cpu_to_be_16(udp_len);
		udp->dgram_cksum = 1;
		udp->src_port = 0;
		sum = rte_raw_cksum(udp, udp_len) + rte_ipv4_phdr_cksum(ip, 0);
		sum = (sum & 0xffff) + (sum >> 16);
		udp->src_port = (uint16_t)~sum;
		assert_false(both_ways(&f, f.len));
	}
}

/* All that is behind the datagram is padding, whole buffers too. */
static void
test_padding_in_a_buffer_of_its_own(void **state)
{
	(void)state;
	rig.hold = true;
	for (uint32_t len = 0; len < 20; len++) {
		frame_datagram(&f, &rig, 4, len);
		memset(f.bytes + f.len, 0xa5, f.len + 2);
		assert_true(both_ways(&f, 2 * f.len + 2));
		for (unsigned int i = 0; i < rig.n_held; i++) {
			assert_int_equal(pkt_check(rig.held[i], NULL), 0);
			assert_int_equal(rig.held[i]->nb_segs, 1);
		}
		proto_return(rig.ep, rig.held, rig.n_held);
		rig.n_held = 0;
	}
}

static uint32_t seen[256];
static unsigned int n_seen, n_connected;

/* Datagrams of both endpoints, by the number in their first bytes. */
static void
on_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned int n, void *arg)
{
	if (arg != NULL)
		*(unsigned int *)arg += n;
	for (unsigned int i = 0; i < n; i++) {
		assert_true(n_seen < RTE_DIM(seen));
		memcpy(&seen[n_seen++], rte_pktmbuf_mtod(pkts[i], const void *), sizeof(uint32_t));
	}
	proto_return(ep, pkts, n);
}

/* A datagram to `port` with a number; `tagged`: with a priority tag, so it goes the long way. */
static void
number_in(uint32_t number, uint16_t port, uint16_t from, bool tagged)
{
	struct rte_udp_hdr *udp;

	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	if (tagged)
		frame_tag(&f, RTE_ETHER_TYPE_VLAN, 0);
	frame_ip4(&f, IPPROTO_UDP, 0, 1);
	frame_udp(&f, 20);
	udp = (void *)(f.bytes + f.l4);
	udp->dst_port = rte_cpu_to_be_16(port);
	udp->src_port = rte_cpu_to_be_16(from);
	memcpy(udp + 1, &number, sizeof(number));
	frame_fix(&f, true);
	frame_in(&rig, &f);
}

/*
 * Datagrams keep their order, whichever way each goes: of one endpoint, of another, of a port where
 * nobody is, in bursts of 32; with connected endpoints beside, so that all are looked up, and
 * without.
 */
static void
test_order(void **state)
{
	const struct proto_addr remote = {.family = PROTO_IPV4, .bytes = {192, 0, 2, 2}};
	struct proto_endpoint_conf conf = {.local_port = 9001, .recv = on_recv};
	struct proto_endpoint *ep, *connected = NULL;
	struct rng rng = {SEED};

	(void)state;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	rig.port->burst = 32;
	for (unsigned int turn = 0; turn < 2; turn++) {
		uint32_t sent[64], n_sent = 0;
		uint64_t nobody = rxrig_dropped(&rig, PROTO_DROP_NO_ENDPOINT);

		uint32_t expected = 0;

		n_seen = n_connected = 0;
		for (uint32_t i = 0; i < 64; i++) {
			unsigned int what = rng_below(&rng, 8);

			number_in(i,
				what == 0   ? 9000
				: what == 1 ? 9009
					    : 9001,
				what > 5 ? 7 : 8, what == 2);
			expected += what > 5 && connected != NULL;
			if (what > 1)
				sent[n_sent++] = i;
			nobody += what == 1;
		}
		rxrig_poll(&rig, 1);
		assert_int_equal(n_seen, n_sent);
		assert_memory_equal(seen, sent, n_sent * sizeof(sent[0]));
		assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_NO_ENDPOINT), nobody);
		assert_int_equal(n_connected, expected);
		if (connected == NULL) {
			conf.arg = &n_connected;
			conf.remote = remote;
			conf.remote_port = 7;
			assert_int_equal(
				proto_endpoint_create(rig.worker, &conf, &connected, NULL), 0);
		}
	}
	assert_int_equal(proto_endpoint_destroy(connected), 0);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
}

/* A datagram to an endpoint of IPv6 only, and to two that share: what comes first in the table of
 * the port is not always whose it is. */
static void
test_whose(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = 9002, .recv = on_recv};
	struct proto_endpoint *six, *shares[2];
	unsigned int n[2] = {0};

	(void)state;
	assert_int_equal(proto_addr_parse("2001:db8::1", &conf.local, NULL), 0);
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &six, NULL), 0);
	conf = (struct proto_endpoint_conf){
		.local_port = 9003, .recv = on_recv, .reuse_port = true};
	for (unsigned int i = 0; i < 2; i++) {
		conf.arg = &n[i];
		assert_int_equal(proto_endpoint_create(rig.worker, &conf, &shares[i], NULL), 0);
	}
	n_seen = 0;
	for (uint32_t i = 0; i < 64; i++)
		number_in(i, i % 2 == 0 ? 9002 : 9003, (uint16_t)(1000 + i), false);
	rxrig_poll(&rig, 1);
	assert_int_equal(n_seen, 32);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_NO_ENDPOINT), 32);
	assert_int_equal(n[0] + n[1], 32);
	assert_in_range(n[0], 1, 31);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(proto_endpoint_destroy(shares[i]), 0);
	assert_int_equal(proto_endpoint_destroy(six), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_address_yet),
		cmocka_unit_test_setup_teardown(test_each_byte, begin, end),
		cmocka_unit_test_setup_teardown(test_each_byte_summed, begin, end),
		cmocka_unit_test_setup_teardown(test_lengths, begin, end),
		cmocka_unit_test_setup_teardown(test_sources, begin, end),
		cmocka_unit_test_setup_teardown(test_short_udp, begin, end),
		cmocka_unit_test_setup_teardown(test_padding_in_a_buffer_of_its_own, begin, end),
		cmocka_unit_test_setup_teardown(test_order, begin, end),
		cmocka_unit_test_setup_teardown(test_whose, begin, end),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
