/* SPDX-License-Identifier: BSD-3-Clause */
/* What an endpoint's configuration makes of the frames to its peer: DF, checksum, the link. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "eal.h"
#include "heard.h"
#include "host.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

#define DF 0x40

static struct rxrig rig;
static struct rxframe f;
static uint8_t bytes[4000];

static struct proto_endpoint_conf
conf_to(const char *remote)
{
	return (struct proto_endpoint_conf){.local_port = 7,
		.remote = addr_of(remote),
		.remote_port = REMOTE_PORT,
		.cut = PROTO_FRAGMENT,
		.reuse_port = true};
}

static struct proto_endpoint *
open_to(const struct proto_endpoint_conf *conf)
{
	struct proto_endpoint *ep = NULL;
	struct pktpool_why why = {""};

	if (proto_endpoint_create(rig.worker, conf, &ep, &why) != 0)
		fail_msg("%s", why.text);
	return ep;
}

/* Send so many bytes. Returns whether they were taken. */
static bool
send_bytes(struct proto_endpoint *ep, uint32_t n)
{
	struct iovec iov = {bytes, n};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	bool taken = proto_send(ep, &payload, 1) == 1;

	rxrig_poll(&rig, 1);
	return taken;
}

/* The Don't Fragment bit of the next frame. */
static uint8_t
df_next(void)
{
	struct reply r;

	reply_next(&rig, &r);
	return r.l3[6] & DF;
}

/* On whole datagrams as configured, never on fragments; ALWAYS refuses what needs them. */
static void
test_df(void **state)
{
	struct proto_endpoint_conf conf = conf_to(PEER4);

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		static const enum proto_df dfs[] = {PROTO_DF_AUTO, PROTO_DF_NEVER, PROTO_DF_ALWAYS};
		struct proto_endpoint *ep;

		conf.df = dfs[i];
		ep = open_to(&conf);
		assert_true(send_bytes(ep, 100));
		assert_int_equal(df_next(), dfs[i] == PROTO_DF_NEVER ? 0 : DF);
		assert_int_equal(send_bytes(ep, 2000), dfs[i] != PROTO_DF_ALWAYS);
		for (unsigned int k = 0; dfs[i] != PROTO_DF_ALWAYS && k < 2; k++)
			assert_int_equal(df_next(), 0);
		reply_none(&rig);
		assert_int_equal(proto_endpoint_destroy(ep), 0);
	}
}

/* A path below the least that is believed: routers have to fragment, so they may. */
static void
test_df_narrow(void **state)
{
	struct proto_endpoint_conf conf = conf_to(PEER4);
	struct proto_endpoint *ep = open_to(&conf);

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		static struct rxframe quoted;

		frame_eth(&quoted, &rig, RTE_ETHER_TYPE_IPV4);
		frame_ip(&quoted, 4, OWN4, PEER4, IPPROTO_UDP);
		frame_udp_ports(&quoted, 7, REMOTE_PORT);
		frame_count(&quoted, 1000);
		frame_finish(&quoted);
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
		frame_ip(&f, 4, NULL, NULL, IPPROTO_ICMP);
		frame_icmp_type(&f, 3, 4, i == 0 ? 600 : 100);
		frame_put(&f, quoted.bytes + quoted.l3, 60);
		frame_finish(&f);
		assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
		assert_true(send_bytes(ep, 100));
		assert_int_equal(df_next(), i == 0 ? DF : 0);
	}
}

/* RFC 768: no checksum over IPv4, for who asks for none. */
static void
test_no_cksum(void **state)
{
	struct proto_endpoint_conf conf = conf_to(PEER4);

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		const struct fault_queue *q = &rig.port->fault.queues[0];
		struct proto_endpoint *ep;
		const uint8_t *udp;

		conf.no_udp_cksum = i != 0;
		ep = open_to(&conf);
		assert_true(send_bytes(ep, 100));
		udp = q->frames[q->n_frames - 1].bytes + 34;
		assert_int_equal((udp[6] | udp[7]) == 0, i != 0);
		assert_int_equal(proto_endpoint_destroy(ep), 0);
	}
}

/* Our own address: over the loop, with its MTU, also for who names a link. */
static void
test_own(void **state)
{
	static struct heard heard;
	struct proto_endpoint_conf conf = conf_to(OWN4);
	struct proto_endpoint *ep;

	(void)state;
	heard_listen(&heard, rig.worker, &(struct proto_endpoint_conf){.local_port = 7000});
	conf.remote_port = 7000;
	conf.link = rig.link;
	conf.mtu = 3000; /* above the link's, below the loop's */
	ep = open_to(&conf);
	assert_true(send_bytes(ep, 2000));
	assert_int_equal(heard.n, 1);
	heard_expect_bytes(&heard, 0, bytes, 2000);
	reply_none(&rig);
	heard_end(&heard);
	rxrig_poll(&rig, 1);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
}

/* The link is down: refused, also for an endpoint that has no neighbour to look for. */
static void
test_down(void **state)
{
	struct proto_endpoint_conf conf = {
		.kind = PROTO_L2, .link = rig.link, .mac = host_neighbour, .ethertype = 0x88b5};
	struct proto_endpoint *ep = open_to(&conf);

	(void)state;
	assert_true(send_bytes(ep, 50));
	proto_link_stop(rig.link);
	assert_false(send_bytes(ep, 50));
	assert_int_equal(proto_refused(ep), PROTO_REASON_LINK_DOWN);
	assert_int_equal(proto_link_start(rig.link, NULL), 0);
	assert_true(send_bytes(ep, 50));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST(test_df, &rig),
		RX_TEST(test_df_narrow, &rig),
		RX_TEST(test_no_cksum, &rig),
		RX_TEST(test_own, &rig),
		RX_TEST(test_down, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
