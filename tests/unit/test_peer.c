/* SPDX-License-Identifier: BSD-3-Clause */
/* The way to a peer: neighbours that are asked for, what waits for them, path MTUs, own addresses.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_arp.h>
#include <rte_cycles.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "eal.h"
#include "rig.h"
#include "rxrig.h"

static struct rxrig rig;
static struct rxframe f;
static uint8_t bytes[65536];
static struct proto_done done[256];
static unsigned int n_done;

static void
on_done(struct proto_endpoint *ep, const struct proto_done *d, unsigned n, void *arg)
{
	(void)ep, (void)arg;
	for (unsigned i = 0; i < n; i++)
		done[n_done++ % RTE_DIM(done)] = d[i];
}

static int
begin(void **state)
{
	(void)state;
	n_done = 0;
	noise(bytes, sizeof(bytes), 7);
	rxrig_init(&rig);
	rxrig_start(&rig);
	return 0;
}

static const struct fault_queue *
sent(void)
{
	return &rig.port->fault.queues[0];
}

/* An endpoint to a host that nobody has told us of. */
static struct proto_endpoint *
stranger(const char *addr, enum proto_cut cut)
{
	struct proto_endpoint_conf conf = {
		.remote = addr_of(addr), .remote_port = 9, .cut = cut, .done = on_done};
	struct proto_endpoint *ep;
	struct pktpool_why why;

	if (proto_endpoint_create(rig.worker, &conf, &ep, &why) != 0)
		fail_msg("%s", why.text);
	return ep;
}

static uint16_t
send_one(struct proto_endpoint *ep, uint32_t len, uintptr_t ctx)
{
	struct iovec iov = {bytes, len};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1, .ctx = (void *)ctx};

	return proto_send(ep, &payload, 1);
}

/* ARP: 192.0.2.50 is at 02:00:00:00:00:50. */
static void
arp_reply(void)
{
	static const uint8_t reply[28] = {0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 0x50, 192, 0, 2,
		50, 2, 0, 0, 0, 0, 1, 192, 0, 2, 1};

	frame_eth(&f, &rig, RTE_ETHER_TYPE_ARP);
	frame_put(&f, reply, sizeof(reply));
	frame_in(&rig, &f);
}

/* Whole datagrams wait, all of their fragments, and go in order before what is sent later. */
static void
test_waits_whole(void **state)
{
	struct proto_endpoint *ep = stranger("192.0.2.50", PROTO_FRAGMENT);

	(void)state;
	assert_int_equal(send_one(ep, 65507, 1), 1);
	assert_int_equal(send_one(ep, 3000, 2), 1);
	rxrig_poll(&rig, 1);
	assert_int_equal(sent()->n_frames, 1); /* the question alone */
	const struct rte_arp_hdr *arp = (const void *)(sent()->frames[0].bytes + 14);

	assert_int_equal(arp->arp_opcode, rte_cpu_to_be_16(RTE_ARP_OP_REQUEST));
	assert_int_equal(arp->arp_data.arp_tip, rte_cpu_to_be_32(0xc0000232));
	arp_reply();
	/* The answer is taken in, and before the worker serves what waits, more is sent. */
	rxrig_poll(&rig, 1);
	assert_int_equal(send_one(ep, 1000, 3), 1);
	rxrig_poll(&rig, 1);
	assert_int_equal(sent()->n_frames, 1 + 45 + 3 + 1);
	for (uint32_t i = 1; i < sent()->n_frames; i++) {
		const uint8_t *frame = sent()->frames[i].bytes;

		assert_int_equal(frame[5], 0x50);
		assert_int_equal(sent()->frames[i].frame_len, i == 45	? 14 + 20 + 395
							      : i == 48 ? 14 + 20 + 48
							      : i == 49 ? 14 + 28 + 1000
									: 1514);
	}
	assert_int_equal(n_done, 3);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal((uintptr_t)done[i].ctx, i + 1);
		assert_int_equal(done[i].status, 0);
	}
	assert_int_equal(proto_endpoint_destroy(ep), 0);
}

/* Three questions a second apart, then EHOSTUNREACH, once each; for a second it is not asked again.
 */
static void
test_unreachable(void **state)
{
	struct proto_endpoint *ep = stranger("192.0.2.51", PROTO_FRAGMENT);

	(void)state;
	assert_int_equal(send_one(ep, 5000, 1), 1);
	assert_int_equal(send_one(ep, 10, 2), 1);
	for (unsigned int ms = 0; ms < 2900; ms += 100)
		rxrig_poll(&rig, 100);
	assert_int_equal(n_done, 0);
	assert_int_equal(sent()->n_frames, 3);
	for (unsigned int ms = 0; ms < 1200; ms += 100)
		rxrig_poll(&rig, 100);
	assert_int_equal(n_done, 2);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(done[i].status, -EHOSTUNREACH);
		assert_int_equal(done[i].reason, PROTO_REASON_UNREACHABLE);
	}
	assert_int_equal(sent()->n_frames, 3);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
}

/* The queue is bounded: refused, and nothing is lost of what waits. */
static void
test_queue_full(void **state)
{
	struct proto_endpoint *ep = stranger("192.0.2.50", PROTO_SEGMENT);
	uint32_t n = 0;

	(void)state;
	while (n < 60 && send_one(ep, 14720, n) == 1)
		n++;
	assert_int_equal(proto_refused(ep), PROTO_REASON_NEIGH_QUEUE);
	assert_true(n >= 20 && n < 60);
	arp_reply();
	rxrig_poll(&rig, 1);
	assert_int_equal(n_done, n);
	assert_int_equal(send_one(ep, 10, 0), 1);
	rxrig_poll(&rig, 1);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
}

/* What waits can be canceled; a link that stops, and a stack, complete it. */
static void
test_canceled(void **state)
{
	struct proto_endpoint *ep = stranger("192.0.2.51", PROTO_FRAGMENT);

	(void)state;
	assert_int_equal(send_one(ep, 5000, 1), 1);
	assert_int_equal(proto_cancel(ep), 1);
	rxrig_poll(&rig, 1);
	assert_int_equal(n_done, 1);
	assert_int_equal(done[0].status, -ECANCELED);
	assert_int_equal(send_one(ep, 5000, 1), 1);
	proto_link_stop(rig.link);
	rxrig_poll(&rig, 1);
	assert_int_equal(n_done, 2);
	assert_int_equal(done[1].status, -ENETDOWN);
	assert_int_equal(send_one(ep, 10, 1), 0);
	assert_int_equal(proto_refused(ep), PROTO_REASON_LINK_DOWN);
	assert_int_equal(proto_link_start(rig.link, NULL), 0);
	assert_int_equal(send_one(ep, 5000, 1), 1);
	assert_int_equal(proto_stop(rig.stack), 0);
	assert_int_equal(n_done, 3);
	assert_int_equal(done[2].status, -ENETDOWN);
	assert_int_equal(proto_start(rig.stack, NULL), 0);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
}

/* A router says that 1000 bytes fit: from then on a datagram is cut to that (RFC 1191, RFC 8201).
 */
static void
too_big(struct proto_endpoint *ep, uint8_t family, uint16_t mtu)
{
	uint16_t port = proto_local_port(ep);
	uint8_t v4[8 + 28] = {3, 4, [6] = (uint8_t)(mtu >> 8), (uint8_t)mtu, 0x45, 0, 5,
		0xdc, [16] = 64, [17] = 17, [20] = 192, [22] = 2, [23] = 1, [24] = 192, [26] = 2,
		[27] = 2, [28] = (uint8_t)(port >> 8), (uint8_t)port, 0, 9, 5, 0xc8};
	uint8_t v6[8 + 48] = {
		2, 0, [6] = (uint8_t)(mtu >> 8), (uint8_t)mtu, 0x60, 0, 0, 0, 5, 0xb4, 17, 64};

	frame_eth(&f, &rig, family == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	if (family == 4) {
		frame_ip4(&f, IPPROTO_ICMP, 0, 1);
		frame_icmp(&f, v4, sizeof(v4));
	} else {
		struct proto_addr us = addr_of("2001:db8::1"), them = addr_of("2001:db8::2");

		memcpy(v6 + 16, us.bytes, 16);
		memcpy(v6 + 32, them.bytes, 16);
		memcpy(v6 + 48, v4 + 28, 8);
		frame_ip6(&f, IPPROTO_ICMPV6);
		frame_icmp(&f, v6, sizeof(v6));
	}
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
}

static void
test_path_mtu(void **state)
{
	static const char *const hosts[] = {"192.0.2.2", "2001:db8::2"};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		uint8_t family = i == 0 ? 4 : 6;
		uint16_t mtu = i == 0 ? 1000 : 1300;
		struct proto_endpoint *ep = stranger(hosts[i], PROTO_FRAGMENT);
		struct proto_addr peer = addr_of(hosts[i]);
		uint32_t was;

		assert_int_equal(proto_pmtu(rig.link, &peer), 1500);
		too_big(ep, family, mtu);
		assert_int_equal(proto_pmtu(rig.link, &peer), mtu);
		was = sent()->n_frames;
		assert_int_equal(send_one(ep, 1400, 1), 1);
		rxrig_poll(&rig, 1);
		assert_int_equal(sent()->n_frames - was, 2);
		assert_true(sent()->frames[was].frame_len <= 14u + mtu);
		/* Larger again, or smaller than can be believed: no news. */
		too_big(ep, family, 1499);
		assert_int_equal(proto_pmtu(rig.link, &peer), mtu);
		too_big(ep, family, 100);
		assert_int_equal(proto_pmtu(rig.link, &peer), family == 4 ? 552 : mtu);
		/* About a port that is not ours: nothing is believed (RFC 5927). */
		rxrig_poll(&rig, 1000 * 601);
		assert_int_equal(proto_pmtu(rig.link, &peer), 1500); /* it has aged */
		assert_int_equal(proto_endpoint_destroy(ep), 0);
	}
}

/* Endpoints of one stack talk to each other over its own addresses, unfragmented or not. */
static void
test_local(void **state)
{
	static const char *const own[] = {"192.0.2.1", "2001:db8::1"};
	static const uint32_t lens[] = {0, 1, 1472, 1473, 30000, 65507};

	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		for (unsigned int data = PROTO_DATA_COPY; data <= PROTO_DATA_MAP; data++) {
			struct proto_endpoint_conf conf = {.remote = addr_of(own[i]),
				.remote_port = 9000,
				.cut = PROTO_FRAGMENT,
				.data = (enum proto_data)data,
				.done = on_done};
			struct proto_endpoint *ep;

			assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
			for (unsigned int k = 0; k < RTE_DIM(lens); k++) {
				uint32_t n = rig.n;

				n_done = 0;
				assert_int_equal(send_one(ep, lens[k], 1), 1);
				rxrig_poll(&rig, 1);
				assert_int_equal(rig.n - n, 1);
				assert_int_equal(rig.len, lens[k]);
				assert_memory_equal(rig.bytes, bytes, lens[k]);
				assert_int_equal(n_done, 1);
				assert_int_equal(done[0].status, 0);
			}
			assert_int_equal(proto_endpoint_destroy(ep), 0);
		}
	assert_int_equal(sent()->n_frames, 0); /* nothing of it left the machine */
}

/* A mapped payload that a local client holds completes when it gives the packet back. */
static void
test_local_held(void **state)
{
	struct proto_endpoint_conf conf = {.remote = addr_of("192.0.2.1"),
		.remote_port = 9000,
		.data = PROTO_DATA_MAP,
		.done = on_done};
	struct proto_endpoint *ep;

	(void)state;
	rig.hold = true;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	assert_int_equal(send_one(ep, 1000, 1), 1);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n_held, 1);
	assert_int_equal(n_done, 0);
	proto_return(rig.ep, rig.held, 1);
	rxrig_poll(&rig, 1);
	assert_int_equal(n_done, 1);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
}

/* RFC 6056: a port of one's own choice; a port is taken once. */
static void
test_ports(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = 9000};
	struct proto_endpoint *ep, *other;
	struct pktpool_why why;

	(void)state;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, &why), -EADDRINUSE);
	assert_non_null(strstr(why.text, "9000"));
	conf.local_port = 0;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, &why), 0);
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &other, &why), 0);
	assert_true(proto_local_port(ep) >= 1024);
	assert_int_not_equal(proto_local_port(ep), proto_local_port(other));
	assert_int_equal(proto_endpoint_destroy(ep), 0);
	assert_int_equal(proto_endpoint_destroy(other), 0);
}

static void
on_l2(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	*(uint32_t *)arg += n;
	assert_int_equal(pkts[0]->pkt_len, 50);
	proto_return(ep, pkts, n);
}

/* Frames of an ethertype of one's own. */
static void
test_l2(void **state)
{
	uint32_t n = 0;
	struct proto_endpoint_conf conf = {.kind = PROTO_L2,
		.link = rig.link,
		.mac = {{2, 0, 0, 0, 0, 2}},
		.ethertype = 0x88b5,
		.recv = on_l2,
		.arg = &n};
	struct proto_endpoint *ep, *other;

	(void)state;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &other, NULL), -EADDRINUSE);
	frame_eth(&f, &rig, 0x88b5);
	frame_put(&f, NULL, 50);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(n, 1);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(n, 1);
}

/* A ring to pull from. */
static void
test_ring(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = 7000, .rx_ring = 4};
	struct rte_mbuf *pkts[8];
	struct proto_endpoint *ep;

	(void)state;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	frame_datagram(&f, &rig, 4, 10);
	((struct rte_udp_hdr *)(f.bytes + f.l4))->dst_port = rte_cpu_to_be_16(7000);
	frame_fix(&f, true);
	for (unsigned int i = 0; i < 6; i++)
		frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL), 2);
	assert_int_equal(proto_held(ep), 4);
	assert_int_equal(proto_recv(ep, pkts, 3), 3);
	proto_return(ep, pkts, 3);
	assert_int_equal(proto_held(ep), 1);
	assert_int_equal(proto_endpoint_destroy(ep), 0); /* what waits is dropped */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST_BEGIN(test_waits_whole, begin, &rig),
		RX_TEST_BEGIN(test_unreachable, begin, &rig),
		RX_TEST_BEGIN(test_queue_full, begin, &rig),
		RX_TEST_BEGIN(test_canceled, begin, &rig),
		RX_TEST_BEGIN(test_path_mtu, begin, &rig),
		RX_TEST_BEGIN(test_local, begin, &rig),
		RX_TEST_BEGIN(test_local_held, begin, &rig),
		RX_TEST_BEGIN(test_ports, begin, &rig),
		RX_TEST_BEGIN(test_l2, begin, &rig),
		RX_TEST_BEGIN(test_ring, begin, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
