/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_RNG_H
#define HARNESS_RNG_H

/* A seeded generator, so that a random test can be run again: splitmix64. */

#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t
rng_next(struct rng *rng)
{
	uint64_t z = (rng->state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* 0..bound - 1; 0 for bound 0. */
static inline uint32_t
rng_below(struct rng *rng, uint32_t bound)
{
	return bound == 0 ? 0 : (uint32_t)((rng_next(rng) >> 32) * bound >> 32);
}

#endif /* HARNESS_RNG_H */
