/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_COUNT_H
#define BENCH_COUNT_H

/*
 * For tests/bench/instructions.py, which runs this under valgrind: chainburst-bench --count. Each
 * hot path handles N frames, then 2N, in a call of count_slice() each. What we are made with is
 * printed, then the paths in that order, as "N NAME". The clock stands still, so that a run is as
 * any other.
 */
int count_main(void);

#endif /* BENCH_COUNT_H */
