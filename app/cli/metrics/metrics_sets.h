/* SPDX-License-Identifier: BSD-3-Clause */
/* All that a running chainburst tells, asked for at once: named values, and whose they are. */
#ifndef METRICS_METRICS_SETS_H
#define METRICS_METRICS_SETS_H

#include "telemetry_client.h"

/* Kinds of sets, by what they are about. */
enum metrics_kind {
	METRICS_QUEUE, /* one worker on one link */
	METRICS_WORKER,
	METRICS_LINK,
	METRICS_NEIGHBOURS,
	METRICS_POOL,
	METRICS_KINDS
};

struct metrics_set {
	char labels[192]; /* stack="echo",worker="0" */
	json_t *values;	  /* an object */
};

struct metrics_sets {
	struct {
		unsigned n;
		struct metrics_set *sets;
	} of[METRICS_KINDS];
};

/* Ask for everything. Returns 0, or -1 with `err`. */
int metrics_sets_ask(
	struct metrics_sets *all, const struct telemetry *telemetry, struct opt_error *err);

void metrics_sets_free(struct metrics_sets *all);

#endif
