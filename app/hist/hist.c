/* SPDX-License-Identifier: BSD-3-Clause */
#include "hist.h"

#include <math.h>

void
hist_init(struct hist *hist)
{
	*hist = (struct hist){.min = UINT64_MAX};
}

uint64_t
hist_bucket_top(unsigned bucket)
{
	unsigned shift;

	if (bucket < HIST_SUB)
		return bucket;
	shift = bucket / HIST_SUB - 1;
	return ((HIST_SUB + (uint64_t)(bucket % HIST_SUB)) << shift) + ((1ull << shift) - 1);
}

void
hist_merge(struct hist *hist, const struct hist *other)
{
	hist->n += other->n;
	hist->sum += other->sum;
	hist->min = other->min < hist->min ? other->min : hist->min;
	hist->max = other->max > hist->max ? other->max : hist->max;
	for (unsigned i = 0; i < HIST_BUCKETS; i++)
		hist->buckets[i] += other->buckets[i];
}

uint64_t
hist_quantile(const struct hist *hist, double share)
{
	uint64_t rank = (uint64_t)ceil(share * (double)hist->n), seen = 0, top;

	if (rank == 0)
		return hist->n == 0 ? 0 : hist->min;
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		seen += hist->buckets[i];
		if (seen < rank)
			continue;
		top = hist_bucket_top(i);
		return top < hist->max ? top : hist->max;
	}
	return hist->max;
}
