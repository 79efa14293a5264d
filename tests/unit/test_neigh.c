/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours: found, replaced, forgotten; multicast and broadcast are computed.
 * The bounds are test_neigh_table.c's, the states
 * test_neigh_state.c's, messages test_neigh_learn.c's.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "net/neigh.h"
#include "rig.h"

#define HZ	   UINT64_C(1000000)
#define OTHER_LINK UINT32_C(0x01000000) /* zone of link 1, no tag: net/zone.h */

static uint8_t bytes[4096];
static struct neigh_table table;

static void
expect_mac(uint32_t zone, const char *text, const char *mac_text)
{
	struct proto_addr addr = addr_of(text);
	struct rte_ether_addr mac = {{0}}, want;

	if (mac_text == NULL) {
		assert_int_equal(neigh_find(&table, zone, &addr, &mac), -ENOENT);
		return;
	}
	assert_int_equal(rte_ether_unformat_addr(mac_text, &want), 0);
	assert_int_equal(neigh_find(&table, zone, &addr, &mac), 0);
	assert_memory_equal(&mac, &want, sizeof(mac));
}

/* RFC 1112 6.4 (the low 23 bits), RFC 2464 7 (the low 32), RFC 919. */
static void
test_computed(void **state)
{
	(void)state;
	assert_int_equal(neigh_table_init(&table, "neigh", 1, HZ), 0);
	expect_mac(0, "224.0.0.1", "01:00:5e:00:00:01");
	expect_mac(3, "239.255.255.250", "01:00:5e:7f:ff:fa");
	expect_mac(0, "232.128.129.130", "01:00:5e:00:81:82");
	expect_mac(0, "ff02::1", "33:33:00:00:00:01");
	expect_mac(0, "ff02::1:ff12:3456", "33:33:ff:12:34:56");
	expect_mac(0, "255.255.255.255", "ff:ff:ff:ff:ff:ff");
	expect_mac(0, "255.255.255.254", NULL);
	expect_mac(0, "223.255.255.255", NULL);
	neigh_table_fini(&table);
}

static void
test_table(void **state)
{
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}}, other = {{2, 0, 0, 0, 0, 2}};
	struct proto_addr four = addr_of("10.0.0.1"), six = addr_of("2001:db8::1");
	struct proto_addr looks_alike = addr_of("a00:1::"); /* the bytes of 10.0.0.1 */

	(void)state;
	assert_int_equal(neigh_table_init(&table, "neigh", 1, HZ), 0);
	assert_int_equal(neigh_add(&table, 0, &four, &mac), 0);
	expect_mac(0, "10.0.0.1", "02:00:00:00:00:01");
	expect_mac(OTHER_LINK, "10.0.0.1", NULL);
	assert_int_equal(neigh_add(&table, OTHER_LINK, &four, &other), 0);
	expect_mac(0, "10.0.0.1", "02:00:00:00:00:01");
	expect_mac(OTHER_LINK, "10.0.0.1", "02:00:00:00:00:02");
	assert_memory_equal(looks_alike.bytes, four.bytes, 4);
	expect_mac(0, "a00:1::", NULL);
	assert_int_equal(neigh_add(&table, 0, &six, &other), 0);
	assert_int_equal(neigh_add(&table, 0, &four, &other), 0); /* replaces */
	expect_mac(0, "10.0.0.1", "02:00:00:00:00:02");
	assert_int_equal(neigh_del(&table, 0, &four), 0);
	assert_int_equal(neigh_del(&table, 0, &four), -ENOENT);
	expect_mac(0, "10.0.0.1", NULL);
	expect_mac(OTHER_LINK, "10.0.0.1", "02:00:00:00:00:02");
	expect_mac(0, "2001:db8::1", "02:00:00:00:00:02");
	neigh_table_fini(&table);
}

/* A static entry of a link serves its VLANs, unless a VLAN has one of its own. */
static void
test_vlans(void **state)
{
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}}, got;
	struct proto_addr host = addr_of("10.0.0.1"), asked = addr_of("10.0.0.2");
	neigh_id id;

	(void)state;
	assert_int_equal(neigh_table_init(&table, "neigh", 1, HZ), 0);
	assert_int_equal(neigh_add(&table, OTHER_LINK, &host, &mac), 0);
	expect_mac(OTHER_LINK | 5, "10.0.0.1", "02:00:00:00:00:01");
	expect_mac(5, "10.0.0.1", NULL);
	assert_int_equal(neigh_resolve(&table, OTHER_LINK | 5, &host, 0, &got, &id), 0);
	assert_memory_equal(&got, &mac, sizeof(mac));
	/* What is not static is of its own VLAN only. */
	assert_int_equal(neigh_resolve(&table, OTHER_LINK, &asked, 0, &got, &id), -EAGAIN);
	expect_mac(OTHER_LINK | 5, "10.0.0.2", NULL);
	mac.addr_bytes[5] = 7;
	assert_int_equal(neigh_add(&table, OTHER_LINK | 5, &host, &mac), 0);
	expect_mac(OTHER_LINK | 5, "10.0.0.1", "02:00:00:00:00:07");
	expect_mac(OTHER_LINK, "10.0.0.1", "02:00:00:00:00:01");
	neigh_table_fini(&table);
}

static void
test_refused(void **state)
{
	struct rte_ether_addr ok = {{2, 0, 0, 0, 0, 9}}, zero = {{0}}, group = {{1, 0, 0, 0, 0, 9}};
	struct proto_addr addr = addr_of("192.0.2.9"), many = addr_of("ff02::1"), none = {0};
	struct pktpool_why why;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	assert_int_equal(proto_neigh_add(rig.link, &addr, &zero, &why), -EINVAL);
	assert_non_null(strstr(why.text, "192.0.2.9"));
	assert_int_equal(proto_neigh_add(rig.link, &addr, &group, &why), -EINVAL);
	assert_int_equal(proto_neigh_add(rig.link, &many, &ok, &why), -EINVAL);
	assert_non_null(strstr(why.text, "multicast"));
	assert_int_equal(proto_neigh_add(rig.link, &none, &ok, &why), -EINVAL);
	assert_int_equal(proto_neigh_del(rig.link, &addr), -ENOENT);
	rig_stop(&rig);
}

/* The next frames after a change carry the new address; those staged before keep the old. */
static void
test_seen_by_endpoints(void **state)
{
	static const char *const hosts[] = {"192.0.2.9", "2001:db8::9"};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct rte_ether_addr a = {{2, 0, 0, 0, 0, 0xa}}, b = {{2, 0, 0, 0, 0, 0xb}};
		struct proto_addr host = addr_of(hosts[i]);
		struct proto_endpoint_conf conf;
		struct rig rig;

		rig_init(&rig);
		rig_start(&rig);
		conf = rig_endpoint_conf(&rig, i == 0 ? 4 : 6);
		conf.remote = host;
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		port_fault_takes(&rig.port, 1, (uint32_t[]){0});
		assert_true(balance_send_one(&rig.balance, ep, bytes, 10)); /* waits */
		assert_int_equal(proto_neigh_add(rig.link, &host, &a, NULL), 0);
		(void)rig_poll(&rig); /* what waited is staged */
		assert_int_equal(proto_neigh_add(rig.link, &host, &b, NULL), 0);
		assert_true(balance_send_one(&rig.balance, ep, bytes, 10));
		port_fault_takes_all(&rig.port);
		rig_drain(&rig);
		assert_int_equal(proto_neigh_del(rig.link, &host), 0);
		assert_true(balance_send_one(&rig.balance, ep, bytes, 10)); /* waits */
		assert_int_equal(proto_cancel(ep), 1);
		rig_drain(&rig);
		assert_int_equal(rig.balance.failed, 1);
		assert_int_equal(rig.port.queues[0].frames[0].bytes[5], 0xa);
		assert_int_equal(rig.port.queues[0].frames[1].bytes[5], 0xb);
		rig_stop(&rig);
	}
}

/* To a group, through a link that is named: no neighbour, no route. */
static void
test_multicast_sent(void **state)
{
	static const uint8_t want[2][6] = {{1, 0, 0x5e, 1, 2, 3}, {0x33, 0x33, 0, 1, 0, 3}};
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	for (unsigned int i = 0; i < 2; i++) {
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, i == 0 ? 4 : 6);

		conf.link = rig.link;
		conf.remote = addr_of(i == 0 ? "239.1.2.3" : "ff15::1:3");
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		assert_true(balance_send_one(&rig.balance, ep, bytes, 10));
		rig_drain(&rig);
		assert_memory_equal(rig.port.queues[0].frames[i].bytes, want[i], 6);
	}
	rig_stop(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_computed),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_vlans),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_seen_by_endpoints),
		cmocka_unit_test(test_multicast_sent),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
