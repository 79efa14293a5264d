/* SPDX-License-Identifier: BSD-3-Clause */
/* Starting and stopping the engine of a session. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "session_control.h"

#define CHECK_US 500 /* between two looks at workers of other threads */

/* Give each worker its state. Returns 0, or -1: no memory (nothing is left). */
static int
states_make(struct session *session, const struct engine *engine)
{
	for (unsigned i = 0; i < session->n_workers; i++) {
		struct session_worker *worker = &session->workers[i];

		worker->engine = rte_zmalloc_socket("engine", RTE_MAX(engine->state_size, 1u),
			RTE_CACHE_LINE_SIZE, (int)rte_lcore_to_socket_id(worker->lcore));
		if (worker->engine == NULL) {
			while (i-- > 0)
				rte_free(session->workers[i].engine);
			return -1;
		}
	}
	return 0;
}

static void
states_free(struct session *session)
{
	for (unsigned i = 0; i < session->n_workers; i++) {
		rte_free(session->workers[i].engine);
		session->workers[i].engine = NULL;
	}
}

/* Completions may still point into the states: keep them until the stack is gone. */
static void
states_abandon(struct session *session)
{
	struct session_control *control = session->control;

	for (unsigned i = 0; i < session->n_workers; i++) {
		struct session_state *state = malloc(sizeof(*state));

		if (state != NULL) { /* else it is never freed */
			*state = (struct session_state){
				session->workers[i].engine, control->abandoned};
			control->abandoned = state;
		}
		session->workers[i].engine = NULL;
	}
}

void
session_forget(struct session *session)
{
	struct session_control *control = session->control;

	while (control->abandoned != NULL) {
		struct session_state *state = control->abandoned;

		control->abandoned = state->next;
		rte_free(state->memory);
		free(state);
	}
}

/* All workers of an engine, or none. The workers are parked. */
static int
workers_start(struct session *session, const struct engine *engine, struct opt_error *err)
{
	for (unsigned i = 0; i < session->n_workers; i++) {
		if (engine->start(&session->workers[i], err) == 0)
			continue;
		for (unsigned j = 0; j <= i; j++)
			engine->stop(&session->workers[j]);
		return -1;
	}
	return 0;
}

int
session_start(struct session *session, struct opt_error *err)
{
	struct session_control *control = session->control;
	const struct engine *engine = session->settings.engine;
	int ret;

	if (session->running != NULL)
		return opt_fail(err, -1, "%s runs already: stop it first", session->running->name);
	if (engine == NULL)
		return opt_fail(err, -1, "no engine is set: set fwd ENGINE first");
	if (session->n_links < engine->links_min)
		return opt_fail(err, -1, "%s needs %u links, there %s %u: give EAL more ports",
			engine->name, engine->links_min, session->n_links == 1 ? "is" : "are",
			session->n_links);
	if (states_make(session, engine) != 0)
		return opt_fail(err, -1, "%s: no memory: give EAL more (-m)", engine->name);
	session_park(session);
	ret = workers_start(session, engine, err);
	if (ret == 0) {
		session->running = engine;
		control->last = engine;
		control->started = rte_get_tsc_cycles();
	} else {
		states_free(session);
	}
	session_unpark(session);
	return ret;
}

/* Is this so of every worker? They are parked while they are asked. */
static bool
all_are(struct session *session, bool (*is)(const struct session_worker *worker))
{
	bool all = true;

	session_park(session);
	for (unsigned i = 0; i < session->n_workers && all; i++)
		all = is(&session->workers[i]);
	session_unpark(session);
	return all;
}

bool
session_is_done(struct session *session)
{
	const struct engine *engine = session->running;

	return engine != NULL && engine->is_done != NULL && all_are(session, engine->is_done);
}

/* Let everything sent complete. Returns whether it has. */
static bool
drain(struct session *session, const struct engine *engine)
{
	uint64_t end = rte_get_tsc_cycles() + SESSION_DRAIN_S * rte_get_tsc_hz();

	session_park(session);
	for (unsigned i = 0; i < session->n_workers && engine->quit != NULL; i++)
		engine->quit(&session->workers[i]);
	session_unpark(session);
	while (engine->is_drained != NULL && !all_are(session, engine->is_drained)) {
		if (rte_get_tsc_cycles() > end)
			return false;
		(void)session_turn(session);
		if (session->threads)
			(void)usleep(CHECK_US); /* asked without a rest, they would never work */
	}
	return true;
}

static void
sum_figures(const struct session *session, const struct engine *engine, struct engine_figures *sum)
{
	*sum = (struct engine_figures){0};
	for (unsigned i = 0; i < session->n_workers && engine->figures != NULL; i++)
		engine->figures(&session->workers[i], sum);
}

static double
seconds_since(uint64_t start)
{
	return (double)(rte_get_tsc_cycles() - start) / (double)rte_get_tsc_hz();
}

/* Did something go wrong on a worker? Returns 0, or -1 with `err`. */
static int
outcome(const struct session *session, const struct engine *engine, struct opt_error *err)
{
	for (unsigned i = 0; i < session->n_workers && engine->outcome != NULL; i++) {
		if (engine->outcome(&session->workers[i], err) < 0)
			return -1;
	}
	return 0;
}

int
session_stop(struct session *session, struct opt_error *err)
{
	struct session_control *control = session->control;
	const struct engine *engine = session->running;

	if (engine == NULL)
		return opt_fail(err, -1, "nothing runs: start an engine first");
	control->seconds = seconds_since(control->started);

	bool drained = drain(session, engine);
	int ret;

	session_park(session);
	sum_figures(session, engine, &control->figures);
	ret = outcome(session, engine, err);
	for (unsigned i = 0; i < session->n_workers; i++)
		engine->stop(&session->workers[i]);
	session->running = NULL;
	if (drained)
		states_free(session);
	else
		states_abandon(session);
	session_unpark(session);
	if (drained || ret < 0)
		return ret;
	return opt_fail(err, -1,
		"%s: not all that it sent has completed after %u s: frames lie at the other end of "
		"a link, and nobody takes them",
		engine->name, SESSION_DRAIN_S);
}

const struct engine *
session_figures(const struct session *session, struct engine_figures *sum, double *seconds)
{
	const struct session_control *control = session->control;

	if (session->running != NULL) {
		sum_figures(session, session->running, sum);
		*seconds = seconds_since(control->started);
	} else if (control->last != NULL) {
		*sum = control->figures;
		*seconds = control->seconds;
	}
	return control->last;
}
