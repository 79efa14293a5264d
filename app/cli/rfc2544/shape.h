/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes: of payloads, of the frames they come in, and what a link's speed lets through. */
#ifndef RFC2544_SHAPE_H
#define RFC2544_SHAPE_H

#include "rfc2544.h"

/* A payload on the wire. */
struct shape {
	uint32_t payload; /* UDP payload, bytes */
	uint32_t frames;
	uint32_t octets; /* of all frames, with FCS, padded to 64 */
};

/*
 * Returns 0, or -1 with `err`: the size is none for this family and MTU (L3 bytes), or has no room
 * for what a trial writes into each payload.
 */
int shape_of(struct shape *shape, const struct rfc2544_size *size, uint8_t family, uint16_t mtu,
	struct opt_error *err);

/* Payloads a second at this speed, Mbit/s, with preamble and gaps between frames. */
double shape_line_rate(const struct shape *shape, uint32_t mbits);

/* Fill in the default sizes, as far as they fit. Returns how many. */
unsigned shape_defaults(struct rfc2544_size *sizes, uint8_t family, uint16_t mtu);

#endif
