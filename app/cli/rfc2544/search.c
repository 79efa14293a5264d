/* SPDX-License-Identifier: BSD-3-Clause */
#include "search.h"

#define KEPT_UP 0.98 /* of the rate asked for: short of it the sender is what limits */

/* One trial. A rate below the one asked for is what was tried. */
static int
try(double rate, search_trial_fn trial, void *arg, struct search_found *found,
	struct search_seen *seen)
{
	found->trials++;
	if (trial(arg, rate, seen) < 0)
		return -1;
	if (seen->reached > rate)
		seen->reached = rate;
	if (seen->passed && seen->reached > found->rate) {
		found->rate = seen->reached;
		found->sender_bound = seen->reached < rate * KEPT_UP;
	}
	return 0;
}

int
search_rate(
	double max, double resolution, search_trial_fn trial, void *arg, struct search_found *found)
{
	double low = 0, high = max, step = resolution * max;
	struct search_seen seen;

	*found = (struct search_found){.rate = 0};
	if (try(max, trial, arg, found, &seen) < 0)
		return -1;
	if (seen.passed)
		return 0;
	if (seen.reached < high)
		high = seen.reached; /* more than that cannot be tried */
	while (high - low > step) {
		double rate = low + (high - low) / 2;

		if (try(rate, trial, arg, found, &seen) < 0)
			return -1;
		if (seen.passed)
			low = rate;
		else
			high = rate;
	}
	return 0;
}
