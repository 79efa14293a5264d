/* SPDX-License-Identifier: BSD-3-Clause */
/* The four measurements, of one size. */
#ifndef RFC2544_MEASURE_H
#define RFC2544_MEASURE_H

#include "result.h"
#include "trial.h"

struct measure {
	struct session *session;
	const struct rfc2544_conf *conf; /* defaults filled in */
	struct trial trial;		 /* who sends what to whom */
	struct trial_result last;
	struct opt_error *err;
};

/*
 * Send a few payloads until one comes: neighbours are found, switches learn (RFC 2544 23). Returns
 * 0, or -1 with measure->err.
 */
int measure_warm_up(struct measure *measure);

/* Fill a row, whose size, shape and line are there. Returns 0, or -1 with measure->err. */
int measure_row(struct measure *measure, struct result_row *row);

#endif
