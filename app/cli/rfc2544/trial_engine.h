/* SPDX-License-Identifier: BSD-3-Clause */
/* The engine that a trial runs. */
#ifndef RFC2544_TRIAL_ENGINE_H
#define RFC2544_TRIAL_ENGINE_H

#include "trial.h"

/* session->settings.trial is the trial. Its figures: payloads_sent are those taken by the stack. */
extern const struct engine trial_engine;

/* Has everybody sent all? The workers are parked or on this thread. */
bool trial_engine_all_sent(const struct session *session);

/* Add up what was counted into a zeroed `result`: payloads, seconds. */
void trial_engine_result(const struct session *session, struct trial_result *result);

/* Add up the latencies. */
void trial_engine_latency(const struct session *session, struct hist *latency);

#endif
