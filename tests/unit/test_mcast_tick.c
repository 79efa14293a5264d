/* SPDX-License-Identifier: BSD-3-Clause */
/* What is sent when, in IGMPv3 (RFC 3376 5) and MLDv2 (RFC 3810 6). */
#include "mcast_host.h"

static void
test_changes(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		uint64_t now = 5 * HZ;

		mcast_init(&set, seed, HZ);
		join(G1, now);
		now = expect(now, now, 0x22, 4, G1);
		now = expect(now + 1, now + HZ + 1, 0x22, 4, G1);
		expect_silence();
		leave(G1, now);
		now = expect(now, now, 0x22, 3, G1);
		assert_int_equal(set.n_groups, 1);
		(void)expect(now + 1, now + HZ + 1, 0x22, 3, G1);
		assert_int_equal(set.n_groups, 0);
		expect_silence();
		join(S1, now);
		now = expect(now, now, 143, 4, S1);
		leave(S1, now + 1); /* before the repetition: the leave takes its place */
		now = expect(now + 1, now + 1, 143, 3, S1);
		(void)expect(now + 1, now + HZ + 1, 143, 3, S1);
		expect_silence();
	}
}

/* Delays fill their range. */
static void
test_spread(void **state)
{
	uint32_t tenths[10] = {0}, answers[10] = {0};

	(void)state;
	for (uint64_t seed = 0; seed < 1000; seed++) {
		mcast_init(&set, seed, HZ);
		join(G1, 0);
		(void)expect(0, 0, 0x22, 4, G1);
		tenths[RTE_MIN(expect(1, HZ + 1, 0x22, 4, G1) / TENTH, 9u)]++;
		igmp_query(3, 100, "0.0.0.0", 2, 2 * HZ);
		answers[RTE_MIN((expect(2 * HZ, 12 * HZ, 0x22, 2, G1) - 2 * HZ) / HZ, 9u)]++;
	}
	for (unsigned int i = 0; i < 10; i++) {
		assert_in_range(tenths[i], 60, 140);
		assert_in_range(answers[i], 60, 140);
	}
}

/* The querier's robustness variable; 0: the default. */
static void
test_robustness(void **state)
{
	static const uint8_t qrvs[] = {3, 7, 1, 0, 5, 8};
	static const uint8_t want[] = {3, 7, 1, 2, 5, 2};

	(void)state;
	mcast_init(&set, 1, HZ);
	for (size_t i = 0; i < RTE_DIM(qrvs); i++) {
		uint64_t now = i * 1000 * HZ;

		igmp_query(3, 1, G2, qrvs[i], now); /* not ours, but it tells */
		join(G1, now);
		now = expect(now, now, 0x22, 4, G1);
		for (uint8_t k = 1; k < want[i]; k++)
			now = expect(now + 1, now + HZ + 1, 0x22, 4, G1);
		expect_silence();
		leave(G1, now);
		for (uint8_t k = 0; k < want[i]; k++)
			now = expect(now, now + HZ + 1, 0x22, 3, G1);
		expect_silence();
	}
}

static void
test_general(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		uint64_t now;

		mcast_init(&set, seed, HZ);
		now = joined(G1, 0);
		now = joined(S1, now);
		igmp_query(3, 10, "0.0.0.0", 2, now);
		now = expect(now, now + HZ, 0x22, 2, G1);
		expect_silence();
		mld_query(2, 3000, "::", now);
		now = expect(now, now + 3 * HZ, 143, 2, S1);
		expect_silence();
	}
}

/* Floating-point codes: 0x8f is 31 << 3 tenths, and MLD's 0x8fff 8191 << 3 ms, all of it used. */
static void
test_float_codes(void **state)
{
	uint64_t igmp_max = 0, mld_max = 0, now;

	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		mcast_init(&set, seed, HZ);
		now = joined(G1, 0);
		now = joined(S1, now);
		igmp_query(3, 0x8f, "0.0.0.0", 2, now);
		uint64_t answered = expect(now, now + 248 * TENTH, 0x22, 2, G1);

		igmp_max = RTE_MAX(igmp_max, answered - now);
		now = answered;
		mld_query(2, 0x8fff, "::", now);
		answered = expect(now, now + 65528 * (HZ / 1000), 143, 2, S1);
		mld_max = RTE_MAX(mld_max, answered - now);
	}
	assert_in_range(igmp_max, 230 * TENTH, 248 * TENTH);
	assert_in_range(mld_max, 61000 * (HZ / 1000), 65528 * (HZ / 1000));
}

/* Both families due at once: never in one report. */
static void
test_families(void **state)
{
	(void)state;
	mcast_init(&set, 3, HZ);
	join(G1, 0);
	join(S1, 0);
	(void)expect(0, 0, 0x22, 4, G1);
	(void)expect(0, 0, 143, 4, S1);
	assert_false(mcast_tick(&set, 0, &report));
}

/* Left while an answer is pending: the leave is all that is said. */
static void
test_left_before_answer(void **state)
{
	uint64_t now;

	(void)state;
	mcast_init(&set, 3, HZ);
	now = joined(G1, 0);
	igmp_query(3, 3, G1, 2, now);
	leave(G1, now);
	now = expect(now, now, 0x22, 3, G1);
	(void)expect(now + 1, now + HZ + 1, 0x22, 3, G1);
	expect_silence();
}

/* Joined, all nodes are still not in the answer. */
static void
test_all_nodes(void **state)
{
	uint64_t now;

	(void)state;
	mcast_init(&set, 3, HZ);
	join("224.0.0.1", 0);
	join("ff02::1", 0);
	now = joined(G1, 0);
	igmp_query(3, 3, "0.0.0.0", 2, now);
	mld_query(2, 100, "::", now);
	(void)expect(now, now + HZ, 0x22, 2, G1);
	expect_silence();
	igmp_query(2, 3, "0.0.0.0", 0, now);
	mld_query(1, 100, "::", now);
	(void)expect(now, now + HZ, 0x16, 0, G1);
	expect_silence();
}

/* A code of 0 answers at once; an earlier answer is not put off by a later query. */
static void
test_earliest(void **state)
{
	uint64_t now;

	(void)state;
	mcast_init(&set, 3, HZ);
	now = joined(G1, 0);
	igmp_query(3, 127, "0.0.0.0", 2, now);
	igmp_query(3, 0, "0.0.0.0", 2, now);
	igmp_query(3, 127, "0.0.0.0", 2, now);
	(void)expect(now, now, 0x22, 2, G1);
	expect_silence();
	igmp_query(3, 127, G1, 2, now);
	igmp_query(3, 0, G1, 2, now);
	igmp_query(3, 127, G1, 2, now);
	(void)expect(now, now, 0x22, 2, G1);
	expect_silence();
}

static void
test_group(void **state)
{
	static const uint8_t sources[20] = {
		0x11, 10, 0xe7, 0x6e, 239, 1, 2, 3, 2, 125, 0, 2, 10, 0, 0, 1, 10, 0, 0, 2};
	struct proto_addr dst = ip(G1);
	uint64_t now;

	(void)state;
	mcast_init(&set, 9, HZ);
	now = joined(G1, 0);
	now = joined(G2, now);
	now = joined(S1, now);
	igmp_query(3, 20, G2, 2, now);
	now = expect(now, now + 2 * HZ, 0x22, 2, G2);
	expect_silence();
	assert_int_equal(mcast_query(&set, 0, &dst, sources, sizeof(sources), now), 0);
	now = expect(now, now + HZ, 0x22, 2, G1);
	expect_silence();
	mld_query(2, 1000, S1, now);
	now = expect(now, now + HZ, 143, 2, S1);
	mld_query(2, 1000, "ff02::1:ff00:2", now); /* nobody's */
	igmp_query(3, 20, "239.1.2.4", 2, now);
	igmp_query(3, 20, "224.0.0.1", 2, now); /* never reported */
	assert_int_equal(mcast_query(&set, 5, &dst, sources, sizeof(sources), now), 0);
	expect_silence(); /* and that was another VLAN */
	leave(G2, now);
	now = expect(now, now, 0x22, 3, G2);
	igmp_query(3, 0, G2, 2, now); /* left: no answer, but the repetition */
	igmp_query(3, 0, "0.0.0.0", 2, now);
	now = expect(now, now, 0x22, 2, G1);
	(void)expect(now + 1, now + HZ + 1, 0x22, 3, G2);
	expect_silence();
}

/* One answer on each VLAN. */
static void
test_vlans(void **state)
{
	struct proto_addr addr = ip(G1);
	uint32_t seen = 0;

	(void)state;
	mcast_init(&set, 9, HZ);
	for (uint32_t tags = 1; tags <= 4; tags++)
		assert_int_equal(mcast_join(&set, tags << 12, &addr, 0), 1);
	for (unsigned int i = 0; i < 4; i++) {
		assert_true(mcast_tick(&set, 0, &report));
		assert_int_equal(report.msg[7], 1);
		seen |= 1u << (report.tags >> 12);
	}
	assert_int_equal(seen, 0x1e);
	assert_false(mcast_tick(&set, 0, &report));
}

/* Version 3 hears reports, and sends its own all the same. */
static void
test_v3_not_suppressed(void **state)
{
	uint64_t now;

	(void)state;
	mcast_init(&set, 4, HZ);
	now = joined(G1, 0);
	igmp_query(3, 50, "0.0.0.0", 2, now);
	heard(0x16, G1, G1, now);
	now = expect(now, now + 5 * HZ, 0x22, 2, G1);
	igmp_query(3, 50, G1, 2, now);
	heard(0x16, G1, G1, now);
	heard(0x12, G1, G1, now);
	now = expect(now, now + 5 * HZ, 0x22, 2, G1);
	now = joined(S1, now);
	mld_query(2, 5000, S1, now);
	heard(131, S1, S1, now);
	(void)expect(now, now + 5 * HZ, 143, 2, S1);
	expect_silence();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_robustness),
		cmocka_unit_test(test_general),
		cmocka_unit_test(test_float_codes),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_left_before_answer),
		cmocka_unit_test(test_all_nodes),
		cmocka_unit_test(test_earliest),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_vlans),
		cmocka_unit_test(test_v3_not_suppressed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
