/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups: users are counted, VLANs are apart, the index finds what a plain table holds. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "ip.h"
#include "net/mcast.h"
#include "rng.h"

#define HZ 1000000u

static struct mcast_set set;

static struct proto_addr
group_v4(uint32_t n)
{
	return (struct proto_addr){
		.family = PROTO_IPV4,
		.bytes = {239, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n},
	};
}

static int
join(uint32_t tags, const char *text)
{
	struct proto_addr addr = ip(text);

	return mcast_join(&set, tags, &addr, 0);
}

static int
leave(uint32_t tags, const char *text)
{
	struct proto_addr addr = ip(text);

	return mcast_leave(&set, tags, &addr, 0);
}

static bool
is_member(uint32_t tags, const char *text)
{
	struct proto_addr addr = ip(text);

	return mcast_is_member(&set, tags, &addr);
}

/* Send all that is due until the set is at rest. */
static void
settle(void)
{
	struct mcast_report report;

	for (unsigned int i = 0; set.next_due != UINT64_MAX && i < 10000; i++)
		(void)mcast_tick(&set, set.next_due, &report);
	assert_true(set.next_due == UINT64_MAX);
}

/* Each group is in one chain, and the chains have no others. */
static void
check_index(void)
{
	unsigned int used = 0, found = 0;

	for (unsigned int i = 0; i < MCAST_GROUPS_MAX; i++)
		used += set.groups[i].addr.family != 0;
	for (unsigned int i = 0; i < MCAST_BUCKETS; i++)
		for (uint16_t at = set.buckets[i]; at != 0; at = set.groups[at - 1].next) {
			assert_int_not_equal(set.groups[at - 1].addr.family, 0);
			assert_in_range(++found, 1, MCAST_GROUPS_MAX);
		}
	assert_int_equal(used, set.n_groups);
	assert_int_equal(found, set.n_groups);
}

static void
test_users(void **state)
{
	(void)state;
	mcast_init(&set, 1, HZ);
	assert_true(set.next_due == UINT64_MAX);
	assert_int_equal(leave(0, "239.1.2.3"), -ENOENT);
	assert_int_equal(join(0, "239.1.2.3"), 1);
	assert_int_equal(join(0, "239.1.2.3"), 0);
	assert_int_equal(join(7, "239.1.2.3"), 1);
	assert_true(is_member(0, "239.1.2.3"));
	assert_false(is_member(1, "239.1.2.3"));
	assert_false(is_member(0, "239.1.2.4"));
	assert_int_equal(leave(1, "239.1.2.3"), -ENOENT);
	assert_int_equal(leave(0, "239.1.2.3"), 0);
	assert_true(is_member(0, "239.1.2.3"));
	assert_int_equal(leave(0, "239.1.2.3"), 1);
	assert_false(is_member(0, "239.1.2.3")); /* although its leave is still to be sent */
	assert_int_equal(leave(0, "239.1.2.3"), -ENOENT);
	assert_true(is_member(7, "239.1.2.3"));
	assert_int_equal(join(0, "239.1.2.3"), 1); /* back while it leaves */
	assert_true(is_member(0, "239.1.2.3"));
	assert_int_equal(set.n_groups, 2);
	settle();
	assert_true(is_member(0, "239.1.2.3"));
	assert_int_equal(leave(0, "239.1.2.3"), 1);
	settle();
	assert_int_equal(set.n_groups, 1);
	check_index();
}

/* On one VLAN of all that there are: a bucket is shared by many of them. */
static void
test_vlans(void **state)
{
	(void)state;
	mcast_init(&set, 1, HZ);
	assert_int_equal(join(77, "239.1.2.3"), 1);
	for (uint32_t tags = 0; tags < 4096; tags++)
		assert_int_equal(is_member(tags, "239.1.2.3"), tags == 77);
}

/* The same bytes are another group in the other family. */
static void
test_families(void **state)
{
	struct proto_addr v6 = {.family = PROTO_IPV6, .bytes = {0xff}}, v4 = v6;

	(void)state;
	v4.family = PROTO_IPV4;
	mcast_init(&set, 1, HZ);
	assert_int_equal(mcast_join(&set, 0, &v4, 0), -EINVAL); /* 255.0.0.0 is no group */
	assert_int_equal(mcast_join(&set, 0, &v6, 0), 1);
	assert_false(mcast_is_member(&set, 0, &v4));
	assert_true(mcast_is_member(&set, 0, &v6));
}

static void
test_refused(void **state)
{
	static const char *const none[] = {"223.255.255.255", "240.0.0.1", "255.255.255.255",
		"0.0.0.0", "fe80::1", "::", "feff::1"};

	(void)state;
	mcast_init(&set, 1, HZ);
	for (size_t i = 0; i < RTE_DIM(none); i++) {
		assert_int_equal(join(0, none[i]), -EINVAL);
		assert_false(is_member(0, none[i]));
	}
	assert_int_equal(set.n_groups, 0);
	assert_int_equal(join(0, "224.0.0.0"), 1);
	assert_int_equal(join(0, "239.255.255.255"), 1);
}

/* All nodes: always there; joined or left, nothing is said. Nor of scopes 0 and 1. */
static void
test_never_reported(void **state)
{
	static const char *const silent[] = {
		"224.0.0.1", "ff02::1", "ff01::2", "ff11::2", "ff00::5", "ff10::5"};
	static const char *const told[] = {"224.0.0.2", "224.0.0.251", "ff02::2", "ff02::1:ff00:1",
		"ff03::1", "ff12::1", "ff05::1:3", "ff0e::1"};
	struct mcast_report report;

	(void)state;
	mcast_init(&set, 1, HZ);
	for (uint32_t tags = 0; tags < 3; tags++) {
		assert_true(is_member(tags, "224.0.0.1"));
		assert_true(is_member(tags, "ff02::1"));
	}
	assert_false(is_member(0, "ff01::1"));
	for (size_t i = 0; i < RTE_DIM(silent); i++) {
		assert_int_equal(join(0, silent[i]), 1);
		assert_false(mcast_tick(&set, HZ, &report));
		assert_int_equal(leave(0, silent[i]), 1);
		assert_false(mcast_tick(&set, HZ, &report));
	}
	assert_int_equal(set.n_groups, 0);
	assert_true(is_member(0, "ff02::1"));
	for (size_t i = 0; i < RTE_DIM(told); i++) {
		assert_int_equal(join(0, told[i]), 1);
		assert_true(mcast_tick(&set, 0, &report));
		settle();
	}
}

/* 256 fit. One that only repeats its leave makes room; one that has users never does. */
static void
test_full(void **state)
{
	(void)state;
	mcast_init(&set, 1, HZ);
	for (uint32_t i = 0; i < MCAST_GROUPS_MAX; i++) {
		struct proto_addr addr = group_v4(i * 77);

		assert_int_equal(mcast_join(&set, 5, &addr, 0), 1);
	}
	check_index();
	assert_int_equal(join(0, "ff05::1"), -ENOSPC);
	assert_int_equal(join(5, "239.0.0.77"), 0);
	assert_int_equal(leave(5, "239.0.0.77"), 0);
	assert_int_equal(leave(5, "239.0.0.77"), 1);
	assert_int_equal(set.n_groups, MCAST_GROUPS_MAX);
	assert_int_equal(join(0, "ff05::1"), 1);
	assert_int_equal(join(0, "ff05::2"), -ENOSPC);
	check_index();
	assert_true(is_member(0, "ff05::1"));
	for (uint32_t i = 0; i < MCAST_GROUPS_MAX; i++) {
		struct proto_addr addr = group_v4(i * 77);

		assert_int_equal(mcast_is_member(&set, 5, &addr), i != 1);
	}
}

/* At random against a plain table of users. */
#define ADDRS 120
#define VLANS 3

static void
test_model(void **state)
{
	static uint32_t users[VLANS][ADDRS];
	struct rng rng = {.state = 11};
	struct mcast_report report;
	uint64_t now = 0;

	(void)state;
	mcast_init(&set, 1, HZ);
	for (unsigned int step = 0; step < 20000; step++) {
		uint32_t vlan = rng_below(&rng, VLANS), n = rng_below(&rng, ADDRS);
		struct proto_addr addr = group_v4(n);
		uint32_t *u = &users[vlan][n];

		if (n % 2 != 0)
			addr = (struct proto_addr){PROTO_IPV6, {0xff, 5, [15] = (uint8_t)n}};
		now += rng_below(&rng, HZ / 20);
		if (rng_below(&rng, 3) == 0) {
			int ret = mcast_join(&set, vlan << 12, &addr, now);

			if (ret == -ENOSPC)
				continue;
			assert_int_equal(ret, *u == 0);
			++*u;
		} else {
			int want = *u > 1 ? 0 : *u == 1 ? 1 : -ENOENT;

			assert_int_equal(mcast_leave(&set, vlan << 12, &addr, now), want);
			*u -= *u != 0;
		}
		assert_int_equal(mcast_is_member(&set, vlan << 12, &addr), *u != 0);
		for (unsigned int i = rng_below(&rng, 4); i != 0; i--)
			(void)mcast_tick(&set, now, &report);
		check_index();
	}
}

/* The port's filter: RFC 1112 6.4 and RFC 2464 7, each address once, nobody who has left. */
static void
test_macs(void **state)
{
	static const struct rte_ether_addr want[] = {
		{{0x01, 0x00, 0x5e, 0, 0, 1}},
		{{0x33, 0x33, 0, 0, 0, 1}},
		{{0x01, 0x00, 0x5e, 0x01, 2, 3}},
		{{0x33, 0x33, 0xff, 0xaa, 0xbb, 0xcc}},
		{{0x01, 0x00, 0x5e, 0x7f, 0xff, 0xfa}},
	};
	struct rte_ether_addr macs[MCAST_MACS_MAX];

	(void)state;
	mcast_init(&set, 1, HZ);
	assert_int_equal(mcast_macs(&set, macs, RTE_DIM(macs)), 2);
	assert_int_equal(join(0, "239.129.2.3"), 1);
	assert_int_equal(join(0, "ff02::1:ffaa:bbcc"), 1);
	assert_int_equal(join(3, "ff02::1:ffaa:bbcc"), 1);
	assert_int_equal(join(0, "224.1.2.3"), 1);
	assert_int_equal(join(0, "239.255.255.250"), 1);
	assert_int_equal(join(0, "ff05::1"), 1); /* the same as all nodes' */
	memset(macs, 0xa5, sizeof(macs));
	assert_int_equal(mcast_macs(&set, macs, RTE_DIM(macs)), 5);
	assert_memory_equal(macs, want, sizeof(want));
	assert_int_equal(leave(0, "239.129.2.3"), 1); /* 224.1.2.3 needs the address */
	assert_int_equal(leave(0, "239.255.255.250"), 1);
	assert_int_equal(mcast_macs(&set, macs, RTE_DIM(macs)), 4);
	memset(macs, 0xa5, sizeof(macs));
	assert_int_equal(mcast_macs(&set, macs, 3), 3);
	assert_int_equal(macs[3].addr_bytes[0], 0xa5);
	assert_int_equal(mcast_macs(&set, macs, 0), 0);
}

static void
test_macs_full(void **state)
{
	struct rte_ether_addr macs[MCAST_MACS_MAX];

	(void)state;
	mcast_init(&set, 1, HZ);
	for (uint32_t i = 0; i < MCAST_GROUPS_MAX; i++) {
		struct proto_addr addr = group_v4(i);

		assert_int_equal(mcast_join(&set, 0, &addr, 0), 1);
	}
	assert_int_equal(mcast_macs(&set, macs, RTE_DIM(macs)), MCAST_MACS_MAX - 1);
	/* 239.0.0.1's is 224.0.0.1's; one more, and all places are taken. */
	assert_int_equal(leave(0, "239.0.0.1"), 1);
	assert_int_equal(join(0, "239.9.9.9"), 1);
	assert_int_equal(mcast_macs(&set, macs, RTE_DIM(macs)), MCAST_MACS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_vlans),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_never_reported),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_macs),
		cmocka_unit_test(test_macs_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
