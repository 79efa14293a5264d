/* SPDX-License-Identifier: BSD-3-Clause */
/* Writing the cause and cure of a refusal for a person. */
#ifndef PROTO_WHY_H
#define PROTO_WHY_H

#include "pktpool.h"

/* Fill `why` (may be NULL) as printf does and return `err`, so that a refusal is one statement. */
int why_set(struct pktpool_why *why, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
