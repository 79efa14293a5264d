/* SPDX-License-Identifier: BSD-3-Clause */
/* From a datagram to its endpoints: the right one, every one of a group, or an ICMP error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "eal.h"
#include "heard.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

static const struct rte_ether_addr everybody = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

static struct rxrig rig;
static struct heard a, c, d;
static struct rxframe f;

static void
datagram(uint8_t family, const char *src, const char *dst, uint16_t src_port, uint16_t dst_port)
{
	frame_eth(&f, &rig, family == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	frame_ip(&f, family, src, dst, IPPROTO_UDP);
	frame_udp_ports(&f, src_port, dst_port);
	frame_count(&f, 30);
	frame_finish(&f);
}

/* Nobody there: port unreachable, quoting the datagram, within the quote's bounds; each family. */
static void
test_nobody(void **state)
{
	static const uint32_t lens[] = {0, 1, 500, 519, 520, 521, 1183, 1184, 1185, 1400};

	(void)state;
	for (unsigned int i = 0; i < 2 * RTE_DIM(lens); i++) {
		frame_datagram(&f, &rig, i % 2 == 0 ? 4 : 6, lens[i / 2]);
		for (uint32_t segs = 0; segs < 4; segs++) {
			assert_int_equal(rx_fate(&rig, &f, segs), PROTO_DROP_NO_ENDPOINT);
			reply_error(&rig, &f, i % 2 == 0 ? 3 : 1, i % 2 == 0 ? 3 : 4, 0);
			reply_none(&rig);
		}
	}
}

/* Not about a broadcast, of either layer, nor a group's datagram (RFC 1122 3.2.2). */
static void
test_no_answers(void **state)
{
	struct proto_addr group = addr_of("239.1.1.1");
	struct proto_endpoint_conf conf = {.local_port = 1};

	(void)state;
	heard_listen(&a, rig.worker, &conf);
	assert_int_equal(proto_join(a.ep, &group, rig.link, NULL), 0);
	rxrig_poll(&rig, 0);
	reply_forget(&rig); /* reports */
	datagram(4, NULL, "255.255.255.255", 1, 2);
	rx_expect(&rig, &f, PROTO_DROP_NO_ENDPOINT, "limited broadcast");
	datagram(4, NULL, "192.0.2.255", 1, 2);
	memcpy(f.bytes, &everybody, sizeof(everybody));
	rx_expect(&rig, &f, PROTO_DROP_NO_ENDPOINT, "subnet broadcast");
	datagram(4, NULL, NULL, 1, 2);
	memcpy(f.bytes, &everybody, sizeof(everybody));
	assert_true(rx_fate(&rig, &f, 1) >= 0); /* dropped, for whichever reason is seen first */
	datagram(4, NULL, "239.1.1.1", 1, 2);
	rx_expect(&rig, &f, PROTO_DROP_NO_ENDPOINT, "group");
	reply_none(&rig);
	heard_end(&a);
}

/* The most specific endpoint: connected, then bound to the address, then to any. */
static void
test_most_specific(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = LOCAL_PORT};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		uint8_t family = i == 0 ? 4 : 6;
		const char *other = i == 0 ? "192.0.2.9" : "2001:db8::9";
		const char *own = i == 0 ? OWN4 : OWN6;

		conf.local = conf.remote = (struct proto_addr){0};
		conf.remote_port = 0;
		heard_listen(&a, rig.worker, &conf);
		conf.local = addr_of(own);
		heard_listen(&c, rig.worker, &conf);
		conf.remote = addr_of(i == 0 ? PEER4 : PEER6);
		conf.remote_port = REMOTE_PORT;
		heard_listen(&d, rig.worker, &conf);
		datagram(family, NULL, NULL, REMOTE_PORT, LOCAL_PORT);
		rx_expect(&rig, &f, FATE_DELIVERED, "connected");
		assert_int_equal(d.n, 5);
		datagram(family, NULL, NULL, REMOTE_PORT + 1, LOCAL_PORT);
		rx_expect(&rig, &f, FATE_DELIVERED, "from another port");
		assert_int_equal(c.n, 5);
		datagram(family, other, NULL, REMOTE_PORT, LOCAL_PORT);
		rx_expect(&rig, &f, FATE_DELIVERED, "from another host");
		assert_int_equal(c.n, 10);
		heard_end(&c);
		datagram(family, other, NULL, REMOTE_PORT, LOCAL_PORT);
		rx_expect(&rig, &f, FATE_DELIVERED, "to any");
		assert_int_equal(a.n, 5);
		heard_end(&d);
		datagram(family, NULL, NULL, REMOTE_PORT, LOCAL_PORT);
		rx_expect(&rig, &f, FATE_DELIVERED, "the connected one has gone");
		assert_int_equal(a.n, 10);
		assert_int_equal(c.n + d.n, 0);
		heard_end(&a);
	}
	reply_none(&rig);
}

/* Bursts that mix endpoints, families and nobody: each its own, in order, one call a run. */
static void
test_runs(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = 1};
	uint32_t n[3] = {0};
	struct rng rng = {.state = 3};

	(void)state;
	heard_listen(&a, rig.worker, &conf);
	conf.local_port = 2;
	heard_listen(&c, rig.worker, &conf);
	for (uint32_t i = 0; i < 200; i++) {
		uint32_t to = rng_below(&rng, 3);

		datagram(rng_below(&rng, 2) == 0 ? 4 : 6, NULL, NULL, (uint16_t)(1000 + n[to]++),
			(uint16_t)(1 + to));
		rx_put(&rig, &f, i % 3);
	}
	rxrig_poll(&rig, 0);
	assert_int_equal(a.n, n[0]);
	assert_int_equal(c.n, n[1]);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_NO_ENDPOINT), n[2]);
	for (unsigned int i = 0; i < 2; i++) {
		struct heard *h = i == 0 ? &a : &c;

		for (uint32_t k = 0; k < h->n; k++) {
			struct proto_rx_info info;

			proto_rx_info(h->ep, h->pkts[k], &info);
			assert_int_equal(info.peer.port, 1000 + k);
		}
		assert_in_range(h->calls, 7, h->n - 1);
	}
	heard_end(&a);
	heard_end(&c);
	reply_forget(&rig);
}

/* All 32 of a burst for one endpoint: one call, or two, as the first may go the long way. */
static void
test_one_run(void **state)
{
	(void)state;
	heard_listen(&a, rig.worker, NULL);
	datagram(4, NULL, NULL, REMOTE_PORT, LOCAL_PORT);
	for (uint32_t i = 0; i < 32; i++)
		rx_put(&rig, &f, 1);
	rxrig_poll(&rig, 0);
	assert_int_equal(a.n, 32);
	assert_in_range(a.calls, 1, 2);
	heard_end(&a);
}

/* Groups: those who joined hear it, each its own packet; others do not. */
static void
test_groups(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = LOCAL_PORT, .reuse_port = true};
	struct proto_rx_info info;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct proto_addr group = addr_of(i % 2 == 0 ? "239.1.1.1" : "ff02::77");
		uint64_t shared = rxrig_count(&rig, PROTO_C_FRAMES_SHARED);
		uint64_t delivered = rxrig_count(&rig, PROTO_C_FRAMES_DELIVERED);

		heard_listen(&a, rig.worker, &conf);
		heard_listen(&c, rig.worker, &conf);
		heard_listen(&d, rig.worker, &conf);
		datagram(i % 2 == 0 ? 4 : 6, NULL, i % 2 == 0 ? "239.1.1.1" : "ff02::77", 7,
			LOCAL_PORT);
		assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_IP_DEST);
		assert_int_equal(proto_join(a.ep, &group, rig.link, NULL), 0);
		assert_int_equal(proto_join(c.ep, &group, rig.link, NULL), 0);
		for (uint32_t segs = 0; segs < 4; segs++)
			rx_inject(&rig, &f, segs);
		assert_int_equal(a.n, 4);
		assert_int_equal(c.n, 4);
		assert_int_equal(d.n, 0);
		for (uint32_t k = 0; k < 4; k++) {
			heard_expect(&a, k, 30);
			heard_expect(&c, k, 30);
			assert_ptr_not_equal(a.pkts[k], c.pkts[k]);
			proto_rx_info(a.ep, a.pkts[k], &info);
			assert_int_equal(info.peer.port, 7);
			assert_int_equal(info.peer.local.family, 0); /* no source for an answer */
			proto_rx_info(c.ep, c.pkts[k], &info);
			assert_int_equal(info.peer.port, 7);
			assert_int_equal(info.n_frames, 1);
		}
		assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_SHARED) - shared, 4);
		assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_DELIVERED) - delivered, 8);
		assert_int_equal(proto_leave(a.ep, &group, rig.link), 0);
		heard_return(&c);
		assert_int_equal(rx_fate(&rig, &f, 1), FATE_DELIVERED);
		assert_int_equal(a.n + c.n, 4 + 1);
		heard_end(&a);
		heard_end(&c);
		heard_end(&d);
		assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_IP_DEST);
	}
	reply_forget(&rig);
}

/* Everybody on the port hears a broadcast. */
static void
test_broadcast(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = LOCAL_PORT, .reuse_port = true};
	static const char *const dsts[] = {"255.255.255.255", "192.0.2.255"};

	(void)state;
	heard_listen(&a, rig.worker, &conf);
	heard_listen(&c, rig.worker, &conf);
	for (unsigned int i = 0; i < 2; i++) {
		datagram(4, NULL, dsts[i], 7, LOCAL_PORT);
		memcpy(f.bytes, &everybody, sizeof(everybody));
		rx_inject(&rig, &f, i);
		assert_int_equal(a.n, i + 1);
		assert_int_equal(c.n, i + 1);
		heard_expect(&a, i, 30);
		heard_expect(&c, i, 30);
	}
	reply_none(&rig);
	heard_end(&a);
	heard_end(&c);
}

/* No descriptor for the copies: the last endpoint hears it all the same, the others' are counted.
 */
static void
test_no_memory(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = LOCAL_PORT, .reuse_port = true};
	static struct rte_mbuf *all[8192];
	uint32_t n = 0;

	(void)state;
	heard_listen(&a, rig.worker, &conf);
	heard_listen(&c, rig.worker, &conf);
	heard_listen(&d, rig.worker, &conf);
	datagram(4, NULL, "255.255.255.255", 7, LOCAL_PORT);
	rx_put(&rig, &f, 1);
	while ((all[n] = rte_pktmbuf_alloc(rig.port->pools[0])) != NULL)
		n++;
	rxrig_poll(&rig, 0);
	assert_int_equal(a.n + c.n + d.n, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_NO_MEMORY), 2);
	rte_pktmbuf_free_bulk(all, n);
	rx_inject(&rig, &f, 1);
	assert_int_equal(a.n + c.n + d.n, 4);
	heard_end(&a);
	heard_end(&c);
	heard_end(&d);
}

static int
begin_limited(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.ep_conf.local_port = 0;
	rig.conf.icmp_rate = 100;
	rxrig_start(&rig);
	return 0;
}

/* Errors are rationed: RFC 1812 4.3.2.8. The datagrams are counted all the same. */
static void
test_rate_limit(void **state)
{
	uint32_t sent;

	(void)state;
	datagram(4, NULL, NULL, 7, LOCAL_PORT);
	for (uint32_t i = 0; i < 200; i++)
		rx_put(&rig, &f, 1);
	rxrig_poll(&rig, 0);
	sent = rig.port->fault.queues[0].n_frames;
	assert_in_range(sent, 10, 100);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_NO_ENDPOINT), 200);
	assert_int_equal(rxrig_count(&rig, PROTO_C_CONTROL_LIMITED), 200 - sent);
	assert_int_equal(rxrig_count(&rig, PROTO_C_CONTROL_SENT), sent);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST_BEGIN(test_nobody, heard_begin, &rig),
		RX_TEST_BEGIN(test_no_answers, heard_begin, &rig),
		RX_TEST_BEGIN(test_most_specific, heard_begin, &rig),
		RX_TEST_BEGIN(test_runs, heard_begin, &rig),
		RX_TEST_BEGIN(test_one_run, heard_begin, &rig),
		RX_TEST_BEGIN(test_groups, heard_begin, &rig),
		RX_TEST_BEGIN(test_broadcast, heard_begin, &rig),
		RX_TEST_BEGIN(test_no_memory, heard_begin, &rig),
		RX_TEST_BEGIN(test_rate_limit, begin_limited, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
