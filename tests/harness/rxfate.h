/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_RXFATE_H
#define HARNESS_RXFATE_H

/* What becomes of a frame: it must go to exactly one place. */

#include "rxrig.h"

/* One of these, or an enum proto_drop. */
enum fate {
	FATE_CONSUMED = -1,  /* the stack acted on it */
	FATE_DELIVERED = -2, /* to an endpoint */
	FATE_HELD = -3,	     /* in reassembly */
};

const char *rx_fate_name(int fate);

/* Put a frame in on queue 0, in so many pieces; 0: in memory of exactly its length. */
void rx_put(struct rxrig *rig, const struct rxframe *f, uint32_t pieces);

/* Put it in and poll: its fate. */
int rx_fate(struct rxrig *rig, const struct rxframe *f, uint32_t pieces);

/* Put it in and poll; a fate that is several places, or known by other means. */
void rx_inject(struct rxrig *rig, const struct rxframe *f, uint32_t pieces);

/* The way a frame may lie in memory: exact, in 1, 2, 3 and as many pieces as it has bytes. */
#define RX_WAYS 5

/* Fails unless this is its fate in each of the RX_WAYS. */
void rx_expect(struct rxrig *rig, const struct rxframe *f, int fate, const char *what);

#endif /* HARNESS_RXFATE_H */
