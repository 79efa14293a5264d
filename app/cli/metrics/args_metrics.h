/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of `chainburst metrics`. */
#ifndef METRICS_ARGS_METRICS_H
#define METRICS_ARGS_METRICS_H

#include <stdbool.h>

#include "telemetry_client.h"

struct args_metrics {
	struct telemetry_choice choice;
	const char *textfile; /* NULL: standard output */
	bool help;
};

/* Read argv, whose [0] is the command's name. Returns OPT_OK, or another status with `err`. */
int args_metrics(struct args_metrics *args, int argc, char **argv, struct opt_error *err);
void args_metrics_help(FILE *out);

#endif
