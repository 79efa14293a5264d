/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A rate limit on payload bits, by TSC. It keeps the time at which the next payload is due; a
 * sender that was held up may catch up by at most PACE_CATCH_UP of a second.
 */
#ifndef CLI_PACE_H
#define CLI_PACE_H

#include <stdint.h>

#include <sys/uio.h>

#define PACE_CATCH_UP 0.01 /* seconds */

struct pace {
	double cycles_per_byte; /* 0: no limit */
	double catch_up;	/* cycles */
	double due;		/* TSC of the next payload, relative to `start` */
	uint64_t start;
};

/* `rate` in bits a second, 0: no limit; `hz` of the TSC; `now` its value. */
void pace_init(struct pace *pace, uint64_t rate, uint64_t hz, uint64_t now);

/* How many of these payloads may go now. */
unsigned pace_allow(const struct pace *pace, uint64_t now, const struct iovec *iov, unsigned n);

/* Payload bytes that were sent. */
void pace_spend(struct pace *pace, uint64_t now, uint64_t bytes);

#endif
