/* SPDX-License-Identifier: BSD-3-Clause */
#include "stream.h"

#include <stdlib.h>

uint8_t *
stream_make(void)
{
	size_t n = (size_t)STREAM_KINDS * STREAM_PAYLOAD;
	uint8_t *bytes = malloc(n);
	uint64_t state = 1;

	for (size_t i = 0; bytes != NULL && i < n; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		bytes[i] = (uint8_t)(state >> 56);
	}
	return bytes;
}
