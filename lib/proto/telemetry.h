/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the /proto telemetry commands share. */
#ifndef PROTO_TELEMETRY_H
#define PROTO_TELEMETRY_H

#include <rte_telemetry.h>

#include "stack.h"

/* Fill an answer, a dict, about a stack; `rest` is what followed its name and a comma, "" if
 * nothing did. The stack is locked. */
typedef void (*telemetry_fn)(struct proto *stack, struct rte_tel_data *data, const char *rest);

/* A command whose parameters are a stack's name, and perhaps more behind a comma. Returns 0. */
int telemetry_named(const char *params, struct rte_tel_data *data, telemetry_fn fn);

/* All counters, by name. Zeros are left out where many links share one answer of 16 KiB. */
void telemetry_counters(
	struct rte_tel_data *data, const struct proto_counters *counters, bool zeros);

/* Register the commands of telemetry_worker.c and telemetry_neigh.c. */
void telemetry_worker_register(void);
void telemetry_neigh_register(void);

#endif
