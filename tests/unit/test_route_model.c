/* SPDX-License-Identifier: BSD-3-Clause */
/* Route tables of both kinds, against a list of prefixes that is read from end to end. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "net/route.h"
#include "rng.h"
#include "wide.h"

#define LARGE 100000u
#define SITES 256u

static struct route_table table;

static void
init(uint32_t n_routes)
{
	assert_int_equal(route_table_init(&table, "fib", n_routes), 0);
}

struct entry {
	struct wide bits; /* those behind the prefix are 0 */
	struct wide mask;
	uint8_t family;
	uint8_t len;
	uintptr_t link; /* 0: not in the table */
};

struct model {
	uint32_t n;
	struct rng rng;
	struct wide sites[SITES];
	struct entry *entries;
};

static struct wide
mask_of(uint8_t len)
{
	return (struct wide){
		len == 0 ? 0 : UINT64_MAX << (len >= 64 ? 0 : 64 - len),
		len <= 64 ? 0 : UINT64_MAX << (128 - len),
	};
}

/* A host: of one of the sites, so that prefixes nest; IPv6 bytes of few values, so that they share.
 */
static struct wide
random_host(struct model *m, uint8_t family)
{
	struct wide site = m->sites[rng_below(&m->rng, SITES)];
	uint64_t hi = rng_next(&m->rng), lo = rng_next(&m->rng);

	if (family == PROTO_IPV4)
		return (struct wide){(site.hi & mask_of(16).hi) | (hi & 0xffff00000000u), 0};
	return (struct wide){
		(site.hi & mask_of(32).hi) | (hi & 0x03030303u), lo & 0x0303030303030303u};
}

static uint8_t
random_len(struct model *m, uint8_t family)
{
	if (family == PROTO_IPV4)
		return (uint8_t)(8 + rng_below(&m->rng, 25));
	if (rng_below(&m->rng, 100) == 0)
		return (uint8_t)(65 + rng_below(&m->rng, 64));
	return (uint8_t)(16 + rng_below(&m->rng, 49));
}

/* The longest prefix of all. */
static uintptr_t
model_find(const struct model *m, uint8_t family, struct wide host)
{
	uintptr_t link = 0;
	int best = -1;

	for (uint32_t i = 0; i < m->n; i++) {
		const struct entry *e = &m->entries[i];

		if (((host.hi ^ e->bits.hi) & e->mask.hi) == 0 && e->link != 0 &&
			((host.lo ^ e->bits.lo) & e->mask.lo) == 0 && e->family == family &&
			e->len > best) {
			best = e->len;
			link = e->link;
		}
	}
	return link;
}

static bool
model_has(const struct model *m, const struct entry *wanted)
{
	for (uint32_t i = 0; i < m->n; i++) {
		const struct entry *e = &m->entries[i];

		if (e->bits.hi == wanted->bits.hi && e->bits.lo == wanted->bits.lo &&
			e->link != 0 && e->family == wanted->family && e->len == wanted->len)
			return true;
	}
	return false;
}

/* Enter one, with noise behind the prefix. A double is to be refused, and only a double. */
static void
model_add(struct model *m, uint32_t i, uint8_t family, uint8_t len)
{
	struct entry *e = &m->entries[i];
	struct wide host = random_host(m, family);
	struct proto_addr addr = addr_from(family, host), gateway = addr;

	*e = (struct entry){.mask = mask_of(len), .family = family, .len = len};
	e->bits = (struct wide){host.hi & e->mask.hi, host.lo & e->mask.lo};
	int ret = route_add(&table, &addr, len, mark(i + 1), i % 2 ? &gateway : NULL);

	if (ret == -EEXIST) {
		assert_true(model_has(m, e));
		return;
	}
	if (ret != 0)
		fail_msg("route %u, of %u bits: %d", i, len, ret);
	e->link = i + 1;
}

static void
model_fill(struct model *m)
{
	for (uint32_t i = 0; i < m->n; i++) {
		uint8_t family = rng_below(&m->rng, 10) < 7 ? PROTO_IPV4 : PROTO_IPV6;

		if (m->entries[i].link != 0)
			continue;
		if (i < 2)
			model_add(m, i, i == 0 ? PROTO_IPV4 : PROTO_IPV6, 0);
		else
			model_add(m, i, family, random_len(m, family));
	}
}

static int
entry_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->bits.hi != y->bits.hi)
		return x->bits.hi < y->bits.hi ? -1 : 1;
	if (x->bits.lo != y->bits.lo)
		return x->bits.lo < y->bits.lo ? -1 : 1;
	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return x->len - y->len;
}

/* No double was taken. */
static void
model_check_doubles(struct model *m)
{
	struct entry *sorted = calloc(m->n, sizeof(*sorted));
	uint32_t n = 0;

	assert_non_null(sorted);
	for (uint32_t i = 0; i < m->n; i++)
		if (m->entries[i].link != 0)
			sorted[n++] = m->entries[i];
	assert_in_range(n, m->n / 2, m->n);
	qsort(sorted, n, sizeof(*sorted), entry_compare);
	for (uint32_t i = 1; i < n; i++)
		assert_true(entry_compare(&sorted[i - 1], &sorted[i]) != 0);
	free(sorted);
}

/* A host in a prefix that is or was in the table: its ends, one beside them, or anywhere. */
static struct wide
near_host(struct model *m, const struct entry *e)
{
	struct wide last = {e->bits.hi | ~e->mask.hi, e->bits.lo | ~e->mask.lo};
	struct wide noise = {rng_next(&m->rng), rng_next(&m->rng)};
	uint64_t step = e->family == PROTO_IPV4 ? (uint64_t)1 << 32 : 1;

	switch (rng_below(&m->rng, 5)) {
	case 0:
		return e->bits;
	case 1:
		return last;
	case 2:
		return e->family == PROTO_IPV4
			       ? (struct wide){e->bits.hi - step, 0}
			       : (struct wide){e->bits.hi - (e->bits.lo == 0), e->bits.lo - step};
	case 3:
		return e->family == PROTO_IPV4
			       ? (struct wide){last.hi + step, 0}
			       : (struct wide){last.hi + (last.lo == UINT64_MAX), last.lo + step};
	default:
		return (struct wide){(e->bits.hi & e->mask.hi) | (noise.hi & ~e->mask.hi),
			(e->bits.lo & e->mask.lo) | (noise.lo & ~e->mask.lo)};
	}
}

static void
model_check(struct model *m, unsigned int lookups)
{
	for (unsigned int i = 0; i < lookups; i++) {
		const struct entry *e = &m->entries[rng_below(&m->rng, m->n)];
		struct wide host = near_host(m, e);
		struct proto_addr addr = addr_from(e->family, host);
		const struct route *route = route_find(&table, &addr);
		uintptr_t link = model_find(m, e->family, host);
		char text[PROTO_ADDR_STR_MAX];

		if ((route != NULL ? route->link : NULL) != mark(link))
			fail_msg("%s: route %p instead of %p",
				proto_addr_format(&addr, text, sizeof(text)),
				route != NULL ? (void *)route->link : NULL, (void *)mark(link));
		if (route != NULL)
			assert_int_equal(route->gateway.family,
				(link - 1) % 2 ? m->entries[link - 1].family : 0);
	}
}

/* Take about one in `out_of` away. */
static void
model_thin(struct model *m, uint32_t out_of)
{
	for (uint32_t i = 0; i < m->n; i++) {
		struct entry *e = &m->entries[i];
		/* Noise behind the prefix is no part of it. */
		struct proto_addr addr = addr_from(e->family,
			(struct wide){e->bits.hi | ~e->mask.hi, e->bits.lo | ~e->mask.lo});

		if (e->link == 0 || rng_below(&m->rng, out_of) != 0)
			continue;
		assert_int_equal(route_del(&table, &addr, e->len, mark(e->link + 1)), -ENOENT);
		assert_int_equal(route_del(&table, &addr, e->len, mark(e->link)), 0);
		assert_int_equal(route_del(&table, &addr, e->len, mark(e->link)), -ENOENT);
		e->link = 0;
	}
}

/* Fill it, take some away, fill it again, and so on: nothing of what is gone stays. */
static void
against_model(uint32_t n, uint64_t seed, unsigned int rounds, unsigned int lookups)
{
	struct model m = {.n = n, .rng = {seed}};

	m.entries = calloc(n, sizeof(*m.entries));
	assert_non_null(m.entries);
	for (unsigned int i = 0; i < SITES; i++)
		m.sites[i] = (struct wide){rng_next(&m.rng), 0};
	init(n);
	for (unsigned int round = 0; round < rounds; round++) {
		model_fill(&m);
		model_check_doubles(&m);
		model_check(&m, lookups);
		model_thin(&m, 2);
		model_check(&m, lookups);
	}
	model_thin(&m, 1);
	model_check(&m, lookups / 10);
	for (uint32_t i = 0; i < n; i++)
		assert_null(table.routes[i].link);
	route_table_fini(&table);
	free(m.entries);
}

static void
test_model_tree(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 4; seed++)
		against_model(ROUTES_TREE_MAX, seed, 4, 2000);
}

/* So often that the trie is copied (route.c: fib6_renew()) again and again. */
static void
test_model_worn(void **state)
{
	(void)state;
	against_model(ROUTES_TREE_MAX + 1, 1, 60, 300);
}

static void
test_model_large(void **state)
{
	(void)state;
	against_model(LARGE, 1, 2, 1000);
}

int
main(void)
{
	static const char *const more[] = {"-m512", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model_tree),
		cmocka_unit_test(test_model_worn),
		cmocka_unit_test(test_model_large),
	};

	if (eal_start(1, more) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
