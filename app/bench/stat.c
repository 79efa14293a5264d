/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "stat.h"

static int
compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Linear between the two nearest. */
static double
quantile(const double *sorted, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t below = (size_t)at;
	double part = at - (double)below;

	if (below + 1 >= n)
		return sorted[n - 1];
	return sorted[below] * (1 - part) + sorted[below + 1] * part;
}

struct stat_spread
stat_spread(double *sample, size_t n)
{
	struct stat_spread spread = {.n = n};

	if (n == 0)
		return spread;
	qsort(sample, n, sizeof(*sample), compare);
	spread.q1 = quantile(sample, n, 0.25);
	spread.median = quantile(sample, n, 0.5);
	spread.q3 = quantile(sample, n, 0.75);
	return spread;
}

struct stat_spread
stat_ratio(const double *a, const double *b, size_t n, double *scratch)
{
	for (size_t i = 0; i < n; i++)
		scratch[i] = a[i] / b[i];
	return stat_spread(scratch, n);
}
