/* SPDX-License-Identifier: BSD-3-Clause */
/* What a stack does by the clock, on whichever worker is polled when it is due. */
#ifndef PROTO_UPKEEP_H
#define PROTO_UPKEEP_H

#include <stdint.h>

struct proto_worker;

/* Ask for neighbours, probe and announce addresses, report groups, forget what has aged. */
void upkeep(struct proto_worker *worker, uint64_t now);

/* What waits for neighbours: send it, or fail it, as far as is known. */
void holds_serve(struct proto_worker *worker);

#endif
