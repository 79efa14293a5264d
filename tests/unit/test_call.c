/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions that other threads have a worker run: each once, on its thread, in order, none lost. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "eal.h"
#include "rig.h"
#include "rxrig.h"

#define WORKERS 2
#define CALLERS 3
#define CALLS	20000 /* of each caller */
#define WAITING 255   /* that proto_call() lets wait */

static struct rxrig rig;
static const unsigned lcores[WORKERS] = {1, 2};

/* What a caller knows, and each function adds to. */
struct caller {
	pthread_t thread;
	unsigned index;
	uint32_t refused;
	_Atomic uint32_t ran;
	_Atomic uint32_t wrong;
	uint32_t next[WORKERS]; /* the number that the worker's next function has; that worker's */
	struct numbered {
		struct caller *caller;
		uint32_t number;
		unsigned worker;
		_Atomic uint32_t times;
	} calls[CALLS];
};

static struct caller callers[CALLERS];

static int
begin(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.conf.n_workers = WORKERS;
	rxrig_start(&rig);
	memset(callers, 0, sizeof(callers));
	return 0;
}

static int
end(void **state)
{
	(void)state;
	rxrig_stop(&rig);
	return 0;
}

static void
run(void)
{
	struct pktpool_why why;

	if (proto_run(rig.stack, lcores, &why) != 0)
		fail_msg("%s", why.text);
}

static void
note(struct proto_worker *worker, void *arg)
{
	struct numbered *call = arg;
	struct caller *caller = call->caller;

	if (worker != proto_worker_at(rig.stack, call->worker) ||
		rte_lcore_id() != lcores[call->worker] ||
		call->number < caller->next[call->worker] || atomic_fetch_add(&call->times, 1) != 0)
		atomic_fetch_add(&caller->wrong, 1);
	caller->next[call->worker] = call->number + 1;
	atomic_fetch_add(&caller->ran, 1);
}

static void *
call_many(void *arg)
{
	struct caller *caller = arg;

	for (uint32_t i = 0; i < CALLS; i++) {
		struct numbered *call = &caller->calls[i];
		struct proto_worker *worker;

		call->caller = caller;
		call->number = i;
		call->worker = (caller->index + i / 7) % WORKERS;
		worker = proto_worker_at(rig.stack, call->worker);
		while (proto_call(worker, note, call) != 0) {
			caller->refused++;
			sched_yield();
		}
	}
	return NULL;
}

/* Several threads call both workers at once, more than can wait. */
static void
test_once(void **state)
{
	(void)state;
	run();
	for (unsigned i = 0; i < CALLERS; i++) {
		callers[i].index = i;
		assert_int_equal(
			pthread_create(&callers[i].thread, NULL, call_many, &callers[i]), 0);
	}
	for (unsigned i = 0; i < CALLERS; i++)
		assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
	proto_halt(rig.stack);
	for (unsigned i = 0; i < CALLERS; i++) {
		assert_int_equal(callers[i].ran, CALLS);
		assert_int_equal(callers[i].wrong, 0);
		(void)printf(
			"# caller %u: %u calls, refused %u times\n", i, CALLS, callers[i].refused);
	}
}

#define RACERS 2
#define ROUNDS 3000
#define EACH   (WAITING / RACERS)

static pthread_barrier_t start, finish;

static void
count_in(struct proto_worker *worker, void *arg)
{
	(void)worker;
	atomic_fetch_add((_Atomic uint32_t *)arg, 1);
}

/* Calls as fast as can be, when all the others call. */
static void *
race(void *arg)
{
	unsigned taken = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(&start);
		for (unsigned i = 0; i < EACH; i++)
			taken += proto_call(rig.worker, count_in, arg) == 0;
		pthread_barrier_wait(&finish);
	}
	return (void *)(uintptr_t)taken;
}

/* Threads that call the same worker at the same time: there is room for all, so all run. */
static void
test_race(void **state)
{
	pthread_t threads[RACERS];
	_Atomic uint32_t ran[RACERS] = {0};

	(void)state;
	(void)pthread_barrier_init(&start, NULL, RACERS + 1);
	(void)pthread_barrier_init(&finish, NULL, RACERS + 1);
	for (unsigned i = 0; i < RACERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, race, &ran[i]), 0);
	for (unsigned round = 1; round <= ROUNDS; round++) {
		pthread_barrier_wait(&start);
		pthread_barrier_wait(&finish);
		(void)proto_poll(rig.worker, ++rig.now);
		for (unsigned i = 0; i < RACERS; i++)
			assert_int_equal(ran[i], round * EACH);
	}
	for (unsigned i = 0; i < RACERS; i++) {
		void *taken;

		assert_int_equal(pthread_join(threads[i], &taken), 0);
		assert_int_equal((uintptr_t)taken, ROUNDS * EACH);
	}
	(void)pthread_barrier_destroy(&start);
	(void)pthread_barrier_destroy(&finish);
}

static void
count(struct proto_worker *worker, void *arg)
{
	(void)worker;
	++*(uint32_t *)arg;
}

/* So many wait, one more is refused; when they have run there is room again. */
static void
test_full(void **state)
{
	uint32_t n = 0;

	(void)state;
	for (unsigned round = 1; round <= 3; round++) {
		for (unsigned i = 0; i < WAITING; i++)
			assert_int_equal(proto_call(rig.worker, count, &n), 0);
		assert_int_equal(proto_call(rig.worker, count, &n), -ENOBUFS);
		assert_int_equal(n, (round - 1) * WAITING);
		(void)proto_poll(rig.worker, ++rig.now);
		assert_int_equal(n, round * WAITING);
	}
}

#define AGAIN 10

static void
again(struct proto_worker *worker, void *arg)
{
	uint32_t *n = arg;

	if (++*n < AGAIN)
		assert_int_equal(proto_call(worker, again, arg), 0);
}

/* A function that has itself called again runs once a poll: the worker gets to all the rest. */
static void
test_again(void **state)
{
	uint32_t n = 0;

	(void)state;
	assert_int_equal(proto_call(rig.worker, again, &n), 0);
	for (uint32_t polls = 1; polls <= AGAIN; polls++) {
		(void)proto_poll(rig.worker, ++rig.now);
		assert_int_equal(n, polls);
	}
}

/* What was called before proto_halt() has run when it returns. */
static void
test_halt(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 500; round++) {
		uint32_t n[WORKERS] = {0}, taken[WORKERS] = {0};

		run();
		for (unsigned i = 0; i < 1 + round % 5; i++)
			for (unsigned w = 0; w < WORKERS; w++)
				taken[w] += proto_call(proto_worker_at(rig.stack, w), count,
						    &n[w]) == 0;
		proto_halt(rig.stack);
		for (unsigned w = 0; w < WORKERS; w++) {
			assert_int_equal(taken[w], 1 + round % 5);
			assert_int_equal(n[w], taken[w]);
		}
	}
}

/* What is called while nobody runs the workers waits for the next poll, at the latest the stop. */
static void
test_stop(void **state)
{
	uint32_t n[WORKERS] = {0};
	struct pktpool_why why;

	(void)state;
	run();
	proto_halt(rig.stack);
	for (unsigned w = 0; w < WORKERS; w++)
		assert_int_equal(proto_call(proto_worker_at(rig.stack, w), count, &n[w]), 0);
	assert_int_equal(n[0] + n[1], 0);
	assert_int_equal(proto_stop(rig.stack), 0);
	assert_int_equal(n[0], 1);
	assert_int_equal(n[1], 1);
	if (proto_start(rig.stack, &why) != 0)
		fail_msg("%s", why.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_once, begin, end),
		cmocka_unit_test_setup_teardown(test_race, begin, end),
		cmocka_unit_test_setup_teardown(test_full, begin, end),
		cmocka_unit_test_setup_teardown(test_again, begin, end),
		cmocka_unit_test_setup_teardown(test_halt, begin, end),
		cmocka_unit_test_setup_teardown(test_stop, begin, end),
	};

	if (eal_start(1 + WORKERS, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
