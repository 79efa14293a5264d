/* SPDX-License-Identifier: BSD-3-Clause */
/* What the session's own files know of it: how workers are parked, what has run. */
#ifndef SESSION_CONTROL_H
#define SESSION_CONTROL_H

#include "../engine/engine.h"
#include "session.h"

/* What an engine's worker needed; kept for as long as a completion may still point into it. */
struct session_state {
	void *memory;
	struct session_state *next;
};

struct session_control {
	/* Odd: the workers are to hold still. Each stores what it has seen. */
	_Atomic uint32_t park;
	_Atomic bool quit;
	unsigned depth; /* of session_park() */
	unsigned n_launched;
	const struct engine *last; /* that was started */
	uint64_t started;	   /* TSC */
	double seconds;		   /* that `last` ran, when it has stopped */
	struct engine_figures figures;
	struct session_state *abandoned; /* states of engines that could not be drained */
};

static inline struct session_control *
session_control(const struct session *session)
{
	return session->control;
}

/* Put the workers to work: on lcores of their own where there are enough. Returns 0 or -1. */
int session_launch(struct session *session, struct opt_error *err);

/* End the loops of session_launch() and wait until they have ended. */
void session_land(struct session *session);

/* Free the states of engines that could not be drained. The stack is gone. */
void session_forget(struct session *session);

#endif
