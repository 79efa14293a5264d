/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The k-th allocation fails, for each k, until there are no more: two workers are set up, send,
 * receive, reassemble, find a neighbour, join a group, and end. What fails says so cleanly and has
 * changed nothing: done again it works. Each payload taken completes once, every frame is accounted
 * for, and at the end nothing is out.
 *
 * STYLE.md 22; ndn-dpdk reassembler: a hash insert fails, freed yet linked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_common.h>
#include <rte_ip.h>

#include "alloc_fault.h"
#include "eal.h"
#include "rig.h"
#include "rxrig.h"

#define ENDPOINTS 4 /* IPv4 and IPv6 connected, bound on each worker */
#define TRIES	  5 /* more than fail in a row */
#define GROUP	  "239.1.2.3"

static struct rxrig rig;
static struct rxframe f;
static struct proto_endpoint *eps[ENDPOINTS];
static uint8_t bytes[16384];
static uint32_t n_accepted, n_completed, n_received;
static struct pktpool_why why;

static void
on_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned int n, void *arg)
{
	(void)arg;
	n_received += n;
	proto_return(ep, pkts, n);
}

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned int n, void *arg)
{
	(void)ep;
	(void)arg;
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(done[i].status, proto_reason_errno(done[i].reason));
	n_completed += n;
}

/* Did it fail, as one may, because an allocation did? Then it can be done again. */
static bool
failed(int ret, uint64_t hits)
{
	if (ret == 0)
		return false;
	if (ret > 0 || alloc_fault_hits() == hits)
		fail_msg("%d without a failed allocation: %s", ret, why.text);
	if (why.text[0] == '\0')
		fail_msg("%s failed, and nobody says why", alloc_fault_first());
	why.text[0] = '\0';
	return true;
}

/* Do it until it works. */
#define AGAIN(call)                                          \
	do {                                                 \
		uint64_t hits_ = alloc_fault_hits();         \
		unsigned int tries_ = 0;                     \
                                                             \
		while (failed((call), hits_))                \
			assert_in_range(++tries_, 1, TRIES); \
	} while (0)

static void
set_up(void)
{
	const struct proto_addr own4 = addr_of("192.0.2.1"), own6 = addr_of("2001:db8::1"),
				peer4 = addr_of("192.0.2.2"), peer6 = addr_of("2001:db8::2"),
				net = addr_of("198.51.100.0");
	const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 2}};

	AGAIN(proto_create(&rig.stack, &rig.conf, &why));
	AGAIN(proto_link_add(rig.stack, &rig.link_conf, &rig.link, &why));
	AGAIN(proto_addr_add(rig.link, &own4, 24, &why));
	AGAIN(proto_addr_add(rig.link, &own6, 64, &why));
	AGAIN(proto_neigh_add(rig.link, &peer4, &mac, &why));
	AGAIN(proto_neigh_add(rig.link, &peer6, &mac, &why));
	AGAIN(proto_route_add(rig.link, &net, 24, &peer4, &why));
	AGAIN(proto_start(rig.stack, &why));
	rig.worker = proto_worker_at(rig.stack, 0);
}

static void
make_endpoints(void)
{
	struct proto_endpoint_conf conf = {
		.local_port = 5000,
		.remote_port = 9000,
		.remote = addr_of("192.0.2.2"),
		.cut = PROTO_FRAGMENT,
		.data = PROTO_DATA_COPY,
		.done = on_done,
		.recv = on_recv,
	};
	const struct proto_addr group = addr_of(GROUP);

	AGAIN(proto_endpoint_create(rig.worker, &conf, &eps[0], &why));
	conf.remote = addr_of("2001:db8::2");
	conf.data = PROTO_DATA_MAP;
	AGAIN(proto_endpoint_create(rig.worker, &conf, &eps[1], &why));
	conf.remote = (struct proto_addr){0};
	conf.remote_port = 0;
	conf.local_port = 9000;
	conf.reuse_port = true;
	conf.rx_ring = 16;
	conf.recv = NULL;
	AGAIN(proto_endpoint_create(rig.worker, &conf, &eps[2], &why));
	conf.rx_ring = 0;
	conf.recv = on_recv;
	AGAIN(proto_endpoint_create(proto_worker_at(rig.stack, 1), &conf, &eps[3], &why));
	AGAIN(proto_join(eps[2], &group, rig.link, &why));
	AGAIN(proto_join(eps[3], &group, rig.link, &why));
	rig.ep = eps[2];
}

static void
poll_all(uint64_t ms)
{
	struct rte_mbuf *pkts[16];
	unsigned int n;

	rxrig_poll(&rig, ms);
	while ((n = proto_recv(eps[2], pkts, RTE_DIM(pkts))) != 0) {
		n_received += n;
		proto_return(eps[2], pkts, n);
	}
}

/* Send until it is taken: a refusal is for want of what failed, and changes nothing. */
static void
send_one(struct proto_endpoint *ep, const struct proto_peer *peer, size_t len)
{
	struct iovec iov[2] = {{bytes, len / 2}, {bytes + len / 2, len - len / 2}};
	struct proto_payload p = {.iov = iov, .iovcnt = 2};

	for (unsigned int i = 0; i < TRIES; i++) {
		uint64_t hits = alloc_fault_hits();
		uint16_t n = peer != NULL ? proto_send_to(ep, peer, &p, 1) : proto_send(ep, &p, 1);

		n_accepted += n;
		if (n == 1)
			return;
		assert_true(alloc_fault_hits() != hits);
		assert_true(proto_reason_errno(proto_refused(ep)) < 0);
		poll_all(1);
	}
	fail_msg("refused again and again: %s", proto_reason_name(proto_refused(ep)));
}

static void
send_all(void)
{
	const struct proto_peer known = {.addr = addr_of("192.0.2.2"), .port = 7},
				unknown = {.addr = addr_of("192.0.2.9"), .port = 7},
				routed = {.addr = addr_of("198.51.100.9"), .port = 7};

	send_one(eps[0], NULL, 5000);
	send_one(eps[1], NULL, 5000);
	send_one(eps[3], &known, 100);
	send_one(eps[2], &routed, 4000);
	send_one(eps[2], &unknown, 2000);
	poll_all(1);
}

static void
in(uint16_t queue)
{
	port_rx_inject(rig.port, queue, f.bytes, f.len, 1);
}

/* The neighbour that is waited for answers; another asks for us. */
static void
receive_arp(void)
{
	static const uint8_t reply[28] = {0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 9, 192, 0, 2, 9, 2,
		0, 0, 0, 0, 1, 192, 0, 2, 1};
	static const uint8_t ask[28] = {0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 8, 192, 0, 2, 8, 0,
		0, 0, 0, 0, 0, 192, 0, 2, 1};

	frame_eth(&f, &rig, RTE_ETHER_TYPE_ARP);
	frame_put(&f, reply, sizeof(reply));
	in(0);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_ARP);
	frame_put(&f, ask, sizeof(ask));
	in(1);
	poll_all(1);
}

/* A datagram to the endpoint of each worker, a ping, and one to a port that nobody has. */
static void
receive_datagrams(void)
{
	static const uint8_t echo[16] = {8};

	for (uint16_t queue = 0; queue < 2; queue++) {
		frame_datagram(&f, &rig, 4, 100);
		in(queue);
		frame_datagram(&f, &rig, 6, 100);
		in(queue);
	}
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_ICMP, 0, 1);
	frame_icmp(&f, echo, sizeof(echo));
	in(0);
	frame_datagram(&f, &rig, 4, 100);
	f.bytes[f.l4 + 3]++;
	frame_fix(&f, true);
	in(0);
	poll_all(1);
}

static void
receive_fragments(void)
{
	static uint8_t udp[2000];

	for (uint32_t at = 0; at < sizeof(udp); at += 1000) {
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
		frame_ip4(&f, IPPROTO_UDP,
			(uint16_t)(at / 8 | (at == 0 ? RTE_IPV4_HDR_MF_FLAG : 0)), 77);
		udp[0] = 5000 >> 8;
		udp[1] = (uint8_t)(5000 & 255);
		udp[2] = 9000 >> 8;
		udp[3] = (uint8_t)(9000 & 255);
		udp[4] = sizeof(udp) >> 8;
		udp[5] = sizeof(udp) & 255;
		frame_put(&f, udp + at, 1000);
		frame_fix(&f, false);
		in((uint16_t)(at / 1000));
	}
	poll_all(1);
}

/* A group's datagram goes to both workers: a copy is made. */
static void
receive_group(void)
{
	const struct proto_addr group = addr_of(GROUP);

	frame_datagram(&f, &rig, 4, 50);
	memcpy(f.bytes, (const uint8_t[]){1, 0, 0x5e, 1, 2, 3}, 6);
	memcpy(f.bytes + f.l3 + 16, group.bytes, 4);
	frame_fix(&f, true);
	in(0);
	poll_all(1);
}

/* A router's word on the path MTU of what was sent. */
static void
receive_too_big(void)
{
	uint8_t msg[8 + 28] = {3, 4, 0, 0, 0, 0, 1280 >> 8, 0, 0x45, 0, 0, 200, 0, 1, 0, 0, 64, 17,
		0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 5000 >> 8, (uint8_t)(5000 & 255), 9000 >> 8,
		(uint8_t)(9000 & 255), 0, 180};

	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_ICMP, 0, 1);
	frame_icmp(&f, msg, sizeof(msg));
	in(0);
	poll_all(1);
}

/* From the peer of a connected endpoint to it. */
static void
receive_connected(uint8_t family)
{
	uint8_t ports[4];

	frame_datagram(&f, &rig, family, 100);
	memcpy(ports, f.bytes + f.l4, 4);
	memcpy(f.bytes + f.l4, ports + 2, 2);
	memcpy(f.bytes + f.l4 + 2, ports, 2);
	frame_fix(&f, true);
	in(0);
}

/* Whatever has failed: each endpoint still sends and receives. */
static void
still_works(void)
{
	uint32_t received = n_received, completed = n_completed;

	alloc_fault_arm(0, 0);
	for (unsigned int i = 0; i < 10; i++)
		poll_all(1000);
	assert_int_equal(n_completed, n_accepted);
	frame_datagram(&f, &rig, 4, 100);
	in(0);
	receive_connected(4);
	receive_connected(6);
	send_one(eps[0], NULL, 5000);
	send_one(eps[1], NULL, 5000);
	poll_all(1);
	assert_int_equal(n_received, received + 3);
	assert_int_equal(n_completed, completed + 2);
}

static void
init(void)
{
	rxrig_init(&rig);
	rig.conf.name = "k"; /* one at a time */
	rig.conf.n_workers = 2;
	rig.conf.n_rx_packets = 256;
	rig.conf.n_packets = 64;
	rig.conf.n_endpoints = 16;
	rig.conf.n_routes = 16;
	rig.conf.reass_datagrams = 16;
	rig.link_conf.stage = 64;
	rig.port->fault.info.n_rxd = 16;
	n_accepted = n_completed = n_received = 0;
	why.text[0] = '\0';
}

/* Returns whether anything failed. */
static bool
run(uint64_t k, uint64_t n)
{
	const struct proto_addr group = addr_of(GROUP);
	struct proto_counters sum;
	uint64_t hits;

	init();
	alloc_fault_arm(k, n);
	set_up();
	make_endpoints();
	send_all();
	receive_arp();
	receive_datagrams();
	receive_fragments();
	receive_group();
	receive_too_big();
	assert_int_equal(proto_leave(eps[2], &group, rig.link), 0);
	poll_all(100);
	hits = alloc_fault_hits();
	still_works();
	proto_counters(rig.stack, &sum);
	assert_int_equal(sum.count[PROTO_C_DATAGRAMS_DELIVERED], n_received);
	if (hits == 0) {
		/* 4 datagrams, one of fragments, one for two of a group, and still_works(). */
		assert_int_equal(n_received, 4 + 1 + 2 + 3);
	}
	rxrig_stop(&rig);
	assert_int_equal(n_completed, n_accepted);
	return hits != 0;
}

/* Returns how many runs it took until none failed. */
static uint64_t
each_k(uint64_t n)
{
	uint64_t k = 0;

	while (run(++k, n))
		assert_true(k < 5000);
	return k;
}

static void
test_one_fails(void **state)
{
	(void)state;
	print_message("# %lu allocations\n", each_k(1) - 1);
	for (unsigned int i = 0; i < ALLOC_FAULT_MAX; i++)
		if (!alloc_fault_seen((enum alloc_fault_call)i))
			fail_msg("%s never failed", alloc_fault_name((enum alloc_fault_call)i));
}

static void
test_three_fail(void **state)
{
	(void)state;
	(void)each_k(3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_fails),
		cmocka_unit_test(test_three_fail),
	};
	int ret;

	if (eal_start(1, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 3);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	return eal_stop() != 0 || ret != 0;
}
