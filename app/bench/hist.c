/* SPDX-License-Identifier: BSD-3-Clause */
#include "hist.h"

void
hist_merge(struct hist *hist, const struct hist *from)
{
	for (unsigned int i = 0; i < HIST_BUCKETS; i++)
		hist->count[i] += from->count[i];
	hist->n += from->n;
	hist->max = from->max > hist->max ? from->max : hist->max;
}

/* The largest number that falls in a bucket. */
static uint64_t
bucket_end(unsigned int bucket)
{
	const unsigned int sub = 1u << HIST_SUB_BITS;
	unsigned int shift = bucket >> HIST_SUB_BITS;

	if (shift == 0)
		return bucket;
	return (((uint64_t)(bucket & (sub - 1)) + sub + 1) << (shift - 1)) - 1;
}

uint64_t
hist_quantile(const struct hist *hist, double part)
{
	const double want = part * (double)hist->n;
	uint64_t seen = 0;

	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		seen += hist->count[i];
		if (seen != 0 && (double)seen >= want)
			return bucket_end(i) < hist->max ? bucket_end(i) : hist->max;
	}
	return hist->max;
}
