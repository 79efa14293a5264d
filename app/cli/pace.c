/* SPDX-License-Identifier: BSD-3-Clause */
#include "pace.h"

void
pace_init(struct pace *pace, uint64_t rate, uint64_t hz, uint64_t now)
{
	*pace = (struct pace){.start = now};
	if (rate == 0)
		return;
	pace->cycles_per_byte = 8.0 * (double)hz / (double)rate;
	pace->catch_up = PACE_CATCH_UP * (double)hz;
}

/* When the next payload is due, if the past beyond `catch_up` is forgotten. */
static double
due(const struct pace *pace, double now)
{
	return pace->due > now - pace->catch_up ? pace->due : now - pace->catch_up;
}

unsigned
pace_allow(const struct pace *pace, uint64_t now, const struct iovec *iov, unsigned n)
{
	double elapsed = (double)(now - pace->start);
	double at = due(pace, elapsed);
	unsigned i;

	if (pace->cycles_per_byte <= 0)
		return n;
	for (i = 0; i < n && at <= elapsed; i++)
		at += (double)iov[i].iov_len * pace->cycles_per_byte;
	return i;
}

void
pace_spend(struct pace *pace, uint64_t now, uint64_t bytes)
{
	double elapsed = (double)(now - pace->start);

	pace->due = due(pace, elapsed) + (double)bytes * pace->cycles_per_byte;
}
