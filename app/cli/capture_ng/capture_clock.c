/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_clock.h"

#include <time.h>

#include <rte_cycles.h>

#define TRIES	     5
#define NS_PER_SEC_U UINT64_C(1000000000)

/* The best of some tries: an interrupt between the two readings would set the clock wrong. */
void
capture_clock_set(struct capture_clock *clock)
{
	uint64_t least = UINT64_MAX;

	clock->ns_per_cycle = 1e9 / (double)rte_get_tsc_hz();
	for (unsigned i = 0; i < TRIES; i++) {
		struct timespec wall;
		uint64_t before = rte_get_tsc_cycles(), after;

		(void)clock_gettime(CLOCK_REALTIME, &wall);
		after = rte_get_tsc_cycles();
		if (after - before >= least)
			continue;
		least = after - before;
		clock->tsc = before + least / 2;
		clock->ns = (uint64_t)wall.tv_sec * NS_PER_SEC_U + (uint64_t)wall.tv_nsec;
	}
}

uint64_t
capture_clock_ns(const struct capture_clock *clock, uint64_t tsc)
{
	double ns = (double)(int64_t)(tsc - clock->tsc) * clock->ns_per_cycle;

	return clock->ns + (uint64_t)(int64_t)ns;
}
