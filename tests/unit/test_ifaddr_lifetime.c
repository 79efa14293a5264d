/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses out of advertisements: which there are, and how long (RFC 4862 5.5.3, 5.5.4). */
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

static struct run run;

static void
init(bool dad)
{
	run_init(&run, dad, true, 1);
}

/* What RFC 4862 5.5.3 (a) to (d) ignores, and what it takes. */
static void
test_prefixes(void **state)
{
	struct ndp_ra ra;

	(void)state;
	init(false);
	ra = ra_of(0);
	ra_prefix(&ra, PREFIX, 1000, 500);
	ra.prefixes[0].autonomous = false;
	assert_false(run_advertise(&run, &ra));
	ra.prefixes[0].autonomous = true;
	ra.prefixes[0].prefix_len = 63;
	assert_false(run_advertise(&run, &ra));
	ra.prefixes[0].prefix_len = 65;
	assert_false(run_advertise(&run, &ra));
	assert_false(run_advertise_prefix(&run, "fe80::", 1000, 500));
	assert_false(run_advertise_prefix(&run, "fe80:0:0:9::", 1000, 500));
	assert_false(run_advertise_prefix(&run, "ff05::", 1000, 500));
	assert_false(run_advertise_prefix(&run, PREFIX, 499, 500));
	assert_false(run_advertise_prefix(&run, PREFIX, 0, 0));
	run_tick(&run, 8);
	run_expect_no_more(&run);
	/* Two of one message; what stands behind the prefix does not matter. */
	ra = ra_of(0);
	ra_prefix(&ra, "2001:db8:1:2:3:4:5:6", 1000, 500);
	ra_prefix(&ra, "fd00::", 500, 500);
	assert_true(run_advertise(&run, &ra));
	assert_false(run_advertise(&run, &ra));
	run_tick(&run, 8);
	(void)run_expect(&run, IFADDR_READY, globals[0]);
	assert_int_equal(run.asked[0].action.prefix_len, 64);
	assert_int_equal(run.n_asked, 2);
	assert_int_equal(run.asked[1].action.addr.bytes[0], 0xfd);
	assert_true(run_is_own(&run, globals[0]));
	/* An address of the user's in that prefix is not the prefix's (d), and has no lifetime. */
	struct proto_addr manual = addr_of("2001:db8:7::1");

	assert_int_equal(ifaddr_add(&run.set, &manual, 64, run.now), 0);
	assert_true(run_advertise_prefix(&run, "2001:db8:7::", 1000, 0));
	assert_int_equal(run_state(&run, "2001:db8:7::1"), IFADDR_PREFERRED);
	/* Not even when it is the very address: that one is there once, and stays for ever. */
	init(false);
	manual = addr_of(globals[0]);
	assert_int_equal(ifaddr_add(&run.set, &manual, 64, run.now), 0);
	assert_false(run_advertise_prefix(&run, PREFIX, 1000, 500));
	run_leap(&run, run.now + S(2000));
	assert_int_equal(run.n_asked, 1);
	assert_int_equal(ifaddr_del(&run.set, &manual), 0);
	assert_int_equal(run_state(&run, globals[0]), IFADDR_FREE);
}

/* Preferred, deprecated, gone (RFC 4862 5.5.4), each to the cycle. */
static void
test_lifetimes(void **state)
{
	(void)state;
	init(false);
	uint64_t start = run.now;

	assert_true(run_advertise_prefix(&run, PREFIX, 1000, 500));
	run_leap(&run, start);
	(void)run_expect(&run, IFADDR_READY, globals[0]);
	assert_int_equal(run.set.next_due, start + S(500));
	run_leap(&run, start + S(500) - 1);
	assert_int_equal(run_state(&run, globals[0]), IFADDR_PREFERRED);
	run_leap(&run, start + S(500));
	assert_int_equal(run_state(&run, globals[0]), IFADDR_DEPRECATED);
	assert_true(run_is_own(&run, globals[0]));
	assert_int_equal(run.set.next_due, start + S(1000));
	run_leap(&run, start + S(1000) - 1);
	assert_true(run_is_own(&run, globals[0]));
	run_expect_no_more(&run);
	run_leap(&run, start + S(1000));
	assert_int_equal(run_expect(&run, IFADDR_LOST, globals[0]), start + S(1000));
	run_expect_no_more(&run);
	assert_int_equal(run_state(&run, globals[0]), IFADDR_FREE);
	/* Lost in one leap, too; deprecated from the start; infinite. */
	assert_true(run_advertise_prefix(&run, PREFIX, 1000, 0));
	assert_int_equal(run_state(&run, globals[0]), IFADDR_DEPRECATED);
	run_leap(&run, run.now);
	(void)run_expect(&run, IFADDR_READY, globals[0]);
	run_leap(&run, run.now + S(5000));
	(void)run_expect(&run, IFADDR_LOST, globals[0]);
	assert_true(run_advertise_prefix(&run, PREFIX, FOR_EVER, FOR_EVER));
	run_leap(&run, run.now + S(FOR_EVER) * 2);
	(void)run_expect(&run, IFADDR_READY, globals[0]);
	run_expect_no_more(&run);
	assert_int_equal(run_state(&run, globals[0]), IFADDR_PREFERRED);
	/* Preferred again, when it says so. */
	assert_true(run_advertise_prefix(&run, PREFIX, FOR_EVER, 0));
	assert_int_equal(run_state(&run, globals[0]), IFADDR_DEPRECATED);
	assert_true(run_advertise_prefix(&run, PREFIX, FOR_EVER, 1));
	assert_int_equal(run_state(&run, globals[0]), IFADDR_PREFERRED);
	run_leap(&run, run.now + S(1));
	assert_int_equal(run_state(&run, globals[0]), IFADDR_DEPRECATED);
}

/* Lifetimes run while it is probed, and a short one ends before it was ever ready. */
static void
test_lifetimes_dad(void **state)
{
	(void)state;
	init(true);
	uint64_t start = run.now;

	assert_true(run_advertise_prefix(&run, PREFIX, 1, 1));
	run_until(&run, start + S(10));
	(void)run_expect(&run, IFADDR_SEND_PROBE, globals[0]);
	assert_int_equal(run_expect(&run, IFADDR_LOST, globals[0]), start + S(1));
	run_expect_no_more(&run);
	assert_true(run_advertise_prefix(&run, PREFIX, 100, 1));
	run_until(&run, run.now + S(10));
	(void)run_expect(&run, IFADDR_SEND_PROBE, globals[0]);
	(void)run_expect(&run, IFADDR_SEND_ANNOUNCE, globals[0]);
	(void)run_expect(&run, IFADDR_READY, globals[0]);
	assert_int_equal(run_state(&run, globals[0]), IFADDR_DEPRECATED);
}

/* Advertised again: that makes no address usable that is probed, or somebody else's. */
static void
test_advertised_again(void **state)
{
	struct ifaddr_action action;

	(void)state;
	init(true);
	assert_true(run_advertise_prefix(&run, PREFIX, 1000, 500));
	for (unsigned int i = 0; i < 4; i++) {
		struct proto_addr addr = addr_of(globals[i]);

		assert_false(run_advertise_prefix(&run, PREFIX, 1000, 500));
		assert_int_equal(run_state(&run, globals[i]), IFADDR_TENTATIVE);
		assert_true(ifaddr_conflict(&run.set, &addr, &other_mac, false, run.now, &action));
	}
	assert_false(run_advertise_prefix(&run, PREFIX, 1000, 500));
	assert_int_equal(run_state(&run, globals[3]), IFADDR_CONFLICT);
}

/* RFC 4862 5.5.3 (e): left, advertised, and what is left then. */
static void
test_two_hours(void **state)
{
	static const struct {
		uint32_t left, advertised, then;
	} cases[] = {
		{10 * HOUR, 0, 2 * HOUR},
		{10 * HOUR, HOUR, 2 * HOUR},
		{10 * HOUR, 2 * HOUR, 2 * HOUR},
		{10 * HOUR, 2 * HOUR + 1, 2 * HOUR + 1},
		{10 * HOUR, 9 * HOUR, 9 * HOUR},
		{10 * HOUR, 11 * HOUR, 11 * HOUR},
		{2 * HOUR, 0, 2 * HOUR},
		{2 * HOUR, HOUR, 2 * HOUR},
		{2 * HOUR + 1, 0, 2 * HOUR},
		{HOUR, 0, HOUR},
		{HOUR, HOUR - 1, HOUR},
		{HOUR, HOUR + 1, HOUR + 1},
		{HOUR, 3 * HOUR, 3 * HOUR},
		{FOR_EVER, 0, 2 * HOUR},
		{FOR_EVER, 3 * HOUR, 3 * HOUR},
		{HOUR, FOR_EVER, FOR_EVER},
		{FOR_EVER, FOR_EVER, FOR_EVER},
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		struct proto_addr addr = addr_of(globals[0]);

		init(false);
		assert_true(run_advertise_prefix(&run, PREFIX, cases[i].left, 60));
		/* The other lifetime follows whatever the rule says of this one. */
		(void)run_advertise_prefix(&run, PREFIX, cases[i].advertised, 0);
		assert_int_equal(run_state(&run, globals[0]), IFADDR_DEPRECATED);
		const struct ifaddr *a = ifaddr_find(&run.set, &addr);
		uint64_t then = cases[i].then == FOR_EVER ? UINT64_MAX : run.now + S(cases[i].then);

		if (a->valid_until != then)
			fail_msg("case %zu: %lu instead of %lu", i,
				(unsigned long)((a->valid_until - run.now) / HZ),
				(unsigned long)cases[i].then);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_lifetimes),
		cmocka_unit_test(test_lifetimes_dad),
		cmocka_unit_test(test_advertised_again),
		cmocka_unit_test(test_two_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
