/* SPDX-License-Identifier: BSD-3-Clause */
/* TSC cycles as nanoseconds since 1970. */
#ifndef CAPTURE_NG_CAPTURE_CLOCK_H
#define CAPTURE_NG_CAPTURE_CLOCK_H

#include <stdint.h>

struct capture_clock {
	uint64_t tsc; /* the same moment */
	uint64_t ns;
	double ns_per_cycle;
};

/* Compare both clocks now. Again after a second or so: neither keeps the other's pace for ever. */
void capture_clock_set(struct capture_clock *clock);

/* When that was; the clock was set within a second or so of it. */
uint64_t capture_clock_ns(const struct capture_clock *clock, uint64_t tsc);

#endif
