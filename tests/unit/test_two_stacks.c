/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two stacks of one process on two lcores, over net_ring and over net_memif: they resolve each
 * other, and what one sends the other gets, byte for byte. Over rings nothing is lost; over memif,
 * which drops when its ring is full, everything is accounted for. PAYLOADS=10000000 makes it long.
 */
#include <setjmp.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>

#include "eal.h"
#include "pktpool_chain.h"
#include "rig.h"

#define RING	 1024
#define BURST	 32
#define CONTENTS (1 << 17)

/* Payload number i is `len_of(i)` bytes of this from i % 4096 on, its number in front. */
static uint8_t contents[CONTENTS];

static uint32_t
len_of(uint64_t i)
{
	static const uint32_t lens[] = {8, 100, 1472, 1473, 64, 2953, 9, 500};

	return i % 1000 == 999 ? 65507 : lens[i % RTE_DIM(lens)];
}

struct receiver {
	struct proto *stack;
	struct proto_endpoint *ep;
	_Atomic uint64_t n;
	_Atomic uint64_t wrong;
	uint64_t last; /* the number before the next one; they come in order */
	uint8_t flat[65536];
};

static void
on_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct receiver *r = arg;

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *at = rte_pktmbuf_read(pkts[i], 0, pkts[i]->pkt_len, r->flat);
		uint64_t number;

		memcpy(&number, at, sizeof(number));
		if (number < r->last || pkts[i]->pkt_len != len_of(number) ||
			memcmp(at + 8, contents + number % 4096, pkts[i]->pkt_len - 8) != 0)
			atomic_fetch_add(&r->wrong, 1);
		r->last = number + 1;
	}
	atomic_fetch_add(&r->n, n);
	proto_return(ep, pkts, n);
}

static uint64_t n_done, n_failed;

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg)
{
	(void)ep, (void)arg;
	n_done += n;
	for (unsigned i = 0; i < n; i++)
		n_failed += done[i].status != 0;
}

static struct proto *
stack_on(uint16_t port_id, const char *name, const char *addr, uint8_t prefix_len)
{
	struct proto_conf conf = {
		.name = name, .n_packets = 8192, .n_rx_packets = 4096, .idle = PROTO_IDLE_PAUSE};
	struct proto_link_conf link_conf = {.port = PROTO_PORT(port_id)};
	struct proto_addr own = addr_of(addr);
	struct proto_link *link;
	struct pktpool_why why;
	struct proto *stack;

	if (proto_create(&stack, &conf, &why) != 0 ||
		proto_link_add(stack, &link_conf, &link, &why) != 0 ||
		proto_addr_add(link, &own, prefix_len, &why) != 0 || proto_start(stack, &why) != 0)
		fail_msg("%s", why.text);
	return stack;
}

/* Send `n` payloads, polling; the receiver's lcore works by itself. */
static void
send_all(struct proto *stack, struct proto_endpoint *ep, uint64_t n)
{
	struct proto_worker *worker = proto_worker_at(stack, 0);
	static uint64_t numbers[BURST];
	struct iovec iov[BURST][2];
	struct proto_payload payloads[BURST];

	for (uint64_t i = 0; i < n;) {
		uint16_t burst = (uint16_t)RTE_MIN(n - i, (uint64_t)BURST);

		for (uint16_t k = 0; k < burst; k++) {
			numbers[k] = i + k;
			iov[k][0] = (struct iovec){&numbers[k], 8};
			iov[k][1] = (struct iovec){contents + (i + k) % 4096, len_of(i + k) - 8};
			payloads[k] = (struct proto_payload){.iov = iov[k], .iovcnt = 2};
		}
		i += proto_send(ep, payloads, burst);
		(void)proto_poll(worker, rte_get_tsc_cycles());
	}
	while (proto_outstanding(ep) != 0)
		(void)proto_poll(worker, rte_get_tsc_cycles());
}

/* The receiver has made no step for a second. */
static bool
settled(struct proto *sender, struct receiver *r)
{
	uint64_t begun = rte_get_tsc_cycles(), n = atomic_load(&r->n);

	while (rte_get_tsc_cycles() - begun < rte_get_tsc_hz()) {
		(void)proto_poll(proto_worker_at(sender, 0), rte_get_tsc_cycles());
		if (atomic_load(&r->n) != n)
			return false;
	}
	return true;
}

static void
converse(uint16_t port_a, uint16_t port_b, uint8_t family, bool lossless)
{
	const char *payloads = getenv("PAYLOADS");
	uint64_t n = payloads != NULL ? strtoull(payloads, NULL, 10) : 100000;
	const char *a = family == 4 ? "192.0.2.1" : "2001:db8::1";
	const char *b = family == 4 ? "192.0.2.2" : "2001:db8::2";
	struct proto *sender = stack_on(port_a, "sender", a, family == 4 ? 24 : 64);
	struct receiver *r = calloc(1, sizeof(*r));
	struct proto_endpoint_conf bound = {.local_port = 9000, .recv = on_recv, .arg = r};
	struct proto_endpoint_conf conf = {.remote = addr_of(b),
		.remote_port = 9000,
		.cut = PROTO_FRAGMENT,
		.data = PROTO_DATA_COPY,
		.done = on_done};
	struct proto_counters from, to;
	struct proto_endpoint *ep = NULL;
	struct pktpool_why why;
	uint64_t dropped = 0;

	assert_non_null(r);
	n_done = n_failed = 0;
	r->stack = stack_on(port_b, "receiver", b, family == 4 ? 24 : 64);
	if (proto_endpoint_create(proto_worker_at(r->stack, 0), &bound, &r->ep, &why) != 0 ||
		proto_endpoint_create(proto_worker_at(sender, 0), &conf, &ep, &why) != 0 ||
		proto_run(r->stack, (unsigned[]){1}, &why) != 0)
		fail_msg("%s", why.text);
	send_all(sender, ep, n);
	while (!settled(sender, r))
		;
	proto_halt(r->stack);
	proto_counters(sender, &from);
	proto_counters(r->stack, &to);
	assert_int_equal(n_done, n);
	assert_int_equal(n_failed, 0);
	assert_int_equal(atomic_load(&r->wrong), 0);
	if (lossless) {
		assert_int_equal(atomic_load(&r->n), n);
		assert_int_equal(
			from.count[PROTO_C_FRAMES_SENT], to.count[PROTO_C_FRAMES_RECEIVED]);
		assert_int_equal(to.count[PROTO_C_FRAMES_DISCARDED], 0);
	}
	assert_true(to.count[PROTO_C_FRAMES_RECEIVED] <= from.count[PROTO_C_FRAMES_SENT]);
	assert_int_equal(to.count[PROTO_C_DATAGRAMS_DELIVERED], atomic_load(&r->n));
	for (unsigned int i = 0; i < PROTO_DROP_MAX; i++)
		dropped += to.drop[i];
	assert_int_equal(dropped, to.count[PROTO_C_FRAMES_DISCARDED]);
	assert_int_equal(proto_destroy(sender, NULL, NULL), 0);
	assert_int_equal(proto_destroy(r->stack, NULL, NULL), 0);
	(void)printf("# %llu of %llu payloads came\n", (unsigned long long)atomic_load(&r->n),
		(unsigned long long)n);
	free(r);
}

static uint16_t ring_ports[2];

static void
test_rings(void **state)
{
	(void)state;
	converse(ring_ports[0], ring_ports[1], 4, true);
	converse(ring_ports[1], ring_ports[0], 6, true);
}

static int
rings_make(void **state)
{
	struct rte_ring *ab = rte_ring_create("ab", RING, SOCKET_ID_ANY, 0);
	struct rte_ring *ba = rte_ring_create("ba", RING, SOCKET_ID_ANY, 0);
	int a, b;

	(void)state;
	if (ab == NULL || ba == NULL)
		return -1;
	a = rte_eth_from_rings("pair_a", &ba, 1, &ab, 1, 0);
	b = rte_eth_from_rings("pair_b", &ab, 1, &ba, 1, 0);
	ring_ports[0] = (uint16_t)a;
	ring_ports[1] = (uint16_t)b;
	return a < 0 || b < 0 ? -1 : 0;
}

static void
test_memif(void **state)
{
	uint16_t ports[2];
	char socket[64], args[128];

	(void)state;
	(void)snprintf(socket, sizeof(socket), "/tmp/chainburst-%d.sock", (int)getpid());
	(void)snprintf(args, sizeof(args), "role=server,socket=%s,socket-abstract=no", socket);
	assert_int_equal(rte_vdev_init("net_memif0", args), 0);
	(void)snprintf(args, sizeof(args), "role=client,socket=%s,socket-abstract=no", socket);
	assert_int_equal(rte_vdev_init("net_memif1", args), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_memif0", &ports[0]), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_memif1", &ports[1]), 0);
	converse(ports[0], ports[1], 4, false);
	(void)rte_eth_dev_close(ports[1]);
	(void)rte_eth_dev_close(ports[0]);
	(void)unlink(socket);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_rings, rings_make),
		cmocka_unit_test(test_memif),
	};

	noise(contents, sizeof(contents), 3);
	if (eal_start(2, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	/* Not rte_eal_cleanup(): with net_memif it may unmap what EAL's interrupt thread looks at.
	 */
	(void)fflush(stdout);
	_exit(failed != 0);
}
