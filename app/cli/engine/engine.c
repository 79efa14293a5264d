/* SPDX-License-Identifier: BSD-3-Clause */
#include "engine.h"

#include <string.h>

static const struct engine *const engines[] = {
	&engine_txonly,
	&engine_rxonly,
	&engine_echo,
	&engine_io,
	&engine_mac,
	&engine_macswap,
	&engine_reflect,
	&engine_pipe,
	&engine_loss,
};

#define N_ENGINES (sizeof(engines) / sizeof(engines[0]))

const struct engine *
engine_find(const char *name)
{
	for (unsigned i = 0; i < N_ENGINES; i++) {
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	}
	return NULL;
}

const struct engine *
engine_at(unsigned i)
{
	return i < N_ENGINES ? engines[i] : NULL;
}
