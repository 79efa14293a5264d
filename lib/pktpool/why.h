/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKTPOOL_WHY_H
#define PKTPOOL_WHY_H

#include "pktpool_attr.h"

/* Writes a refusal's text (if anybody wants it) and returns `err`, so that refusing is one line. */
int why_not(struct pktpool_why *why, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* PKTPOOL_WHY_H */
