/* SPDX-License-Identifier: BSD-3-Clause */
/* Stacks: several in one process, a start that fails half way, and an end while something is out.
 */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "eal.h"
#include "rig.h"

static uint8_t bytes[1 << 16];

static void
test_refused(void **state)
{
	struct {
		struct proto_conf conf;
		const char *part;
	} bad[] = {
		{{.name = ""}, "name"},
		{{.name = "sixteen-letters-"}, "name"},
		{{.n_workers = PROTO_WORKERS_MAX + 1}, "n_workers"},
		{{.n_payloads = PROTO_PAYLOADS_MAX + 1}, "n_payloads"},
		{{.n_packets = UINT32_MAX}, "n_packets"},
		{{.n_packets_overflow = UINT32_MAX}, "n_packets_overflow"},
		{{.n_buffers = UINT32_MAX}, "n_buffers"},
	};
	struct holdings before = holdings_now(), after;
	struct proto *stack = NULL;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(bad); i++) {
		struct pktpool_why why = {""};

		assert_int_equal(proto_create(&stack, &bad[i].conf, &why), -EINVAL);
		if (strstr(why.text, bad[i].part) == NULL)
			fail_msg("'%s' does not say '%s'", why.text, bad[i].part);
		assert_int_equal(proto_create(&stack, &bad[i].conf, NULL), -EINVAL);
	}
	assert_null(stack);
	after = holdings_now();
	assert_memory_equal(&before, &after, sizeof(after));
}

static void
test_names(void **state)
{
	struct pktpool_why why = {""};
	struct proto *a = NULL, *b = NULL;

	(void)state;
	assert_int_equal(proto_create(&a, &(struct proto_conf){0}, &why), 0);
	assert_int_equal(proto_create(&b, &(struct proto_conf){.name = "proto"}, &why), -EEXIST);
	assert_non_null(strstr(why.text, "proto"));
	assert_null(b);
	assert_int_equal(
		proto_create(&b, &(struct proto_conf){.name = "fifteen-letters"}, &why), 0);
	assert_int_equal(proto_start(a, &why), -EINVAL);
	assert_non_null(strstr(why.text, "no link"));
	assert_null(proto_worker_at(a, 0));
	assert_int_equal(proto_stop(a), 0);
	assert_int_equal(proto_destroy(a, NULL, NULL), 0);
	assert_int_equal(proto_create(&a, &(struct proto_conf){0}, &why), 0);
	assert_int_equal(proto_destroy(a, NULL, NULL), 0);
	assert_int_equal(proto_destroy(b, NULL, NULL), 0);
}

/* Several stacks, each with its own port, sending in turn. */
static void
test_several(void **state)
{
	enum {
		N = 4
	};
	static struct rig rigs[N];
	struct proto_endpoint_conf conf[N];
	struct proto_endpoint *ep[N];

	(void)state;
	for (unsigned int i = 0; i < N; i++) {
		rig_init(&rigs[i]);
		rig_start(&rigs[i]);
		conf[i] = rig_endpoint_conf(&rigs[i], i % 2 == 0 ? 4 : 6);
		conf[i].cut = PROTO_FRAGMENT;
		ep[i] = rig_endpoint(&rigs[i], &conf[i]);
	}
	for (unsigned int k = 0; k < 50; k++) {
		unsigned int i = k % N;

		assert_true(balance_send_one(&rigs[i].balance, ep[i], bytes + k, 100 * k));
		(void)rig_poll(&rigs[(k * 7) % N]);
	}
	for (unsigned int i = 0; i < N; i++)
		rig_drain(&rigs[i]);
	for (unsigned int k = 0; k < 50; k++)
		rig_expect(&rigs[k % N], &conf[k % N], bytes + k, 100 * k);
	for (unsigned int i = N; i > 0; i--)
		rig_stop(&rigs[i - 1]);
}

/* Setup or start fails, on the first link or the second: all is undone, and a second try works. */
static void
test_start_fails(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct port_fault ports[2];
		struct pktpool_why why = {""};
		struct proto *stack = NULL;
		struct proto_link *link = NULL;
		struct holdings before, after;

		assert_int_equal(
			proto_create(&stack, &(struct proto_conf){.n_workers = 2}, NULL), 0);
		for (unsigned int k = 0; k < 2; k++) {
			struct proto_link_conf conf = {.ops = &port_fault_ops, .port = &ports[k]};

			port_fault_init(&ports[k]);
			assert_int_equal(proto_link_add(stack, &conf, &link, NULL), 0);
		}
		struct port_fault *bad = &ports[i % 2];

		if (i < 2) {
			bad->setup_error = -EINVAL;
			bad->setup_errors = 2;
		} else {
			bad->start_error = -EIO;
			bad->start_errors = 2;
		}
		before = holdings_now();
		assert_int_equal(proto_start(stack, &why), i < 2 ? -EINVAL : -EIO);
		assert_non_null(strstr(why.text, "told to fail"));
		assert_int_equal(proto_start(stack, NULL), i < 2 ? -EINVAL : -EIO);
		after = holdings_now();
		assert_memory_equal(&before, &after, sizeof(after));
		assert_false(ports[0].started || ports[1].started);
		assert_null(proto_worker_at(stack, 0));
		assert_int_equal(proto_start(stack, &why), 0);
		assert_true(ports[0].started && ports[1].started);
		assert_non_null(proto_worker_at(stack, 1));
		assert_null(proto_worker_at(stack, 2));
		assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
		assert_int_equal(ports[0].n_wrong + ports[1].n_wrong, 0);
		port_fault_fini(&ports[0]);
		port_fault_fini(&ports[1]);
	}
}

/* More workers than the port has queues. */
static void
test_too_many_workers(void **state)
{
	struct pktpool_why why = {""};
	struct port_fault port;
	struct proto_link_conf conf = {.ops = &port_fault_ops, .port = &port};
	struct proto_link *link = NULL;
	struct proto *stack = NULL;
	struct holdings before;

	(void)state;
	port_fault_init(&port);
	assert_int_equal(
		proto_create(&stack,
			&(struct proto_conf){.n_workers = PORT_FAULT_QUEUES + 1, .n_packets = 64},
			NULL),
		0);
	assert_int_equal(proto_link_add(stack, &conf, &link, NULL), 0);
	before = holdings_now();
	assert_int_equal(proto_start(stack, &why), -EINVAL);
	assert_non_null(strstr(why.text, "5 workers"));
	struct holdings after = holdings_now();

	assert_memory_equal(&before, &after, sizeof(after));
	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
	port_fault_fini(&port);
}

/* More memory than there is: -ENOMEM, undone. */
static void
test_no_memory(void **state)
{
	struct pktpool_why why = {""};
	struct port_fault port;
	struct proto_link_conf conf = {.ops = &port_fault_ops, .port = &port};
	struct proto_link *link = NULL;
	struct proto *stack = NULL;
	struct holdings before, after;

	(void)state;
	port_fault_init(&port);
	assert_int_equal(proto_create(&stack, &(struct proto_conf){.n_packets = 1000000}, NULL), 0);
	assert_int_equal(proto_link_add(stack, &conf, &link, NULL), 0);
	before = holdings_now();
	assert_int_equal(proto_start(stack, &why), -ENOMEM);
	assert_int_not_equal(strlen(why.text), 0);
	after = holdings_now();
	assert_memory_equal(&before, &after, sizeof(after));
	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
	port_fault_fini(&port);
}

static void
count_line(void *arg, const char *line)
{
	assert_true(strlen(line) > 0 && strchr(line, '\n') == NULL);
	(*(unsigned int *)arg)++;
}

/*
 * A peer holds frames, of the second worker of two: the stack cannot end, says what is out, and is
 * there as before; when the peer has freed them it ends.
 */
static void
busy_end(enum proto_data data)
{
	struct proto_counters counters;
	struct pktpool_usage usage;
	unsigned int lines = 0;
	struct rig rig;

	rig_init(&rig);
	rig.conf.n_workers = 2;
	rig.port.hold = PORT_FAULT_HOLD_ALL;
	rig.port.info.reclaim = PROTO_RECLAIM_WITH_TRAFFIC; /* stop() leaves them with the peer */
	rig_start(&rig);
	struct proto_worker *first = rig.worker;
	struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, 4);

	conf.cut = PROTO_FRAGMENT;
	conf.data = data;
	rig.worker = proto_worker_at(rig.stack, 1);
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	assert_true(balance_send_one(&rig.balance, ep, bytes, 8000));
	(void)rig_poll(&rig);
	assert_int_equal(rig.port.queues[1].n_held, 6);
	assert_int_equal(proto_stop(rig.stack), data == PROTO_DATA_MAP ? -EBUSY : 0);
	for (unsigned int i = 1; i <= 3; i++) {
		lines = 0;
		assert_int_equal(proto_destroy(rig.stack, count_line, &lines), -EBUSY);
		assert_true(lines > 0);
		assert_int_equal(proto_destroy(rig.stack, NULL, NULL), -EBUSY);
		/* As before: workers, pools and counters can be looked at. */
		assert_ptr_equal(proto_worker_at(rig.stack, 0), first);
		assert_ptr_equal(proto_worker_at(rig.stack, 1), rig.worker);
		assert_non_null(proto_worker_pktpool(first));
		assert_non_null(proto_worker_bufpool(rig.worker));
		pktpool_usage(proto_worker_pktpool(rig.worker), &usage);
		assert_int_equal(usage.in_use, 6);
		proto_counters(rig.stack, &counters);
		assert_int_equal(counters.count[PROTO_C_PAYLOADS_ACCEPTED], 1);
	}
	assert_int_equal(port_fault_release(&rig.port, 1, UINT32_MAX), 6);
	assert_int_equal(proto_stop(rig.stack), 0);
	assert_int_equal(rig.balance.n, rig.balance.completed + rig.balance.failed);
	assert_int_equal(rig.balance.outcomes[0].reason,
		data == PROTO_DATA_MAP ? PROTO_REASON_STOPPED : PROTO_REASON_NONE);
	rig_stop(&rig);
}

static void
test_busy_end_mapped(void **state)
{
	(void)state;
	busy_end(PROTO_DATA_MAP);
}

static void
test_busy_end_copied(void **state)
{
	(void)state;
	busy_end(PROTO_DATA_COPY);
}

/* proto_stop() with payloads staged and held: all complete, from inside it; nothing goes
 * afterwards. */
static void
test_stop_completes(void **state)
{
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.port.hold = 100;
	rig_start(&rig);
	conf = rig_endpoint_conf(&rig, 4);
	conf.cut = PROTO_FRAGMENT;
	conf.data = PROTO_DATA_MAP;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	port_fault_takes(&rig.port, 2, (uint32_t[]){8, 0});
	for (unsigned int k = 0; k < 4; k++)
		assert_true(balance_send_one(&rig.balance, ep, bytes, 8000));
	(void)rig_poll(&rig);
	assert_int_equal(proto_outstanding(ep), 4);
	assert_int_equal(proto_stop(rig.stack), 0);
	assert_int_equal(rig.balance.failed, 4);
	assert_int_equal(proto_outstanding(ep), 0);
	assert_false(balance_send_one(&rig.balance, ep, bytes, 1));
	assert_int_equal(proto_refused(ep), PROTO_REASON_LINK_DOWN);
	assert_int_equal(proto_stop(rig.stack), 0);
	/* Started again, it works again. */
	assert_int_equal(proto_start(rig.stack, NULL), 0);
	port_fault_takes_all(&rig.port);
	rig.port.hold = 0;
	rig.frames.at = rig.port.queues[0].n_frames;
	assert_true(balance_send_one(&rig.balance, ep, bytes, 8000));
	rig_drain(&rig);
	rig_expect(&rig, &conf, bytes, 8000);
	rig_stop(&rig);
}

/* Two workers, two threads, two queues of one port. */
struct side {
	struct rig *rig;
	struct balance balance;
	struct proto_endpoint *ep;
	struct proto_worker *worker;
	uint32_t sent;
	unsigned int index;
};

static void *
side_run(void *arg)
{
	struct side *side = arg;
	uint64_t now = 1;

	while (side->sent < 2000) {
		struct iovec iov = {bytes + side->sent, side->sent * 7 % 5000};
		struct proto_payload p = {.iov = &iov, .iovcnt = 1};

		side->sent += balance_send(&side->balance, side->ep, &p, 1);
		(void)proto_poll(side->worker, now++);
	}
	while (proto_worker_outstanding(side->worker) != 0)
		(void)proto_poll(side->worker, now++);
	return NULL;
}

static void
test_two_workers(void **state)
{
	static struct side sides[2];
	pthread_t threads[2];
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.conf.n_workers = 2;
	rig.port.hold = 10;
	rig_start(&rig);
	struct proto_endpoint_conf conf[2];

	for (unsigned int i = 0; i < 2; i++) {
		sides[i] = (struct side){.rig = &rig, .index = i};
		sides[i].worker = rig.worker = proto_worker_at(rig.stack, i);
		conf[i] = rig_endpoint_conf(&rig, 4);
		conf[i].cut = PROTO_FRAGMENT;
		conf[i].data = i == 0 ? PROTO_DATA_COPY : PROTO_DATA_MAP;
		conf[i].arg = &sides[i].balance;
		sides[i].ep = rig_endpoint(&rig, &conf[i]);
	}
	/* The port gives back what it holds only with traffic or at its end: let it hold copies. */
	rig.port.hold = 0;
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, side_run, &sides[i]), 0);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	/* Each queue has its own payloads, in order; no identification is there twice. */
	for (unsigned int i = 0; i < 2; i++) {
		struct balance *all = &rig.balance;

		rig.frames.queue = &rig.port.queues[i];
		rig.frames.at = 0;
		for (uint32_t k = 0; k < 2000; k++)
			rig_expect(&rig, &conf[i], bytes + k, k * 7 % 5000);
		assert_int_equal(rig.frames.at, rig.port.queues[i].n_frames);
		for (uint32_t k = 0; k < 2000; k++)
			assert_true(sides[i].balance.outcomes[k].times == 1 &&
				    sides[i].balance.outcomes[k].status == 0);
		assert_int_equal(sides[i].balance.wrong, 0);
		assert_int_equal(rig.port.queues[i].taken, rig.port.queues[i].n_frames);
		struct proto_counters one;

		proto_worker_counters(sides[i].worker, &one);
		assert_int_equal(one.count[PROTO_C_PAYLOADS_ACCEPTED], 2000);
		assert_int_equal(one.count[PROTO_C_FRAMES_SENT], rig.port.queues[i].taken);
		assert_int_equal(one.count[PROTO_C_OCTETS_SENT], rig.port.queues[i].octets);
		/* For the check of the whole stack. */
		all->payload_octets += sides[i].balance.payload_octets;
		all->refused_calls += sides[i].balance.refused_calls;
		all->completed += sides[i].balance.completed;
		all->n += 2000;
	}
	rig.balance.outcomes = calloc(rig.balance.n, sizeof(struct outcome));
	assert_non_null(rig.balance.outcomes);
	for (uint32_t k = 0; k < rig.balance.n; k++)
		rig.balance.outcomes[k].times = 1;
	balance_fini(&sides[0].balance);
	balance_fini(&sides[1].balance);
	rig_stop(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_start_fails),
		cmocka_unit_test(test_too_many_workers),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_stop_completes),
		cmocka_unit_test(test_two_workers),
		cmocka_unit_test(test_busy_end_mapped),
		cmocka_unit_test(test_busy_end_copied),
	};

	if (eal_start(2, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 49);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
