/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Local delivery: what goes to an address of our own arrives at the stack's other endpoint as it
 * was sent, completes exactly once, and not before a mapped receiver has given it back.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include "eal.h"
#include "pktpool.h"
#include "rig.h"

#define HELD_MAX 128

static uint8_t bytes[1 << 16];

/* A receiver that holds what it gets until it is told to return it. */
struct ear {
	struct rte_mbuf *held[HELD_MAX];
	unsigned int n;
	uint32_t at; /* bytes heard, which must be those of `bytes` in order */
};

static void
ear_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned int n, void *arg)
{
	struct ear *ear = arg;

	(void)ep;
	for (unsigned int i = 0; i < n; i++) {
		assert_true(ear->n < HELD_MAX);
		for (const struct rte_mbuf *seg = pkts[i]; seg != NULL; seg = seg->next) {
			assert_memory_equal(rte_pktmbuf_mtod(seg, const void *), &bytes[ear->at],
				seg->data_len);
			ear->at += seg->data_len;
		}
		ear->held[ear->n++] = pkts[i];
	}
}

static struct proto_endpoint *
ear_open(struct rig *rig, struct ear *ear, const char *local)
{
	struct proto_endpoint_conf conf = {.local_port = 9000, .recv = ear_recv, .arg = ear};

	if (local != NULL)
		conf.local = addr_of(local);
	memset(ear, 0, sizeof(*ear));
	return rig_endpoint(rig, &conf);
}

static void
poll_some(struct rig *rig)
{
	for (unsigned int i = 0; i < 64; i++)
		(void)rig_poll(rig);
}

/* One payload from a connected endpoint to a bound one, which holds it for a while. */
static void
pass(struct rig *rig, const char *own, const char *bound, enum proto_cut cut, enum proto_data data,
	uint32_t payload_len)
{
	struct ear ear;
	struct proto_endpoint *to = ear_open(rig, &ear, bound);
	struct proto_endpoint_conf conf = {
		.remote = addr_of(own),
		.remote_port = 9000,
		.cut = cut,
		.data = data,
		.done = balance_done,
		.arg = &rig->balance,
	};
	struct proto_endpoint *from = rig_endpoint(rig, &conf);

	assert_true(balance_send_one(&rig->balance, from, bytes, payload_len));
	assert_int_equal(rig->balance.outcomes[rig->balance.n - 1].times, 0);
	poll_some(rig);
	assert_int_equal(ear.at, payload_len);
	if (cut == PROTO_FRAGMENT)
		assert_int_equal(ear.n, 1);
	assert_true(proto_held(to) != 0);
	if (data == PROTO_DATA_MAP && payload_len > 1400) /* short ones are pulled: copied */
		assert_int_equal(proto_outstanding(from), 1);
	assert_int_equal(proto_endpoint_destroy(to), -EBUSY);
	proto_return(to, ear.held, ear.n);
	assert_int_equal(proto_held(to), 0);
	rig_drain(rig);
	assert_int_equal(rig->balance.outcomes[rig->balance.n - 1].times, 1);
	assert_int_equal(rig->balance.outcomes[rig->balance.n - 1].status, 0);
	assert_int_equal(proto_endpoint_destroy(from), 0);
	assert_int_equal(proto_endpoint_destroy(to), 0);
}

/* Every policy, cut and way of binding, at lengths around one frame and the longest. */
static void
pass_all(const char *own, uint32_t longest)
{
	const uint32_t lens[] = {0, 1, 1452, 1472, 1473, 9000, longest};
	struct rig rig;

	rig_init(&rig);
	rig.port.info.segs_max = 8;
	rig_start(&rig);
	for (unsigned int i = 0; i < RTE_DIM(lens) * 8; i++)
		pass(&rig, own, (i & 1) != 0 ? own : NULL,
			(i & 2) != 0 ? PROTO_FRAGMENT : PROTO_SEGMENT,
			(i & 4) != 0 ? PROTO_DATA_MAP : PROTO_DATA_COPY, lens[i / 8]);
	assert_int_equal(rig.port.queues[0].n_frames, 0); /* nothing of it went to the wire */
	/* balance_check() speaks of the wire, so end without rig_stop(). */
	assert_int_equal(rig.balance.wrong, 0);
	assert_int_equal(rig.balance.completed, rig.balance.n);
	assert_int_equal(rig_count(&rig, PROTO_C_FRAMES_STAGED),
		rig_count(&rig, PROTO_C_FRAMES_SENT) + rig_count(&rig, PROTO_C_FRAMES_DROPPED));
	assert_int_equal(rig_count(&rig, PROTO_C_FRAMES_DISCARDED), 0);
	assert_int_equal(
		rig_count(&rig, PROTO_C_FRAMES_SENT), rig_count(&rig, PROTO_C_FRAMES_RECEIVED));
	assert_int_equal(
		rig_count(&rig, PROTO_C_FRAMES_SENT), rig_count(&rig, PROTO_C_FRAMES_DELIVERED));
	assert_int_equal(proto_destroy(rig.stack, NULL, NULL), 0);
	struct holdings after = holdings_now();

	assert_memory_equal(&after, &rig.before, sizeof(after));
	port_fault_fini(&rig.port);
	balance_fini(&rig.balance);
}

static void
test_local_ipv4(void **state)
{
	(void)state;
	pass_all("192.0.2.1", PROTO_PAYLOAD_MAX_IPV4);
}

static void
test_local_ipv6(void **state)
{
	(void)state;
	pass_all("2001:db8::1", PROTO_PAYLOAD_MAX_IPV6);
}

/* What waited for a neighbour goes before what is sent once it is known, without a poll between. */
static void
test_held_first(void **state)
{
	struct proto_addr peer = addr_of("192.0.2.9");
	struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, 0x09}};
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, 4);

	conf.remote = peer;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	assert_true(balance_send_one(&rig.balance, ep, "first", 5));
	assert_int_equal(proto_neigh_add(rig.link, &peer, &mac, NULL), 0);
	assert_true(balance_send_one(&rig.balance, ep, "second", 6));
	rig_drain(&rig);
	const struct fault_queue *queue = &rig.port.queues[0];
	uint32_t at = 0;

	while (at < queue->n_frames && memcmp(queue->frames[at].bytes, &mac, sizeof(mac)) != 0)
		at++;
	assert_int_equal(at + 2, queue->n_frames);
	assert_memory_equal(queue->frames[at].bytes + 42, "first", 5);
	assert_memory_equal(queue->frames[at + 1].bytes + 42, "second", 6);
	assert_int_equal(proto_destroy(rig.stack, NULL, NULL), 0);
	port_fault_fini(&rig.port);
	balance_fini(&rig.balance);
}

/* With no_loop it goes out on the link, to the neighbour that was set, and comes nowhere else. */
static void
test_no_loop(void **state)
{
	static const char *const own[] = {"192.0.2.1", "2001:db8::1"};
	struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, 0x09}};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(own); i++) {
		struct proto_addr addr = addr_of(own[i]);
		struct ear ear;
		struct rig rig;

		rig_init(&rig);
		rig_start(&rig);
		struct proto_endpoint *to = ear_open(&rig, &ear, own[i]);
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, i == 0 ? 4 : 6);

		conf.link = rig.link;
		conf.remote = addr;
		conf.remote_port = 9000;
		conf.no_loop = true;
		assert_int_equal(proto_neigh_add(rig.link, &addr, &mac, NULL), 0);
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		assert_true(balance_send_one(&rig.balance, ep, "to the wire", 11));
		rig_drain(&rig);
		poll_some(&rig);
		const struct fault_queue *queue = &rig.port.queues[0];
		const uint8_t *last = queue->frames[queue->n_frames - 1].bytes;

		assert_memory_equal(last, &mac, sizeof(mac));
		assert_memory_equal(last + (i == 0 ? 42 : 62), "to the wire", 11);
		assert_int_equal(ear.n, 0);
		assert_int_equal(proto_endpoint_destroy(to), 0);
		assert_int_equal(proto_destroy(rig.stack, NULL, NULL), 0);
		port_fault_fini(&rig.port);
		balance_fini(&rig.balance);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_local_ipv4),
		cmocka_unit_test(test_local_ipv6),
		cmocka_unit_test(test_held_first),
		cmocka_unit_test(test_no_loop),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 1);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 ? 1 : failed;
}
