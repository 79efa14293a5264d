/* SPDX-License-Identifier: BSD-3-Clause */
/* Which sizes a generator's payloads have: one, a range, or the mix of the Internet. */
#ifndef ENGINE_SIZES_H
#define ENGINE_SIZES_H

#include <stdbool.h>
#include <stdint.h>

/* IP packets of a round of the "simple IMIX": 7 of 64 bytes, 4 of 576, 1 of 1500. */
#define SIZES_IMIX_ROUND 12

struct sizes {
	uint32_t min, span; /* of a range: min..min+span */
	bool imix;
	uint8_t at; /* in the round */
	uint32_t headers;
	uint64_t rng;
};

/* `headers`: bytes of IP and UDP header, which the packets of an IMIX have besides. */
void sizes_init(struct sizes *sizes, uint32_t min, uint32_t max, uint64_t seed);
void sizes_init_imix(struct sizes *sizes, uint32_t headers);

/* Bytes of the next payload. */
uint32_t sizes_next(struct sizes *sizes);

/* The longest there is. */
uint32_t sizes_max(const struct sizes *sizes);

#endif
