/* SPDX-License-Identifier: BSD-3-Clause */
/* Autoconfiguration: the link-local address, other tries, solicitations, routers. */
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

/* The link-local address and three solicitations, from it once it is ready (RFC 4861 6.3.7). */
static void
test_up(void **state)
{
	unsigned int early = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		run_init(&run, true, true, seed);
		uint64_t start = run.now, at[3];
		unsigned int n = 0;

		run_until(&run, start + 10);
		assert_int_equal(run.n_asked, 0);
		start = run.now;
		ifaddr_up(&run.set, start);
		run_until(&run, start + S(30));
		for (unsigned int i = 0; i < run.n_asked; i++) {
			const struct ifaddr_action *a = &run.asked[i].action;

			if (a->what != IFADDR_SEND_SOLICIT)
				continue;
			assert_in_range(n, 0, 2);
			at[n++] = run.asked[i].at;
			/* 1 to 2 s after the start the address is ready. */
			if (n == 1 && a->addr.family == 0)
				continue;
			struct proto_addr own = addr_of(link_locals[0]);

			assert_int_not_equal(n, 1);
			assert_true(proto_addr_equal(&a->addr, &own));
		}
		assert_int_equal(n, 3);
		assert_int_equal(run.n_asked, 3 + 3);
		assert_in_range(at[0], start, start + S(1));
		assert_int_equal(at[1] - at[0], S(4));
		assert_int_equal(at[2] - at[1], S(4));
		early += at[0] < start + S(1) / 2;
		assert_int_equal(run_state(&run, link_locals[0]), IFADDR_PREFERRED);
		assert_int_equal(run.set.next_due, UINT64_MAX);
	}
	assert_in_range(early, 60, 140);
}

/* Without dad: at once, and it is said. A link-local address of the user's stands in for ours. */
static void
test_up_no_dad(void **state)
{
	struct proto_addr own = addr_of("fe80::7");

	(void)state;
	init(false);
	ifaddr_up(&run.set, run.now);
	assert_int_equal(run_state(&run, link_locals[0]), IFADDR_PREFERRED);
	run_until(&run, run.now + S(1));
	(void)run_expect(&run, IFADDR_READY, link_locals[0]);
	(void)run_expect(&run, IFADDR_SEND_SOLICIT, link_locals[0]);
	/* Again: the same address, and solicitations from the start. */
	ifaddr_up(&run.set, run.now);
	run_until(&run, run.now + S(30));
	(void)run_expect(&run, IFADDR_READY, link_locals[0]);
	for (unsigned int i = 0; i < 3; i++)
		(void)run_expect(&run, IFADDR_SEND_SOLICIT, link_locals[0]);
	run_expect_no_more(&run);

	init(false);
	assert_int_equal(ifaddr_add(&run.set, &own, 64, 0), 0);
	ifaddr_up(&run.set, run.now);
	assert_int_equal(run_state(&run, link_locals[0]), IFADDR_FREE);
	run_until(&run, run.now + S(1));
	(void)run_expect(&run, IFADDR_READY, "fe80::7");
	(void)run_expect(&run, IFADDR_SEND_SOLICIT, "fe80::7");
}

static void
test_no_slaac(void **state)
{
	struct ndp_ra ra = ra_of(1800);
	bool new_router = true;

	(void)state;
	run_init(&run, true, false, 1);
	ra_prefix(&ra, PREFIX, FOR_EVER, FOR_EVER);
	ra.mtu = 1400;
	ifaddr_up(&run.set, run.now);
	assert_false(ifaddr_advertised(&run.set, &ra, run.now, &new_router));
	assert_false(new_router);
	run_until(&run, run.now + S(20));
	run_expect_no_more(&run);
	assert_int_equal(run.set.ra_mtu, 0);
}

/* An advertisement ends soliciting, but one is sent (RFC 4861 6.3.7); lifetime 0 is no router. */
static void
test_solicit_stops(void **state)
{
	struct ndp_ra router = ra_of(1800), none = ra_of(0);

	(void)state;
	for (unsigned int before = 0; before < 2; before++) {
		init(false);
		ifaddr_up(&run.set, run.now);
		run_tick(&run, 8);
		run.looked = run.n_asked;
		if (before == 0)
			run_until(&run, run.now + S(2));
		(void)run_advertise(&run, &none);
		(void)run_advertise(&run, &router);
		(void)run_advertise(&run, &router);
		run_until(&run, run.now + S(30));
		(void)run_expect(&run, IFADDR_SEND_SOLICIT, link_locals[0]);
		run_expect_no_more(&run);
	}
	/* The same when the link was down between. */
	ifaddr_up(&run.set, run.now);
	(void)run_advertise(&run, &router);
	run_until(&run, run.now + S(30));
	(void)run_expect(&run, IFADDR_READY, link_locals[0]);
	(void)run_expect(&run, IFADDR_SEND_SOLICIT, link_locals[0]);
	run_expect_no_more(&run);
	init(false);
	ifaddr_up(&run.set, run.now);
	run_until(&run, run.now + S(2));
	(void)run_advertise(&run, &none);
	run_until(&run, run.now + S(30));
	(void)run_expect(&run, IFADDR_READY, link_locals[0]);
	for (unsigned int i = 0; i < 3; i++)
		(void)run_expect(&run, IFADDR_SEND_SOLICIT, link_locals[0]);
	run_expect_no_more(&run);
}

/* RFC 7217 6: another identifier, three times; then none. */
static void
retries(const char *const texts[4])
{
	struct ifaddr_action action;

	for (unsigned int i = 0; i < 4; i++) {
		struct proto_addr addr = addr_of(texts[i]);

		assert_int_equal(run_state(&run, texts[i]), IFADDR_TENTATIVE);
		run_until(&run, run.now + S(1));
		assert_true(ifaddr_conflict(&run.set, &addr, &other_mac, i % 2, run.now, &action));
		assert_int_equal(action.what, IFADDR_LOST);
		assert_true(proto_addr_equal(&action.addr, &addr));
	}
	assert_int_equal(run_state(&run, texts[3]), IFADDR_CONFLICT);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(run_expect(&run, IFADDR_SEND_PROBE, texts[i]) > 0, 1);
	run_until(&run, run.now + S(30));
	run_expect_no_more(&run);
}

static void
test_retries(void **state)
{
	(void)state;
	init(true);
	ifaddr_up(&run.set, run.now);
	run.set.solicits = 0;
	retries(link_locals);
	init(true);
	assert_true(run_advertise_prefix(&run, PREFIX, 1000, 500));
	retries(globals);
	/* It was lost already: its end is not worth a word, and later the prefix may try again. */
	run_leap(&run, run.now + S(1000));
	run_expect_no_more(&run);
	assert_int_equal(run_state(&run, globals[3]), IFADDR_FREE);
	assert_true(run_advertise_prefix(&run, PREFIX, 1000, 500));
	assert_int_equal(run_state(&run, globals[0]), IFADDR_TENTATIVE);
	/* The last retry can succeed. */
	init(true);
	assert_true(run_advertise_prefix(&run, PREFIX, FOR_EVER, FOR_EVER));
	for (unsigned int i = 0; i < 3; i++) {
		struct proto_addr addr = addr_of(globals[i]);
		struct ifaddr_action action;

		assert_true(ifaddr_conflict(&run.set, &addr, &other_mac, 0, run.now, &action));
	}
	run_until(&run, run.now + S(5));
	(void)run_expect(&run, IFADDR_SEND_PROBE, globals[3]);
	(void)run_expect(&run, IFADDR_SEND_ANNOUNCE, globals[3]);
	(void)run_expect(&run, IFADDR_READY, globals[3]);
	run_expect_no_more(&run);
}

/* No room: the address is not made, and nothing else breaks. */
static void
test_full(void **state)
{
	struct proto_addr addr = addr_of("192.0.2.1");

	(void)state;
	init(false);
	for (unsigned int i = 0; i < IFADDRS_MAX; i++, addr.bytes[3]++)
		assert_int_equal(ifaddr_add(&run.set, &addr, 24, run.now), 0);
	ifaddr_up(&run.set, run.now);
	assert_false(run_advertise_prefix(&run, PREFIX, 1000, 500));
	run_until(&run, run.now + S(1));
	assert_int_equal(run.n_asked, IFADDRS_MAX + 1);
	assert_int_equal(run.asked[IFADDRS_MAX].action.what, IFADDR_SEND_SOLICIT);
	assert_int_equal(run.asked[IFADDRS_MAX].action.addr.family, 0);
}

/* The default router list (RFC 4861 6.3.4, 6.3.5). */
static void
test_routers(void **state)
{
	struct ndp_ra ra = ra_of(100);
	bool new_router;

	(void)state;
	init(false);
	uint64_t start = run.now;

	for (unsigned int i = 0; i < IFROUTERS_MAX + 1; i++) {
		ra.router.bytes[15] = (uint8_t)(1 + i);
		ra.lifetime_s = 0;
		assert_false(ifaddr_advertised(&run.set, &ra, run.now, &new_router));
		assert_false(new_router);
		ra.lifetime_s = (uint16_t)(100 + i);
		/* The list is full: one more is not followed. */
		assert_int_equal(
			ifaddr_advertised(&run.set, &ra, run.now, &new_router), i < IFROUTERS_MAX);
		assert_int_equal(new_router, i < IFROUTERS_MAX);
		assert_false(ifaddr_advertised(&run.set, &ra, run.now, &new_router));
		assert_false(new_router);
	}
	run_leap(&run, start);
	run_expect_no_more(&run);
	assert_int_equal(run.set.next_due, start + S(100));
	/* The second stays longer, the third goes now, unless it says otherwise at once. */
	ra.router.bytes[15] = 2;
	ra.lifetime_s = 300;
	(void)run_advertise(&run, &ra);
	ra.router.bytes[15] = 3;
	ra.lifetime_s = 0;
	assert_true(ifaddr_advertised(&run.set, &ra, run.now, &new_router));
	assert_false(new_router);
	run_leap(&run, start);
	assert_int_equal(run_expect(&run, IFADDR_ROUTER_GONE, "fe80::3"), start);
	run_leap(&run, start + S(100) - 1);
	run_expect_no_more(&run);
	run_leap(&run, start + S(100));
	(void)run_expect(&run, IFADDR_ROUTER_GONE, "fe80::1");
	run_leap(&run, start + S(200));
	(void)run_expect(&run, IFADDR_ROUTER_GONE, "fe80::4");
	run_leap(&run, start + S(300));
	(void)run_expect(&run, IFADDR_ROUTER_GONE, "fe80::2");
	run_expect_no_more(&run);
	assert_int_equal(run.set.next_due, UINT64_MAX);
	ra.lifetime_s = 5;
	assert_true(ifaddr_advertised(&run.set, &ra, run.now, &new_router));
	assert_true(new_router);
}

static void
test_values(void **state)
{
	struct ndp_ra ra = ra_of(0);

	(void)state;
	init(false);
	ra.mtu = 1279;
	assert_false(run_advertise(&run, &ra));
	ra.mtu = 65536 + 1400;
	assert_false(run_advertise(&run, &ra));
	assert_int_equal(run.set.ra_mtu, 0);
	ra.mtu = 1280;
	assert_true(run_advertise(&run, &ra));
	assert_false(run_advertise(&run, &ra));
	assert_int_equal(run.set.ra_mtu, 1280);
	ra.mtu = 0;
	ra.hop_limit = 7;
	assert_true(run_advertise(&run, &ra));
	assert_false(run_advertise(&run, &ra));
	assert_int_equal(run.set.ra_mtu, 1280);
	assert_int_equal(run.set.ra_hop_limit, 7);
	ra.hop_limit = 0;
	ra.mtu = 65535;
	assert_true(run_advertise(&run, &ra));
	assert_int_equal(run.set.ra_mtu, 65535);
	assert_int_equal(run.set.ra_hop_limit, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_up),
		cmocka_unit_test(test_up_no_dad),
		cmocka_unit_test(test_no_slaac),
		cmocka_unit_test(test_solicit_stops),
		cmocka_unit_test(test_retries),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_routers),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
