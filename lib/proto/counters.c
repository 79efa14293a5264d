/* SPDX-License-Identifier: BSD-3-Clause */
#include "counters.h"

#include <stddef.h>

#include <rte_common.h>

struct named {
	const char *name;
	const char *meaning;
	int err;
};

#define REASON_ROW(id, text, err, meaning) {text, meaning, err},
static const struct named reasons[] = {PROTO_REASONS(REASON_ROW)};

#define COUNTER_ROW(id, text, meaning) {text, meaning, 0},
static const struct named counters[] = {PROTO_COUNTERS(COUNTER_ROW)};

#define DROP_ROW(id, text, meaning) {text, meaning, 0},
static const struct named drops[] = {PROTO_DROPS(DROP_ROW)};

_Static_assert(RTE_DIM(drops) == PROTO_DROP_MAX, "one row for each drop");
_Static_assert(RTE_DIM(reasons) == PROTO_REASON_MAX, "one row for each reason");
_Static_assert(RTE_DIM(counters) == PROTO_C_MAX, "one row for each counter");

const char *
proto_reason_name(enum proto_reason reason)
{
	return (unsigned)reason < RTE_DIM(reasons) ? reasons[reason].name : NULL;
}

const char *
proto_reason_meaning(enum proto_reason reason)
{
	return (unsigned)reason < RTE_DIM(reasons) ? reasons[reason].meaning : NULL;
}

int
proto_reason_errno(enum proto_reason reason)
{
	return (unsigned)reason < RTE_DIM(reasons) ? reasons[reason].err : -EINVAL;
}

const char *
proto_counter_name(enum proto_counter counter)
{
	return (unsigned)counter < RTE_DIM(counters) ? counters[counter].name : NULL;
}

const char *
proto_counter_meaning(enum proto_counter counter)
{
	return (unsigned)counter < RTE_DIM(counters) ? counters[counter].meaning : NULL;
}

const char *
proto_drop_name(enum proto_drop drop)
{
	return (unsigned)drop < RTE_DIM(drops) ? drops[drop].name : NULL;
}

const char *
proto_drop_meaning(enum proto_drop drop)
{
	return (unsigned)drop < RTE_DIM(drops) ? drops[drop].meaning : NULL;
}

void
counters_sum(struct proto_counters *sum, const struct proto_counters *more)
{
	for (unsigned i = 0; i < PROTO_C_MAX; i++)
		sum->count[i] += more->count[i];
	for (unsigned i = 0; i < PROTO_REASON_MAX; i++)
		sum->reason[i] += more->reason[i];
	for (unsigned i = 0; i < PROTO_DROP_MAX; i++)
		sum->drop[i] += more->drop[i];
}
