/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each accepted payload completes exactly once, with the right status, on its worker - whenever and
 * wherever its last mbuf is freed.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "eal.h"
#include "rig.h"

#define PIECES 200

static uint8_t bytes[1 << 16];

static struct proto_endpoint *
map_endpoint(struct rig *rig, struct proto_endpoint_conf *conf)
{
	*conf = rig_endpoint_conf(rig, 4);
	conf->cut = PROTO_FRAGMENT;
	conf->data = PROTO_DATA_MAP;
	return rig_endpoint(rig, conf);
}

/* One payload in `n` pieces of `len` bytes each. */
static bool
send_pieces(struct rig *rig, struct proto_endpoint *ep, uint32_t n, uint32_t len)
{
	struct iovec iov[PIECES];
	struct proto_payload p = {.iov = iov, .iovcnt = n};

	for (uint32_t i = 0; i < n; i++)
		iov[i] = (struct iovec){bytes + i * len, len};
	return balance_send(&rig->balance, ep, &p, 1) == 1;
}

/* A port that gives frames back as its ring is used again: completions come in step with that. */
static void
test_ring_reused(void **state)
{
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.port.hold = 12; /* payloads of 6 frames: the last two are held */
	rig.port.info.reclaim = PROTO_RECLAIM_WITH_TRAFFIC;
	rig_start(&rig);
	struct proto_endpoint *ep = map_endpoint(&rig, &conf);

	for (uint32_t k = 1; k <= 20; k++) {
		assert_true(balance_send_one(&rig.balance, ep, bytes + k, 8000));
		(void)rig_poll(&rig);
		assert_int_equal(proto_outstanding(ep), RTE_MIN(k, 2u));
		assert_int_equal(rig.balance.completed, k - RTE_MIN(k, 2u));
		rig_expect(&rig, &conf, bytes + k, 8000);
	}
	assert_int_equal(proto_endpoint_destroy(ep), -EBUSY);
	(void)port_fault_release(&rig.port, 0, 11);
	(void)rig_poll(&rig);
	assert_int_equal(proto_outstanding(ep), 1);
	assert_int_equal(proto_endpoint_destroy(ep), -EBUSY);
	(void)port_fault_release(&rig.port, 0, 1);
	assert_int_equal(rig.balance.completed, 19);
	assert_int_equal(rig_poll(&rig), 1);
	assert_int_equal(proto_outstanding(ep), 0);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
	rig.port.hold = 0;
	rig_stop(&rig);
}

/* Copied payloads do not wait for the port to give anything back. */
static void
test_copied_do_not_wait(void **state)
{
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.port.hold = PORT_FAULT_HOLD_ALL;
	rig_start(&rig);
	conf = rig_endpoint_conf(&rig, 6);
	conf.data = PROTO_DATA_COPY;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	assert_true(balance_send_one(&rig.balance, ep, bytes, 8000));
	(void)rig_poll(&rig);
	assert_int_equal(rig.balance.completed, 1);
	(void)port_fault_release(&rig.port, 0, UINT32_MAX);
	rig_stop(&rig);
}

/* An idle queue is asked to free what it holds; not all the time, and not for nothing. */
static void
test_reclaimed_when_idle(void **state)
{
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.port.hold = PORT_FAULT_HOLD_ALL;
	rig.port.reclaim_max = 2;
	rig.port.info.reclaim = PROTO_RECLAIM_ON_DEMAND;
	rig_start(&rig);
	struct proto_endpoint *ep = map_endpoint(&rig, &conf);
	uint32_t asked = rig.port.reclaims; /* once, to see whether it can */

	for (unsigned int k = 0; k < 5; k++)
		(void)rig_poll(&rig);
	assert_int_equal(rig.port.reclaims, asked);
	assert_true(balance_send_one(&rig.balance, ep, bytes, 8000)); /* 6 frames */
	for (unsigned int k = 0; k < 1000; k++)
		(void)proto_poll(rig.worker, rig.now + k); /* no time goes by */
	assert_int_equal(rig.port.reclaims, asked);
	assert_int_equal(rig.balance.completed, 0);
	rig_drain(&rig);
	assert_int_equal(rig.port.reclaims, asked + 3);
	assert_int_equal(rig_count(&rig, PROTO_C_RECLAIMS), 3);
	for (unsigned int k = 0; k < 5; k++)
		(void)rig_poll(&rig);
	assert_int_equal(rig.port.reclaims, asked + 3);
	rig_stop(&rig);
}

/* A driver that cannot be asked after all: the link says so, and auto copies. */
static void
test_cannot_reclaim(void **state)
{
	struct proto_endpoint_conf conf;
	struct proto_link_info info;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.port.hold = PORT_FAULT_HOLD_ALL;
	rig.port.no_reclaim = true;
	rig.port.info.reclaim = PROTO_RECLAIM_ON_DEMAND;
	rig_start(&rig);
	proto_link_info(rig.link, &info);
	assert_int_equal(info.port.reclaim, PROTO_RECLAIM_WITH_TRAFFIC);
	assert_non_null(info.auto_copies);
	conf = rig_endpoint_conf(&rig, 4);
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	assert_true(balance_send_one(&rig.balance, ep, bytes, 60000));
	rig_drain(&rig);
	assert_int_equal(rig_count(&rig, PROTO_C_PAYLOADS_MAPPED), 0);
	(void)port_fault_release(&rig.port, 0, UINT32_MAX);
	rig_stop(&rig);
}

/* What a thread that is not the worker's does. */
struct other {
	struct port_fault *port;
	uint32_t n;
	_Atomic bool stop;
};

static void *
release_once(void *arg)
{
	struct other *other = arg;

	(void)port_fault_release(other->port, 0, other->n);
	return NULL;
}

static void
release_elsewhere(struct port_fault *port, uint32_t n)
{
	struct other other = {.port = port, .n = n};
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, release_once, &other), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

/* Freed here and there, a piece at a time, with more descriptors than a payload has counts. */
static void
test_freed_by_two_threads(void **state)
{
	struct rng rng = {.state = 8};

	(void)state;
	for (unsigned int round = 0; round < 40; round++) {
		struct proto_endpoint_conf conf;
		struct rig rig;

		rig_init(&rig);
		rig.port.hold = PORT_FAULT_HOLD_ALL;
		rig.port.info.reclaim = PROTO_RECLAIM_WITH_TRAFFIC;
		rig.conf.n_buffers = 2048;
		rig_start(&rig);
		struct proto_endpoint *ep = map_endpoint(&rig, &conf);

		for (unsigned int k = 0; k < 3; k++)
			assert_true(send_pieces(&rig, ep, 1 + rng_below(&rng, 150), 300));
		assert_true(send_pieces(&rig, ep, 100, 14));
		(void)rig_poll(&rig);
		while (proto_worker_outstanding(rig.worker) != 0) {
			uint32_t n = 1 + rng_below(&rng, 6);

			if (rng_below(&rng, 2) == 0)
				(void)port_fault_release(&rig.port, 0, n);
			else
				release_elsewhere(&rig.port, n);
			if (rng_below(&rng, 3) == 0)
				(void)rig_poll(&rig);
			if (rig.port.queues[0].n_held == 0) {
				/* In any case they come with the next poll. */
				(void)rig_poll(&rig);
				assert_int_equal(proto_worker_outstanding(rig.worker), 0);
			} else {
				assert_true(proto_worker_outstanding(rig.worker) != 0);
			}
		}
		assert_int_equal(rig.balance.completed, 4);
		rig_stop(&rig);
	}
}

static void *
release_all_the_time(void *arg)
{
	struct other *other = arg;
	struct rng rng = {.state = 77};

	while (!atomic_load(&other->stop)) {
		(void)port_fault_release(other->port, 0, rng_below(&rng, 9));
		for (uint32_t i = rng_below(&rng, 300); i > 0; i--)
			rte_pause();
	}
	return NULL;
}

/* At the same time: another thread frees while the worker sends and polls. */
static void
test_freed_meanwhile(void **state)
{
	struct proto_endpoint_conf conf;
	struct other other;
	pthread_t thread;
	struct rig rig;
	uint32_t sent = 0;

	(void)state;
	rig_init(&rig);
	rig.port.hold = PORT_FAULT_HOLD_ALL;
	rig.port.info.reclaim = PROTO_RECLAIM_WITH_TRAFFIC;
	rig_start(&rig);
	struct proto_endpoint *ep = map_endpoint(&rig, &conf);

	other = (struct other){.port = &rig.port};
	assert_int_equal(pthread_create(&thread, NULL, release_all_the_time, &other), 0);
	while (sent < 1000) {
		if (send_pieces(&rig, ep, 1 + sent % 120, 40 + sent % 100))
			sent++;
		(void)rig_poll(&rig);
		if (rig.port.queues[0].n_frames > 500)
			port_fault_forget(&rig.port);
	}
	while (proto_worker_outstanding(rig.worker) != 0)
		(void)rig_poll(&rig);
	atomic_store(&other.stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(rig.balance.completed, 1000);
	rig_stop(&rig);
}

/* What the port has given back had been sent, even if nobody has heard of it when the link stops.
 */
static void
test_freed_before_stop(void **state)
{
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.port.hold = PORT_FAULT_HOLD_ALL;
	rig_start(&rig);
	struct proto_endpoint *ep = map_endpoint(&rig, &conf);

	assert_true(balance_send_one(&rig.balance, ep, bytes, 8000));
	assert_true(balance_send_one(&rig.balance, ep, bytes, 8000));
	(void)rig_poll(&rig);
	release_elsewhere(&rig.port, 6); /* the first one, whole */
	proto_link_stop(rig.link);
	(void)rig_poll(&rig);
	assert_int_equal(rig.balance.outcomes[0].status, 0);
	assert_int_equal(rig.balance.outcomes[1].reason, PROTO_REASON_STOPPED);
	rig_stop(&rig);
}

/* The done function sends more, and cancels: from there on all goes as from anywhere else. */
struct nested {
	struct rig *rig;
	uint32_t left;
	uint32_t deep;
	uint32_t canceled;
};

static void
send_again(struct proto_endpoint *ep, unsigned int n, void *arg)
{
	struct nested *nested = arg;

	assert_int_equal(nested->deep, 0); /* never from inside the proto_send() below */
	nested->deep++;
	for (unsigned int i = 0; i < n && nested->left > 0; i++) {
		if (!balance_send_one(&nested->rig->balance, ep, bytes, 5000))
			break;
		nested->left--;
	}
	if (nested->left % 7 == 3)
		nested->canceled += proto_cancel(ep);
	nested->deep--;
}

static void
test_done_sends(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct proto_endpoint_conf conf;
		struct nested nested;
		struct rig rig;

		rig_init(&rig);
		rig.conf.n_payloads = i < 2 ? 3 : 64;
		rig.port.hold = i % 2 == 0 ? 0 : 20;
		rig_start(&rig);
		struct proto_endpoint *ep = map_endpoint(&rig, &conf);

		nested = (struct nested){.rig = &rig, .left = 500};
		rig.balance.hook = send_again;
		rig.balance.hook_arg = &nested;
		port_fault_takes_random(&rig.port, i, 6);
		assert_true(balance_send_one(&rig.balance, ep, bytes, 5000));
		assert_true(balance_send_one(&rig.balance, ep, bytes, 5000));
		for (unsigned int k = 0; k < 20000 && rig.balance.n < 502; k++) {
			(void)rig_poll(&rig);
			if (i % 2 != 0)
				(void)port_fault_release(&rig.port, 0, 1);
		}
		port_fault_takes_all(&rig.port);
		rig.port.hold = 0;
		(void)port_fault_release(&rig.port, 0, UINT32_MAX);
		rig_drain(&rig);
		assert_int_equal(nested.left, 0);
		assert_int_equal(rig.balance.n, 502);
		assert_int_equal(rig.balance.failed, nested.canceled);
		assert_true(nested.canceled > 0);
		rig_stop(&rig);
	}
}

/* No done function: counted, and that is all. */
static void
test_no_done(void **state)
{
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	conf = rig_endpoint_conf(&rig, 4);
	conf.done = NULL;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	assert_true(balance_send_one(&rig.balance, ep, bytes, 5000));
	while (proto_outstanding(ep) != 0)
		(void)rig_poll(&rig);
	assert_int_equal(rig_count(&rig, PROTO_C_PAYLOADS_COMPLETED), 1);
	rig.balance.outcomes[0] = (struct outcome){.times = 1};
	rig.balance.completed = 1;
	rig_stop(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring_reused),
		cmocka_unit_test(test_copied_do_not_wait),
		cmocka_unit_test(test_reclaimed_when_idle),
		cmocka_unit_test(test_cannot_reclaim),
		cmocka_unit_test(test_freed_by_two_threads),
		cmocka_unit_test(test_freed_meanwhile),
		cmocka_unit_test(test_freed_before_stop),
		cmocka_unit_test(test_done_sends),
		cmocka_unit_test(test_no_done),
	};

	if (eal_start(2, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 45);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
