/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loops of the workers.
 *
 * Parking takes no lock and no atomic read-modify-write in the loop: the control thread makes a
 * number odd, or even again; each worker stores the number that it has seen, and does nothing while
 * it is odd. One that is new each time cannot be mistaken for the answer to an earlier call.
 */
#include <sched.h>

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "session_control.h"

#define SPINS 1000 /* of the control thread: a turn takes less */

/* One turn that began at `now`. Returns when it ended; `*work` grows by what was done. */
static uint64_t
turn(struct session_worker *worker, uint64_t now, unsigned *work)
{
	const struct engine *engine = worker->session->running;
	unsigned done = 0;

	if (engine != NULL && engine->poll != NULL)
		done += engine->poll(worker, now);
	if (engine == NULL || !engine->raw)
		done += proto_poll(worker->worker, now);

	uint64_t end = rte_get_tsc_cycles();
	uint64_t total = atomic_load_explicit(&worker->total_cycles, memory_order_relaxed);

	atomic_store_explicit(&worker->total_cycles, total + (end - now), memory_order_relaxed);
	if (done != 0) {
		uint64_t busy = atomic_load_explicit(&worker->busy_cycles, memory_order_relaxed);

		atomic_store_explicit(
			&worker->busy_cycles, busy + (end - now), memory_order_relaxed);
	}
	*work += done;
	return end;
}

static int
worker_main(void *arg)
{
	struct session_worker *worker = arg;
	const struct session_control *control = worker->session->control;
	uint64_t now = rte_get_tsc_cycles();
	uint32_t seen = 0;
	unsigned work = 0;

	while (!atomic_load_explicit(&control->quit, memory_order_relaxed)) {
		uint32_t park = atomic_load_explicit(&control->park, memory_order_acquire);

		if (park != seen) {
			seen = park;
			atomic_store_explicit(&worker->seen, park, memory_order_release);
			now = rte_get_tsc_cycles();
		}
		if ((park & 1) != 0)
			rte_pause();
		else
			now = turn(worker, now, &work);
	}
	return 0;
}

int
session_launch(struct session *session, struct opt_error *err)
{
	struct session_control *control = session->control;
	unsigned lcore, i = 0;

	session->threads = rte_lcore_count() > session->n_workers; /* the main one besides */
	for (unsigned w = 0; w < session->n_workers; w++)
		session->workers[w].lcore = rte_get_main_lcore();
	if (!session->threads)
		return 0;
	RTE_LCORE_FOREACH_WORKER (lcore) {
		if (i == session->n_workers)
			break;
		session->workers[i].lcore = lcore;
		int ret = rte_eal_remote_launch(worker_main, &session->workers[i], lcore);

		if (ret != 0) {
			session_land(session);
			return opt_fail(err, -1, "lcore %u does something else already: %s", lcore,
				"end it first");
		}
		control->n_launched = ++i;
	}
	return 0;
}

void
session_land(struct session *session)
{
	struct session_control *control = session->control;

	atomic_store_explicit(&control->quit, true, memory_order_release);
	for (unsigned i = 0; i < control->n_launched; i++)
		(void)rte_eal_wait_lcore(session->workers[i].lcore);
	control->n_launched = 0;
}

/* Wait until a worker has seen the call. One that shares our CPU needs it to get there. */
static void
await(const struct session_worker *worker, uint32_t park)
{
	unsigned spins = 0;

	while (atomic_load_explicit(&worker->seen, memory_order_acquire) != park) {
		if (++spins < SPINS)
			rte_pause();
		else
			(void)sched_yield();
	}
}

static void
await_all(const struct session *session, uint32_t park)
{
	for (unsigned i = 0; i < session_control(session)->n_launched; i++)
		await(&session->workers[i], park);
}

/* The workers have all got going since the last time: asked again and again, they still work. */
void
session_park(struct session *session)
{
	struct session_control *control = session->control;
	uint32_t park = atomic_load_explicit(&control->park, memory_order_relaxed);

	if (control->depth++ != 0)
		return;
	await_all(session, park);
	atomic_store_explicit(&control->park, park + 1, memory_order_release);
	await_all(session, park + 1);
}

void
session_unpark(struct session *session)
{
	struct session_control *control = session->control;

	if (--control->depth != 0)
		return;
	atomic_store_explicit(&control->park,
		atomic_load_explicit(&control->park, memory_order_relaxed) + 1,
		memory_order_release);
}

bool
session_turn(struct session *session)
{
	uint64_t now = rte_get_tsc_cycles();
	unsigned work = 0;

	if (session->threads || session_control(session)->depth != 0)
		return false;
	for (unsigned i = 0; i < session->n_workers; i++)
		now = turn(&session->workers[i], now, &work);
	return work != 0;
}
