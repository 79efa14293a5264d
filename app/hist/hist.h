/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A histogram of numbers with buckets as in HdrHistogram: below 64 one a number, above that 64 for
 * each power of two, so that a number is known to 1/64 of itself. Adding is a shift and a count.
 */
#ifndef APP_HIST_H
#define APP_HIST_H

#include <stdint.h>

#define HIST_SUB_BITS 6
#define HIST_SUB      (1u << HIST_SUB_BITS)
#define HIST_BUCKETS  ((64 - HIST_SUB_BITS + 1) * HIST_SUB)

struct hist {
	uint64_t n;
	uint64_t min, max; /* exact; of no numbers: UINT64_MAX, 0 */
	double sum;
	uint64_t buckets[HIST_BUCKETS];
};

void hist_init(struct hist *hist);

/* The bucket of a number. */
static inline unsigned
hist_bucket(uint64_t number)
{
	unsigned shift;

	if (number < HIST_SUB)
		return (unsigned)number;
	shift = 63 - HIST_SUB_BITS - (unsigned)__builtin_clzll(number);
	return (shift + 1) * HIST_SUB + (unsigned)(number >> shift) % HIST_SUB;
}

/* `times` times the same number. */
static inline void
hist_add(struct hist *hist, uint64_t number, uint64_t times)
{
	hist->n += times;
	hist->sum += (double)number * (double)times;
	hist->min = number < hist->min ? number : hist->min;
	hist->max = number > hist->max ? number : hist->max;
	hist->buckets[hist_bucket(number)] += times;
}

/* The largest number of a bucket. */
uint64_t hist_bucket_top(unsigned bucket);

/* Add the numbers of `other`. */
void hist_merge(struct hist *hist, const struct hist *other);

/*
 * The number that `share` (0..1) of all do not exceed: the top of its bucket, but never above the
 * greatest. 0 of no numbers.
 */
uint64_t hist_quantile(const struct hist *hist, double share);

#endif
