/* SPDX-License-Identifier: BSD-3-Clause */
/* Route tables of both kinds: how much they hold, and that it stays so. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "net/route.h"
#include "pktpool_mem.h"
#include "rng.h"
#include "wide.h"

#define LARGE	  100000u
#define LONG_NETS 65536u /* networks of 24 bits with longer prefixes in them */

static struct route_table table;

static void
init(uint32_t n_routes)
{
	assert_int_equal(route_table_init(&table, "fib", n_routes), 0);
}

/* The nth /24. */
static struct proto_addr
nth(uint32_t i)
{
	return addr_from(PROTO_IPV4, (struct wide){(uint64_t)(0x0a000000 + (i << 8)) << 32, 0});
}

/* Both kinds hold as many as was said; what is refused leaves nothing behind. */
static void
full(uint32_t n_routes)
{
	struct proto_addr addr, six = {.family = PROTO_IPV6, .bytes = {0x20, 1}};

	init(n_routes);
	for (uint32_t i = 0; i < n_routes; i++) {
		addr = nth(i);
		assert_int_equal(route_add(&table, &addr, 24, mark(i + 1), NULL), 0);
	}
	assert_int_equal(route_add(&table, &addr, 24, mark(1), NULL), -EEXIST);
	assert_int_equal(route_add(&table, &six, 64, mark(1), NULL), -ENOMEM);
	assert_null(route_find(&table, &six));
	addr = nth(n_routes);
	assert_int_equal(route_add(&table, &addr, 24, mark(1), NULL), -ENOMEM);
	assert_null(route_find(&table, &addr));
	addr = nth(n_routes / 2);
	assert_int_equal(route_del(&table, &addr, 24, mark(n_routes / 2 + 1)), 0);
	assert_null(route_find(&table, &addr));
	assert_int_equal(route_add(&table, &six, 64, mark(7), NULL), 0);
	assert_ptr_equal(route_find(&table, &six)->link, mark(7));
	route_table_fini(&table);
}

static void
test_full(void **state)
{
	(void)state;
	full(1);
	full(2);
	full(ROUTES_TREE_MAX);
	full(ROUTES_TREE_MAX + 1);
	full(5000);
}

/* Full of long prefixes: refused, nothing of it stays, and it fits when another one has gone. */
static void
test_full_of_long(void **state)
{
	struct proto_addr addr;

	(void)state;
	init(LARGE);
	for (uint32_t i = 0; i < LONG_NETS; i++) {
		addr = nth(i);
		assert_int_equal(route_add(&table, &addr, 25, mark(i + 1), NULL), 0);
	}
	addr = nth(LONG_NETS);
	for (unsigned int i = 0; i < LARGE; i++)
		assert_int_equal(route_add(&table, &addr, 25, mark(1), NULL), -ENOMEM);
	assert_null(route_find(&table, &addr));
	assert_int_equal(route_add(&table, &addr, 24, mark(9), NULL), 0);
	assert_int_equal(route_add(&table, &addr, 32, mark(9), NULL), -ENOMEM);
	assert_ptr_equal(route_find(&table, &addr)->link, mark(9));
	addr = nth(3);
	assert_int_equal(route_del(&table, &addr, 25, mark(4)), 0);
	addr = nth(LONG_NETS);
	assert_int_equal(route_add(&table, &addr, 32, mark(10), NULL), 0);
	assert_ptr_equal(route_find(&table, &addr)->link, mark(10));
	route_table_fini(&table);
}

/* Long IPv6 prefixes that have nothing in common. */
static struct proto_addr
scattered(struct rng *rng)
{
	return addr_from(
		PROTO_IPV6, (struct wide){0x2000000000000000u | rng_next(rng) >> 4, rng_next(rng)});
}

/* As many /64 as was said; of /128 fewer, and what is refused changes no route that is there. */
static void
test_full_of_long_ipv6(void **state)
{
	static struct proto_addr hosts[2000];
	uint32_t n[] = {0, 0};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct proto_addr any = {.family = PROTO_IPV6};
		struct rng rng = {i};

		init(RTE_DIM(hosts) + 1);
		assert_int_equal(route_add(&table, &any, 0, mark(1), NULL), 0);
		for (unsigned int k = 0; k < RTE_DIM(hosts); k++) {
			hosts[k] = scattered(&rng);
			int ret =
				route_add(&table, &hosts[k], i == 0 ? 64 : 128, mark(2 + k), NULL);

			assert_true(ret == 0 || ret == -ENOMEM);
			assert_true(ret != 0 || n[i] == k);
			n[i] += ret == 0;
		}
		for (unsigned int k = 0; k < RTE_DIM(hosts); k++)
			assert_ptr_equal(route_find(&table, &hosts[k])->link,
				k < n[i] ? mark(2 + k) : mark(1));
		route_table_fini(&table);
	}
	assert_int_equal(n[0], RTE_DIM(hosts));
	assert_in_range(n[1], 5 * RTE_DIM(hosts) / 13, RTE_DIM(hosts) / 2);
}

/*
 * Routes that come and go do not wear the table out; those that stay are not touched by it. Names
 * are free again after it, whichever one the FIB has by then.
 */
static void
test_churn(void **state)
{
	struct proto_addr any = {.family = PROTO_IPV6}, stays[100], addr, four = nth(1);

	(void)state;
	for (unsigned int times = 3000; times <= 6000; times += 500) {
		struct rng rng = {times};

		init(ROUTES_TREE_MAX + 1);
		assert_int_equal(route_add(&table, &any, 0, mark(1), NULL), 0);
		assert_int_equal(route_add(&table, &four, 24, mark(4), NULL), 0);
		for (unsigned int k = 0; k < RTE_DIM(stays); k++) {
			stays[k] = scattered(&rng);
			assert_int_equal(route_add(&table, &stays[k], (uint8_t)(64 + k % 3),
						 mark(10 + k), &any),
				0);
		}
		for (unsigned int i = 0; i < times; i++) {
			addr = scattered(&rng);
			assert_int_equal(route_add(&table, &addr, 64, mark(2), NULL), 0);
			assert_ptr_equal(route_find(&table, &addr)->link, mark(2));
			assert_int_equal(route_del(&table, &addr, 64, mark(2)), 0);
			assert_ptr_equal(route_find(&table, &addr)->link, mark(1));
		}
		for (unsigned int k = 0; k < RTE_DIM(stays); k++)
			assert_ptr_equal(route_find(&table, &stays[k])->link, mark(10 + k));
		assert_ptr_equal(route_find(&table, &four)->link, mark(4));
		assert_in_range(table.deleted6, 0, ROUTES_TREE_MAX); /* it was copied */
		route_table_fini(&table);
	}
}

/* Worn, and no memory for a copy: refused, all else as before, and good again with memory. */
static void
test_churn_no_memory(void **state)
{
	struct proto_addr any = {.family = PROTO_IPV6}, addr;
	struct rng rng = {1};
	void *taken[64];
	unsigned int n = 0;
	int ret = 0;

	(void)state;
	init(ROUTES_TREE_MAX + 1);
	assert_int_equal(route_add(&table, &any, 0, mark(1), NULL), 0);
	while (n < RTE_DIM(taken)) {
		taken[n] = pktpool_mem_alloc("Test", 32 << 20, 0, SOCKET_ID_ANY, NULL);
		if (taken[n++] == NULL)
			break;
	}
	for (unsigned int i = 0; i < 3000 && ret == 0; i++) {
		addr = scattered(&rng);
		ret = route_add(&table, &addr, 64, mark(2), NULL);
		if (ret == 0)
			assert_int_equal(route_del(&table, &addr, 64, mark(2)), 0);
	}
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(route_add(&table, &addr, 64, mark(2), NULL), -ENOMEM);
		assert_ptr_equal(route_find(&table, &addr)->link, mark(1));
	}
	while (n-- > 0)
		(void)pktpool_mem_free(taken[n]);
	for (unsigned int i = 0; i < 3000; i++) {
		assert_int_equal(route_add(&table, &addr, 64, mark(2), NULL), 0);
		assert_ptr_equal(route_find(&table, &addr)->link, mark(2));
		assert_int_equal(route_del(&table, &addr, 64, mark(2)), 0);
	}
	route_table_fini(&table);
}

/* A default route leads everywhere; taken away and entered for another link it leads there. */
static void
defaults(uint32_t n_routes)
{
	static const struct wide hosts[] = {
		{0, 0}, {0, 1}, {UINT64_MAX, UINT64_MAX}, {0x2001000000000000u, 5}};
	static const uint8_t families[] = {PROTO_IPV4, PROTO_IPV6};

	init(n_routes);
	for (unsigned int i = 0; i < 4 * RTE_DIM(hosts); i++) {
		uint8_t family = families[i % 2];
		struct wide host = hosts[i / 4];
		struct proto_addr any = {.family = family}, dst = addr_from(family, host);
		struct proto_addr other = addr_from(families[1 - i % 2], host);

		assert_null(route_find(&table, &dst));
		assert_int_equal(route_add(&table, &dst, 0, mark(i + 1), NULL), 0);
		assert_int_equal(route_add(&table, &any, 0, mark(i + 2), NULL), -EEXIST);
		assert_ptr_equal(route_find(&table, &dst)->link, mark(i + 1));
		assert_null(route_find(&table, &other));
		assert_int_equal(route_del(&table, &any, 0, mark(i + 2)), -ENOENT);
		assert_int_equal(route_del(&table, &any, 0, mark(i + 1)), 0);
		assert_int_equal(route_add(&table, &any, 0, mark(i + 2), &dst), 0);
		assert_ptr_equal(route_find(&table, &dst)->link, mark(i + 2));
		assert_true(proto_addr_equal(&route_find(&table, &dst)->gateway, &dst));
		assert_int_equal(route_del(&table, &any, 0, mark(i + 2)), 0);
	}
	route_table_fini(&table);
}

static void
test_defaults(void **state)
{
	(void)state;
	defaults(0);
	defaults(ROUTES_TREE_MAX + 1);
}

static uint64_t
blocks_out(void)
{
	struct pktpool_mem_usage usage;

	assert_int_equal(pktpool_mem_usage("Rout", &usage), 0);
	return usage.blocks;
}

/* Too large, or more than there is memory for: nothing stays, not even the name. */
static void
test_no_memory(void **state)
{
	(void)state;
	init(0);
	assert_int_equal(table.n_routes, ROUTES_DEFAULT);
	assert_int_equal(blocks_out(), 1);
	route_table_fini(&table);
	assert_int_equal(blocks_out(), 0);
	assert_null(table.routes);
	route_table_fini(&table); /* once more is nothing */
	assert_int_equal(route_table_init(&table, "fib", ROUTES_MAX + 1), -EINVAL);
	assert_int_equal(route_table_init(&table, "fib", UINT32_MAX), -EINVAL);
	for (uint32_t n = ROUTES_MAX; n > 2 * LARGE; n /= 2) {
		assert_int_equal(route_table_init(&table, "fib", n), -ENOMEM);
		assert_int_equal(blocks_out(), 0);
	}
	init(LARGE);
	route_table_fini(&table);
}

int
main(void)
{
	static const char *const more[] = {"-m512", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_full_of_long),
		cmocka_unit_test(test_full_of_long_ipv6),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_churn_no_memory),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_no_memory),
	};

	if (eal_start(1, more) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
