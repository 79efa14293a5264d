/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_BENCH_RIG_H
#define HARNESS_BENCH_RIG_H

/*
 * A session with links 0 and 1 (192.0.2.1 and .2, 2001:db8::1 and ::2), and over net_ring what is
 * between them: another session with an engine, on a thread of its own.
 */

#include "session_rig.h"

extern struct session *bench_session;
extern struct session_rig bench_middle;
extern volatile sig_atomic_t bench_stop; /* as a signal sets it */

/* cmocka's set-up: rings once. */
int bench_wires(void **state);

/* Set-ups of a test: io between the links; a loss of a tenth; of all; a delay of half a second. */
int bench_through_io(void **state);
int bench_through_loss(void **state);
int bench_through_nothing(void **state);
int bench_through_delay(void **state);
/* One link, and 192.0.2.9:9000 that echoes. */
int bench_to_peer(void **state);

/* Tear-down of each: nothing may be left. */
int bench_end(void **state);

#endif
