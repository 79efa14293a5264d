/* SPDX-License-Identifier: BSD-3-Clause */
/* Endpoints that share a port, and that an entry stays until every worker was quiescent. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "binds.h"
#include "eal.h"
#include "pktpool_mem.h"

#define PORT  BIND_LOCAL_PORT
#define PEERS 16384

static uint64_t
blocks(void)
{
	struct pktpool_mem_usage usage;

	return pktpool_mem_usage("DMUX", &usage) == 0 ? usage.blocks : 0;
}

static int
no_leak(void **state)
{
	(void)state;
	return blocks() != 0;
}

static struct demux *
make(uint16_t n_workers, uint64_t seed)
{
	struct demux_conf conf = {.name = "bound",
		.n_connected = 8,
		.n_workers = n_workers,
		.seed = seed,
		.socket = SOCKET_ID_ANY};
	struct demux *demux = demux_create(&conf);

	assert_non_null(demux);
	return demux;
}

static struct demux_bind
member(uintptr_t ep)
{
	struct demux_bind bind = bind_bound(ep, 0, PORT, 0);

	bind.share = true;
	return bind;
}

static void
add(struct demux *demux, struct demux_bind bind)
{
	assert_int_equal(demux_add(demux, &bind), 0);
}

static void
del(struct demux *demux, struct demux_bind bind)
{
	demux_del(demux, &bind);
}

/* Peers as they are: neighbouring addresses, of each a few ports, or many ports of one. */
static struct demux_key
peer_key(unsigned peer, unsigned ports)
{
	return bind_key(1, PORT, 1000 + peer / ports, (uint16_t)(1024 + peer % ports), 0);
}

static void
ask(const struct demux *demux, unsigned ports, uintptr_t eps[PEERS])
{
	for (unsigned i = 0; i < PEERS; i++) {
		struct demux_key key = peer_key(i, ports);

		eps[i] = bind_number(bind_lookup(demux, &key));
	}
}

/* Each member has its part of the peers, whatever they look like. */
static void
test_even(void **state)
{
	static const unsigned ports[] = {1, 16, PEERS};
	static uintptr_t eps[PEERS];

	(void)state;
	for (unsigned n = 2; n <= 16; n *= 2) {
		for (uint64_t seed = 1; seed <= 8; seed++) {
			struct demux *demux = make(1, seed);

			for (unsigned i = 1; i <= n; i++)
				add(demux, member(i));
			for (size_t p = 0; p < RTE_DIM(ports); p++) {
				unsigned has[17] = {0};

				ask(demux, ports[p], eps);
				for (unsigned i = 0; i < PEERS; i++) {
					assert_in_range(eps[i], 1, n);
					has[eps[i]]++;
				}
				for (unsigned i = 1; i <= n; i++)
					assert_in_range(
						has[i], PEERS / n * 3 / 4, PEERS / n * 5 / 4);
			}
			demux_destroy(demux);
		}
	}
}

/* A peer's member depends on nothing but its address and port, and on the members. */
static void
test_sticky(void **state)
{
	static uintptr_t before[PEERS], after[PEERS];
	struct demux *demux = make(1, 5);
	unsigned moved[5] = {0};

	(void)state;
	for (unsigned i = 1; i <= 4; i++)
		add(demux, member(i));
	ask(demux, 16, before);
	for (unsigned i = 0; i < PEERS; i++) {
		struct demux_key key = peer_key(i, 16);

		key.local[3] = 99;
		assert_int_equal(bind_number(bind_lookup(demux, &key)), before[i]);
	}
	/* One leaves: its peers spread over the others, and nobody else's move. */
	del(demux, member(2));
	ask(demux, 16, after);
	for (unsigned i = 0; i < PEERS; i++) {
		if (before[i] == 2)
			moved[after[i]]++;
		else
			assert_int_equal(after[i], before[i]);
	}
	assert_int_equal(moved[2], 0);
	for (unsigned i = 1; i <= 4; i++)
		assert_true(i == 2 || moved[i] > PEERS / 4 / 3 * 3 / 4);
	/* One comes: it takes some, and no peer moves to anybody else. */
	memcpy(before, after, sizeof(before));
	add(demux, member(5));
	ask(demux, 16, after);
	for (unsigned i = 0; i < PEERS; i++)
		assert_true(after[i] == 5 || after[i] == before[i]);
	demux_destroy(demux);
}

/* Members on another zone, address or family are of another group; the more specific group has it
 * all. */
static void
test_groups_apart(void **state)
{
	static uintptr_t eps[PEERS];
	struct demux *demux = make(1, 5);
	struct demux_bind others[] = {member(3), member(4), member(5)};

	(void)state;
	others[0].key.zone = 1;
	others[1].key.local[0] = 10;
	others[2].key.family = PROTO_IPV6;
	for (size_t i = 0; i < RTE_DIM(others); i++)
		add(demux, others[i]);
	add(demux, member(1));
	add(demux, member(2));
	ask(demux, 16, eps);
	for (unsigned i = 0; i < PEERS; i++)
		assert_in_range(eps[i], 1, 2);
	for (unsigned i = 6; i <= 7; i++) {
		struct demux_bind bind = member(i);

		bind_addr(bind.key.local, PROTO_IPV4, 1);
		add(demux, bind);
	}
	ask(demux, 16, eps);
	for (unsigned i = 0; i < PEERS; i++)
		assert_in_range(eps[i], 6, 7);
	demux_destroy(demux);
}

/* Which member has a peer is not to be guessed without the seed. */
static void
test_seed(void **state)
{
	static uintptr_t one[PEERS], two[PEERS];
	struct demux *demux;
	unsigned same = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 2; seed++) {
		demux = make(1, seed);
		add(demux, member(1));
		add(demux, member(2));
		ask(demux, 16, seed == 0 ? one : two);
		demux_destroy(demux);
	}
	for (unsigned i = 0; i < PEERS; i++)
		same += one[i] == two[i];
	assert_in_range(same, PEERS / 4, PEERS * 3 / 4);
}

/* Blocks that are out, but for those of the endpoints that are in, after a write: any frees what
 * nobody can hold any more. */
static uint64_t
waiting(struct demux *demux, uint64_t empty)
{
	add(demux, bind_bound(50, 0, (uint16_t)(PORT + 1 + demux_count(demux)), 0));
	return blocks() - empty - demux_count(demux);
}

/* An entry is freed as soon as each worker that is online has been quiescent after it went; who is
 * offline holds nothing. */
static void
test_freed_in_time(void **state)
{
	struct demux *demux = make(3, 1);
	struct demux_bind bind = bind_bound(1, 0, PORT, 0);
	uint64_t empty = blocks();

	(void)state;
	add(demux, bind);
	del(demux, bind);
	assert_int_equal(blocks(), empty); /* all are offline */

	demux_worker_online(demux, 0);
	demux_worker_online(demux, 2);
	add(demux, bind);
	demux_quiescent(demux, 0); /* before it goes: that is nothing */
	demux_quiescent(demux, 2);
	del(demux, bind);
	assert_int_equal(waiting(demux, empty), 1);
	demux_quiescent(demux, 0);
	assert_int_equal(waiting(demux, empty), 1);
	demux_quiescent(demux, 2);
	assert_int_equal(waiting(demux, empty), 0);

	/* In their order: the second waits for worker 0 still. */
	add(demux, bind);
	del(demux, bind);
	demux_quiescent(demux, 0);
	add(demux, bind);
	del(demux, bind);
	demux_quiescent(demux, 2);
	assert_int_equal(waiting(demux, empty), 1);
	demux_worker_offline(demux, 0);
	assert_int_equal(waiting(demux, empty), 0);

	/* The table is destroyed while a worker is online and some wait. */
	for (unsigned i = 0; i < 5; i++) {
		add(demux, bind);
		del(demux, bind);
	}
	assert_int_equal(waiting(demux, empty), 5);
	demux_destroy(demux);
}

/* With one worker, who writes is the reader: nothing waits for anything. */
static void
test_one_worker(void **state)
{
	struct demux *demux = make(1, 1);
	struct demux_bind bind = bind_bound(1, 0, PORT, 0);
	uint64_t empty = blocks();

	(void)state;
	demux_worker_online(demux, 0);
	add(demux, bind);
	del(demux, bind);
	assert_int_equal(blocks(), empty);
	demux_quiescent(demux, 0);
	demux_worker_offline(demux, 0);
	add(demux, bind);
	demux_destroy(demux);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, no_leak)
	const struct CMUnitTest tests[] = {
		TEST(test_even),
		TEST(test_sticky),
		TEST(test_groups_apart),
		TEST(test_seed),
		TEST(test_freed_in_time),
		TEST(test_one_worker),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 ? 1 : rc;
}
