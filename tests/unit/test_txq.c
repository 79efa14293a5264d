/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames wait in order until the port takes them, whatever it takes; none is lost, sent twice or
 * read after it was sent; what is dropped is dropped whole.
 */
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#include "eal.h"
#include "rig.h"

#define PAYLOADS 24

static uint8_t bytes[1 << 16];

/* Payload k of a test: where it begins and how long it is. */
static uint32_t
len_of(unsigned int k)
{
	return (k * 2731u) % 9000u;
}

static bool
send_k(struct rig *rig, struct proto_endpoint *ep, unsigned int k)
{
	return balance_send_one(&rig->balance, ep, bytes + k, len_of(k));
}

static struct proto_endpoint *
endpoint(struct rig *rig, enum proto_data data, struct proto_endpoint_conf *conf)
{
	*conf = rig_endpoint_conf(rig, 4);
	conf->cut = PROTO_FRAGMENT;
	conf->data = data;
	return rig_endpoint(rig, conf);
}

static const enum proto_data policies[] = {PROTO_DATA_COPY, PROTO_DATA_MAP};

/* A port that takes 0, 1, 2, ... of each burst. */
static void
test_any_pattern(void **state)
{
	static const uint32_t patterns[][PORT_FAULT_PATTERN] = {
		{1, 1, 1, 1, 1, 1, 1, 1},
		{2, 2, 2, 2, 2, 2, 2, 2},
		{0, 1, 0, 2, 0, 3, 0, 4},
		{7, 0, 0, 0, 0, 0, 0, 1},
		{63, 64, 65, 1, 0, 0, 5, 6},
		{3, 5, 8, 13, 21, 34, 55, 0},
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(patterns) * RTE_DIM(policies); i++) {
		struct proto_endpoint_conf conf;
		struct rig rig;

		rig_init(&rig);
		rig_start(&rig);
		struct proto_endpoint *ep = endpoint(&rig, policies[i % 2], &conf);

		port_fault_takes(&rig.port, PORT_FAULT_PATTERN, patterns[i / 2]);
		for (unsigned int k = 0; k < PAYLOADS; k++) {
			assert_true(send_k(&rig, ep, k));
			if (k % 5 == 4)
				(void)rig_poll(&rig);
		}
		rig_drain(&rig);
		for (unsigned int k = 0; k < PAYLOADS; k++)
			rig_expect(&rig, &conf, bytes + k, len_of(k));
		rig_expect_no_more(&rig);
		assert_true(rig_count(&rig, PROTO_C_BURSTS_SHORT) > 0);
		assert_int_equal(rig_count(&rig, PROTO_C_BURSTS), rig.port.queues[0].bursts);
		rig_stop(&rig);
	}
}

/* The same at random, long enough for the staging to turn round many times. */
static void
test_random(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct proto_endpoint_conf conf;
		unsigned int sent = 0, expected = 0;
		struct rig rig;

		rig_init(&rig);
		rig.link_conf.stage = 64;
		rig.port.hold = (uint32_t)seed % 7;
		rig_start(&rig);
		struct proto_endpoint *ep = endpoint(&rig, policies[seed % 2], &conf);

		port_fault_takes_random(&rig.port, seed, 3 + (uint32_t)seed);
		for (unsigned int round = 0; round < 600; round++) {
			while (sent < 2000 && send_k(&rig, ep, sent))
				sent++;
			(void)rig_poll(&rig);
		}
		assert_true(sent > 200);
		port_fault_release(&rig.port, 0, UINT32_MAX);
		rig.port.hold = 0;
		rig_drain(&rig);
		while (expected < sent) {
			rig_expect(&rig, &conf, bytes + expected, len_of(expected));
			expected++;
		}
		rig_expect_no_more(&rig);
		rig_stop(&rig);
	}
}

/*
 * STYLE.md, Pktgen: unbounded retry, counts before sending. A port that accepts nothing: poll
 * returns, the caller hears BACKLOG, and then all goes, in order, once.
 */
static void
test_takes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(policies); i++) {
		struct proto_endpoint_conf conf;
		unsigned int sent = 0;
		struct rig rig;

		rig_init(&rig);
		rig.link_conf.stage = 64;
		rig_start(&rig);
		struct proto_endpoint *ep = endpoint(&rig, policies[i], &conf);

		port_fault_takes(&rig.port, 1, (uint32_t[]){0});
		while (send_k(&rig, ep, sent))
			sent++;
		assert_int_equal(proto_refused(ep), PROTO_REASON_BACKLOG);
		uint32_t bursts = rig.port.queues[0].bursts;

		for (unsigned int k = 0; k < 10; k++) {
			assert_int_equal(rig_poll(&rig), 0);
			assert_false(send_k(&rig, ep, sent));
		}
		assert_in_range(rig.port.queues[0].bursts - bursts, 10, 30);
		assert_int_equal(rig_count(&rig, PROTO_C_FRAMES_SENT), 0);
		assert_int_equal(rig_count(&rig, PROTO_C_OCTETS_SENT), 0);
		assert_int_equal(proto_outstanding(ep), sent);
		port_fault_takes_all(&rig.port);
		rig_drain(&rig);
		for (unsigned int k = 0; k < sent; k++)
			rig_expect(&rig, &conf, bytes + k, len_of(k));
		rig_expect_no_more(&rig);
		rig_stop(&rig);
	}
}

/* Frames of several endpoints leave in the order in which they were sent. */
static void
test_order(void **state)
{
	struct proto_endpoint_conf conf[3];
	struct proto_endpoint *ep[3];
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	for (unsigned int i = 0; i < 3; i++) {
		conf[i] = rig_endpoint_conf(&rig, i == 1 ? 6 : i == 2 ? 0 : 4);
		ep[i] = rig_endpoint(&rig, &conf[i]);
	}
	port_fault_takes_random(&rig.port, 3, 2);
	for (unsigned int k = 0; k < 40; k++)
		assert_true(send_k(&rig, ep[k % 3], k));
	rig_drain(&rig);
	for (unsigned int k = 0; k < 40; k++)
		rig_expect(&rig, &conf[k % 3], bytes + k, len_of(k));
	rig_expect_no_more(&rig);
	rig_stop(&rig);
}

/* Cancel: what has begun goes on to its end, what has not never starts, others are not touched. */
static void
test_cancel(void **state)
{
	(void)state;
	for (uint32_t taken = 0; taken < 24; taken++) {
		struct proto_endpoint_conf conf, other_conf;
		unsigned int n_begun = 0, k;
		struct rig rig;

		rig_init(&rig);
		rig_start(&rig);
		struct proto_endpoint *ep = endpoint(&rig, policies[taken % 2], &conf);

		other_conf = conf;
		other_conf.local_port = 7777;
		struct proto_endpoint *other = rig_endpoint(&rig, &other_conf);

		port_fault_takes(&rig.port, 1, (uint32_t[]){0});
		for (k = 0; k < 4; k++) {
			assert_true(
				balance_send_one(&rig.balance, ep, bytes + k, 8000)); /* 6 frames */
			assert_true(balance_send_one(&rig.balance, other, bytes + k, 1000));
		}
		port_fault_takes(&rig.port, 2, (uint32_t[]){taken, 0});
		if (taken != 0)
			(void)rig_poll(&rig);
		port_fault_takes_all(&rig.port);
		/* 6 + 1 frames a pair. */
		n_begun = RTE_MIN((taken + 6) / 7, 4u);
		assert_int_equal(proto_cancel(ep), 4 - n_begun);
		assert_int_equal(proto_cancel(ep), 0);
		rig_drain(&rig);
		assert_int_equal(rig_reason(&rig, PROTO_REASON_CANCELED), 4 - n_begun);
		assert_int_equal(rig.balance.failed, 4 - n_begun);
		for (k = 0; k < 4; k++) {
			if (k < n_begun)
				rig_expect(&rig, &conf, bytes + k, 8000);
			rig_expect(&rig, &other_conf, bytes + k, 1000);
			assert_int_equal(rig.balance.outcomes[2 * k].reason,
				k < n_begun ? PROTO_REASON_NONE : PROTO_REASON_CANCELED);
		}
		rig_expect_no_more(&rig);
		rig_stop(&rig);
	}
}

/* tx_prepare() refuses a frame: its payload fails, all others go. */
static void
test_prepare_refuses(void **state)
{
	(void)state;
	for (uint32_t k = 0; k < 30; k++) {
		struct proto_endpoint_conf conf;
		uint32_t victim, at = 0;
		struct rig rig;

		rig_init(&rig);
		rig.port.info.offload_capa =
			RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
		rig.port.refuse[0] = k;
		rig.port.n_refuse = 1;
		rig_start(&rig);
		conf = rig_endpoint_conf(&rig, k % 2 == 0 ? 4 : 6);
		conf.data = policies[k / 2 % 2];
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		if (k % 3 == 0)
			port_fault_takes_random(&rig.port, k, 4);
		for (uint32_t i = 0; i < 10; i++) /* 3 frames each */
			assert_true(balance_send_one(&rig.balance, ep, bytes + i, 4000));
		rig_drain(&rig);
		victim = k / 3;
		assert_int_equal(rig_reason(&rig, PROTO_REASON_PORT_ERROR), 1);
		assert_int_equal(rig.balance.failed, 1);
		assert_int_equal(rig.balance.outcomes[victim].reason, PROTO_REASON_PORT_ERROR);
		assert_int_equal(rig.port.queues[0].n_frames, 27 + k % 3);
		for (uint32_t i = 0; i < 10; i++) {
			if (i == victim) /* whole datagrams: those before the refused one have left
					  */
				rig.frames.at += k % 3;
			else
				rig_expect(&rig, &conf, bytes + i, 4000);
			at++;
		}
		assert_int_equal(at, 10);
		rig_expect_no_more(&rig);
		rig_stop(&rig);
	}
}

/* All frames refused, one by one. */
static void
test_prepare_refuses_all(void **state)
{
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.port.info.offload_capa = RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
	rig.port.n_refuse = PORT_FAULT_REFUSALS; /* all of them: before the first frame */
	rig_start(&rig);
	conf = rig_endpoint_conf(&rig, 4);
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	for (uint32_t i = 0; i < PORT_FAULT_REFUSALS; i++)
		assert_true(balance_send_one(&rig.balance, ep, bytes, 4000));
	rig_drain(&rig);
	assert_int_equal(rig.port.queues[0].n_frames, 0);
	assert_int_equal(rig_reason(&rig, PROTO_REASON_PORT_ERROR), PORT_FAULT_REFUSALS);
	assert_true(balance_send_one(&rig.balance, ep, bytes, 4000));
	rig_drain(&rig);
	rig_expect(&rig, &conf, bytes, 4000);
	rig_stop(&rig);
}

/* No offload in use: nobody is asked. */
static void
test_prepare_not_asked(void **state)
{
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	struct proto_endpoint *ep = endpoint(&rig, PROTO_DATA_COPY, &conf);

	assert_true(send_k(&rig, ep, 1));
	rig_drain(&rig);
	assert_int_equal(rig.port.prepared, 0);
	rig_stop(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_pattern),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_takes_nothing),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_prepare_refuses),
		cmocka_unit_test(test_prepare_refuses_all),
		cmocka_unit_test(test_prepare_not_asked),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 44);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
