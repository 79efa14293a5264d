/* SPDX-License-Identifier: BSD-3-Clause */
/* The one list: each reason and counter has a name of its own, and each reason can be raised. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#include "counters.h"
#include "eal.h"
#include "rig.h"

static uint8_t bytes[1 << 16];

/* Short names that JSON and telemetry take: [a-z0-9_], each once. */
static void
check_name(const char *name, const char *const *others, unsigned int n)
{
	assert_non_null(name);
	assert_true(strlen(name) > 0 &&
		    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name));
	for (unsigned int i = 0; i < n; i++)
		assert_string_not_equal(name, others[i]);
}

static void
test_names(void **state)
{
	const char *names[PROTO_C_MAX + PROTO_REASON_MAX];

	(void)state;
	for (unsigned int i = 0; i < PROTO_C_MAX; i++) {
		names[i] = proto_counter_name(i);
		check_name(names[i], names, i);
		assert_true(strlen(proto_counter_meaning(i)) > 10);
	}
	for (unsigned int i = 0; i < PROTO_REASON_MAX; i++) {
		names[i] = proto_reason_name(i);
		check_name(names[i], names, i);
		assert_true(strlen(proto_reason_meaning(i)) > 5);
		assert_int_equal(proto_reason_errno(i) < 0, i != PROTO_REASON_NONE);
	}
	assert_int_equal(proto_reason_errno(PROTO_REASON_NONE), 0);
	assert_null(proto_counter_name(PROTO_C_MAX));
	assert_null(proto_counter_meaning(PROTO_C_MAX));
	assert_null(proto_reason_name(PROTO_REASON_MAX));
	assert_null(proto_reason_meaning(PROTO_REASON_MAX));
	assert_int_equal(proto_reason_errno(PROTO_REASON_MAX), -EINVAL);
	assert_null(proto_reason_name((enum proto_reason) - 1));
}

static void
test_sum(void **state)
{
	struct proto_counters a, b, sum;

	(void)state;
	memset(&sum, 0, sizeof(sum));
	for (unsigned int i = 0; i < PROTO_C_MAX; i++)
		a.count[i] = i, b.count[i] = UINT64_MAX / 2;
	for (unsigned int i = 0; i < PROTO_REASON_MAX; i++)
		a.reason[i] = 7 * i, b.reason[i] = 1000;
	counters_sum(&sum, &a);
	counters_sum(&sum, &b);
	for (unsigned int i = 0; i < PROTO_C_MAX; i++)
		assert_int_equal(sum.count[i], i + UINT64_MAX / 2);
	for (unsigned int i = 0; i < PROTO_REASON_MAX; i++)
		assert_int_equal(sum.reason[i], 7 * i + 1000);
}

/* A rig on which every reason can be raised: little of everything. */
static struct rig rig;

static struct proto_endpoint *
poor_endpoint(enum proto_data data, enum proto_df df)
{
	struct proto_endpoint_conf conf;

	rig_init(&rig);
	rig.conf.n_payloads = 4;
	rig.conf.n_packets = 40;
	rig.conf.n_buffers = 10;
	rig.link_conf.stage = 64;
	rig.port.info.offload_capa = RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
	rig_start(&rig);
	port_fault_takes(&rig.port, 1, (uint32_t[]){0});
	conf = rig_endpoint_conf(&rig, 4);
	conf.cut = PROTO_FRAGMENT;
	conf.data = data;
	conf.df = df;
	return rig_endpoint(&rig, &conf);
}

/* Send `len` bytes until it is refused, for this reason; end. */
static void
refused_for(struct proto_endpoint *ep, uint32_t len, enum proto_reason reason)
{
	for (unsigned int i = 0; i < 100 && balance_send_one(&rig.balance, ep, bytes, len); i++)
		;
	assert_int_equal(proto_refused(ep), reason);
	assert_int_equal(rig_reason(&rig, reason), 1);
	port_fault_takes_all(&rig.port);
	rig_stop(&rig);
}

/* An endpoint whose neighbour does not answer, in a rig with room for much. */
static struct proto_endpoint *
hold_endpoint(void)
{
	struct proto_addr addr = addr_of("192.0.2.2");
	struct proto_endpoint_conf conf;

	rig_init(&rig);
	rig_start(&rig);
	assert_int_equal(proto_neigh_del(rig.link, &addr), 0);
	conf = rig_endpoint_conf(&rig, 4);
	conf.cut = PROTO_FRAGMENT;
	return rig_endpoint(&rig, &conf);
}

static void
test_refusals(void **state)
{
	struct iovec bad = {NULL, 1};
	struct proto_payload p = {.iov = &bad, .iovcnt = 1};
	struct proto_addr addr;
	struct proto_endpoint *ep;

	(void)state;
	refused_for(poor_endpoint(PROTO_DATA_COPY, 0), 10, PROTO_REASON_NO_RECORD);
	refused_for(poor_endpoint(PROTO_DATA_COPY, 0), 16000, PROTO_REASON_NO_PACKET);
	refused_for(poor_endpoint(PROTO_DATA_MAP, 0), 8000, PROTO_REASON_NO_BUFFER);
	refused_for(poor_endpoint(PROTO_DATA_COPY, 0), 60000, PROTO_REASON_TOO_LONG);
	refused_for(poor_endpoint(PROTO_DATA_COPY, PROTO_DF_ALWAYS), 1473, PROTO_REASON_NEEDS_FRAG);

	ep = poor_endpoint(PROTO_DATA_COPY, 0);
	assert_int_equal(balance_send(&rig.balance, ep, &p, 1), 0);
	assert_int_equal(proto_refused(ep), PROTO_REASON_BAD_PAYLOAD);
	rig_stop(&rig);

	ep = poor_endpoint(PROTO_DATA_COPY, 0);
	addr = addr_of("192.0.2.2");
	assert_int_equal(proto_neigh_del(rig.link, &addr), 0);
	port_fault_takes_all(&rig.port);
	assert_true(balance_send_one(&rig.balance, ep, bytes, 10)); /* waits, and nobody answers */
	rig_drain(&rig);
	assert_int_equal(rig.balance.outcomes[0].status, -EHOSTUNREACH);
	assert_int_equal(rig.balance.outcomes[0].reason, PROTO_REASON_UNREACHABLE);
	refused_for(ep, 10, PROTO_REASON_NO_NEIGH);
	ep = poor_endpoint(PROTO_DATA_COPY, 0);
	assert_int_equal(proto_neigh_del(rig.link, &addr), 0);
	assert_int_equal(
		proto_send_to(ep, &(struct proto_peer){.addr = addr, .port = 1}, &p, 1), 0);
	assert_int_equal(proto_refused(ep), PROTO_REASON_NO_PEER);
	balance_reasons |= 1u << PROTO_REASON_NO_PEER;
	rig.balance.refused_calls++; /* the balance does not stand before proto_send_to() */
	rig_stop(&rig);
	refused_for(hold_endpoint(), 60000, PROTO_REASON_NEIGH_QUEUE);
	ep = poor_endpoint(PROTO_DATA_COPY, 0);
	assert_int_equal(proto_route_del(rig.link, &addr, 24), 0);
	refused_for(ep, 10, PROTO_REASON_NO_ROUTE);
	ep = poor_endpoint(PROTO_DATA_COPY, 0);
	proto_link_stop(rig.link);
	refused_for(ep, 10, PROTO_REASON_LINK_DOWN);
}

static void
test_backlog(void **state)
{
	struct proto_endpoint_conf conf;

	(void)state;
	rig_init(&rig);
	rig.link_conf.stage = 64;
	rig_start(&rig);
	port_fault_takes(&rig.port, 1, (uint32_t[]){0});
	conf = rig_endpoint_conf(&rig, 4);
	refused_for(rig_endpoint(&rig, &conf), 60000, PROTO_REASON_BACKLOG);
}

static void
test_failures(void **state)
{
	struct proto_endpoint *ep = poor_endpoint(PROTO_DATA_COPY, 0);

	(void)state;
	assert_true(balance_send_one(&rig.balance, ep, bytes, 10));
	assert_int_equal(proto_cancel(ep), 1);
	assert_int_equal(rig.balance.failed, 0); /* at the next poll */
	rig_drain(&rig);
	assert_int_equal(rig.balance.outcomes[0].status, -ECANCELED);
	assert_true(balance_send_one(&rig.balance, ep, bytes, 10));
	port_fault_takes_all(&rig.port);
	rig.port.n_refuse = 1;
	rig_drain(&rig);
	assert_int_equal(rig.balance.outcomes[1].status, -EIO);
	assert_true(balance_send_one(&rig.balance, ep, bytes, 10));
	proto_link_stop(rig.link);
	rig_drain(&rig);
	assert_int_equal(rig.balance.outcomes[2].status, -ENETDOWN);
	rig_stop(&rig);
}

/* Last: every reason of the list was raised by a test above. */
static void
test_every_reason(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < PROTO_REASON_MAX; i++)
		if ((balance_reasons >> i & 1) == 0)
			fail_msg("no test has raised %s", proto_reason_name(i));
}

/* Sums: a link's counters are those of its queues, a stack's those of its workers. */
static void
test_levels(void **state)
{
	struct proto_counters link, worker, stack;
	struct proto_endpoint_conf conf;

	(void)state;
	rig_init(&rig);
	rig.conf.n_workers = 2;
	rig_start(&rig);
	for (unsigned int i = 0; i < 2; i++) {
		rig.worker = proto_worker_at(rig.stack, i);
		conf = rig_endpoint_conf(&rig, 4);
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		for (unsigned int k = 0; k < 3 + i; k++)
			assert_true(balance_send_one(&rig.balance, ep, bytes, 1000));
		rig_drain(&rig);
		proto_worker_counters(rig.worker, &worker);
		assert_int_equal(worker.count[PROTO_C_PAYLOADS_ACCEPTED], 3 + i);
		assert_int_equal(worker.count[PROTO_C_OCTETS_SENT], (3 + i) * 1042);
		assert_int_equal(worker.count[PROTO_C_PAYLOAD_OCTETS], (3 + i) * 1000);
	}
	proto_link_counters(rig.link, &link);
	proto_counters(rig.stack, &stack);
	assert_int_equal(link.count[PROTO_C_FRAMES_SENT], 7);
	assert_memory_equal(&link, &stack, sizeof(link));
	rig_stop(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_every_reason),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
