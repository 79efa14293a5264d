/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a YAML text by libcyaml, with a schema that is made of the tables of config_keys.h. */
#ifndef SESSION_CONFIG_SCHEMA_H
#define SESSION_CONFIG_SCHEMA_H

#include "config_keys.h"
#include "config_place.h"

/*
 * What stood at a key. A mapping is an array of them, in the order of its table; a list of mappings
 * is `n` such arrays, one behind the other.
 */
struct config_slot {
	union {
		char *value;		   /* CONFIG_VALUE */
		char **values;		   /* CONFIG_VALUES */
		struct config_slot *slots; /* CONFIG_MAPPING, CONFIG_MAPPINGS */
	};				   /* NULL: the key was not there */
	uint32_t n;			   /* of lists */
};

struct config_schema;

/*
 * Read `source` into slots of config_keys[]. The schema and the slots are the caller's until
 * config_schema_free(). Returns 0, or -1 with `err` filled: then there is nothing to free.
 */
int config_schema_load(const struct config_source *source, struct config_schema **schema,
	struct config_slot **slots, struct opt_error *err);

void config_schema_free(struct config_schema *schema, struct config_slot *slots);

#endif
