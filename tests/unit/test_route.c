/* SPDX-License-Identifier: BSD-3-Clause */
/* Routes: the longest prefix wins, and endpoints see each change with their next proto_send(). */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "net/route.h"
#include "rig.h"

static uint8_t bytes[4096];
static struct route_table table;

/* A link as a mark: it is never looked into. */
static struct proto_link *
mark(uintptr_t n)
{
	return (struct proto_link *)(n << 4);
}

static void
expect_link(const char *dst, uintptr_t n)
{
	struct proto_addr addr = addr_of(dst);
	const struct route *route = route_find(&table, &addr);

	if (n == 0) {
		assert_null(route);
		return;
	}
	assert_non_null(route);
	assert_ptr_equal(route->link, mark(n));
}

struct prefix {
	const char *text;
	uint8_t len;
};

/* Both families: nested prefixes, down to one host, with a default, put in in any order. */
static void
nested(uint32_t n_routes, const struct prefix prefixes[5], const char *const hosts[5])
{
	static const unsigned int orders[][5] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}};

	for (size_t o = 0; o < RTE_DIM(orders); o++) {
		assert_int_equal(route_table_init(&table, "route", n_routes), 0);
		for (unsigned int i = 0; i < 5; i++) {
			unsigned int k = orders[o][i];
			struct proto_addr addr = addr_of(prefixes[k].text);

			assert_int_equal(
				route_add(&table, &addr, prefixes[k].len, mark(k + 1), NULL), 0);
			assert_int_equal(
				route_add(&table, &addr, prefixes[k].len, mark(9), NULL), -EEXIST);
		}
		/* hosts[k] matches prefixes[0..k]. Take the longest away, one after the other. */
		for (unsigned int longest = 5; longest > 0; longest--) {
			struct proto_addr addr = addr_of(prefixes[longest - 1].text);

			for (unsigned int k = 0; k < 5; k++)
				expect_link(hosts[k], RTE_MIN(k + 1, longest));
			assert_int_equal(
				route_del(&table, &addr, prefixes[longest - 1].len, mark(9)),
				-ENOENT);
			assert_int_equal(
				route_del(&table, &addr, prefixes[longest - 1].len, mark(longest)),
				0);
			assert_int_equal(
				route_del(&table, &addr, prefixes[longest - 1].len, mark(longest)),
				-ENOENT);
		}
		for (unsigned int k = 0; k < 5; k++)
			expect_link(hosts[k], 0);
		route_table_fini(&table);
	}
}

static void
test_longest_prefix(void **state)
{
	static const struct prefix four[5] = {{"0.0.0.0", 0}, {"10.0.0.0", 8}, {"10.1.2.3", 16},
		{"10.1.2.0", 31}, {"10.1.2.1", 32}};
	static const char *const hosts4[5] = {
		"192.0.2.1", "10.255.0.1", "10.1.9.9", "10.1.2.0", "10.1.2.1"};
	static const struct prefix six[5] = {{"::", 0}, {"2001:db8::", 32}, {"2001:db8:1::7", 49},
		{"2001:db8:1::", 127}, {"2001:db8:1::1", 128}};
	static const char *const hosts6[5] = {"fe80::1", "2001:db8:1:8000::", "2001:db8:1:7fff::9",
		"2001:db8:1::", "2001:db8:1::1"};

	(void)state;
	nested(0, four, hosts4);
	nested(0, six, hosts6);
	nested(ROUTES_TREE_MAX + 1, four, hosts4);
	nested(ROUTES_TREE_MAX + 1, six, hosts6);
}

static void
test_limits(void **state)
{
	struct proto_addr addr = addr_of("10.0.0.0"), six = addr_of("2001:db8::");
	int ret = 0;

	(void)state;
	assert_int_equal(route_table_init(&table, "route", 0), 0);
	assert_int_equal(route_add(&table, &addr, 33, mark(1), NULL), -EINVAL);
	assert_int_equal(route_add(&table, &six, 129, mark(1), NULL), -EINVAL);
	assert_int_equal(route_del(&table, &addr, 33, mark(1)), -ENOENT);
	for (uint32_t i = 0; i < ROUTES_DEFAULT; i++) {
		addr.bytes[1] = (uint8_t)(i >> 8);
		addr.bytes[2] = (uint8_t)i;
		assert_int_equal(route_add(&table, &addr, 24, mark(i + 1), NULL), 0);
	}
	assert_int_equal(route_add(&table, &six, 64, mark(1), NULL), -ENOMEM);
	for (uint32_t i = 0; i < ROUTES_DEFAULT; i++) {
		addr.bytes[1] = (uint8_t)(i >> 8);
		addr.bytes[2] = (uint8_t)i;
		assert_ptr_equal(route_find(&table, &addr)->link, mark(i + 1));
		ret |= route_del(&table, &addr, 24, mark(i + 1));
	}
	assert_int_equal(ret, 0);
	assert_int_equal(route_add(&table, &six, 64, mark(1), NULL), 0);
	route_table_fini(&table);
}

/* The public calls refuse what is wrong, with the reason, and nothing changes. */
static void
test_refused(void **state)
{
	struct proto_addr ok = addr_of("10.0.0.0"), six = addr_of("2001:db8::"), none = {0};
	struct proto_addr group = addr_of("224.0.0.1"), own = addr_of("192.0.2.1");
	struct pktpool_why why;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	assert_int_equal(proto_route_add(rig.link, &ok, 33, NULL, &why), -EINVAL);
	assert_non_null(strstr(why.text, "33 bits"));
	assert_int_equal(proto_route_add(rig.link, &six, 129, NULL, &why), -EINVAL);
	assert_int_equal(proto_route_add(rig.link, &none, 0, NULL, &why), -EINVAL);
	assert_int_equal(proto_route_add(rig.link, &ok, 8, &six, &why), -EINVAL);
	assert_non_null(strstr(why.text, "gateway"));
	assert_int_equal(proto_route_del(rig.link, &ok, 8), -ENOENT);
	assert_int_equal(proto_route_add(rig.link, &ok, 8, NULL, &why), 0);
	assert_int_equal(proto_route_add(rig.link, &ok, 8, &own, &why), -EEXIST);
	assert_non_null(strstr(why.text, "10.0.0.0/8"));
	assert_int_equal(proto_addr_add(rig.link, &own, 24, &why), -EEXIST);
	assert_int_equal(proto_addr_add(rig.link, &group, 24, &why), -EINVAL);
	assert_int_equal(proto_addr_add(rig.link, &none, 0, &why), -EINVAL);
	assert_int_equal(proto_addr_add(rig.link, &ok, 33, &why), -EINVAL);
	/* Two addresses may share a prefix. */
	own = addr_of("192.0.2.77");
	assert_int_equal(proto_addr_add(rig.link, &own, 24, &why), 0);
	for (unsigned int i = 0; i < 13; i++) {
		own.bytes[3]++;
		assert_int_equal(proto_addr_add(rig.link, &own, 24, &why), 0);
	}
	own.bytes[3]++;
	assert_int_equal(proto_addr_add(rig.link, &own, 24, &why), -ENOMEM);
	assert_int_equal(proto_route_del(rig.link, &ok, 8), 0);
	rig_stop(&rig);
}

/* Send one payload; the frame's destination MAC ends with `last`. 0: refused, or waits. */
static void
send_to(struct rig *rig, struct proto_endpoint *ep, uint8_t last, enum proto_reason reason)
{
	const struct fault_queue *q = &rig->port.queues[0];
	bool accepted = balance_send_one(&rig->balance, ep, bytes, 100);

	assert_int_equal(accepted, reason == PROTO_REASON_NONE);
	assert_int_equal(proto_refused(ep), reason);
	if (accepted && last == 0) /* it waits for a neighbour that nobody is */
		assert_int_equal(proto_cancel(ep), 1);
	rig_drain(rig);
	if (last != 0)
		assert_int_equal(q->frames[q->n_frames - 1].bytes[5], last);
}

/* Gateways change under an endpoint; routes go and come back. */
static void
gateways(const char *dst, const char *net, uint8_t len, const char *gw_a, const char *gw_b)
{
	struct proto_addr prefix = addr_of(net), a = addr_of(gw_a), b = addr_of(gw_b);
	struct proto_addr remote = addr_of(dst), any = {.family = prefix.family};
	struct rte_ether_addr mac_a = {{2, 0, 0, 0, 0, 0xaa}}, mac_b = {{2, 0, 0, 0, 0, 0xbb}};
	struct proto_endpoint_conf conf;
	struct rig rig;

	rig_init(&rig);
	rig_start(&rig);
	assert_int_equal(proto_neigh_add(rig.link, &a, &mac_a, NULL), 0);
	assert_int_equal(proto_neigh_add(rig.link, &b, &mac_b, NULL), 0);
	assert_int_equal(proto_route_add(rig.link, &any, 0, &a, NULL), 0);
	conf = rig_endpoint_conf(&rig, prefix.family);
	conf.remote = remote;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	send_to(&rig, ep, 0xaa, PROTO_REASON_NONE);
	assert_int_equal(proto_route_add(rig.link, &prefix, len, &b, NULL), 0);
	send_to(&rig, ep, 0xbb, PROTO_REASON_NONE);
	assert_int_equal(proto_route_del(rig.link, &any, 0), 0);
	send_to(&rig, ep, 0xbb, PROTO_REASON_NONE);
	assert_int_equal(proto_route_del(rig.link, &prefix, len), 0);
	send_to(&rig, ep, 0, PROTO_REASON_NO_ROUTE);
	send_to(&rig, ep, 0, PROTO_REASON_NO_ROUTE);
	assert_int_equal(proto_route_add(rig.link, &prefix, len, &a, NULL), 0);
	send_to(&rig, ep, 0xaa, PROTO_REASON_NONE);
	assert_int_equal(proto_route_del(rig.link, &prefix, len), 0);
	/* On the link itself: the destination is its own next hop, and nobody knows it. */
	assert_int_equal(proto_route_add(rig.link, &prefix, len, NULL, NULL), 0);
	send_to(&rig, ep, 0, PROTO_REASON_NONE);
	assert_int_equal(proto_neigh_add(rig.link, &remote, &mac_b, NULL), 0);
	send_to(&rig, ep, 0xbb, PROTO_REASON_NONE);
	assert_int_equal(rig_reason(&rig, PROTO_REASON_NO_ROUTE), 2);
	assert_int_equal(rig_reason(&rig, PROTO_REASON_CANCELED), 1);
	rig_stop(&rig);
}

static void
test_gateways(void **state)
{
	(void)state;
	gateways("203.0.113.9", "203.0.113.0", 24, "192.0.2.10", "192.0.2.11");
	gateways("2001:db8:9::9", "2001:db8:9::", 48, "2001:db8::a", "2001:db8::b");
}

/* A link that an endpoint names needs no route: what none leads elsewhere is on the link itself. */
static void
test_named_link(void **state)
{
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 0xcc}};
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	conf = rig_endpoint_conf(&rig, 4);
	conf.link = rig.link;
	conf.remote = addr_of("203.0.113.9");
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	send_to(&rig, ep, 0, PROTO_REASON_NONE);
	assert_int_equal(proto_neigh_add(rig.link, &conf.remote, &mac, NULL), 0);
	send_to(&rig, ep, 0xcc, PROTO_REASON_NONE);
	rig_stop(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_longest_prefix),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_gateways),
		cmocka_unit_test(test_named_link),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
