/* SPDX-License-Identifier: BSD-3-Clause */
/* A token bucket, for ICMP errors (RFC 1812 4.3.2.8, RFC 4443 2.4 (f)) and the like. No division.
 */
#ifndef PROTO_NET_LIMIT_H
#define PROTO_NET_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct limit {
	uint64_t cost;	/* TSC cycles that one token takes to grow; 0: no limit */
	uint64_t burst; /* cycles of credit at most */
	uint64_t empty; /* the time at which the bucket is empty: credit = now - empty */
};

static inline void
limit_init(struct limit *limit, uint64_t cost, uint32_t burst)
{
	*limit = (struct limit){.cost = cost, .burst = cost * burst};
}

/* Take a token. */
static inline bool
limit_take(struct limit *limit, uint64_t now)
{
	if (limit->cost == 0)
		return true;
	if (now < limit->empty) /* by the clock of another lcore, a little behind */
		return false;
	if (now - limit->empty > limit->burst)
		limit->empty = now - limit->burst;
	if (now - limit->empty < limit->cost)
		return false;
	limit->empty += limit->cost;
	return true;
}

/* How many tokens there are, at most `most`. */
static inline uint32_t
limit_available(const struct limit *limit, uint64_t now, uint32_t most)
{
	struct limit copy = *limit;
	uint32_t n = 0;

	while (n < most && limit_take(&copy, now))
		n++;
	return n;
}

#endif
