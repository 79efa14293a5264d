/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The keys of a configuration file: one row says where a key stands, what it takes, where that goes
 * and how it is explained. The reader, its error messages, --link and configs/reference.yaml's test
 * all read these tables.
 */
#ifndef SESSION_CONFIG_KEYS_H
#define SESSION_CONFIG_KEYS_H

#include "config.h"

#define CONFIG_KEYS_MAX 20 /* keys of one mapping */

enum config_kind {
	CONFIG_VALUE,	 /* a word or number */
	CONFIG_VALUES,	 /* a list of them: opt.set is called for each */
	CONFIG_MAPPING,	 /* keys below this one; their target is this one's */
	CONFIG_MAPPINGS, /* a list of mappings; add() makes the target of each */
};

struct config_key {
	enum config_kind kind;
	bool required;
	uint32_t n_max; /* of a list: most entries */
	/* Name, setter, range and words, as of an option of the command line. */
	struct opt opt;
	const struct config_key *keys; /* of a mapping */
	unsigned n_keys;
	void *(*add)(void *target); /* CONFIG_MAPPINGS; NULL: there is no room */
};

/* The keys of a file; their target is a struct config. */
extern const struct config_key config_keys[];
extern const unsigned config_n_keys;

/* The keys of an entry of `links`; their target is a struct config_link. */
extern const struct config_key config_link_keys[];
extern const unsigned config_n_link_keys;

/* The row of this name; NULL: there is none. */
const struct config_key *config_key_find(
	const struct config_key *keys, unsigned n_keys, const char *name);

/* Append; NULL: there is no room. A link begins with its default name. */
struct config_link *config_link_append(struct config *config);

/* Setters of values that opt.h has none for. */
int config_set_text(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_set_name(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_set_stack_name(
	const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_set_seed(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_set_port(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_set_prefix(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_set_host(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_set_mac(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_add_address(
	const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_add_eal(const struct opt *opt, const char *text, void *target, struct opt_error *err);
int config_add_command(
	const struct opt *opt, const char *text, void *target, struct opt_error *err);

#endif
