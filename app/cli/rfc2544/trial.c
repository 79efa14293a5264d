/* SPDX-License-Identifier: BSD-3-Clause */
/* Running a trial on a session: the control thread's side. */
#include "trial.h"

#include <unistd.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "trial_engine.h"

#define NAP_US 1000 /* between looks at workers that run by themselves: a look parks them */

/* Let them work until this time. Returns 0, or -1: a signal came. */
static int
work_until(struct session *session, const struct trial *trial, uint64_t end)
{
	if (trial->rest != NULL)
		return trial->rest(trial->rest_ctx, end) ? 0 : -1;
	do {
		if (session->stop != NULL && *session->stop)
			return -1;
		if (session->threads)
			(void)usleep(NAP_US);
		else if (!session_turn(session))
			rte_pause();
	} while (rte_get_tsc_cycles() < end);
	return 0;
}

static bool
all_sent(struct session *session)
{
	bool all;

	session_park(session);
	all = trial_engine_all_sent(session);
	session_unpark(session);
	return all;
}

/* Send all, then wait until all have come or the time is up. */
static int
work(struct session *session, const struct trial *trial)
{
	uint64_t hz = rte_get_tsc_hz(), end;

	if (work_until(session, trial,
		    rte_get_tsc_cycles() + (uint64_t)(trial->seconds * (double)hz)) < 0)
		return -1;
	while (!all_sent(session)) {
		if (work_until(session, trial, rte_get_tsc_cycles() + hz / 1000) < 0)
			return -1;
	}
	end = rte_get_tsc_cycles() + (uint64_t)(trial->settle * (double)hz);
	while (!session_is_done(session) && rte_get_tsc_cycles() < end) {
		if (work_until(session, trial, rte_get_tsc_cycles() + hz / 1000) < 0)
			return -1;
	}
	return 0;
}

static void
read_result(struct session *session, const struct trial *trial, const struct proto_counters *before,
	struct trial_result *result)
{
	struct proto_counters after;

	*result = (struct trial_result){.sent = 0};
	hist_init(&result->latency);
	session_park(session);
	trial_engine_result(session, result);
	trial_engine_latency(session, &result->latency);
	session_unpark(session);
	proto_link_counters(trial->tx, &after);
	result->frames = after.count[PROTO_C_FRAMES_SENT] - before->count[PROTO_C_FRAMES_SENT];
	result->octets = after.count[PROTO_C_OCTETS_SENT] - before->count[PROTO_C_OCTETS_SENT];
}

int
trial_run(struct session *session, struct trial *trial, struct trial_result *result,
	struct opt_error *err)
{
	const struct engine *engine = session->settings.engine;
	struct proto_counters before;
	int ret;

	trial->run++;
	session->settings.trial = trial;
	session->settings.engine = &trial_engine;
	proto_link_counters(trial->tx, &before);
	ret = session_start(session, err);
	session->settings.engine = engine;
	if (ret == 0) {
		bool interrupted = work(session, trial) < 0;

		read_result(session, trial, &before, result);
		ret = session_stop(session, err);
		if (interrupted)
			ret = opt_fail(err, -1, "interrupted");
	}
	session->settings.trial = NULL;
	return ret;
}
