/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Real ethdevs: a peer on net_ring that gets the very mbufs and frees them on a thread of its own,
 * and net_null that frees them inside the burst.
 */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "eal.h"
#include "pktpool_chain.h"
#include "pktpool_mem.h"
#include "rig.h"

#define PAYLOADS 1500

static uint8_t bytes[1 << 16];

struct world {
	struct proto *stack;
	struct proto_link *link;
	struct proto_worker *worker;
	struct proto_endpoint *ep;
	struct balance balance;
	uint16_t port_id;
};

static struct proto_port_ops deaf_ethdev;

static void
world_open(struct world *w, const char *port, enum proto_data data)
{
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 2}};
	struct proto_endpoint_conf conf = {
		.local = addr_of("192.0.2.1"),
		.remote = addr_of("192.0.2.2"),
		.local_port = 1,
		.remote_port = 2,
		.cut = PROTO_FRAGMENT,
		.data = data,
		.done = balance_done,
		.arg = &w->balance,
	};
	struct pktpool_why why = {""};

	/* What goes into a ring comes out of it for the peer's thread, not for the stack. */
	deaf_ethdev = proto_port_ethdev;
	deaf_ethdev.rx_burst = NULL;
	memset(w, 0, sizeof(*w));
	assert_int_equal(rte_eth_dev_get_port_by_name(port, &w->port_id), 0);
	if (proto_create(
		    &w->stack, &(struct proto_conf){.n_payloads = 32, .n_packets = 1024}, &why) ||
		proto_link_add(w->stack,
			&(struct proto_link_conf){
				.ops = &deaf_ethdev, .port = PROTO_PORT(w->port_id)},
			&w->link, &why) ||
		proto_addr_add(w->link, &conf.local, 24, &why) ||
		proto_neigh_add(w->link, &conf.remote, &mac, &why) || proto_start(w->stack, &why))
		fail_msg("%s", why.text);
	w->worker = proto_worker_at(w->stack, 0);
	if (proto_endpoint_create(w->worker, &conf, &w->ep, &why) != 0)
		fail_msg("%s", why.text);
}

static void
world_close(struct world *w)
{
	assert_int_equal(w->balance.wrong, 0);
	for (uint32_t i = 0; i < w->balance.n; i++)
		assert_int_equal(w->balance.outcomes[i].times, 1);
	assert_int_equal(proto_destroy(w->stack, NULL, NULL), 0);
	balance_fini(&w->balance);
}

/* The thread at the other end of the ring. */
struct peer {
	uint16_t port_id;
	_Atomic bool stop;
	uint64_t frames;
	uint64_t octets;
	uint64_t wrong;
};

static void *
peer_run(void *arg)
{
	struct peer *peer = arg;
	struct rte_mbuf *pkts[32];
	struct rng rng = {.state = 1};

	while (!atomic_load(&peer->stop)) {
		uint16_t n =
			rte_eth_rx_burst(peer->port_id, 0, pkts, 1 + (uint16_t)rng_below(&rng, 31));

		for (uint16_t i = 0; i < n; i++) {
			peer->wrong += pkt_check(pkts[i], NULL) != 0;
			peer->octets += pkts[i]->pkt_len;
			rte_pktmbuf_free(pkts[i]);
		}
		peer->frames += n;
	}
	return NULL;
}

static void
freed_by_peer(enum proto_data data)
{
	struct holdings before = holdings_now(), after;
	struct proto_counters counters;
	struct proto_link_info info;
	struct peer peer = {0};
	uint32_t sent = 0;
	pthread_t thread;
	struct world w;

	world_open(&w, "net_ring0", data);
	proto_link_info(w.link, &info);
	assert_int_equal(info.port.reclaim, PROTO_RECLAIM_WITH_TRAFFIC);
	assert_non_null(info.auto_copies);
	peer.port_id = w.port_id;
	assert_int_equal(pthread_create(&thread, NULL, peer_run, &peer), 0);
	while (sent < PAYLOADS) {
		sent += balance_send_one(&w.balance, w.ep, bytes, sent * 13 % 20000);
		(void)proto_poll(w.worker, rte_rdtsc());
	}
	while (proto_worker_outstanding(w.worker) != 0)
		(void)proto_poll(w.worker, rte_rdtsc());
	proto_counters(w.stack, &counters);
	while (data == PROTO_DATA_COPY) { /* copies complete before the peer has them */
		struct pktpool_usage usage;

		pktpool_usage(proto_worker_pktpool(w.worker), &usage);
		if (usage.in_use == 0)
			break;
	}
	atomic_store(&peer.stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(w.balance.completed, PAYLOADS);
	assert_int_equal(peer.wrong, 0);
	assert_int_equal(counters.count[PROTO_C_FRAMES_SENT], peer.frames);
	assert_int_equal(counters.count[PROTO_C_OCTETS_SENT], peer.octets);
	assert_int_equal(counters.count[PROTO_C_PAYLOADS_MAPPED] != 0, data == PROTO_DATA_MAP);
	world_close(&w);
	after = holdings_now();
	assert_memory_equal(&before, &after, sizeof(after));
}

static void
test_freed_by_peer_mapped(void **state)
{
	(void)state;
	freed_by_peer(PROTO_DATA_MAP);
}

static void
test_freed_by_peer_copied(void **state)
{
	(void)state;
	freed_by_peer(PROTO_DATA_COPY);
}

static void *
free_all(void *arg)
{
	struct rte_mbuf **pkts = arg;

	rte_pktmbuf_free_bulk(pkts, 6);
	return NULL;
}

/* The peer still has the frames of a mapped payload: no end before it has freed them. */
static void
test_peer_holds(void **state)
{
	struct rte_mbuf *pkts[32];
	pthread_t thread;
	struct world w;

	(void)state;
	world_open(&w, "net_ring0", PROTO_DATA_MAP);
	assert_true(balance_send_one(&w.balance, w.ep, bytes, 8000));
	(void)proto_poll(w.worker, rte_rdtsc());
	assert_int_equal(rte_eth_rx_burst(w.port_id, 0, pkts, 32), 6);
	(void)proto_poll(w.worker, rte_rdtsc());
	assert_int_equal(proto_outstanding(w.ep), 1);
	assert_int_equal(proto_stop(w.stack), -EBUSY);
	assert_int_equal(proto_destroy(w.stack, NULL, NULL), -EBUSY);
	assert_int_equal(pthread_create(&thread, NULL, free_all, pkts), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(w.balance.completed + w.balance.failed, 0);
	assert_int_equal(proto_stop(w.stack), 0);
	assert_int_equal(w.balance.outcomes[0].reason, PROTO_REASON_STOPPED);
	world_close(&w);
}

/* Freed inside the burst: done with the next poll, and `auto` may map. */
static void
test_net_null(void **state)
{
	struct proto_link_info info;
	struct world w;

	(void)state;
	world_open(&w, "net_null0", PROTO_DATA_MAP);
	proto_link_info(w.link, &info);
	assert_null(info.auto_copies);
	assert_int_equal(info.port.reclaim, PROTO_RECLAIM_IN_BURST);
	for (unsigned int i = 0; i < 500; i++) {
		assert_true(balance_send_one(&w.balance, w.ep, bytes, i * 100));
		(void)proto_poll(w.worker, rte_rdtsc());
		assert_int_equal(w.balance.completed, i + 1);
	}
	proto_link_stop(w.link);
	assert_false(balance_send_one(&w.balance, w.ep, bytes, 1));
	assert_int_equal(proto_link_start(w.link, NULL), 0);
	assert_true(balance_send_one(&w.balance, w.ep, bytes, 1));
	(void)proto_poll(w.worker, rte_rdtsc());
	assert_int_equal(w.balance.completed, 501);
	world_close(&w);
	/* The port is free for another stack. */
	world_open(&w, "net_null0", PROTO_DATA_COPY);
	assert_true(balance_send_one(&w.balance, w.ep, bytes, 1));
	(void)proto_poll(w.worker, rte_rdtsc());
	world_close(&w);
}

int
main(void)
{
	static const char *const vdevs[] = {"--vdev=net_ring0", "--vdev=net_null0", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_freed_by_peer_mapped),
		cmocka_unit_test(test_freed_by_peer_copied),
		cmocka_unit_test(test_peer_holds),
		cmocka_unit_test(test_net_null),
	};

	if (eal_start(2, vdevs) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 50);
	/* The table of tags is made once in a process. */
	if (pktpool_mem_free(pktpool_mem_alloc("TEST", 1, 0, SOCKET_ID_ANY, NULL)) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
