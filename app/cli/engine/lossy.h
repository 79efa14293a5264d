/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a bad link does to each frame. Decisions depend on nothing but the seed and how many frames
 * came before: the same frames fare the same again, whenever they come.
 */
#ifndef ENGINE_LOSSY_H
#define ENGINE_LOSSY_H

#include <stdbool.h>
#include <stdint.h>

#define LOSSY_OVERTAKE_MAX 8

struct lossy {
	uint64_t lose, reorder, duplicate; /* of 2^64; UINT64_MAX: always */
	uint64_t rng;
};

struct lossy_fate {
	bool lost, duplicated;
	unsigned overtake; /* frames that overtake it, 0: none */
};

/* Probabilities 0..1. */
void lossy_init(struct lossy *lossy, double loss, double reorder, double duplicate, uint64_t seed);

/* What happens to the next frame. */
struct lossy_fate lossy_next(struct lossy *lossy);

#endif
