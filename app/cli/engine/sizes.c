/* SPDX-License-Identifier: BSD-3-Clause */
#include "sizes.h"

#include "rng.h"

#define IMIX_MAX 1500

void
sizes_init(struct sizes *sizes, uint32_t min, uint32_t max, uint64_t seed)
{
	*sizes = (struct sizes){.min = min, .span = max - min, .rng = seed};
}

void
sizes_init_imix(struct sizes *sizes, uint32_t headers)
{
	*sizes = (struct sizes){.imix = true, .headers = headers};
}

uint32_t
sizes_next(struct sizes *sizes)
{
	/* The large ones stand apart, so that any few in a row are a mix. */
	static const uint16_t round[SIZES_IMIX_ROUND] = {
		64, 576, 64, 64, 576, 64, IMIX_MAX, 64, 576, 64, 576, 64};
	uint32_t size;

	if (!sizes->imix)
		return sizes->min +
		       (sizes->span == 0 ? 0 : rng_below(&sizes->rng, sizes->span + 1));
	size = round[sizes->at] - sizes->headers;
	sizes->at = sizes->at + 1 == SIZES_IMIX_ROUND ? 0 : (uint8_t)(sizes->at + 1);
	return size;
}

uint32_t
sizes_max(const struct sizes *sizes)
{
	return sizes->imix ? IMIX_MAX - sizes->headers : sizes->min + sizes->span;
}
