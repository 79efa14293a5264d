/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Places in a YAML text: a path of keys and list indices, and the line where it stands. Lines are
 * looked up only for an error, by reading the text once more.
 */
#ifndef SESSION_CONFIG_PLACE_H
#define SESSION_CONFIG_PLACE_H

#include "config.h"

#define CONFIG_DEPTH_MAX  8
#define CONFIG_SOURCE_MAX 65536 /* bytes of a file */

/* A YAML text. */
struct config_source {
	const char *name; /* said in errors */
	const char *text;
	size_t len;
};

struct config_step {
	char key[64]; /* empty: the step is an index */
	unsigned index;
};

/* A path: links[0].mtu has three steps. */
struct config_path {
	unsigned n;
	struct config_step steps[CONFIG_DEPTH_MAX];
};

/* A path one step longer; steps too many, and what is too long of a key, are cut off. */
struct config_path config_path_key(const struct config_path *path, const char *key);
struct config_path config_path_index(const struct config_path *path, unsigned index);

/*
 * Fill `err` with "NAME:LINE: PATH: " and the rest as printf does; without a source, with "PATH: "
 * alone. Returns -1.
 */
int config_fail(const struct config_source *source, const struct config_path *path,
	struct opt_error *err, const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Is it YAML, and one document without aliases (which could make much of little) and zero bytes
 * (which would hide what stands behind them)? Returns 0, or -1 with `err` filled.
 */
int config_check_yaml(const struct config_source *source, struct opt_error *err);

#endif
