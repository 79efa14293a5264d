/* SPDX-License-Identifier: BSD-3-Clause */
/* Whose is what comes in? Addresses that go, or have no broadcast; two links. */
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

#define SECOND4 "198.51.100.1"
#define SECOND6 "2001:db8:1::1"

static struct rxrig rig;
static struct heard heard, other;
static struct rxframe f, part;

static void
datagram(struct rxframe *to, const char *src, const char *dst)
{
	bool ip6 = strchr(dst, ':') != NULL;

	frame_eth(to, &rig, ip6 ? RTE_ETHER_TYPE_IPV6 : RTE_ETHER_TYPE_IPV4);
	frame_ip(to, ip6 ? 6 : 4, src, dst, IPPROTO_UDP);
	frame_udp(to, 40);
}

/* Not of this link's: dropped, also when the other link has just heard the same destination. */
static void
test_two_links(void **state)
{
	static const struct {
		const char *own[2]; /* of each link */
		const char *src;
	} rows[] = {{{OWN4, SECOND4}, "203.0.113.5"}, {{OWN6, SECOND6}, "2001:db8:9::9"}};
	struct proto_counters sum;

	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	for (uint32_t round = 1; round <= 2; round++)
		for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
			for (unsigned int dst = 0; dst < 2; dst++) {
				datagram(&f, rows[i].src, rows[i].own[dst]);
				port_rx_inject(rig.port, 0, f.bytes, f.len, 1);
				port_rx_inject(rig.second, 0, f.bytes, f.len, 1);
			}
			rxrig_poll(&rig, 0);
			assert_int_equal(
				rxrig_dropped(&rig, PROTO_DROP_IP_DEST), 4 * round - 2 * (1 - i));
			assert_int_equal(heard.n, 2);
			for (uint32_t k = 0; k < 2; k++) {
				struct proto_rx_info info;

				heard_expect(&heard, k, 40);
				proto_rx_info(heard.ep, heard.pkts[k], &info);
				assert_ptr_equal(
					info.peer.link, k == 0 ? rig.link : rig.second_link);
			}
			heard_return(&heard);
		}
	for (unsigned int i = 0; i < 2; i++) {
		proto_link_counters(i == 0 ? rig.link : rig.second_link, &sum);
		assert_int_equal(sum.count[PROTO_C_DATAGRAMS_DELIVERED], 4);
		assert_int_equal(sum.count[PROTO_C_FRAMES_RECEIVED], 8);
		assert_int_equal(sum.drop[PROTO_DROP_IP_DEST], 4);
	}
	heard_end(&heard);
}

/* In one burst of lookups datagrams of both links stand side by side: each counts on its own. */
static void
test_one_lookup(void **state)
{
	struct proto_counters sum;

	(void)state;
	heard_listen(&heard, proto_worker_at(rig.stack, 1), NULL);
	for (unsigned int i = 0; i < 10; i++) { /* by way of worker 1's inbox */
		datagram(&f, NULL, i % 2 == 0 ? OWN4 : SECOND4);
		port_rx_inject(i % 2 == 0 ? rig.port : rig.second, 0, f.bytes, f.len, 1);
	}
	rxrig_poll(&rig, 0);
	assert_int_equal(heard.n, 10);
	for (uint32_t k = 0; k < 10; k++) {
		struct proto_rx_info info;

		proto_rx_info(heard.ep, heard.pkts[k], &info);
		assert_ptr_equal(info.peer.link,
			info.peer.local.bytes[0] == 192 ? rig.link : rig.second_link);
	}
	for (unsigned int i = 0; i < 2; i++) {
		proto_link_counters(i == 0 ? rig.link : rig.second_link, &sum);
		assert_int_equal(sum.count[PROTO_C_DATAGRAMS_DELIVERED], 5);
		assert_int_equal(sum.count[PROTO_C_FRAMES_TAKEN_OVER], 5);
	}
	heard_end(&heard);
}

/* An endpoint of one link, beside one of any: each link's datagrams to the more particular one. */
static void
test_bound_to_link(void **state)
{
	struct proto_endpoint_conf conf = {.link = rig.second_link};

	(void)state;
	heard_listen(&heard, rig.worker, &conf);
	datagram(&f, NULL, OWN4);
	assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_NO_ENDPOINT);
	heard_listen(&other, rig.worker, NULL);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_DELIVERED);
	datagram(&f, NULL, SECOND4);
	port_rx_inject(rig.second, 0, f.bytes, f.len, 1);
	rxrig_poll(&rig, 0);
	assert_int_equal(other.n, 1);
	assert_int_equal(heard.n, 1);
	heard_end(&heard);
	heard_end(&other);
}

/* In a VLAN, on the other worker, whole and in fragments: the tags go with what is passed on. */
static void
test_vlan_elsewhere(void **state)
{
	struct proto_endpoint_conf conf = {
		.vlan = true, .vlan_tci = 0x123, .link = rig.second_link};

	(void)state;
	heard_listen(&heard, proto_worker_at(rig.stack, 1), &conf);
	for (uint32_t i = 0; i < 8; i++) {
		struct proto_rx_info info;

		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
		frame_tag(&f, RTE_ETHER_TYPE_VLAN, 0xf123); /* priority and drop eligible */
		frame_ip(&f, 4, NULL, SECOND4, IPPROTO_UDP);
		frame_udp(&f, 40);
		if (i % 2 == 0) {
			port_rx_inject(rig.second, i / 2 % 2, f.bytes, f.len, 1);
		} else {
			for (uint32_t at = 0; at < 48; at += 24) {
				frame_fragment(&part, &f, i, at, 24, at == 0);
				port_rx_inject(
					rig.second, (i / 2 + at / 24) % 2, part.bytes, part.len, 1);
			}
		}
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n, i + 1);
		heard_expect(&heard, i, 40);
		proto_rx_info(heard.ep, heard.pkts[i], &info);
		assert_ptr_equal(info.peer.link, rig.second_link);
	}
	heard_end(&heard);
}

/* A group is joined on a link: what comes to it on another is another's. */
static void
test_groups_of_links(void **state)
{
	struct proto_endpoint_conf conf = {.local_port = LOCAL_PORT, .reuse_port = true};
	static const char *const groups[] = {"239.1.2.3", "ff02::77"};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct proto_addr group = addr_of(groups[i]);

		heard_listen(&heard, rig.worker, &conf);
		heard_listen(&other, rig.worker, &conf);
		assert_int_equal(proto_join(other.ep, &group, rig.second_link, NULL), 0);
		datagram(&f, i == 0 ? "203.0.113.5" : "2001:db8:9::9", groups[i]);
		assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_IP_DEST);
		assert_int_equal(proto_join(heard.ep, &group, rig.link, NULL), 0);
		assert_int_equal(rx_fate(&rig, &f, 1), FATE_DELIVERED);
		assert_int_equal(heard.n, 1);
		assert_int_equal(other.n, 0);
		port_rx_inject(rig.second, 0, f.bytes, f.len, 1);
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n, 1);
		assert_int_equal(other.n, 1);
		assert_int_equal(proto_leave(other.ep, &group, rig.second_link), 0);
		assert_int_equal(rx_fate(&rig, &f, 1), FATE_DELIVERED);
		heard_end(&heard);
		heard_end(&other);
	}
}

/* What we send to any address of ours comes back over the loop, whichever link has it. */
static void
test_local(void **state)
{
	static const char *const owns[] = {OWN4, SECOND4, OWN6, SECOND6};
	static char hello[] = "hello";
	struct iovec iov = {hello, 5};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};

	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	for (uint32_t i = 0; i < RTE_DIM(owns); i++) {
		struct proto_endpoint_conf conf = {
			.remote = addr_of(owns[i]), .remote_port = LOCAL_PORT};
		struct proto_endpoint *ep;

		assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
		if (proto_send(ep, &payload, 1) != 1)
			fail_msg("%s: %s", owns[i], proto_reason_meaning(proto_refused(ep)));
		rxrig_poll(&rig, 1);
		assert_int_equal(heard.n, 1);
		heard_expect_bytes(&heard, 0, hello, 5);
		heard_return(&heard);
		rxrig_poll(&rig, 1);
		assert_int_equal(proto_endpoint_destroy(ep), 0);
	}
	heard_end(&heard);
}

/* An address that has gone is another's, also when it was the last that was heard. */
static void
test_removed(void **state)
{
	static const char *const owns[] = {OWN4, OWN6};

	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	for (unsigned int i = 0; i < 2; i++) {
		struct proto_addr own = addr_of(owns[i]);

		frame_datagram(&f, &rig, i == 0 ? 4 : 6, 10);
		rx_expect(&rig, &f, FATE_DELIVERED, "ours");
		assert_int_equal(proto_addr_del(rig.link, &own), 0);
		rx_expect(&rig, &f, PROTO_DROP_IP_DEST, "not any more");
	}
	heard_end(&heard);
}

/* RFC 3021: the two addresses of a /31 are hosts'; a /30 has a broadcast address, which is none. */
static void
test_prefixes(void **state)
{
	static const struct {
		const char *own;
		uint8_t len;
		const char *src;
		int fate;
	} rows[] = {
		{"203.0.113.0", 31, "203.0.113.1", FATE_DELIVERED},
		{"203.0.113.0", 31, "203.0.113.0", PROTO_DROP_IP_SOURCE},
		{"203.0.113.5", 30, "203.0.113.7", PROTO_DROP_IP_SOURCE},
		{"203.0.113.5", 30, "203.0.113.6", FATE_DELIVERED},
		{"203.0.113.9", 32, "203.0.113.9", PROTO_DROP_IP_SOURCE},
		{"203.0.113.9", 32, "203.0.113.8", FATE_DELIVERED},
	};

	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		struct proto_addr own = addr_of(rows[i].own);

		assert_int_equal(proto_addr_add(rig.link, &own, rows[i].len, NULL), 0);
		datagram(&f, rows[i].src, rows[i].own);
		rx_expect(&rig, &f, rows[i].fate, rows[i].src);
		assert_int_equal(proto_addr_del(rig.link, &own), 0);
	}
	heard_end(&heard);
}

/* Source and destination are in the key: what differs in one of them is another datagram's. */
static void
test_fragment_key(void **state)
{
	static const char *const owns[][2] = {{OWN4, "192.0.2.4"}, {OWN6, "2001:db8::4"}};
	static const char *const srcs[][2] = {{PEER4, "192.0.2.9"}, {PEER6, "2001:db8::9"}};
	struct proto_reassembly figures;

	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	for (unsigned int i = 0; i < 2; i++) {
		struct proto_addr second = addr_of(owns[i][1]);

		assert_int_equal(proto_addr_add(rig.link, &second, i == 0 ? 24 : 64, NULL), 0);
		for (unsigned int k = 0; k < 4; k++) { /* one first fragment, three last ones */
			datagram(&f, srcs[i][k == 1 || k == 3], owns[i][k >= 2]);
			frame_fragment(&part, &f, 7, k == 0 ? 0 : 24, 24, k == 0);
			assert_int_equal(rx_fate(&rig, &part, 1), FATE_HELD);
		}
		proto_worker_reassembly(rig.worker, &figures);
		assert_int_equal(figures.datagrams, 4 * (i + 1));
	}
	assert_int_equal(heard.n, 0);
	heard_end(&heard);
}

/*
 * RFC 1122 3.3.6: what Ethernet says is for everybody or a group, and IP for one host, is for
 * nobody; it is not answered (3.2.2). The same for IPv6.
 */
static void
test_one_host_by_group(void **state)
{
	static const uint8_t macs[][6] = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		{1, 0, 0x5e, 0, 0, 1}, {0x33, 0x33, 0, 0, 0, 1}};

	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	for (unsigned int i = 0; i < 2 * RTE_DIM(macs); i++) {
		bool ip4 = i % 2 == 0;

		frame_datagram(&f, &rig, ip4 ? 4 : 6, 10);
		assert_int_equal(rx_fate(&rig, &f, 1), FATE_DELIVERED);
		memcpy(f.bytes, macs[i / 2], 6);
		for (uint32_t pieces = 0; pieces < 4; pieces++)
			assert_true(rx_fate(&rig, &f, pieces) >= 0); /* a drop reason */
		frame_eth(&f, &rig, ip4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
		frame_ip(&f, ip4 ? 4 : 6, NULL, NULL, ip4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
		frame_icmp_type(&f, ip4 ? 8 : 128, 0, 1);
		frame_finish(&f);
		memcpy(f.bytes, macs[i / 2], 6);
		assert_true(rx_fate(&rig, &f, 1) >= 0);
		frame_datagram(&f, &rig, ip4 ? 4 : 6, 40); /* a fragment of it, too */
		frame_fragment(&part, &f, i, 0, 24, true);
		memcpy(part.bytes, macs[i / 2], 6);
		assert_true(rx_fate(&rig, &part, 1) >= 0);
	}
	assert_int_equal(heard.n, 2 * RTE_DIM(macs));
	reply_none(&rig);
	heard_end(&heard);
}

/* A link that takes frames to any station, for captures. */
static void
test_promisc(void **state)
{
	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	frame_datagram(&f, &rig, 4, 10);
	f.bytes[5] = 0x77;
	rx_expect(&rig, &f, FATE_DELIVERED, "another's MAC");
	heard_end(&heard);
}

static int
begin_promisc(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.link_conf.promisc = true;
	rig.ep_conf.local_port = 0;
	rxrig_start(&rig);
	return 0;
}

static int
begin_two(void **state)
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
		RX_TEST_BEGIN(test_two_links, begin_two, &rig),
		RX_TEST_BEGIN(test_one_lookup, begin_two, &rig),
		RX_TEST_BEGIN(test_bound_to_link, begin_two, &rig),
		RX_TEST_BEGIN(test_vlan_elsewhere, begin_two, &rig),
		RX_TEST_BEGIN(test_groups_of_links, begin_two, &rig),
		RX_TEST_BEGIN(test_local, begin_two, &rig),
		RX_TEST_BEGIN(test_removed, heard_begin, &rig),
		RX_TEST_BEGIN(test_prefixes, heard_begin, &rig),
		RX_TEST_BEGIN(test_fragment_key, heard_begin, &rig),
		RX_TEST_BEGIN(test_one_host_by_group, heard_begin, &rig),
		RX_TEST_BEGIN(test_promisc, begin_promisc, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
