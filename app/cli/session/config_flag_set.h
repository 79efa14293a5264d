/* SPDX-License-Identifier: BSD-3-Clause */
/* What each flag of a session does to a configuration; `target` is a struct config. */
#ifndef SESSION_CONFIG_FLAG_SET_H
#define SESSION_CONFIG_FLAG_SET_H

#include "config.h"

int config_flag_vdev(const struct opt *opt, const char *text, void *target, struct opt_error *err);
/* A link on a port; one that is there already (by port or name) is changed. */
int config_flag_link(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_flag_addr(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_flag_neigh(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_flag_gateway(
	const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_flag_command(
	const struct opt *opt, const char *text, void *target, struct opt_error *err);
/* The key of the file that has the flag's name. */
int config_flag_key(const struct opt *opt, const char *text, void *target, struct opt_error *err);

#endif
