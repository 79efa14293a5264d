/* SPDX-License-Identifier: BSD-3-Clause */
/* Several workers and rx queues: what one receives and another owns; groups; what finds no room. */
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

#define WORKERS 4

static struct rxrig rig;
static struct rxframe f;

static int
begin(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.conf.n_workers = WORKERS;
	rxrig_start(&rig); /* the endpoint is worker 0's */
	return 0;
}

/* Datagrams come in on every queue; the endpoint's worker delivers all of them. */
static void
test_datagrams(void **state)
{
	(void)state;
	for (uint16_t queue = 0; queue < WORKERS; queue++)
		for (unsigned int family = 4; family <= 6; family += 2) {
			uint32_t n = rig.n;

			frame_datagram(&f, &rig, (uint8_t)family, 77);
			port_rx_inject(rig.port, queue, f.bytes, f.len, 1 + queue);
			rxrig_poll(&rig, 1);
			assert_int_equal(rig.n, n + 1);
			assert_int_equal(rig.len, 77);
			assert_memory_equal(rig.bytes, f.bytes + f.l4 + 8, 77);
			assert_int_equal(rig.info.peer.port, 5000);
		}
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER), 2 * (WORKERS - 1));
}

/* A port that spreads the fragments of one datagram over all queues: one worker gets them all. */
static void
test_fragments(void **state)
{
	enum {
		N = 20
	};
	static struct rxframe whole;

	(void)state;
	frame_datagram(&whole, &rig, 4, 8 * N - 8);
	for (uint16_t id = 1; id <= 50; id++)
		for (unsigned int i = 0; i < N; i++) {
			unsigned int at = (i * 7 + id) % N; /* in some order */

			frame_fragment(&f, &whole, id, 8 * at, 8, at + 1 < N);
			port_rx_inject(
				rig.port, (uint16_t)((at + id) % WORKERS), f.bytes, f.len, 1);
		}
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n, 50);
	assert_int_equal(rig.len, 8 * N - 8);
	assert_memory_equal(rig.bytes, whole.bytes + whole.l4 + 8, 8 * N - 8);
	assert_int_equal(rig.info.n_frames, N);
	assert_int_equal(rxrig_count(&rig, PROTO_C_DATAGRAMS_REASSEMBLED), 50);
	assert_true(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER) > 50 * N / 2);
}

/* The port keeps them together: they are put together where they come in. */
static void
test_together(void **state)
{
	enum {
		N = 5
	};
	static struct rxframe whole;

	(void)state;
	frame_datagram(&whole, &rig, 4, 8 * N - 8);
	for (unsigned int i = 0; i < N; i++) {
		frame_fragment(&f, &whole, 9, 8 * i, 8, i + 1 < N);
		port_rx_inject(rig.port, 0, f.bytes, f.len, 1);
	}
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n, 1);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER), 0);
}

static int
begin_together(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.conf.n_workers = WORKERS;
	rig.port->fault.info.frags_together = true;
	rxrig_start(&rig);
	return 0;
}

/* A port with one queue has nothing to spread. */
static void
test_one_queue(void **state)
{
	static struct rxframe whole;

	(void)state;
	frame_datagram(&whole, &rig, 4, 72);
	for (uint32_t id = 0; id < 16; id++)
		for (uint32_t at = 0; at < 80; at += 16) {
			frame_fragment(&f, &whole, id, at, 16, at < 64);
			port_rx_inject(rig.port, 0, f.bytes, f.len, 1);
		}
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n, 16);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER), 0);
}

static int
begin_one_queue(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.conf.n_workers = WORKERS;
	rig.port->fault.info.rx_queues_max = 1;
	rxrig_start(&rig);
	return 0;
}

/* A worker that is not polled: its inbox fills, and what finds no room is counted and freed. */
static void
test_full(void **state)
{
	(void)state;
	frame_datagram(&f, &rig, 4, 10);
	for (unsigned int round = 0; round < 50; round++) {
		for (unsigned int i = 0; i < 100; i++)
			port_rx_inject(rig.port, 1, f.bytes, f.len, 1);
		for (unsigned int i = 0; i < 10; i++)
			(void)proto_poll(proto_worker_at(rig.stack, 1), rig.now);
	}
	assert_int_equal(rig.n, 0);
	assert_true(rxrig_dropped(&rig, PROTO_DROP_HANDOVER_FULL) > 0);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n + rxrig_dropped(&rig, PROTO_DROP_HANDOVER_FULL), 5000);
}

static int
begin_full(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.conf.n_workers = WORKERS;
	rig.conf.n_rx_packets = 8192;
	rxrig_start(&rig);
	return 0;
}

/* Port unreachable, from the neighbour, about a datagram of the endpoint's; 100 bytes quoted. */
static void
error_make(struct rxframe *error, unsigned int family)
{
	static const uint8_t unreach4[8 + 100] = {3, 3, [8] = 0x45, [11] = 100, [16] = 64,
		[17] = 17, [20] = 192, [22] = 2, [23] = 1, [24] = 192, [26] = 2, [27] = 2,
		[28] = 0x23, [29] = 0x28, [30] = 0x13, [31] = 0x88, [33] = 80};
	static const uint8_t unreach6[8 + 100] = {1, 4, [8] = 0x60, [13] = 60, 17, 64, 0x20, 1,
		0x0d, 0xb8, [31] = 1, 0x20, 1, 0x0d, 0xb8, [47] = 2, 0x23, 0x28, 0x13, 0x88, 0, 60};

	if (family == 4) {
		frame_eth(error, &rig, RTE_ETHER_TYPE_IPV4);
		frame_ip4(error, IPPROTO_ICMP, 0, 1);
		frame_icmp(error, unreach4, sizeof(unreach4));
	} else {
		frame_eth(error, &rig, RTE_ETHER_TYPE_IPV6);
		frame_ip6(error, IPPROTO_ICMPV6);
		frame_icmp(error, unreach6, sizeof(unreach6));
	}
}

static void
error_told(uint32_t n)
{
	assert_int_equal(rig.n_errors, n);
	assert_int_equal(rig.error.kind, PROTO_ERROR_PORT_UNREACH);
	assert_int_equal(rig.error.status, -ECONNREFUSED);
	assert_int_equal(rig.error.remote_port, 5000);
}

/* An ICMP error about another worker's endpoint goes there, in as many segments as it came in. */
static void
test_icmp_error(void **state)
{
	const struct proto_addr from[] = {addr_of("192.0.2.2"), addr_of("2001:db8::2")};

	(void)state;
	for (unsigned int i = 0; i < 2 * WORKERS; i++) {
		error_make(&f, i % 2 == 0 ? 4 : 6);
		port_rx_inject(rig.port, (uint16_t)(i / 2), f.bytes, f.len, 1 + i);
		rxrig_poll(&rig, 1);
		error_told(i + 1);
		assert_true(proto_addr_equal(&rig.error.from, &from[i % 2]));
		assert_true(proto_addr_equal(&rig.error.remote, &from[i % 2]));
	}
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER), 2 * (WORKERS - 1));
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_CONSUMED), 2 * WORKERS);
}

/* The same in fragments: whichever worker puts them together, the endpoint is told, once. */
static void
test_icmp_error_fragments(void **state)
{
	static struct rxframe error;
	uint32_t n = 0;

	(void)state;
	for (uint32_t id = 1; id <= 16; id++)
		for (unsigned int family = 4; family <= 6; family += 2) {
			error_make(&error, family);
			for (uint32_t at = 0; at < 108; at += 40) {
				frame_fragment(&f, &error, id, at, RTE_MIN(40u, 108 - at), at < 80);
				port_rx_inject(rig.port, (uint16_t)((id + at / 40) % WORKERS),
					f.bytes, f.len, 1);
			}
			rxrig_poll(&rig, 1);
			error_told(++n);
		}
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_CONSUMED), 3 * n);
}

/* The endpoint goes to another worker while the error is on its way: dropped, not passed on again.
 */
static void
test_icmp_error_moves(void **state)
{
	struct proto_endpoint *ep = NULL;

	(void)state;
	error_make(&f, 4);
	port_rx_inject(rig.port, 3, f.bytes, f.len, 1);
	(void)proto_poll(proto_worker_at(rig.stack, 3), rig.now);
	assert_int_equal(proto_endpoint_destroy(rig.ep), 0);
	assert_int_equal(
		proto_endpoint_create(proto_worker_at(rig.stack, 3), &rig.ep_conf, &ep, NULL), 0);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ICMP_QUOTE), 1);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER), 1);
	assert_int_equal(rig.n_errors, 0);
}

/* What waits in an inbox when the stack stops has been taken over, and is dropped as stopped. */
static void
test_stopped(void **state)
{
	static struct rxframe whole;
	uint64_t handed;

	(void)state;
	frame_datagram(&whole, &rig, 4, 72);
	for (uint32_t id = 1; id <= 40; id++)
		for (uint32_t at = 0; at < 80; at += 16) {
			frame_fragment(&f, &whole, id, at, 16, at < 64);
			port_rx_inject(rig.port, 1, f.bytes, f.len, 1);
		}
	error_make(&f, 4);
	port_rx_inject(rig.port, 1, f.bytes, f.len, 1);
	/* Worker 1 puts some of the datagrams together, gives fragments of others away, and all of
	 * what is for worker 0 waits there. */
	for (unsigned int i = 0; i < 20; i++)
		(void)proto_poll(proto_worker_at(rig.stack, 1), rig.now);
	handed = rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER);
	assert_int_equal(handed, 5 * 40 + 1);
	assert_true(rxrig_count(&rig, PROTO_C_DATAGRAMS_REASSEMBLED) > 0);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_TAKEN_OVER), 0);
	assert_int_equal(proto_stop(rig.stack), 0);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_TAKEN_OVER), handed);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_STOPPED), handed);
	assert_int_equal(rig.n + rig.n_errors, 0);
}

static uint32_t heard[3];

static void
on_heard(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	for (unsigned i = 0; i < n; i++) {
		uint8_t copy[20];
		const uint8_t *at = rte_pktmbuf_read(pkts[i], 0, sizeof(copy), copy);

		assert_int_equal(pkts[i]->pkt_len, sizeof(copy));
		assert_memory_equal(at, f.bytes + f.l4 + 8, 20);
	}
	*(uint32_t *)arg += n;
	proto_return(ep, pkts, n);
}

/* A datagram to 239.1.2.3, port 7000. */
static void
group_frame(void)
{
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	memcpy(f.bytes, (uint8_t[]){1, 0, 0x5e, 1, 2, 3}, 6);
	frame_ip4(&f, IPPROTO_UDP, 0, 1);
	((struct rte_ipv4_hdr *)(f.bytes + f.l3))->dst_addr = rte_cpu_to_be_32(0xef010203);
	frame_udp(&f, 20);
	((struct rte_udp_hdr *)(f.bytes + f.l4))->dst_port = rte_cpu_to_be_16(7000);
	frame_fix(&f, true);
}

/* A group: each member hears it, on whichever worker; who has left, or never joined, does not. */
static void
test_group(void **state)
{
	const struct proto_addr group = addr_of("239.1.2.3");
	struct proto_endpoint *eps[3];
	struct pktpool_why why;

	(void)state;
	memset(heard, 0, sizeof(heard));
	for (unsigned int i = 0; i < 3; i++) {
		struct proto_endpoint_conf conf = {
			.local_port = 7000, .recv = on_heard, .arg = &heard[i], .reuse_port = true};

		assert_int_equal(proto_endpoint_create(proto_worker_at(rig.stack, i / 2 * 2), &conf,
					 &eps[i], &why),
			0);
	}
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(proto_join(eps[i], &group, rig.link, &why), 0);
	assert_int_equal(proto_join(eps[0], &group, rig.link, &why), -EEXIST);
	group_frame();
	port_rx_inject(rig.port, 1, f.bytes, f.len, 1);
	rxrig_poll(&rig, 1);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(heard[i], 1);
	assert_int_equal(proto_leave(eps[1], &group, rig.link), 0);
	port_rx_inject(rig.port, 0, f.bytes, f.len, 1);
	rxrig_poll(&rig, 1);
	assert_int_equal(heard[0], 2);
	assert_int_equal(heard[1], 1);
	assert_int_equal(heard[2], 2);
	assert_int_equal(proto_leave(eps[0], &group, rig.link), 0);
	assert_int_equal(proto_endpoint_destroy(eps[2]), 0); /* leaves by itself */
	port_rx_inject(rig.port, 0, f.bytes, f.len, 1);
	rxrig_poll(&rig, 1);
	assert_int_equal(heard[0] + heard[1] + heard[2], 5);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_IP_DEST), 1);
}

/* Heard by another worker's member alone: nothing of it was for nobody. */
static void
test_group_elsewhere(void **state)
{
	const struct proto_addr group = addr_of("239.1.2.3");
	struct proto_endpoint_conf conf = {.local_port = 7000, .recv = on_heard, .arg = &heard[0]};
	struct proto_endpoint *ep;
	struct pktpool_why why;

	(void)state;
	heard[0] = 0;
	assert_int_equal(proto_endpoint_create(proto_worker_at(rig.stack, 2), &conf, &ep, &why), 0);
	assert_int_equal(proto_join(ep, &group, rig.link, &why), 0);
	group_frame();
	for (uint16_t queue = 0; queue < WORKERS; queue++)
		port_rx_inject(rig.port, queue, f.bytes, f.len, 1);
	rxrig_poll(&rig, 1);
	assert_int_equal(heard[0], WORKERS);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_NO_ENDPOINT), 0);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_DISCARDED), 0);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_DELIVERED), WORKERS);
}

/* The same in fragments, which come in on all queues: whoever puts them together passes it on. */
static void
test_group_fragments(void **state)
{
	static struct rxframe whole;
	const struct proto_addr group = addr_of("239.1.2.3");
	struct proto_endpoint *eps[WORKERS];
	uint32_t hears[WORKERS] = {0};
	struct pktpool_why why;

	(void)state;
	for (unsigned int i = 0; i < WORKERS; i++) {
		struct proto_endpoint_conf conf = {
			.local_port = 7000, .recv = on_heard, .arg = &hears[i], .reuse_port = true};

		assert_int_equal(
			proto_endpoint_create(proto_worker_at(rig.stack, i), &conf, &eps[i], &why),
			0);
		assert_int_equal(proto_join(eps[i], &group, rig.link, &why), 0);
	}
	group_frame();
	whole = f;
	for (uint32_t id = 1; id <= 16; id++) {
		for (unsigned int at = 0; at < 28; at += 16) {
			frame_fragment(&f, &whole, id, at, RTE_MIN(16u, 28 - at), at == 0);
			port_rx_inject(
				rig.port, (uint16_t)((id + at / 16) % WORKERS), f.bytes, f.len, 1);
		}
		f = whole; /* what on_heard() compares with */
		rxrig_poll(&rig, 1);
		for (unsigned int i = 0; i < WORKERS; i++)
			assert_int_equal(hears[i], id);
	}
}

/* No buffer is free for a copy: the last member hears it all the same, and it is counted. */
static void
test_no_memory(void **state)
{
	static struct rte_mbuf *taken[16384];
	const struct proto_addr group = addr_of("239.1.2.3");
	struct proto_endpoint *eps[2];
	struct pktpool_why why;
	uint32_t n = 0;

	(void)state;
	memset(heard, 0, sizeof(heard));
	for (unsigned int i = 0; i < 2; i++) {
		struct proto_endpoint_conf conf = {
			.local_port = 7000, .recv = on_heard, .arg = &heard[i], .reuse_port = true};

		assert_int_equal(proto_endpoint_create(rig.worker, &conf, &eps[i], &why), 0);
		assert_int_equal(proto_join(eps[i], &group, rig.link, &why), 0);
	}
	group_frame();
	port_rx_inject(rig.port, 0, f.bytes, f.len, 1);
	while (n < RTE_DIM(taken) && (taken[n] = rte_pktmbuf_alloc(rig.port->pools[0])) != NULL)
		n++;
	assert_true(n < RTE_DIM(taken));
	rxrig_poll(&rig, 1);
	assert_int_equal(heard[0] + heard[1], 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_NO_MEMORY), 1);
	rte_pktmbuf_free_bulk(taken, n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST_BEGIN(test_datagrams, begin, &rig),
		RX_TEST_BEGIN(test_fragments, begin, &rig),
		RX_TEST_BEGIN(test_together, begin_together, &rig),
		RX_TEST_BEGIN(test_one_queue, begin_one_queue, &rig),
		RX_TEST_BEGIN(test_full, begin_full, &rig),
		RX_TEST_BEGIN(test_icmp_error, begin, &rig),
		RX_TEST_BEGIN(test_icmp_error_fragments, begin, &rig),
		RX_TEST_BEGIN(test_icmp_error_moves, begin, &rig),
		RX_TEST_BEGIN(test_stopped, begin, &rig),
		RX_TEST_BEGIN(test_group, begin, &rig),
		RX_TEST_BEGIN(test_group_elsewhere, begin, &rig),
		RX_TEST_BEGIN(test_group_fragments, begin, &rig),
		RX_TEST_BEGIN(test_no_memory, begin, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
