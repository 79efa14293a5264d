/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_HIST_H
#define BENCH_HIST_H

#include <stdint.h>

#define HIST_SUB_BITS 7 /* 128 buckets for each power of two: off by 1/128 at most */
#define HIST_BUCKETS  ((64 - HIST_SUB_BITS + 1) << HIST_SUB_BITS)

/*
 * A histogram of whole numbers with a fixed relative error: buckets of one up to 128, then 128 of
 * equal width for each power of two. No number is too large, and adding one allocates nothing.
 */
struct hist {
	uint64_t n, max;
	uint64_t count[HIST_BUCKETS];
};

static inline unsigned int
hist_bucket(uint64_t value)
{
	unsigned int shift;

	if (value >> HIST_SUB_BITS == 0)
		return (unsigned int)value;
	shift = 63 - HIST_SUB_BITS - (unsigned int)__builtin_clzll(value);
	return (shift << HIST_SUB_BITS) + (unsigned int)(value >> shift);
}

static inline void
hist_add(struct hist *hist, uint64_t value)
{
	hist->n++;
	hist->max = value > hist->max ? value : hist->max;
	hist->count[hist_bucket(value)]++;
}

/* Add all of @from to @hist. */
void hist_merge(struct hist *hist, const struct hist *from);

/* The least number that a @part (0..1) of the sample does not exceed, rounded up by 1/128 at most.
 */
uint64_t hist_quantile(const struct hist *hist, double part);

#endif /* BENCH_HIST_H */
