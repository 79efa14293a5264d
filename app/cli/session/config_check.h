/* SPDX-License-Identifier: BSD-3-Clause */
/* What the values of a configuration have to do with each other. */
#ifndef SESSION_CONFIG_CHECK_H
#define SESSION_CONFIG_CHECK_H

#include "config_place.h"

/*
 * Check, and give routes without a link the first. `source` is where it was read, NULL: flags.
 * Returns 0, or -1 with `err` filled.
 */
int config_check(struct config *config, const struct config_source *source, struct opt_error *err);

#endif
