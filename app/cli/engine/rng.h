/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random numbers that a seed makes again: splitmix64 (Steele, Lea, Flood: "Fast splittable
 * pseudorandom number generators", 2014). The state is one number, any.
 */
#ifndef ENGINE_RNG_H
#define ENGINE_RNG_H

#include <stdint.h>

/* A well mixed function of `z`. */
static inline uint64_t
rng_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline uint64_t
rng_next(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15u;
	return rng_mix(*state);
}

/* One of 0..n-1; 0 for n 0. */
static inline uint32_t
rng_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)(((rng_next(state) >> 32) * n) >> 32);
}

#endif
