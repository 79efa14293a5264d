/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_RAW_RIG_H
#define HARNESS_RAW_RIG_H

/*
 * A session in the middle, whose links are net_ring to both ends, which the test plays: numbered
 * frames go in at one and come out at another. The clock is the test's own.
 */

#include "session_rig.h"

extern struct session_rig raw_middle, raw_ends;
extern uint64_t raw_now;

/* The Ethernet header of each frame. */
extern const uint8_t raw_header[14];

/* Port of the middle's link i. */
uint16_t raw_port(unsigned i);

/* cmocka's set-up and tear-down: rings once, then sessions for each test. */
int raw_wires(void **state);
int raw_one_link(void **state);
int raw_two_links(void **state);
int raw_three_links(void **state);
int raw_close(void **state);

/* Send frames first.. at an end: frame i's length and bytes follow from i. */
void raw_send_frames(unsigned end, uint32_t first, uint32_t n);

/* The numbers of the frames that come at an end; their bytes are checked from `from` on. */
uint32_t raw_receive_frames(unsigned end, uint32_t *numbers, uint32_t max, uint32_t from);

/* All of these come, in order, at this end, and no others. */
void raw_expect_all(unsigned end, uint32_t first, uint32_t n, uint32_t from);

void raw_start(const struct engine *engine);

/* Turns of the middle at raw_now until nothing moves. */
void raw_turn(void);

/* Quit, stop; the figures. */
struct engine_figures raw_finish(void);

#endif
