/* SPDX-License-Identifier: BSD-3-Clause */
/* A link's addresses: when they are probed, used, announced, defended and given up. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "ifaddr_run.h"
#include "net/ifaddr.h"

#define V4    "192.0.2.1"
#define V6    "2001:db8::1"
#define SEEDS 200u

static struct run run;

static void
add(const char *text, uint8_t prefix_len, uint64_t now)
{
	struct proto_addr addr = addr_of(text);

	assert_int_equal(ifaddr_add(&run.set, &addr, prefix_len, now), 0);
}

/* Somebody else uses or probes for an address. Returns what is to be done, -1: nothing. */
static int
conflict(const char *text, const struct rte_ether_addr *mac, bool probe)
{
	struct proto_addr addr = addr_of(text);
	struct ifaddr_action action = {0};

	if (!ifaddr_conflict(&run.set, &addr, mac, probe, run.now, &action))
		return -1;
	assert_true(proto_addr_equal(&action.addr, &addr));
	return (int)action.what;
}

static void
init(bool dad)
{
	run_init(&run, dad, false, 1);
}

/* An address that is ready, and nothing of it is left to be done. */
static void
init_ready(const char *text, uint8_t prefix_len)
{
	init(true);
	add(text, prefix_len, run.now);
	run_until(&run, run.now + S(20));
	assert_int_equal(run_state(&run, text), IFADDR_PREFERRED);
	run.looked = run.n_asked;
}

/* Every seed's times are in their ranges, and over all seeds they reach both ends of each. */
struct range {
	uint64_t min, max;
};

static void
see(struct range *seen, uint64_t gap, uint64_t min, uint64_t max)
{
	assert_in_range(gap, min, max);
	seen->min = RTE_MIN(seen->min, gap);
	seen->max = RTE_MAX(seen->max, gap);
}

static void
reaches(const struct range *seen, uint64_t min, uint64_t max)
{
	assert_in_range(seen->min, min, min + (max - min) / 10);
	assert_in_range(seen->max, max - (max - min) / 10, max);
}

/* RFC 5227 2.1.1 and 2.3. */
static void
test_acd(void **state)
{
	struct range wait = {UINT64_MAX, 0}, gaps[2] = {{UINT64_MAX, 0}, {UINT64_MAX, 0}};

	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		run_init(&run, true, false, seed);
		uint64_t start = run.now, last;

		add(V4, 24, start);
		run_until(&run, start + S(20));
		last = run_expect(&run, IFADDR_SEND_PROBE, V4);
		see(&wait, last - start, 0, S(1));
		for (unsigned int i = 0; i < 2; i++) {
			uint64_t at = run_expect(&run, IFADDR_SEND_PROBE, V4);

			see(&gaps[i], at - last, S(1), S(2));
			last = at;
		}
		uint64_t ready = run_expect(&run, IFADDR_SEND_ANNOUNCE, V4);

		assert_int_equal(ready - last, S(2));
		assert_int_equal(run_expect(&run, IFADDR_READY, V4), ready);
		assert_int_equal(run_expect(&run, IFADDR_SEND_ANNOUNCE, V4) - ready, S(2));
		run_expect_no_more(&run);
		assert_int_equal(run.asked[0].action.prefix_len, 24);
		assert_int_equal(run.set.next_due, UINT64_MAX);
	}
	reaches(&wait, 0, S(1));
	reaches(&gaps[0], S(1), S(2));
	reaches(&gaps[1], S(1), S(2));
}

/* RFC 4862 5.4.2: DupAddrDetectTransmits 1, RetransTimer 1 s. */
static void
test_dad(void **state)
{
	struct range wait = {UINT64_MAX, 0};

	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		run_init(&run, true, false, seed);
		uint64_t start = run.now;

		add(V6, 64, start);
		run_until(&run, start + S(20));
		uint64_t probed = run_expect(&run, IFADDR_SEND_PROBE, V6);

		see(&wait, probed - start, 0, S(1));
		assert_int_equal(run_expect(&run, IFADDR_SEND_ANNOUNCE, V6) - probed, S(1));
		assert_int_equal(run_expect(&run, IFADDR_READY, V6) - probed, S(1));
		run_expect_no_more(&run);
		assert_int_equal(run.set.next_due, UINT64_MAX);
	}
	reaches(&wait, 0, S(1));
}

/* Not used before it is ready; used from its first announcement on. */
static void
usable_from(const char *text)
{
	struct proto_addr addr = addr_of(text);
	bool announced = false;

	init(true);
	add(text, 24, run.now);
	for (uint64_t end = run.now + S(10); run.now < end; run.now++) {
		run_tick(&run, 8);
		for (unsigned int i = 0; i < run.n_asked; i++)
			announced |= run.asked[i].action.what == IFADDR_SEND_ANNOUNCE;
		assert_int_equal(ifaddr_is_own(&run.set, &addr), announced);
		assert_int_equal(ifaddr_source(&run.set, &addr) != NULL, announced);
		assert_int_equal(
			run_state(&run, text), announced ? IFADDR_PREFERRED : IFADDR_TENTATIVE);
	}
	assert_true(announced);
}

static void
test_usable(void **state)
{
	(void)state;
	usable_from(V4);
	usable_from(V6);
}

/* A caller that comes late: gaps are never shorter for it. */
static void
test_late(void **state)
{
	uint64_t last = 0;

	(void)state;
	init(true);
	add(V4, 24, run.now);
	for (unsigned int i = 0; i < 3; i++, run.now++) {
		run.now += S(60); /* in one leap, past all of it; then each millisecond */
		run_tick(&run, 8);
		uint64_t at = run_expect(&run, IFADDR_SEND_PROBE, V4);

		run_expect_no_more(&run);
		run_until(&run, at + S(1) - 1);
		run_expect_no_more(&run);
	}
	run_until(&run, run.now + S(10));
	last = run_expect(&run, IFADDR_SEND_ANNOUNCE, V4);
	(void)run_expect(&run, IFADDR_READY, V4);
	assert_int_equal(run_expect(&run, IFADDR_SEND_ANNOUNCE, V4), last + S(2));
	run_expect_no_more(&run);
}

/* Without dad: usable at once, also before the link is up, and nothing is sent. */
static void
test_no_dad(void **state)
{
	(void)state;
	init(false);
	add(V4, 24, 0);
	assert_true(run_is_own(&run, V4));
	ifaddr_up(&run.set, run.now);
	assert_true(run_is_own(&run, V4));
	add(V6, 64, run.now);
	assert_true(run_is_own(&run, V6));
	run_until(&run, run.now + S(20));
	(void)run_expect(&run, IFADDR_READY, V4);
	(void)run_expect(&run, IFADDR_READY, V6);
	run_expect_no_more(&run);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(conflict(V4, &other_mac, false), -1);
	assert_true(run_is_own(&run, V4));
}

/* Probing waits for the link, and begins anew when the link is up again. */
static void
test_up(void **state)
{
	static const enum ifaddr_what whole[] = {IFADDR_SEND_PROBE, IFADDR_SEND_PROBE,
		IFADDR_SEND_PROBE, IFADDR_SEND_ANNOUNCE, IFADDR_READY, IFADDR_SEND_ANNOUNCE};

	(void)state;
	init(true);
	add(V4, 24, 0);
	run_until(&run, run.now + S(20));
	run_expect_no_more(&run);
	for (unsigned int round = 0; round < 3; round++) {
		uint64_t start = run.now;

		ifaddr_up(&run.set, start);
		assert_int_equal(run_state(&run, V4), IFADDR_TENTATIVE);
		run_until(&run, start + S(20));
		assert_in_range(run.asked[run.looked].at, start, start + S(1));
		for (size_t i = 0; i < RTE_DIM(whole); i++)
			(void)run_expect(&run, whole[i], V4);
		run_expect_no_more(&run);
		if (round == 1) { /* one that was given up gets another chance */
			assert_int_equal(conflict(V4, &other_mac, false), IFADDR_SEND_ANNOUNCE);
			assert_int_equal(conflict(V4, &other_mac, false), IFADDR_LOST);
			run_until(&run, run.now + S(20));
			run_expect_no_more(&run);
		}
	}
}

/* Tentative: whoever else has it or asks for it wins (RFC 5227 2.1.1, RFC 4862 5.4.3, 5.4.4). */
static void
test_conflict_tentative(void **state)
{
	static const char *const texts[] = {V4, V6};

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		const char *text = texts[i % 2];

		for (uint64_t after = 0; after < S(2); after += 100) {
			init(true);
			add(text, 24, run.now);
			run_until(&run, run.now + after);
			if (run_state(&run, text) != IFADDR_TENTATIVE)
				break;
			assert_int_equal(conflict(text, &own_mac, i / 2), -1);
			assert_int_equal(conflict(text, &other_mac, i / 2), IFADDR_LOST);
			assert_int_equal(run_state(&run, text), IFADDR_CONFLICT);
			assert_false(run_is_own(&run, text));
			assert_int_equal(conflict(text, &other_mac, i / 2), -1);
			run.looked = run.n_asked;
			run_until(&run, run.now + S(20));
			run_expect_no_more(&run);
		}
	}
	assert_int_equal(conflict("192.0.2.99", &other_mac, false), -1);
}

/* In use: defended once in 10 s (RFC 5227 2.4 (b)). */
static void
test_conflict_v4(void **state)
{
	(void)state;
	init_ready(V4, 24);
	assert_int_equal(conflict(V4, &other_mac, true), -1); /* a question is answered, no more */
	assert_int_equal(conflict(V4, &own_mac, false), -1);
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(conflict(V4, &other_mac, false), IFADDR_SEND_ANNOUNCE);
		assert_int_equal(conflict(V4, &other_mac, true), -1);
		run.now += S(10);
	}
	assert_int_equal(conflict(V4, &other_mac, false), IFADDR_SEND_ANNOUNCE);
	run.now += S(10) - 1;
	assert_int_equal(conflict(V4, &other_mac, false), IFADDR_LOST);
	assert_int_equal(run_state(&run, V4), IFADDR_CONFLICT);
	assert_false(run_is_own(&run, V4));
	run_until(&run, run.now + S(20));
	run_expect_no_more(&run);
}

/* Given up between its two announcements: the second is not sent, nor is it called ready. */
static void
test_conflict_while_announcing(void **state)
{
	struct ifaddr_action action;

	(void)state;
	init(true);
	add(V4, 24, run.now);
	for (; run_state(&run, V4) == IFADDR_TENTATIVE; run.now++)
		(void)ifaddr_tick(&run.set, run.now, &action, 1);
	assert_int_equal(action.what, IFADDR_SEND_ANNOUNCE);
	assert_int_equal(conflict(V4, &other_mac, false), IFADDR_SEND_ANNOUNCE);
	assert_int_equal(conflict(V4, &other_mac, false), IFADDR_LOST);
	run_until(&run, run.now + S(20));
	run_expect_no_more(&run);
}

/* Defended, then up again: that was another network's conflict. */
static void
test_conflict_after_up(void **state)
{
	(void)state;
	init_ready(V4, 24);
	assert_int_equal(conflict(V4, &other_mac, false), IFADDR_SEND_ANNOUNCE);
	ifaddr_up(&run.set, run.now);
	run_until(&run, run.now + S(7));
	assert_true(run_is_own(&run, V4));
	assert_int_equal(conflict(V4, &other_mac, false), IFADDR_SEND_ANNOUNCE);
}

static void
test_conflict_v6(void **state)
{
	(void)state;
	init_ready(V6, 64);
	assert_int_equal(conflict(V6, &other_mac, true), -1);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(conflict(V6, &other_mac, false), IFADDR_SEND_ANNOUNCE);
		run.now += S(10) - 1;
		assert_int_equal(conflict(V6, &other_mac, false), -1);
		run.now++;
	}
	assert_true(run_is_own(&run, V6));
}

static void
test_table(void **state)
{
	struct proto_addr addr = addr_of(V4);

	(void)state;
	init(false);
	assert_int_equal(ifaddr_del(&run.set, &addr), -ENOENT);
	assert_null(ifaddr_find(&run.set, &addr));
	for (unsigned int i = 0; i < IFADDRS_MAX; i++, addr.bytes[3]++) {
		assert_int_equal(ifaddr_add(&run.set, &addr, 24, run.now), 0);
		assert_int_equal(ifaddr_add(&run.set, &addr, 16, run.now), -EEXIST);
		assert_int_equal(ifaddr_find(&run.set, &addr)->prefix_len, 24);
	}
	assert_int_equal(ifaddr_add(&run.set, &addr, 24, run.now), -ENOMEM);
	addr = addr_of(V4);
	assert_int_equal(ifaddr_del(&run.set, &addr), 0);
	assert_int_equal(ifaddr_del(&run.set, &addr), -ENOENT);
	assert_null(ifaddr_find(&run.set, &addr));
	assert_false(ifaddr_is_own(&run.set, &addr));
	assert_true(run_is_own(&run, "192.0.2.2"));
	addr = addr_of(V6);
	assert_int_equal(ifaddr_add(&run.set, &addr, 64, run.now), 0);
	run_tick(&run, 3);
	assert_int_equal(run.n_asked, IFADDRS_MAX);
	/* The first four bytes of an IPv6 address are no IPv4 address. */
	addr.family = PROTO_IPV4;
	assert_null(ifaddr_find(&run.set, &addr));
}

/* An entry that comes after one that was deleted in the midst of probing starts from nothing. */
static void
test_reused(void **state)
{
	struct proto_addr addr = addr_of(V4);

	(void)state;
	init(true);
	add(V4, 24, run.now);
	run_until(&run, run.now + S(4));
	assert_true(run.n_asked >= 2);
	assert_int_equal(ifaddr_del(&run.set, &addr), 0);
	run.looked = run.n_asked;
	run_until(&run, run.now + S(20));
	run_expect_no_more(&run);
	assert_int_equal(run.set.next_due, UINT64_MAX);
	add("192.0.2.2", 24, run.now);
	run_until(&run, run.now + S(20));
	for (unsigned int i = 0; i < 3; i++)
		(void)run_expect(&run, IFADDR_SEND_PROBE, "192.0.2.2");
	(void)run_expect(&run, IFADDR_SEND_ANNOUNCE, "192.0.2.2");
}

/* The cheap answer: until next_due, the set is not looked at. */
static void
test_next_due(void **state)
{
	struct ifaddr_action action;

	(void)state;
	init(true);
	add(V4, 24, run.now);
	assert_int_equal(ifaddr_tick(&run.set, run.now - 1, &action, 1), 0);
	for (unsigned int i = 0; i < 6; i++) {
		uint64_t due = run.set.next_due;

		assert_true(due > run.now && due != UINT64_MAX);
		assert_int_equal(ifaddr_tick(&run.set, due - 1, &action, 1), 0);
		assert_int_equal(run.set.next_due, due);
		run.now = due;
		run_tick(&run, 8);
		if (run.n_asked == 6)
			break;
	}
	assert_int_equal(run.n_asked, 6);
	assert_int_equal(run.set.next_due, UINT64_MAX);
	run.set.addrs[0].ready_untold = true; /* it is not even looked at */
	assert_int_equal(ifaddr_tick(&run.set, run.now + S(1), &action, 1), 0);
}

static void
expect_broadcast(const char *text, bool expected)
{
	struct proto_addr addr = addr_of(text);

	if (ifaddr_is_broadcast(&run.set, &addr) != expected)
		fail_msg("%s: %s", text, expected ? "is a broadcast address" : "is none");
}

static void
test_broadcast(void **state)
{
	(void)state;
	init(false);
	expect_broadcast("0.0.0.0", false); /* an empty set */
	expect_broadcast("255.255.255.255", false);
	add("192.0.2.1", 24, run.now);
	add("10.1.2.3", 8, run.now);
	add("172.16.5.77", 30, run.now);
	add("198.51.100.4", 31, run.now);
	add("203.0.113.5", 32, run.now);
	add("2001:db8::1", 64, run.now);
	expect_broadcast("192.0.2.255", true);
	expect_broadcast("192.0.2.254", false);
	expect_broadcast("192.0.2.0", false);
	expect_broadcast("192.0.3.255", false);
	expect_broadcast("10.255.255.255", true);
	expect_broadcast("10.1.2.255", false);
	expect_broadcast("172.16.5.79", true);
	expect_broadcast("172.16.5.78", false);
	expect_broadcast("198.51.100.5", false);
	expect_broadcast("203.0.113.5", false);
	expect_broadcast("255.255.255.255", false);
	expect_broadcast("2001:db8::ffff:ffff:ffff:ffff", false);
	expect_broadcast("c000:2ff::", false); /* the bytes of 192.0.2.255 */
	add("2001:db8::2", 20, run.now);
	expect_broadcast("32.1.15.255", false); /* the bytes of that prefix, and ones */
	init(true);
	add("192.0.2.1", 24, run.now);
	expect_broadcast("192.0.2.255", false); /* not before it is usable */
	init(false);
	add("192.0.2.1", 0, run.now);
	expect_broadcast("255.255.255.255", true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acd),
		cmocka_unit_test(test_dad),
		cmocka_unit_test(test_usable),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_no_dad),
		cmocka_unit_test(test_up),
		cmocka_unit_test(test_conflict_tentative),
		cmocka_unit_test(test_conflict_v4),
		cmocka_unit_test(test_conflict_while_announcing),
		cmocka_unit_test(test_conflict_after_up),
		cmocka_unit_test(test_conflict_v6),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_reused),
		cmocka_unit_test(test_next_due),
		cmocka_unit_test(test_broadcast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
