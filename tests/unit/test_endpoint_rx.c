/* SPDX-License-Identifier: BSD-3-Clause */
/* The receiving half of endpoints: whose an address and port are, and the groups they join. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "eal.h"
#include "heard.h"
#include "rig.h"
#include "rxfate.h"

#define GROUP4 "239.1.2.3"
#define GROUP6 "ff02::77"

static struct rxrig rig;
static struct heard heard, other;
static struct rxframe f;

static void
never(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned int n, void *arg)
{
	(void)ep, (void)pkts, (void)n, (void)arg;
	fail_msg("an endpoint that was refused hears");
}

/* An endpoint of worker 1 like this is refused, with this. */
static void
refused(const struct proto_endpoint_conf *conf, int error)
{
	struct proto_endpoint_conf own = *conf;
	struct proto_endpoint *ep = NULL;
	struct pktpool_why why = {""};

	own.recv = never;
	assert_int_equal(
		proto_endpoint_create(proto_worker_at(rig.stack, 1), &own, &ep, &why), error);
	assert_string_not_equal(why.text, "");
}

static void
datagram(unsigned int family, const char *dst, uint16_t port)
{
	frame_eth(&f, &rig, family == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	frame_ip(&f, (uint8_t)family, NULL, dst, IPPROTO_UDP);
	frame_udp_ports(&f, REMOTE_PORT, port);
	frame_count(&f, 20);
	frame_finish(&f);
}

/* One alone, on whichever worker, unless all of them share. */
static void
test_taken(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = LOCAL_PORT};

	(void)state;
	heard_listen(&heard, rig.worker, &conf);
	refused(&conf, -EADDRINUSE);
	conf.reuse_port = true;
	refused(&conf, -EADDRINUSE);
	heard_end(&heard);
	heard_listen(&heard, rig.worker, &conf);
	heard_listen(&other, proto_worker_at(rig.stack, 1), &conf);
	conf.reuse_port = false;
	refused(&conf, -EADDRINUSE);
	for (uint16_t i = 0; i < 64; i++) {
		datagram(4, NULL, LOCAL_PORT);
		frame_udp_hdr(&f)->src_port = rte_cpu_to_be_16((uint16_t)(1000 + i));
		frame_finish(&f);
		for (unsigned int twice = 0; twice < 2; twice++)
			assert_int_equal(rx_fate(&rig, &f, 1), FATE_DELIVERED);
		assert_int_equal(heard.n % 2 + other.n % 2, 0); /* a peer stays with one */
	}
	assert_true(heard.n > 0 && other.n > 0);
	heard_end(&heard);
	heard_end(&other);
}

/* A refusal because of one family gives the other one back. */
static void
test_half_taken(void **state)
{
	static const char *const all[] = {"0.0.0.0", "::"};
	struct proto_endpoint_conf one = {.local_port = LOCAL_PORT}, both = one;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		unsigned int free_family = i == 0 ? 6 : 4;

		one.local = addr_of(all[i]);
		heard_listen(&heard, rig.worker, &one);
		refused(&both, -EADDRINUSE);
		datagram(free_family, NULL, LOCAL_PORT);
		assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_NO_ENDPOINT);
		one.local = addr_of(all[1 - i]);
		heard_listen(&other, rig.worker, &one);
		assert_int_equal(rx_fate(&rig, &f, 1), FATE_DELIVERED);
		assert_int_equal(other.n, 1);
		heard_end(&heard);
		heard_end(&other);
		heard_listen(&heard, rig.worker, &both);
		for (unsigned int family = 4; family <= 6; family += 2) {
			datagram(family, NULL, LOCAL_PORT);
			assert_int_equal(rx_fate(&rig, &f, 1), FATE_DELIVERED);
		}
		heard_end(&heard);
	}
}

/* Connected twice from the same to the same: the first hears, both may be there. */
static void
test_connected_twice(void **state)
{
	struct proto_endpoint_conf conf = {
		.local_port = LOCAL_PORT, .remote = addr_of(PEER4), .remote_port = REMOTE_PORT};

	(void)state;
	heard_listen(&heard, rig.worker, &conf);
	refused(&conf, -EADDRINUSE);
	heard_end(&heard);
	conf.reuse_port = true;
	heard_listen(&heard, rig.worker, &conf);
	heard_listen(&other, proto_worker_at(rig.stack, 1), &conf);
	datagram(4, NULL, LOCAL_PORT);
	rx_expect(&rig, &f, FATE_DELIVERED, "connected");
	assert_int_equal(heard.n, RX_WAYS);
	heard_end(&other);
	rx_expect(&rig, &f, FATE_DELIVERED, "the second has gone");
	assert_int_equal(heard.n, 2 * RX_WAYS);
	heard_end(&heard);
	rx_expect(&rig, &f, PROTO_DROP_NO_ENDPOINT, "both have gone");
}

/* Port 0: one that is free in both families, and theirs alone. */
static void
test_ephemeral(void **state)
{
	static struct heard many[32];
	struct proto_endpoint_conf conf = {.kind = PROTO_UDP};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(many); i++) {
		memset(&many[i], 0, sizeof(many[i]));
		conf.recv = never;
		assert_int_equal(proto_endpoint_create(rig.worker, &conf, &many[i].ep, NULL), 0);
		for (unsigned int k = 0; k < i; k++)
			assert_int_not_equal(
				proto_local_port(many[i].ep), proto_local_port(many[k].ep));
		assert_true(proto_local_port(many[i].ep) >= 49152);
	}
	for (unsigned int i = 0; i < RTE_DIM(many); i++) {
		struct proto_endpoint_conf same = {.local_port = proto_local_port(many[i].ep)};

		refused(&same, -EADDRINUSE);
		assert_int_equal(proto_endpoint_destroy(many[i].ep), 0);
		for (unsigned int family = 4; family <= 6; family += 2) {
			datagram(family, NULL, same.local_port);
			assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_NO_ENDPOINT);
		}
	}
}

/* What can be joined, how often, by whom. */
static void
test_join_refused(void **state)
{
	struct proto_endpoint_conf conf = {
		.local_port = 7, .remote = addr_of(PEER4), .remote_port = REMOTE_PORT};
	struct proto_addr group = addr_of(GROUP4), one = addr_of(PEER4), none = {0};
	struct pktpool_why why = {""};
	unsigned int n = 0;
	int ret;

	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	heard_listen(&other, rig.worker, &conf);
	assert_int_equal(proto_join(other.ep, &group, NULL, &why), -EINVAL);
	assert_int_equal(proto_join(heard.ep, &one, NULL, &why), -EINVAL);
	assert_int_equal(proto_leave(heard.ep, &group, NULL), -ENOENT);
	assert_int_equal(proto_leave(heard.ep, &none, rig.link), -ENOENT);
	assert_int_equal(proto_leave(other.ep, &group, NULL), -ENOENT);
	for (unsigned int twice = 0; twice < 2; twice++) {
		assert_int_equal(proto_join(heard.ep, &group, NULL, &why), 0);
		assert_int_equal(proto_join(heard.ep, &group, NULL, &why), -EEXIST);
		assert_int_equal(proto_leave(heard.ep, &group, NULL), 0);
		assert_int_equal(proto_leave(heard.ep, &group, NULL), -ENOENT);
	}
	do {
		char text[16];

		(void)snprintf(text, sizeof(text), "239.1.3.%u", n);
		group = addr_of(text);
		ret = proto_join(heard.ep, &group, NULL, &why);
		n += ret == 0;
	} while (ret == 0 && n < 1000);
	assert_int_equal(ret, -ENOSPC);
	assert_true(n >= 4);
	heard_end(&heard);
	heard_end(&other);
}

/* No link said: that of the endpoint, else the first. A group is heard where it was joined. */
static void
test_join_links(void **state)
{
	static const char *const groups[] = {GROUP4, GROUP6};

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		bool bound = i >= 2;
		struct proto_endpoint_conf conf = {.link = bound ? rig.second_link : NULL};
		struct proto_addr group = addr_of(groups[i % 2]);

		heard_listen(&heard, rig.worker, &conf);
		assert_int_equal(proto_join(heard.ep, &group, NULL, NULL), 0);
		frame_eth(&f, &rig, i % 2 == 0 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
		frame_ip(&f, i % 2 == 0 ? 4 : 6, i % 2 == 0 ? "203.0.113.5" : "2001:db8:9::9",
			groups[i % 2], IPPROTO_UDP);
		frame_udp(&f, 20);
		assert_int_equal(rx_fate(&rig, &f, 1), bound ? PROTO_DROP_IP_DEST : FATE_DELIVERED);
		port_rx_inject(rig.second, 0, f.bytes, f.len, 1);
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n, 1);
		heard_end(&heard); /* leaves */
		assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_IP_DEST);
	}
}

/* The same group on both links: joined twice, left one by one. */
static void
test_join_both(void **state)
{
	struct proto_addr group = addr_of(GROUP4);

	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	assert_int_equal(proto_join(heard.ep, &group, rig.link, NULL), 0);
	assert_int_equal(proto_join(heard.ep, &group, rig.second_link, NULL), 0);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip(&f, 4, "203.0.113.5", GROUP4, IPPROTO_UDP);
	frame_udp(&f, 20);
	for (uint32_t left = 0; left < 2; left++) {
		port_rx_inject(rig.port, 0, f.bytes, f.len, 1);
		port_rx_inject(rig.second, 0, f.bytes, f.len, 1);
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n, 2 + left);
		assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_IP_DEST), left);
		assert_int_equal(
			proto_leave(heard.ep, &group, left == 0 ? rig.second_link : NULL), 0);
	}
	heard_end(&heard);
}

/* The port takes no more groups: its error, and nothing is joined. */
static void
test_join_failed(void **state)
{
	struct proto_addr group = addr_of(GROUP4);
	struct pktpool_why why = {""};

	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	rig.port->groups_error = -EIO;
	assert_int_equal(proto_join(heard.ep, &group, rig.link, &why), -EIO);
	assert_string_not_equal(why.text, "");
	rig.port->groups_error = 0;
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip(&f, 4, NULL, GROUP4, IPPROTO_UDP);
	frame_udp(&f, 20);
	rx_expect(&rig, &f, PROTO_DROP_IP_DEST, "not joined");
	assert_int_equal(proto_leave(heard.ep, &group, rig.link), -ENOENT);
	assert_int_equal(proto_join(heard.ep, &group, rig.link, &why), 0);
	rx_expect(&rig, &f, FATE_DELIVERED, "joined");
	heard_end(&heard);
}

static int
begin(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.n_links = 2;
	rig.conf.n_workers = 2;
	rig.ep_conf.local_port = 0;
	rxrig_start(&rig);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST_BEGIN(test_taken, begin, &rig),
		RX_TEST_BEGIN(test_half_taken, begin, &rig),
		RX_TEST_BEGIN(test_connected_twice, begin, &rig),
		RX_TEST_BEGIN(test_ephemeral, begin, &rig),
		RX_TEST_BEGIN(test_join_refused, begin, &rig),
		RX_TEST_BEGIN(test_join_links, begin, &rig),
		RX_TEST_BEGIN(test_join_both, begin, &rig),
		RX_TEST_BEGIN(test_join_failed, begin, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
