/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters: one writer each, so plain adds; readers may see them a moment late. */
#ifndef PROTO_COUNTERS_H
#define PROTO_COUNTERS_H

#include "proto_drop.h"

static inline void
count_add(struct proto_counters *counters, enum proto_counter counter, uint64_t n)
{
	counters->count[counter] += n;
}

static inline void
count_reason(struct proto_counters *counters, enum proto_reason reason)
{
	counters->reason[reason]++;
}

/* `n` frames are dropped for this reason. */
static inline void
count_drop(struct proto_counters *counters, enum proto_drop drop, uint32_t n)
{
	counters->drop[drop] += n;
	counters->count[PROTO_C_FRAMES_DISCARDED] += n;
}

/* sum += counters */
void counters_sum(struct proto_counters *sum, const struct proto_counters *counters);

#endif
