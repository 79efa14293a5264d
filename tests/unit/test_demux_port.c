/* SPDX-License-Identifier: BSD-3-Clause */
/* Ephemeral ports (RFC 6056 3.3.1): random, in range, free, and 0 when there is none. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "binds.h"
#include "eal.h"

#define DYNAMIC 49152u /* RFC 6335 6 */
#define USER	1024u
#define PORTS	65536u

static struct demux *demux;

static int
setup(void **state)
{
	struct demux_conf conf = {.name = "port",
		.n_connected = PORTS,
		.n_workers = 1,
		.seed = 3,
		.socket = SOCKET_ID_ANY};

	(void)state;
	demux = demux_create(&conf);
	return demux == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	demux_destroy(demux);
	return 0;
}

/* The port chosen, in host byte order. */
static uint32_t
choose(const struct demux_bind *bind, uint64_t *rng)
{
	return rte_be_to_cpu_16(demux_ephemeral(demux, bind, rng));
}

static void
take(uint32_t port)
{
	struct demux_bind bind = bind_bound(1, 0, (uint16_t)port, 0);

	assert_int_equal(demux_add(demux, &bind), 0);
}

static void
give_back(uint32_t port)
{
	struct demux_bind bind = bind_bound(1, 0, (uint16_t)port, 0);

	demux_del(demux, &bind);
}

/* Nothing taken: every part of the dynamic range is as likely. */
static void
test_spread(void **state)
{
	const struct demux_bind bind = bind_bound(1, 0, 0, 0);
	unsigned parts[16] = {0}, repeats = 0;
	uint32_t last = 0;
	uint64_t rng = 0;

	(void)state;
	for (unsigned i = 0; i < 16 * 1024; i++) {
		uint32_t port = choose(&bind, &rng);

		assert_in_range(port, DYNAMIC, PORTS - 1);
		parts[(port - DYNAMIC) / 1024]++;
		repeats += port == last || port == last + 1;
		last = port;
	}
	for (unsigned i = 0; i < RTE_DIM(parts); i++)
		assert_in_range(parts[i], 1024 - 200, 1024 + 200);
	assert_in_range(repeats, 0, 16);
	assert_int_equal(bind.key.local_port, 0);
}

/* The generator decides, and goes on. */
static void
test_generator(void **state)
{
	const struct demux_bind bind = bind_bound(1, 0, 0, 0);
	uint64_t one = 7, again = 7, other = 8;

	(void)state;
	uint32_t port = choose(&bind, &one);

	assert_int_equal(choose(&bind, &again), port);
	assert_int_not_equal(choose(&bind, &one), port);
	assert_int_not_equal(choose(&bind, &other), port);
}

/* Each is a port that demux_add() takes; none comes twice. */
static void
test_free_ones(void **state)
{
	uint64_t rng = 1;

	(void)state;
	for (uintptr_t i = 1; i <= 4000; i++) {
		struct demux_bind bind = bind_bound(i, 0, 0, 0);

		bind.key.local_port = demux_ephemeral(demux, &bind, &rng);
		assert_in_range(rte_be_to_cpu_16(bind.key.local_port), DYNAMIC, PORTS - 1);
		assert_true(demux_is_free(demux, &bind));
		assert_int_equal(demux_add(demux, &bind), 0);
	}
}

/* The last ports: of the dynamic range, then of all from 1024 on, then none. Ports below 1024 are
 * free all the time. */
static void
test_exhaustion(void **state)
{
	static const uint32_t last[] = {DYNAMIC, PORTS - 1, 60000, DYNAMIC - 1, USER, 5000};
	const struct demux_bind bind = bind_bound(2, 0, 0, 0);
	uint64_t rng = 1;

	(void)state;
	for (uint32_t port = USER; port < PORTS; port++)
		take(port);
	assert_int_equal(choose(&bind, &rng), 0);
	for (size_t i = 0; i < RTE_DIM(last); i++) {
		give_back(last[i]);
		assert_int_equal(choose(&bind, &rng), last[i]);
		take(last[i]);
		assert_int_equal(choose(&bind, &rng), 0);
	}
	/* While the dynamic range has one, it is that one. */
	for (uint32_t port = 20000; port < 30000; port++)
		give_back(port);
	for (size_t i = 0; i < 3; i++) {
		give_back(last[i]);
		for (unsigned times = 0; times < 50; times++)
			assert_int_equal(choose(&bind, &rng), last[i]);
		take(last[i]);
	}
	assert_in_range(choose(&bind, &rng), 20000, 29999);
}

/* The one before where the search starts is the last that is looked at. */
static void
test_once_around(void **state)
{
	const struct demux_bind bind = bind_bound(2, 0, 0, 0);
	uint64_t rng = 1, again = 1;
	uint32_t start = choose(&bind, &rng);

	(void)state;
	assert_in_range(start, DYNAMIC + 1, PORTS - 1);
	for (uint32_t port = DYNAMIC; port < PORTS; port++)
		take(port);
	give_back(start - 1);
	assert_int_equal(choose(&bind, &again), start - 1);
}

/* Connected: all that counts is whether this peer is taken, so that one port serves many. */
static void
test_connected(void **state)
{
	struct demux_key key = bind_key(1, 0, 2, 53, 0), other = bind_key(1, 0, 3, 53, 0);
	struct demux_bind bind = bind_connected(1, &key), far = bind_connected(1, &other);
	const struct demux_bind bound = bind_bound(1, 0, 0, 0);
	uint64_t rng = 1, from = 5;

	(void)state;
	for (uint32_t port = DYNAMIC; port < PORTS; port++) {
		bind.key.local_port = rte_cpu_to_be_16((uint16_t)port);
		if (port != 50000)
			assert_int_equal(demux_add(demux, &bind), 0);
	}
	assert_int_equal(choose(&bind, &rng), 50000);
	/* Another peer: any port is free, and the first choice is the answer. */
	uint64_t same = from;
	uint32_t port = choose(&far, &from);

	assert_in_range(port, DYNAMIC, PORTS - 1);
	assert_int_equal(demux_count(demux), PORTS - DYNAMIC - 1);
	take(port);
	assert_int_not_equal(choose(&far, &same), port);
	/* And no bound endpoint goes where one is connected. */
	assert_int_equal(choose(&bound, &rng), 50000);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_spread),
		TEST(test_generator),
		TEST(test_free_ones),
		TEST(test_exhaustion),
		TEST(test_once_around),
		TEST(test_connected),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 ? 1 : rc;
}
