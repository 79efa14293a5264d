/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_TESTPMD_H
#define BENCH_TESTPMD_H

#include <stdio.h>
#include <sys/types.h>

#include "bench.h"

/* dpdk-testpmd as a child: txonly on net_null, started and stopped from outside. */
struct testpmd {
	pid_t pid;
	FILE *tty;
};

/* 0; -ENOENT: it is not installed; other negative errno. */
int testpmd_open(struct testpmd *t, unsigned int lcore);

/* Let it send for @ms milliseconds. Returns TSC cycles a frame, or a negative errno. */
double testpmd_run(struct testpmd *t, unsigned int ms, double tsc_hz);

void testpmd_close(struct testpmd *t);

#endif /* BENCH_TESTPMD_H */
