/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of an ethertype of one's own: to the endpoint that hears it, whatever queue they come on.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "eal.h"
#include "heard.h"
#include "host.h"
#include "rig.h"
#include "rxfate.h"

#define WORKERS	  4
#define ETHERTYPE 0x88b5 /* IEEE 802: for experiments */

static struct rxrig rig;
static struct heard heard[WORKERS];
static struct rxframe f;

static int
begin(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.conf.n_workers = WORKERS;
	rig.ep_conf.local_port = 0;
	rxrig_start(&rig);
	return 0;
}

static struct proto_endpoint_conf
conf_of(uint16_t ethertype)
{
	return (struct proto_endpoint_conf){
		.kind = PROTO_L2, .link = rig.link, .mac = host_neighbour, .ethertype = ethertype};
}

static void
frame(uint16_t ethertype, uint8_t sender, uint32_t n)
{
	frame_eth(&f, &rig, ethertype);
	f.bytes[11] = sender;
	frame_count(&f, n);
}

/* Every queue, from every worker's endpoint, in any number of segments. */
static void
test_any_queue(void **state)
{
	(void)state;
	for (uint16_t w = 0; w < WORKERS; w++) {
		struct proto_endpoint_conf conf = conf_of((uint16_t)(ETHERTYPE + w));

		heard_listen(&heard[w], proto_worker_at(rig.stack, w), &conf);
	}
	for (uint16_t w = 0; w < WORKERS; w++)
		for (uint16_t queue = 0; queue < WORKERS; queue++) {
			struct proto_rx_info info;

			frame((uint16_t)(ETHERTYPE + w), 9, 46 + queue);
			port_rx_inject(rig.port, queue, f.bytes, f.len, 1u + queue);
			rxrig_poll(&rig, 1);
			assert_int_equal(heard[w].n, queue + 1);
			heard_expect(&heard[w], queue, 46 + queue);
			proto_rx_info(heard[w].ep, heard[w].pkts[queue], &info);
			assert_ptr_equal(info.peer.link, rig.link);
			assert_int_equal(info.n_frames, 1);
		}
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER), WORKERS * (WORKERS - 1));
	for (uint16_t w = 0; w < WORKERS; w++) {
		assert_int_equal(proto_held(heard[w].ep), WORKERS);
		heard_end(&heard[w]);
	}
}

/* One VLAN is not another, nor is the untagged link. */
static void
test_vlan(void **state)
{
	struct proto_endpoint_conf conf = conf_of(ETHERTYPE);

	(void)state;
	conf.vlan = true;
	conf.vlan_tci = 0x6123;
	heard_listen(&heard[0], proto_worker_at(rig.stack, 1), &conf);
	frame(ETHERTYPE, 9, 46);
	assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_ETHERTYPE);
	for (uint16_t tci = 0x122; tci <= 0x123; tci++) {
		frame_eth(&f, &rig, ETHERTYPE);
		frame_tag(&f, RTE_ETHER_TYPE_VLAN, tci);
		frame_count(&f, 46);
		assert_int_equal(
			rx_fate(&rig, &f, 1), tci == 0x123 ? FATE_DELIVERED : PROTO_DROP_ETHERTYPE);
	}
	heard_expect(&heard[0], 0, 46);
	heard_end(&heard[0]);
}

/* One ethertype of a link is one endpoint's, unless all of them share: then a peer is one's. */
static void
test_share(void **state)
{
	struct proto_endpoint_conf conf = conf_of(ETHERTYPE);
	struct proto_endpoint *ep = NULL;
	uint32_t total = 0;

	(void)state;
	heard_listen(&heard[0], rig.worker, &conf);
	conf.recv = (proto_recv_fn)(uintptr_t)1; /* never called: it is refused */
	conf.reuse_port = true;
	assert_int_equal(proto_endpoint_create(proto_worker_at(rig.stack, 1), &conf, &ep, NULL),
		-EADDRINUSE);
	heard_end(&heard[0]);
	for (uint16_t w = 0; w < WORKERS; w++)
		heard_listen(&heard[w], proto_worker_at(rig.stack, w), &conf);
	for (unsigned int sender = 0; sender < 64; sender++) {
		uint32_t before[WORKERS], moved = 0;

		for (unsigned int w = 0; w < WORKERS; w++)
			before[w] = heard[w].n;
		frame(ETHERTYPE, (uint8_t)sender, 46);
		for (uint16_t queue = 0; queue < WORKERS; queue++)
			port_rx_inject(rig.port, queue, f.bytes, f.len, 1);
		rxrig_poll(&rig, 1);
		for (unsigned int w = 0; w < WORKERS; w++) {
			if (heard[w].n == before[w])
				continue;
			assert_int_equal(heard[w].n - before[w], WORKERS);
			moved++;
		}
		assert_int_equal(moved, 1);
	}
	for (unsigned int w = 0; w < WORKERS; w++) {
		assert_true(heard[w].n > 0);
		total += heard[w].n;
		heard_end(&heard[w]);
	}
	assert_int_equal(total, 64 * WORKERS);
}

/* One without recv and ring only sends: it takes nothing, and is in nobody's way. */
static void
test_sends_only(void **state)
{
	struct proto_endpoint_conf conf = conf_of(ETHERTYPE);
	struct proto_endpoint *ep = NULL;

	(void)state;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	frame(ETHERTYPE, 9, 46);
	rx_expect(&rig, &f, PROTO_DROP_ETHERTYPE, "sends only");
	heard_listen(&heard[0], rig.worker, &conf);
	rx_expect(&rig, &f, FATE_DELIVERED, "hears");
	heard_end(&heard[0]);
	rx_expect(&rig, &f, PROTO_DROP_ETHERTYPE, "has gone");
	assert_int_equal(proto_endpoint_destroy(ep), 0);
}

/* It goes to another worker while frames are on their way to it: they are dropped, not passed on
 * again.
 */
static void
test_moves(void **state)
{
	struct proto_endpoint_conf conf = conf_of(ETHERTYPE);

	(void)state;
	heard_listen(&heard[0], rig.worker, &conf);
	frame(ETHERTYPE, 9, 46);
	port_rx_inject(rig.port, 1, f.bytes, f.len, 1);
	(void)proto_poll(proto_worker_at(rig.stack, 1), rig.now);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER), 1);
	heard_end(&heard[0]);
	heard_listen(&heard[1], proto_worker_at(rig.stack, 1), &conf);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ETHERTYPE), 1);
	assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_HANDED_OVER), 1);
	assert_int_equal(heard[1].n, 0);
	heard_end(&heard[1]);
}

/* An ethertype is no port: neither takes what is the other's. */
static void
test_no_port(void **state)
{
	struct proto_endpoint_conf conf = conf_of(0x2328); /* 9000 */

	(void)state;
	heard_listen(&heard[0], rig.worker, &conf);
	heard_listen(&heard[1], rig.worker, NULL);
	assert_int_equal(proto_local_port(heard[1].ep), LOCAL_PORT);
	frame(0x2328, 9, 46);
	rx_expect(&rig, &f, FATE_DELIVERED, "the ethertype");
	frame_datagram(&f, &rig, 4, 10);
	rx_expect(&rig, &f, FATE_DELIVERED, "the port");
	assert_int_equal(heard[0].n, RX_WAYS);
	assert_int_equal(heard[1].n, RX_WAYS);
	heard_end(&heard[0]);
	heard_end(&heard[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST_BEGIN(test_any_queue, begin, &rig),
		RX_TEST_BEGIN(test_vlan, begin, &rig),
		RX_TEST_BEGIN(test_share, begin, &rig),
		RX_TEST_BEGIN(test_sends_only, begin, &rig),
		RX_TEST_BEGIN(test_moves, begin, &rig),
		RX_TEST_BEGIN(test_no_port, begin, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
