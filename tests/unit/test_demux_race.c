/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Three workers look up while one writer adds and deletes. Each endpoint that comes and goes is
 * known by a number that is used once, and the writer says when it begins to put a number in and
 * when it has taken it out: a worker never finds one that was out before it looked, or that was not
 * yet to be put in. Endpoints that stay are found all the time, among those that do not.
 */
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_launch.h>
#include <rte_lcore.h>

#include "binds.h"
#include "eal.h"
#include "rng.h"

#define WORKERS 3
#define SLOTS	32  /* places in which endpoints come and go, connected ones and bound ones */
#define STAY	192 /* connected: with them the hash is nearly full and moves keys around */
#define LOCALS	16  /* bound: addresses on one port; one endpoint on any address stays */
#define WRITES	600000
#define ADDS	3000 /* connected: enough then, many times the slots of the hash */
#define NUMBERS ((uintptr_t)1 << 40)

/* A place: what the writer has begun to put in there, and what it has taken out. */
struct slot {
	_Atomic uintptr_t begun, ended;
};

static struct slot connected[SLOTS], bound[SLOTS];
static struct demux *demux;
static _Atomic bool stop;
static _Atomic unsigned started, finished;

struct worker {
	unsigned index;
	uint64_t seen; /* of what comes and goes */
	const char *wrong;
};

/* What stays is numbered from NUMBERS on. */
static struct demux_key
connected_key(unsigned s, bool stays)
{
	return bind_key(1, 100, 1000 + s, stays ? 1 : 2, 0);
}

static struct demux_bind
bound_bind(unsigned s, uintptr_t ep)
{
	return bind_bound(ep, 1 + s % LOCALS, (uint16_t)(200 + s / LOCALS), 0);
}

static void
judge(struct worker *worker, struct slot *slot, uintptr_t ended, uintptr_t number)
{
	if (number <= ended)
		worker->wrong = "one that was out";
	if (number > atomic_load(&slot->begun))
		worker->wrong = "one that was not yet in";
	worker->seen++;
}

/* A burst of connected ones: the even come and go, the odd stay. */
static void
look_connected(struct worker *worker, unsigned first)
{
	struct demux_key keys[DEMUX_LOOKUP_MAX];
	const struct demux_key *where[DEMUX_LOOKUP_MAX];
	demux_owner owners[DEMUX_LOOKUP_MAX];
	uintptr_t ended[DEMUX_LOOKUP_MAX];

	for (unsigned i = 0; i < DEMUX_LOOKUP_MAX; i++) {
		bool stays = i % 2 != 0;

		keys[i] = connected_key((first + i) % (stays ? STAY : SLOTS), stays);
		where[i] = &keys[i];
		ended[i] = atomic_load(&connected[(first + i) % SLOTS].ended);
	}
	demux_lookup(demux, where, DEMUX_LOOKUP_MAX, owners);
	for (unsigned i = 0; i < DEMUX_LOOKUP_MAX; i++) {
		uintptr_t number = bind_number(owners[i]);

		if (i % 2 != 0 && number != NUMBERS + (first + i) % STAY)
			worker->wrong = "not the connected one that stays";
		if (i % 2 == 0 && number != 0)
			judge(worker, &connected[(first + i) % SLOTS], ended[i], number);
	}
}

/* One bound: it comes and goes in front of one that stays. */
static void
look_bound(struct worker *worker, unsigned s)
{
	struct demux_bind bind = bound_bind(s, 0);
	uintptr_t ended = atomic_load(&bound[s].ended);
	uintptr_t number = bind_number(bind_lookup(demux, &bind.key));

	if (number >= NUMBERS) {
		if (number != NUMBERS + s / LOCALS)
			worker->wrong = "not the bound one that stays";
		return;
	}
	if (number == 0)
		worker->wrong = "nothing where a bound one stays";
	else
		judge(worker, &bound[s], ended, number);
}

static int
look(void *arg)
{
	struct worker *worker = arg;
	struct rng rng = {worker->index};

	demux_worker_online(demux, worker->index);
	atomic_fetch_add(&started, 1);
	while (!atomic_load(&stop) && worker->wrong == NULL) {
		look_connected(worker, rng_below(&rng, STAY));
		for (unsigned i = 0; i < 64; i++)
			look_bound(worker, rng_below(&rng, SLOTS));
		demux_quiescent(demux, worker->index);
	}
	demux_worker_offline(demux, worker->index);
	atomic_fetch_add(&finished, 1); /* TSan does not see that EAL waits */
	return 0;
}

/*
 * Take out what stands in the slot, or put the next number in. The table may be full of slots that
 * workers have not let go yet: then the number was never in, and is not used again. Returns whether
 * one was put in.
 */
static bool
toggle(struct slot *slot, struct demux_bind bind, uintptr_t number)
{
	uintptr_t in = atomic_load(&slot->begun);

	if (in != atomic_load(&slot->ended)) {
		bind.ep = bind_ep(in);
		demux_del(demux, &bind);
		atomic_store(&slot->ended, in);
		return false;
	}
	bind.ep = bind_ep(number);
	atomic_store(&slot->begun, number);
	if (demux_add(demux, &bind) == 0)
		return true;
	atomic_store(&slot->ended, number);
	(void)sched_yield();
	return false;
}

/* Returns how many connected ones were put in. */
static unsigned
write_some(void)
{
	struct rng rng = {99};
	unsigned adds = 0;

	for (uintptr_t number = 1; number <= WRITES && adds < ADDS; number++) {
		unsigned s = rng_below(&rng, SLOTS);

		if (number % 2 == 0) {
			struct demux_key key = connected_key(s, false);

			adds += toggle(&connected[s], bind_connected(0, &key), number);
		} else {
			(void)toggle(&bound[s], bound_bind(s, 0), number);
		}
	}
	return adds;
}

static void
fill(void)
{
	for (unsigned i = 0; i < STAY; i++) {
		struct demux_key key = connected_key(i, true);
		struct demux_bind bind = bind_connected(NUMBERS + i, &key);

		assert_int_equal(demux_add(demux, &bind), 0);
	}
	for (unsigned i = 0; i < SLOTS / LOCALS; i++) {
		struct demux_bind bind = bind_bound(NUMBERS + i, 0, (uint16_t)(200 + i), 0);

		assert_int_equal(demux_add(demux, &bind), 0);
	}
}

static void
test_race(void **state)
{
	struct demux_conf conf = {.name = "race",
		.n_connected = STAY + SLOTS,
		.n_workers = WORKERS,
		.seed = 1,
		.socket = SOCKET_ID_ANY};
	static struct worker workers[WORKERS];
	unsigned lcore, n = 0;

	(void)state;
	demux = demux_create(&conf);
	assert_non_null(demux);
	fill();
	RTE_LCORE_FOREACH_WORKER (lcore) {
		workers[n].index = n;
		assert_int_equal(rte_eal_remote_launch(look, &workers[n], lcore), 0);
		n++;
	}
	assert_int_equal(n, WORKERS);
	while (atomic_load(&started) != WORKERS)
		(void)sched_yield();
	unsigned adds = write_some();

	atomic_store(&stop, true);
	rte_eal_mp_wait_lcore();
	assert_int_equal(atomic_load(&finished), WORKERS);
	for (unsigned i = 0; i < WORKERS; i++) {
		if (workers[i].wrong != NULL)
			fail_msg("worker %u found %s", i, workers[i].wrong);
		assert_true(workers[i].seen > 0);
	}
	assert_int_equal(adds, ADDS);
	demux_destroy(demux);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_race)};

	if (eal_start(1 + WORKERS, NULL) != 0)
		return 1;
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 ? 1 : rc;
}
