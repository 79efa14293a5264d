/* SPDX-License-Identifier: BSD-3-Clause */
/* A client of DPDK's telemetry socket (version 2), as dpdk-telemetry.py is one. */
#ifndef METRICS_TELEMETRY_CLIENT_H
#define METRICS_TELEMETRY_CLIENT_H

#include <stdbool.h>

#include <jansson.h>

#include "../opt.h"

struct telemetry {
	int fd;
	long long pid; /* of the process that answers */
	size_t answer_max;
	char path[108]; /* of the socket */
};

/* Which process is meant. */
struct telemetry_choice {
	const char *prefix; /* --file-prefix of its EAL; NULL: any */
	uint64_t pid;	    /* 0: any */
};

/*
 * Connect to the one running chainburst that is meant. Returns 0, or -1 with `err`: none is, or
 * several are, and which.
 */
int telemetry_find(struct telemetry *telemetry, const char *base,
	const struct telemetry_choice *choice, struct opt_error *err);

/* Ask. Returns what the answer holds (the caller's to json_decref()), or NULL with `err`. */
json_t *telemetry_ask(
	const struct telemetry *telemetry, const char *command, struct opt_error *err);

void telemetry_close(struct telemetry *telemetry);

#endif
