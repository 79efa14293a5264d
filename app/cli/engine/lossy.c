/* SPDX-License-Identifier: BSD-3-Clause */
#include "lossy.h"

#include "rng.h"

static uint64_t
of_all(double probability)
{
	if (probability >= 1)
		return UINT64_MAX;
	return probability > 0 ? (uint64_t)(probability * 0x1p64) : 0;
}

void
lossy_init(struct lossy *lossy, double loss, double reorder, double duplicate, uint64_t seed)
{
	*lossy = (struct lossy){
		.lose = of_all(loss),
		.reorder = of_all(reorder),
		.duplicate = of_all(duplicate),
		.rng = seed,
	};
}

static bool
happens(struct lossy *lossy, uint64_t threshold)
{
	uint64_t drawn = rng_next(&lossy->rng);

	return threshold == UINT64_MAX || drawn < threshold;
}

/* Each frame draws as often, whatever becomes of it: another `loss` leaves the rest as it was. */
struct lossy_fate
lossy_next(struct lossy *lossy)
{
	bool lost = happens(lossy, lossy->lose);
	bool duplicated = happens(lossy, lossy->duplicate);
	bool late = happens(lossy, lossy->reorder);
	unsigned overtake = 1 + rng_below(&lossy->rng, LOSSY_OVERTAKE_MAX);

	return (struct lossy_fate){
		.lost = lost,
		.duplicated = duplicated && !lost,
		.overtake = late && !lost ? overtake : 0,
	};
}
