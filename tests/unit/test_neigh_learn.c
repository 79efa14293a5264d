/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What messages do to a neighbour: RFC 4861 7.2.3, 7.2.5 and the table of its appendix C; ARP
 * (RFC 826) goes by the same rules.
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

#define HZ   UINT64_C(1000000)
#define ZONE 0x1000064

static const struct proto_addr addr = {.family = PROTO_IPV4, .bytes = {192, 0, 2, 9}};
static const struct rte_ether_addr mac_a = {{2, 0, 0, 0, 0, 0xa}}, mac_b = {{2, 0, 0, 0, 0, 0xb}};

static struct neigh_table table;
static uint64_t now;

static int
table_set_up(void **state)
{
	(void)state;
	now = 1000 * HZ;
	return neigh_table_init(&table, "neigh", 1, HZ);
}

static int
table_tear_down(void **state)
{
	(void)state;
	neigh_table_fini(&table);
	return 0;
}

/* NULL: there is none. */
static struct neigh *
only_entry(void)
{
	uint32_t at = 0;
	const struct neigh *slot = neigh_next(&table, &at);

	assert_null(neigh_next(&table, &at));
	return slot != NULL ? &table.slots[slot - table.slots] : NULL;
}

static void
tick_after(uint64_t cycles)
{
	struct neigh_ask asks[8];
	bool changed;

	now += cycles;
	(void)neigh_tick(&table, now, asks, RTE_DIM(asks), &changed);
}

static struct neigh_news
news_of(const struct rte_ether_addr *mac)
{
	struct neigh_news news = {.zone = ZONE, .addr = addr, .has_mac = mac != NULL};

	if (mac != NULL)
		news.mac = *mac;
	return news;
}

/* An entry in this state, of mac_a where it has one. */
static void
enter(enum neigh_state state)
{
	struct neigh_news news = news_of(&mac_a);
	struct rte_ether_addr mac;
	neigh_id id;

	if (state == NEIGH_STATIC) {
		assert_int_equal(neigh_add(&table, ZONE, &addr, &mac_a), 0);
		return;
	}
	assert_int_equal(neigh_resolve(&table, ZONE, &addr, now, &mac, &id), -EAGAIN);
	tick_after(0);
	news.advert = true;
	news.solicited = state == NEIGH_REACHABLE;
	if (state != NEIGH_INCOMPLETE)
		assert_true(neigh_learn(&table, &news, now));
	if (state == NEIGH_DELAY || state == NEIGH_PROBE) {
		neigh_used(&table, id);
		tick_after(HZ);
	}
	if (state == NEIGH_PROBE)
		tick_after(6 * HZ);
	assert_int_equal(only_entry()->state, state);
}

/* What becomes of an entry of mac_a when news comes. */
enum {
	UNCHANGED = -1
};
enum lla {
	NONE,
	SAME,
	DIFFERENT
};

/* RFC 4861 appendix C. */
static const struct transition {
	enum neigh_state from;
	bool advert, solicited, override;
	enum lla lla;
	int next;
	bool new_mac; /* mac_b is taken */
} transitions[] = {
	/* INCOMPLETE: only the link-layer address counts, not the override flag. */
	{NEIGH_INCOMPLETE, true, false, false, SAME, NEIGH_STALE, false},
	{NEIGH_INCOMPLETE, true, false, true, DIFFERENT, NEIGH_STALE, true},
	{NEIGH_INCOMPLETE, true, true, false, DIFFERENT, NEIGH_REACHABLE, true},
	{NEIGH_INCOMPLETE, true, true, true, SAME, NEIGH_REACHABLE, false},
	{NEIGH_INCOMPLETE, true, true, true, NONE, UNCHANGED, false},
	{NEIGH_INCOMPLETE, true, false, false, NONE, UNCHANGED, false},
	{NEIGH_INCOMPLETE, false, false, false, DIFFERENT, NEIGH_STALE, true},
	{NEIGH_INCOMPLETE, false, true, true, DIFFERENT, NEIGH_STALE, true},
	{NEIGH_INCOMPLETE, false, false, false, NONE, UNCHANGED, false},
/* The rows that begin with "!INCOMPLETE", and those of each state. */
#define RESOLVED(from, conflict)                                            \
	{from, true, true, false, SAME, NEIGH_REACHABLE, false},            \
		{from, true, true, false, NONE, NEIGH_REACHABLE, false},    \
		{from, true, true, false, DIFFERENT, conflict, false},      \
		{from, true, true, true, SAME, NEIGH_REACHABLE, false},     \
		{from, true, true, true, NONE, NEIGH_REACHABLE, false},     \
		{from, true, true, true, DIFFERENT, NEIGH_REACHABLE, true}, \
		{from, true, false, false, SAME, UNCHANGED, false},         \
		{from, true, false, false, NONE, UNCHANGED, false},         \
		{from, true, false, false, DIFFERENT, conflict, false},     \
		{from, true, false, true, SAME, UNCHANGED, false},          \
		{from, true, false, true, NONE, UNCHANGED, false},          \
		{from, true, false, true, DIFFERENT, NEIGH_STALE, true},    \
		{from, false, false, false, SAME, UNCHANGED, false},        \
		{from, false, false, false, NONE, UNCHANGED, false},        \
		{from, false, false, false, DIFFERENT, NEIGH_STALE, true},  \
	{                                                                   \
		from, false, true, true, DIFFERENT, NEIGH_STALE, true       \
	}
	RESOLVED(NEIGH_REACHABLE, NEIGH_STALE),
	RESOLVED(NEIGH_STALE, UNCHANGED),
	RESOLVED(NEIGH_DELAY, UNCHANGED),
	RESOLVED(NEIGH_PROBE, UNCHANGED),
	{NEIGH_STATIC, true, true, true, DIFFERENT, UNCHANGED, false},
	{NEIGH_STATIC, true, false, false, DIFFERENT, UNCHANGED, false},
	{NEIGH_STATIC, true, true, true, SAME, UNCHANGED, false},
	{NEIGH_STATIC, false, false, false, DIFFERENT, UNCHANGED, false},
};

/* The router flag, too: adverts that are taken set and clear it, questions may set it. */
static bool
router_after(const struct transition *t, bool before, bool said)
{
	bool taken = t->lla != DIFFERENT || t->override || t->from == NEIGH_INCOMPLETE;

	if (t->from == NEIGH_STATIC || (t->from == NEIGH_INCOMPLETE && t->lla == NONE))
		return before;
	if (!t->advert)
		return before || said;
	return taken ? said : before;
}

static void
one_transition(const struct transition *t, bool create, bool was_router, bool router)
{
	struct neigh_news news = news_of(t->lla == NONE ? NULL : t->lla == SAME ? &mac_a : &mac_b);
	struct neigh *slot;

	enter(t->from);
	slot = only_entry();
	slot->is_router = was_router && t->from != NEIGH_INCOMPLETE;
	bool want_router = router_after(t, slot->is_router, router);
	struct neigh before = *slot;

	now++;
	news.advert = t->advert;
	news.solicited = t->solicited;
	news.override = t->override;
	news.router = router;
	news.create = create;
	bool resolved = t->from == NEIGH_INCOMPLETE && t->next != UNCHANGED;

	assert_int_equal(neigh_learn(&table, &news, now), t->new_mac || resolved);
	assert_int_equal(slot->state, t->next == UNCHANGED ? t->from : (enum neigh_state)t->next);
	assert_int_equal(slot->is_router, want_router);
	if (t->next == UNCHANGED) {
		assert_int_equal(slot->due, before.due);
		assert_int_equal(slot->probes, before.probes);
		assert_memory_equal(&slot->mac, &before.mac, sizeof(slot->mac));
	} else {
		assert_memory_equal(&slot->mac, t->new_mac ? &mac_b : &mac_a, sizeof(slot->mac));
		if (slot->state == NEIGH_REACHABLE)
			assert_in_range(slot->due - now, 15 * HZ, 45 * HZ);
		else
			assert_true(slot->due == UINT64_MAX);
	}
	assert_int_equal(neigh_del(&table, ZONE, &addr), 0);
}

static void
test_transitions(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(transitions); i++)
		for (unsigned int flags = 0; flags < 8; flags++)
			one_transition(&transitions[i], (flags & 1) != 0, (flags & 2) != 0,
				(flags & 4) != 0);
}

/* Of one that is not there: only what is said to, and has an address, makes an entry; STALE. */
static void
test_absent(void **state)
{
	(void)state;
	for (unsigned int flags = 0; flags < 64; flags++) {
		struct neigh_news news = news_of((flags & 1) != 0 ? &mac_a : NULL);
		bool made;

		news.create = (flags & 2) != 0;
		news.advert = (flags & 4) != 0;
		news.solicited = (flags & 8) != 0;
		news.override = (flags & 16) != 0;
		news.router = (flags & 32) != 0;
		made = neigh_learn(&table, &news, now);
		assert_int_equal(made, news.create && news.has_mac);
		if (!made) {
			assert_null(only_entry());
			continue;
		}
		assert_int_equal(only_entry()->state, NEIGH_STALE);
		assert_int_equal(only_entry()->is_router, news.router);
		assert_memory_equal(&only_entry()->mac, &mac_a, sizeof(mac_a));
		assert_int_equal(neigh_del(&table, ZONE, &addr), 0);
	}
}

/* A group's or no MAC is nobody's; nor is news of a group, or of no address, that of a host. */
static void
test_not_a_host(void **state)
{
	static const struct rte_ether_addr macs[] = {
		{{0}}, {{1, 0, 0x5e, 0, 0, 1}}, {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}};
	static const struct proto_addr addrs[] = {
		{.family = PROTO_IPV4},
		{.family = PROTO_IPV6},
		{.family = PROTO_IPV4, .bytes = {224, 0, 0, 1}},
		{.family = PROTO_IPV4, .bytes = {255, 255, 255, 255}},
		{.family = PROTO_IPV6, .bytes = {0xff, 2}},
	};

	(void)state;
	for (unsigned int flags = 0; flags < 8; flags++) {
		struct neigh_news news = news_of(&mac_b);

		news.create = (flags & 1) != 0;
		news.advert = (flags & 2) != 0;
		news.solicited = news.override = (flags & 4) != 0;
		for (unsigned int i = 0; i < RTE_DIM(addrs); i++) {
			news.addr = addrs[i];
			assert_false(neigh_learn(&table, &news, now));
			assert_null(only_entry());
		}
		news.addr = addr;
		for (unsigned int i = 0; i < RTE_DIM(macs); i++) {
			news.mac = macs[i];
			assert_false(neigh_learn(&table, &news, now));
			assert_null(only_entry());
			enter(NEIGH_STALE);
			assert_false(neigh_learn(&table, &news, now));
			assert_int_equal(only_entry()->state, NEIGH_STALE);
			assert_memory_equal(&only_entry()->mac, &mac_a, sizeof(mac_a));
			assert_int_equal(neigh_del(&table, ZONE, &addr), 0);
		}
	}
}

/* News is of one zone, and of one family. */
static void
test_elsewhere(void **state)
{
	struct neigh_news news = news_of(&mac_b);

	(void)state;
	enter(NEIGH_REACHABLE);
	news.advert = news.override = true;
	news.zone = ZONE + 1;
	assert_false(neigh_learn(&table, &news, now));
	news.zone = ZONE;
	news.addr.family = PROTO_IPV6;
	assert_false(neigh_learn(&table, &news, now));
	assert_int_equal(only_entry()->state, NEIGH_REACHABLE);
	assert_memory_equal(&only_entry()->mac, &mac_a, sizeof(mac_a));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, table_set_up, table_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_transitions),
		TEST(test_absent),
		TEST(test_not_a_host),
		TEST(test_elsewhere),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
