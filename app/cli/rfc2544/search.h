/* SPDX-License-Identifier: BSD-3-Clause */
/* Binary searches for the most that goes without loss, whatever a trial is. */
#ifndef RFC2544_SEARCH_H
#define RFC2544_SEARCH_H

#include <stdbool.h>

/* What a trial showed. */
struct search_seen {
	double reached; /* of the asked-for rate: less, when the sender could not keep up */
	bool passed;	/* nothing was lost */
};

/* Try this rate (or this many). Returns 0, or -1: it cannot go on. */
typedef int (*search_trial_fn)(void *arg, double rate, struct search_seen *seen);

struct search_found {
	double rate; /* the highest that passed, as it was reached; 0: none did */
	unsigned trials;
	bool sender_bound; /* the sender could not do more, and that passed */
};

/*
 * The highest rate up to `max` that passes, known to `resolution` * max (0 < resolution < 1).
 * Trials begin with `max`: a good link needs one. Returns 0, or -1 as a trial did.
 */
int search_rate(double max, double resolution, search_trial_fn trial, void *arg,
	struct search_found *found);

#endif
