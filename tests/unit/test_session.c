/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A session's workers and its engine: nobody works while they are parked, however often that is;
 * an engine's calls come in their order; what it could not complete is named, and not freed early.
 * Once with two workers on lcores of their own, once on this thread.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "eal.h"
#include "session/session.h"
#include "engine/engine.h"

#define WORKERS 2

/* What the test's engine saw and does; a worker's share. */
struct state {
	_Atomic uint64_t polls;
	_Atomic bool inside;
	bool quit;
	unsigned left; /* polls after quit() until it is drained; UINT_MAX: never */
};

static struct {
	unsigned starts, quits, stops;
	unsigned fail_at; /* the worker whose start fails */
	unsigned left;
	bool outcome_fails;
} script;

static const volatile sig_atomic_t never;

static int
fake_start(struct session_worker *worker, struct opt_error *err)
{
	struct state *state = worker->engine;

	for (size_t i = 0; i < sizeof(*state); i++)
		assert_int_equal(((const uint8_t *)worker->engine)[i], 0);
	state->left = script.left;
	script.starts++;
	return worker->index == script.fail_at ? opt_fail(err, -1, "it may not") : 0;
}

static unsigned
fake_poll(struct session_worker *worker, uint64_t now)
{
	struct state *state = worker->engine;

	(void)now;
	atomic_store(&state->inside, true);
	atomic_fetch_add(&state->polls, 1);
	for (unsigned i = 0; i < 20; i++)
		rte_pause(); /* long enough to be caught inside */
	if (state->quit && state->left != 0 && state->left != UINT32_MAX)
		state->left--;
	atomic_store(&state->inside, false);
	return 1;
}

static void
fake_quit(struct session_worker *worker)
{
	((struct state *)worker->engine)->quit = true;
	script.quits++;
}

static bool
fake_is_done(const struct session_worker *worker)
{
	struct state *state = worker->engine;

	return atomic_load(&state->polls) >= 10;
}

static bool
fake_is_drained(const struct session_worker *worker)
{
	const struct state *state = worker->engine;

	return state->quit && state->left == 0;
}

static void
fake_stop(struct session_worker *worker)
{
	const struct state *state = worker->engine;

	assert_false(state->inside);
	script.stops++;
}

static void
fake_figures(const struct session_worker *worker, struct engine_figures *sum)
{
	struct state *state = worker->engine;

	sum->payloads_sent += atomic_load(&state->polls);
}

static int
fake_outcome(const struct session_worker *worker, struct opt_error *err)
{
	(void)worker;
	return script.outcome_fails ? opt_fail(err, -1, "the disk is full") : 0;
}

static const struct engine fake = {
	.name = "fake",
	.help = "",
	.links_min = 1,
	.state_size = sizeof(struct state),
	.start = fake_start,
	.poll = fake_poll,
	.quit = fake_quit,
	.is_done = fake_is_done,
	.is_drained = fake_is_drained,
	.outcome = fake_outcome,
	.stop = fake_stop,
	.figures = fake_figures,
};

/* Threads come with enough lcores; more workers than those make do with this thread. */
static struct session *
open_session(bool threads)
{
	struct config *config = calloc(1, sizeof(*config));
	struct session *session;
	struct opt_error err;

	memset(&script, 0, sizeof(script));
	script.fail_at = UINT32_MAX;
	config->stack.n_workers = threads ? WORKERS : WORKERS + 1;
	config->n_links = 1;
	(void)snprintf(config->links[0].port, sizeof(config->links[0].port), "net_null0");
	assert_int_equal(session_open(&session, config, &never, &err), 0);
	free(config);
	assert_int_equal(session->threads, threads);
	session->settings.engine = &fake;
	return session;
}

static void
close_session(struct session *session)
{
	struct opt_error err = {.text = ""};

	assert_int_equal(session_close(session, &err), 0);
	assert_int_equal(pktpool_ledger(NULL, NULL), 0);
}

static uint64_t
polls(const struct session *session)
{
	struct engine_figures sum = {0};

	for (unsigned i = 0; i < session->n_workers; i++)
		fake_figures(&session->workers[i], &sum);
	return sum.payloads_sent;
}

static void
until_done(struct session *session)
{
	while (!session_is_done(session))
		(void)session_turn(session);
}

/* Parked, nobody is inside a poll, and nobody gets there; let go, all work again. */
static void
parks(bool threads)
{
	struct session *session = open_session(threads);
	struct opt_error err;

	assert_int_equal(session_start(session, &err), 0);
	for (unsigned round = 0; round < 300; round++) {
		uint64_t before;

		session_park(session);
		session_park(session); /* they nest */
		before = polls(session);
		for (unsigned i = 0; i < session->n_workers; i++) {
			struct state *state = session->workers[i].engine;

			assert_false(atomic_load(&state->inside));
		}
		session_unpark(session);
		for (unsigned i = 0; i < 50; i++) {
			assert_false(session_turn(session));
			assert_int_equal(polls(session), before);
		}
		session_unpark(session);
		if (round % 16 == 0) /* else the next call comes while they wake up */
			while (polls(session) == before)
				(void)session_turn(session);
	}
	assert_int_equal(session_stop(session, &err), 0);
	close_session(session);
}

static void
test_park(void **state)
{
	(void)state;
	parks(false);
	parks(true);
}

static void
runs(bool threads)
{
	struct session *session = open_session(threads);
	struct engine_figures sum;
	struct opt_error err;
	double seconds = -1;

	assert_null(session_figures(session, &sum, &seconds));
	assert_int_equal(session_stop(session, &err), -1);
	assert_string_equal(err.text, "nothing runs: start an engine first");
	assert_false(session_is_done(session));
	script.left = 1000; /* it takes so many polls until all has completed */
	assert_int_equal(session_start(session, &err), 0);
	assert_int_equal(session_start(session, &err), -1);
	assert_string_equal(err.text, "fake runs already: stop it first");
	until_done(session);
	assert_int_equal(script.quits, 0);
	assert_int_equal(session_stop(session, &err), 0);
	assert_int_equal(script.starts, session->n_workers);
	assert_int_equal(script.quits, session->n_workers);
	assert_int_equal(script.stops, session->n_workers);
	assert_ptr_equal(session_figures(session, &sum, &seconds), &fake);
	assert_true(sum.payloads_sent >= 1000 * session->n_workers);
	assert_true(seconds >= 0);
	assert_null(session->running);
	for (unsigned i = 0; i < session->n_workers; i++) {
		assert_null(session->workers[i].engine);
		assert_true(session->workers[i].busy_cycles <= session->workers[i].total_cycles);
		assert_true(session->workers[i].busy_cycles > 0);
	}
	assert_int_equal(session_start(session, &err), 0); /* once more; closing stops it */
	close_session(session);
	assert_int_equal(script.stops, 2 * script.starts / 2);
}

static void
test_run(void **state)
{
	(void)state;
	runs(false);
	runs(true);
}

/* One worker cannot start: those before it, and it, are stopped; nothing runs. */
static void
test_start_fails(void **state)
{
	struct opt_error err;

	(void)state;
	for (unsigned i = 0; i < WORKERS; i++) {
		struct session *session = open_session(true);

		script.fail_at = i;
		assert_int_equal(session_start(session, &err), -1);
		assert_string_equal(err.text, "it may not");
		assert_int_equal(script.starts, i + 1);
		assert_int_equal(script.stops, i + 1);
		assert_null(session->running);
		script.fail_at = UINT32_MAX;
		assert_int_equal(session_start(session, &err), 0);
		close_session(session);
	}
}

static void
test_no_engine(void **state)
{
	static const struct engine pair = {.name = "pair", .links_min = 2};
	struct session *session = open_session(false);
	struct opt_error err;

	(void)state;
	session->settings.engine = NULL;
	assert_int_equal(session_start(session, &err), -1);
	assert_string_equal(err.text, "no engine is set: set fwd ENGINE first");
	session->settings.engine = &pair;
	assert_int_equal(session_start(session, &err), -1);
	assert_string_equal(err.text, "pair needs 2 links, there is 1: give EAL more ports");
	close_session(session);
}

/* What does not complete is given up after a while; its state lives on until the stack is gone. */
static void
test_not_drained(void **state)
{
	struct session *session = open_session(true);
	struct state *kept;
	struct opt_error err;

	(void)state;
	script.left = UINT32_MAX;
	assert_int_equal(session_start(session, &err), 0);
	until_done(session);
	kept = session->workers[0].engine;
	assert_int_equal(session_stop(session, &err), -1);
	assert_non_null(strstr(err.text, "not all that it sent has completed after 5 s"));
	assert_null(session->running);
	assert_int_equal(script.stops, WORKERS);
	assert_true(kept->quit); /* still there: a completion may come late */
	script.left = 0;
	assert_int_equal(session_start(session, &err), 0);
	assert_ptr_not_equal(session->workers[0].engine, kept);
	close_session(session);
}

static void
test_outcome(void **state)
{
	struct session *session = open_session(true);
	struct opt_error err;

	(void)state;
	assert_int_equal(session_start(session, &err), 0);
	script.outcome_fails = true;
	assert_int_equal(session_stop(session, &err), -1);
	assert_string_equal(err.text, "the disk is full");
	assert_null(session->running);
	close_session(session);
}

static void
test_link_names(void **state)
{
	struct session *session = open_session(false);
	struct opt_error err;

	(void)state;
	assert_ptr_equal(session_link(session, "link0", &err), &session->links[0]);
	assert_ptr_equal(session_link(session, "0", &err), &session->links[0]);
	assert_null(session_link(session, "1", &err));
	assert_null(session_link(session, "0x", &err));
	assert_null(session_link(session, "", &err));
	assert_null(session_link(session, "link", &err));
	assert_string_equal(err.text, "link link: no such link; there is link0 (0 to 0)");
	close_session(session);
}

int
main(void)
{
	static const char *const more[] = {"--vdev=net_null0", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_park),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_start_fails),
		cmocka_unit_test(test_no_engine),
		cmocka_unit_test(test_not_drained),
		cmocka_unit_test(test_outcome),
		cmocka_unit_test(test_link_names),
	};

	if (eal_start(WORKERS + 1, more) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
