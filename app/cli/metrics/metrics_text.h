/* SPDX-License-Identifier: BSD-3-Clause */
/* Prometheus' text format, version 0.0.4. */
#ifndef METRICS_METRICS_TEXT_H
#define METRICS_METRICS_TEXT_H

#include <stdio.h>

#include "metrics_sets.h"

/* Write all sets: each metric once, with its help and type, and all its samples behind it. */
void metrics_text_put(FILE *out, const struct metrics_sets *all);

#endif
