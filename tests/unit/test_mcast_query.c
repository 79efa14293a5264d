/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Older versions: which one a host speaks, and what it leaves out because another has said it (RFC
 * 3376 7, RFC 2236 3, RFC 3810 8, RFC 2710 4).
 */
#include "mcast_host.h"

/* IGMPv2: each group for itself, and not when another has reported it (RFC 2236 3). */
static void
test_igmp_v2(void **state)
{
	uint64_t now, first;

	(void)state;
	mcast_init(&set, 4, HZ);
	now = joined(G1, 0);
	now = joined(G2, now);
	igmp_query(2, 50, "0.0.0.0", 0, now);
	assert_int_equal(set.igmp.version, 2);
	heard(0x16, G1, G1, now);
	now = expect(now, now + 5 * HZ, 0x16, 0, G2);
	assert_true(proto_addr_equal(&report.dst, &(struct proto_addr){4, {239, 9, 9, 9}}));
	igmp_query(2, 20, G1, 0, now);
	heard(0x16, "224.0.0.1", G1, now); /* not to the group: no report */
	heard(0x17, G1, G1, now);
	heard(0x22, G1, G1, now);
	heard(0x16, G2, G2, now);
	now = expect(now, now + 2 * HZ, 0x16, 0, G1);
	igmp_query(3, 20, G1, 2, now); /* answered in version 2, until that querier is gone */
	first = expect(now, now + 2 * HZ, 0x16, 0, G1);
	leave(G1, first);
	now = expect(first, first, 0x17, 0, G1);
	join(G1, now); /* repeated within 10 s, and not when it has been heard */
	now = expect(now, now, 0x16, 0, G1);
	now = expect(now + 1, now + 10 * HZ + 1, 0x16, 0, G1);
	leave(G1, now);
	now = expect(now, now, 0x17, 0, G1);
	join(G1, now);
	now = expect(now, now, 0x16, 0, G1);
	heard(0x12, G1, G1, now);
	expect_silence();
}

/* The second report of a join comes within 10 s (RFC 2236 8.10), and they are used. */
static void
test_igmp_v2_resend(void **state)
{
	uint64_t latest = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		mcast_init(&set, seed, HZ);
		igmp_query(2, 50, "0.0.0.0", 0, 0);
		join(G1, 0);
		(void)expect(0, 0, 0x16, 0, G1);
		latest = RTE_MAX(latest, expect(1, 10 * HZ + 1, 0x16, 0, G1));
	}
	assert_in_range(latest, 9 * HZ, 10 * HZ + 1);
}

/* A timer that runs is drawn anew only when less time is asked for than it has left. */
static void
test_igmp_v2_redraw(void **state)
{
	uint64_t now, due;

	(void)state;
	mcast_init(&set, 4, HZ);
	now = joined(G1, 0);
	igmp_query(2, 200, "0.0.0.0", 0, now);
	due = set.next_due;
	igmp_query(2, 255, "0.0.0.0", 0, now);
	igmp_query(2, 255, G1, 0, now);
	assert_true(set.next_due == due);
	assert_in_range(due, now + HZ, now + 20 * HZ);
	igmp_query(2, 1, G1, 0, now);
	(void)expect(now, now + TENTH, 0x16, 0, G1);
}

/* Robustness times interval and one response interval after the last older query (8.12). */
static void
test_igmp_timeout(void **state)
{
	uint64_t start, until;

	(void)state;
	mcast_init(&set, 4, HZ);
	start = joined(G1, 0);
	igmp_query(2, 50, "0.0.0.0", 0, start);
	until = start + (2 * 125 + 5) * HZ;
	while (set.next_due < until)
		(void)mcast_tick(&set, set.next_due, &report);
	assert_true(set.next_due == until);
	join(G2, until - 1);
	(void)expect(until - 1, until - 1, 0x16, 0, G2);
	igmp_query(3, 127, G1, 2, until - 1);
	/* The mode ends: its repetitions are cancelled, what is due then goes out in version 3. */
	assert_false(mcast_tick(&set, until, &report));
	assert_int_equal(set.igmp.version, 3);
	expect_silence();
	leave(G2, until);
	(void)expect(until, until, 0x22, 3, G2);
	/* With the querier's own variables: 7 x 31744 s and 10 s. */
	uint8_t msg[12] = {0x11, 1, [8] = 7, 0xff};
	struct proto_addr dst = ip("224.0.0.1");

	assert_int_equal(mcast_query(&set, 0, &dst, msg, 12, until), 0);
	igmp_query(1, 0, "0.0.0.0", 0, until);
	assert_true(set.igmp.v1_until == until + (7 * 31744ull + 10) * HZ);
	/* A query for a group does not say which version its sender's general queries have. */
	mcast_init(&set, 4, HZ);
	igmp_query(2, 50, G1, 0, 0);
	assert_int_equal(set.igmp.version, 3);
}

/* A leave just after the mode's end, seen by the leave itself. */
static void
test_mode_ends_in_call(void **state)
{
	uint64_t now;

	(void)state;
	mcast_init(&set, 4, HZ);
	igmp_query(2, 50, "0.0.0.0", 0, 0);
	now = joined(G1, 0) + 300 * HZ;
	leave(G1, now);
	assert_int_equal(set.n_groups, 1);
	assert_true(mcast_tick(&set, now, &report));
	assert_int_equal(report.msg[0], 0x22);
	assert_false(mcast_tick(&set, now, &report));
	(void)expect(now + 1, now + HZ + 1, 0x22, 3, G1);
	expect_silence();
	igmp_query(2, 50, "0.0.0.0", 0, now);
	join(G1, now + 300 * HZ);
	assert_true(mcast_tick(&set, now + 300 * HZ, &report));
	assert_int_equal(report.msg[0], 0x22);
}

/* An older querier appears: what is pending in version 3 is cancelled (RFC 3376 7.2.1). */
static void
test_mode_cancels(void **state)
{
	uint64_t now;

	(void)state;
	mcast_init(&set, 4, HZ);
	now = joined(G1, 0);
	join(G2, now);
	(void)expect(now, now, 0x22, 4, G2);
	leave(G2, now);
	(void)expect(now, now, 0x22, 3, G2);
	igmp_query(3, 100, "0.0.0.0", 2, now);
	igmp_query(3, 100, G1, 2, now);
	igmp_query(2, 50, "0.0.0.0", 0, now);
	assert_int_equal(set.n_groups, 1); /* G2's repeated leave is given up */
	now = expect(now, now + 5 * HZ, 0x16, 0, G1);
	expect_silence();
	/* A first report that has not been sent is not given up, and is not repeated. */
	mcast_init(&set, 4, HZ);
	join(G1, 0);
	igmp_query(2, 255, "0.0.0.0", 0, 0);
	heard(0x16, G1, G1, 0); /* the answer is not needed now */
	(void)expect(0, 0, 0x16, 0, G1);
	expect_silence();
}

/* IGMPv1: the oldest querier decides; there is no leave (RFC 3376 7.2.1). */
static void
test_igmp_v1(void **state)
{
	uint64_t now;

	(void)state;
	mcast_init(&set, 4, HZ);
	now = joined(G1, 0);
	igmp_query(1, 0, "0.0.0.0", 0, now);
	(void)expect(now, now + 10 * HZ, 0x12, 0, G1);
	now += 100 * HZ;
	igmp_query(2, 10, "0.0.0.0", 0, now);
	assert_int_equal(set.igmp.version, 1);
	now = expect(now, now + HZ, 0x12, 0, G1);
	igmp_query(2, 10, "0.0.0.0", 0, now);
	heard(0x16, G1, G1, now); /* of either version (RFC 2236 4) */
	join(G2, now);
	now = expect(now, now, 0x12, 0, G2);
	leave(G2, now);
	assert_int_equal(set.n_groups, 1);
	/* The leave is not sent in version 1, when it was due as that querier came. */
	expect_silence();
	assert_int_equal(set.igmp.version, 3);
	leave(G1, now + 1000 * HZ);
	igmp_query(1, 0, "0.0.0.0", 0, now + 1000 * HZ);
	assert_int_equal(set.n_groups, 0);
	expect_silence();
	/* Version 1 is gone before version 2 is. */
	mcast_init(&set, 4, HZ);
	igmp_query(1, 0, "0.0.0.0", 0, 0);
	igmp_query(2, 10, "0.0.0.0", 0, 100 * HZ);
	join(G1, 101 * HZ);
	leave(G1, 101 * HZ);
	assert_false(mcast_tick(&set, 101 * HZ, &report));
	assert_true(set.next_due == 260 * HZ);
	assert_false(mcast_tick(&set, 260 * HZ - 1, &report));
	assert_true(set.next_due == 260 * HZ);
	assert_int_equal(set.igmp.version, 1);
	assert_false(mcast_tick(&set, 260 * HZ, &report));
	assert_int_equal(set.igmp.version, 2);
	assert_false(mcast_tick(&set, 351 * HZ, &report));
	assert_int_equal(set.igmp.version, 3);
}

static void
test_mld_v1(void **state)
{
	uint64_t now;

	(void)state;
	mcast_init(&set, 4, HZ);
	now = joined(S1, 0);
	now = joined(G1, now);
	mld_query(1, 5000, "::", now);
	assert_int_equal(set.mld.version, 1);
	assert_int_equal(set.igmp.version, 3);
	now = expect(now, now + 5 * HZ, 131, 0, S1);
	mld_query(1, 5000, S1, now);
	heard(131, S1, S1, now);
	mld_query(1, 60000, "::", now); /* linear: no floating point, and a minute */
	heard(131, "ff02::1", S1, now);
	now = expect(now, now + 60 * HZ, 131, 0, S1);
	leave(S1, now);
	now = expect(now, now, 132, 0, S1);
	join("ff05::1:3", now);
	now = expect(now, now, 131, 0, "ff05::1:3");
	now = expect(now + 1, now + 10 * HZ + 1, 131, 0, "ff05::1:3");
	expect_silence();
	assert_int_equal(set.mld.version, 2);
	leave("ff05::1:3", now + 1000 * HZ);
	mld_query(1, 0, "::", now + 1000 * HZ); /* due as the mode changes: once, as Done */
	(void)expect(now + 1000 * HZ, now + 1000 * HZ, 132, 0, "ff05::1:3");
	expect_silence();
	assert_int_equal(set.n_groups, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_igmp_v2),
		cmocka_unit_test(test_igmp_v2_resend),
		cmocka_unit_test(test_igmp_v2_redraw),
		cmocka_unit_test(test_igmp_timeout),
		cmocka_unit_test(test_mode_ends_in_call),
		cmocka_unit_test(test_mode_cancels),
		cmocka_unit_test(test_igmp_v1),
		cmocka_unit_test(test_mld_v1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
