/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_STAT_H
#define BENCH_STAT_H

#include <stddef.h>

/* Median and quartiles: what is left of a sample when the machine's hiccups are taken away. */
struct stat_spread {
	size_t n;
	double q1, median, q3;
};

/* Sorts @sample in place. */
struct stat_spread stat_spread(double *sample, size_t n);

/* The spread of a[i] / b[i]: paired, so that what slowed both in one turn cancels out. */
struct stat_spread stat_ratio(const double *a, const double *b, size_t n, double *scratch);

#endif /* BENCH_STAT_H */
