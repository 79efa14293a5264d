/* SPDX-License-Identifier: BSD-3-Clause */
/* What a client holds: bounded in frames, given back or taken over, through a ring or recv. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "eal.h"
#include "pktpool.h"
#include "heard.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

static struct rxrig rig;
static struct heard heard;
static struct rxframe f, part;

static void
datagrams_in(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		frame_datagram(&f, &rig, 4, i);
		rx_put(&rig, &f, 1);
	}
	rxrig_poll(&rig, 0);
}

/* A datagram of 72 bytes behind IP, in nine fragments. */
static void
nine_frames_in(uint32_t id)
{
	frame_datagram(&f, &rig, 4, 64);
	for (uint32_t at = 0; at < 72; at += 8) {
		frame_fragment(&part, &f, id, at, 8, at != 64);
		rx_put(&rig, &part, 1);
	}
	rxrig_poll(&rig, 0);
}

/* As many frames as the client may hold, not one more; what is given back makes room. */
static void
test_cap(void **state)
{
	struct proto_endpoint_conf conf = {.rx_held = 10};

	(void)state;
	heard_listen(&heard, rig.worker, &conf);
	datagrams_in(25);
	assert_int_equal(heard.n, 10);
	for (uint32_t i = 0; i < 10; i++)
		heard_expect(&heard, i, i); /* the first ones */
	assert_int_equal(proto_held(heard.ep), 10);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL), 15);
	assert_int_equal(rxrig_count(&rig, PROTO_C_DATAGRAM_OCTETS), 45); /* 0 + 1 + ... + 9 */
	proto_return(heard.ep, heard.pkts + 7, 3);
	heard.n = 7;
	assert_int_equal(proto_held(heard.ep), 7);
	datagrams_in(5);
	assert_int_equal(heard.n, 10);
	assert_int_equal(proto_endpoint_destroy(heard.ep), -EBUSY);
	heard_return(&heard);
	assert_int_equal(proto_held(heard.ep), 0);
	datagrams_in(10);
	assert_int_equal(heard.n, 10);
	reply_none(&rig); /* a full endpoint is no reason for an ICMP error */
	heard_end(&heard);
}

/* Frames are counted, not datagrams: nine fit, ten fit, eleven do not. */
static void
test_cap_in_frames(void **state)
{
	struct proto_endpoint_conf conf = {.rx_held = 10};

	(void)state;
	heard_listen(&heard, rig.worker, &conf);
	nine_frames_in(1);
	assert_int_equal(heard.n, 1);
	assert_int_equal(proto_held(heard.ep), 9);
	nine_frames_in(2);
	assert_int_equal(heard.n, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL), 9);
	datagrams_in(2);
	assert_int_equal(heard.n, 2);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL), 10);
	heard_expect(&heard, 0, 64);
	heard_return(&heard);
	nine_frames_in(3);
	assert_int_equal(heard.n, 1);
	assert_int_equal(proto_held(heard.ep), 9);
	heard_end(&heard);
}

/* Two datagrams of nine frames in one burst: the second does not fit behind the first. */
static void
test_cap_in_one_burst(void **state)
{
	struct proto_endpoint_conf conf = {.rx_held = 17};

	(void)state;
	heard_listen(&heard, rig.worker, &conf);
	frame_datagram(&f, &rig, 4, 64);
	for (uint32_t at = 0; at < 2 * 72; at += 8) {
		frame_fragment(&part, &f, at / 72, at % 72, 8, at % 72 != 64);
		rx_put(&rig, &part, 1);
	}
	rxrig_poll(&rig, 0);
	assert_int_equal(heard.n, 1);
	assert_int_equal(heard.calls, 1);
	assert_int_equal(proto_held(heard.ep), 9);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL), 9);
	heard_end(&heard);
}

/* The ring: in order, as many as it has places; what is left in it goes with the endpoint. */
static void
test_ring(void **state)
{
	struct proto_endpoint_conf conf = {.rx_ring = 5};
	struct rte_mbuf *pkts[8];

	(void)state;
	heard_listen(&heard, rig.worker, &conf);
	for (unsigned int round = 0; round < 2; round++) {
		uint64_t full = rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL);

		assert_int_equal(proto_recv(heard.ep, pkts, 8), 0);
		datagrams_in(8);
		assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL) - full, 3);
		assert_int_equal(proto_held(heard.ep), 5);
		assert_int_equal(proto_recv(heard.ep, heard.pkts, 2), 2);
		assert_int_equal(proto_recv(heard.ep, heard.pkts + 2, 8), 3);
		heard.n = 5;
		for (uint32_t i = 0; i < 5; i++)
			heard_expect(&heard, i, i);
		assert_int_equal(heard.calls, 0);
		assert_int_equal(proto_held(heard.ep), 5);
		heard_return(&heard);
	}
	datagrams_in(3);
	assert_int_equal(proto_recv(heard.ep, pkts, 1), 1);
	assert_int_equal(proto_endpoint_destroy(heard.ep), -EBUSY); /* the client has one */
	proto_return(heard.ep, pkts, 1);
	assert_int_equal(proto_endpoint_destroy(heard.ep), 0);
}

/* The ring's places and the frames held are two limits; the smaller one counts. */
static void
test_ring_and_cap(void **state)
{
	struct proto_endpoint_conf conf = {.rx_ring = 100, .rx_held = 4};

	(void)state;
	heard_listen(&heard, rig.worker, &conf);
	datagrams_in(6);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL), 2);
	assert_int_equal(proto_recv(heard.ep, heard.pkts, 8), 4);
	heard.n = 4;
	datagrams_in(1); /* they are held, though not in the ring */
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL), 3);
	heard_end(&heard);
}

/* Taken over: not held any more, and the client's to free, even after the endpoint's end. */
static void
test_take(void **state)
{
	struct proto_endpoint_conf conf = {.rx_held = 4};
	struct rte_mbuf *mine[4];

	(void)state;
	heard_listen(&heard, rig.worker, &conf);
	datagrams_in(4);
	proto_take(heard.ep, heard.pkts, 4);
	memcpy(mine, heard.pkts, sizeof(mine));
	assert_int_equal(proto_held(heard.ep), 0);
	heard.n = 0;
	datagrams_in(4);
	assert_int_equal(heard.n, 4);
	heard_end(&heard);
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(mine[i]->pkt_len, i);
		pktpool_free(mine[i]);
	}
}

/* An endpoint that says neither recv nor ring: dropped as full. */
static void
test_deaf(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = LOCAL_PORT};
	struct proto_endpoint *ep = NULL;

	(void)state;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	datagrams_in(3);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL), 3);
	reply_none(&rig);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
}

/* Datagrams of one endpoint in a burst come in one call, and recv may send and return inside it. */
static void
echo(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned int n, void *arg)
{
	struct heard *h = arg;

	h->calls++;
	for (unsigned int i = 0; i < n; i++) {
		struct iovec iov = {rte_pktmbuf_mtod(pkts[i], void *), pkts[i]->pkt_len};
		struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
		struct proto_rx_info info;

		proto_rx_info(ep, pkts[i], &info);
		h->n += proto_send_to(ep, &info.peer, &payload, 1);
	}
	proto_return(ep, pkts, n);
}

static void
test_echo_in_recv(void **state)
{
	struct heard h = {0};
	struct proto_endpoint_conf conf = {
		.local_port = LOCAL_PORT, .recv = echo, .arg = &h, .data = PROTO_DATA_COPY};
	struct reply r;

	(void)state;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &h.ep, NULL), 0);
	for (uint32_t i = 0; i < 32; i++) {
		frame_datagram(&f, &rig, i < 16 ? 4 : 6, 50 + i);
		rx_put(&rig, &f, 1);
	}
	rxrig_poll(&rig, 0);
	assert_in_range(h.calls, 1, 3); /* the short way of IPv4, the long one */
	assert_int_equal(h.n, 32);
	for (uint32_t i = 0; i < 32; i++) {
		frame_datagram(&f, &rig, i < 16 ? 4 : 6, 50 + i);
		reply_next(&rig, &r);
		assert_int_equal(r.family, i < 16 ? 4 : 6);
		assert_int_equal(r.l4_len, 58 + i);
		assert_memory_equal(r.l4, f.bytes + f.l4 + 2, 2);
		assert_memory_equal(r.l4 + 2, f.bytes + f.l4, 2);
		assert_memory_equal(r.l4 + 8, f.bytes + f.l4 + 8, 50 + i);
	}
	assert_int_equal(proto_endpoint_destroy(h.ep), 0);
	assert_int_equal(rxrig_count(&rig, PROTO_C_PAYLOADS_COMPLETED), 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST_BEGIN(test_cap, heard_begin, &rig),
		RX_TEST_BEGIN(test_cap_in_frames, heard_begin, &rig),
		RX_TEST_BEGIN(test_cap_in_one_burst, heard_begin, &rig),
		RX_TEST_BEGIN(test_ring, heard_begin, &rig),
		RX_TEST_BEGIN(test_ring_and_cap, heard_begin, &rig),
		RX_TEST_BEGIN(test_take, heard_begin, &rig),
		RX_TEST_BEGIN(test_deaf, heard_begin, &rig),
		RX_TEST_BEGIN(test_echo_in_recv, heard_begin, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
