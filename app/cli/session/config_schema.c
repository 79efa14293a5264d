/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_schema.h"

#include <stdlib.h>
#include <string.h>

#include <cyaml/cyaml.h>

#define MAPPINGS_MAX 8 /* tables of keys */

/* All values are read as text: the setters of the tables know what is expected of them. */
static const cyaml_schema_value_t value_schema = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CONFIG_SOURCE_MAX)};

struct config_schema {
	unsigned n;
	cyaml_schema_field_t fields[MAPPINGS_MAX][CONFIG_KEYS_MAX + 1]; /* [..][n] is the end */
	cyaml_schema_value_t entries[MAPPINGS_MAX];			/* of lists of mappings */
	cyaml_schema_value_t top;
	cyaml_config_t config;
	/* what libcyaml said of the first mistake, and where: innermost first */
	char message[160];
	unsigned n_trace;
	struct config_step trace[CONFIG_DEPTH_MAX];
};

static const cyaml_schema_field_t *schema_fields(
	struct config_schema *schema, const struct config_key *keys, unsigned n_keys);

static cyaml_schema_value_t
schema_value(struct config_schema *schema, const struct config_key *key)
{
	enum cyaml_flag flags = CYAML_FLAG_POINTER;
	cyaml_schema_value_t value = value_schema, *entry;

	if (!key->required)
		flags |= CYAML_FLAG_OPTIONAL;
	value.flags = flags;
	if (key->kind == CONFIG_VALUES)
		value = (cyaml_schema_value_t){
			CYAML_VALUE_SEQUENCE(flags, char *, &value_schema, 0, key->n_max)};
	if (key->kind == CONFIG_MAPPING || key->kind == CONFIG_MAPPINGS) {
		value = (cyaml_schema_value_t){CYAML_VALUE_MAPPING(
			flags, struct config_slot, schema_fields(schema, key->keys, key->n_keys))};
		value.data_size = key->n_keys * (uint32_t)sizeof(struct config_slot);
	}
	if (key->kind == CONFIG_MAPPINGS) {
		uint32_t size = value.data_size;

		entry = &schema->entries[schema->n - 1];
		*entry = value;
		entry->flags = CYAML_FLAG_DEFAULT;
		value = (cyaml_schema_value_t){
			CYAML_VALUE_SEQUENCE(flags, struct config_slot, entry, 0, key->n_max)};
		value.data_size = size;
	}
	return value;
}

/* libcyaml's table of a mapping. */
static const cyaml_schema_field_t *
schema_fields(struct config_schema *schema, const struct config_key *keys, unsigned n_keys)
{
	cyaml_schema_field_t fields[CONFIG_KEYS_MAX + 1] = {{.key = NULL}};

	for (unsigned i = 0; i < n_keys; i++) {
		uint32_t at = i * (uint32_t)sizeof(struct config_slot);

		fields[i] = (cyaml_schema_field_t){
			.key = keys[i].opt.name,
			.data_offset = at,
			.count_offset = at + (uint32_t)offsetof(struct config_slot, n),
			.count_size = sizeof(((struct config_slot *)NULL)->n),
			.value = schema_value(schema, &keys[i]),
		};
	}
	memcpy(schema->fields[schema->n], fields, sizeof(fields));
	return schema->fields[schema->n++];
}

static void
message_set(struct config_schema *schema, const char *line)
{
	if (strncmp(line, "Load: ", 6) == 0)
		line += 6;
	(void)snprintf(
		schema->message, sizeof(schema->message), "%.*s", (int)strcspn(line, "\n"), line);
}

/* Take down a line of libcyaml's log: first what is wrong, then where, innermost first. */
static void
take_down(struct config_schema *schema, const char *line)
{
	struct config_step *step = &schema->trace[schema->n_trace];

	if (schema->n_trace == CONFIG_DEPTH_MAX || strstr(line, "Backtrace:") != NULL)
		return;
	if (sscanf(line, "  in mapping field '%63[^']'", step->key) == 1 ||
		sscanf(line, "  in sequence entry '%u'", &step->index) == 1)
		schema->n_trace++;
	else if (strncmp(line, "  in mapping ", 13) == 0)
		schema->trace[schema->n_trace++].key[0] = '?'; /* before its first key */
	else if (schema->message[0] == '\0')
		message_set(schema, line);
}

static void
on_log(cyaml_log_t level, void *arg, const char *format, va_list args)
{
	char line[256];

	(void)level;
	/* the format is libcyaml's */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)vsnprintf(line, sizeof(line), format, args);
#pragma GCC diagnostic pop
	take_down(arg, line);
}

static struct config_schema *
schema_create(void)
{
	struct config_schema *schema = calloc(1, sizeof(*schema));

	if (schema == NULL)
		return NULL;
	schema->config = (cyaml_config_t){
		.log_fn = on_log,
		.log_ctx = schema,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_NO_ALIAS,
	};
	schema->top = (cyaml_schema_value_t){CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER,
		struct config_slot, schema_fields(schema, config_keys, config_n_keys))};
	schema->top.data_size = config_n_keys * (uint32_t)sizeof(struct config_slot);
	return schema;
}

/* The path of libcyaml's trace, without its `skip` innermost steps. */
static struct config_path
trace_path(const struct config_schema *schema, unsigned skip)
{
	struct config_path path = {.n = 0};

	for (unsigned i = schema->n_trace; i > skip; i--) {
		const struct config_step *step = &schema->trace[i - 1];

		/* libcyaml counts entries from 1, and before the first event of one from 0 */
		path = step->key[0] != '\0'
			       ? config_path_key(&path, step->key)
			       : config_path_index(&path, step->index > 0 ? step->index - 1 : 0);
	}
	return path;
}

/* The row that a path leads to, and the table that it is in; NULL: none. */
static const struct config_key *
key_at(const struct config_path *path, const struct config_key **table, unsigned *n_table)
{
	const struct config_key *key = NULL;

	*table = config_keys;
	*n_table = config_n_keys;
	for (unsigned i = 0; i < path->n; i++) {
		if (path->steps[i].key[0] == '\0')
			continue;
		key = config_key_find(*table, *n_table, path->steps[i].key);
		if (key == NULL)
			return NULL;
		if (key->kind == CONFIG_MAPPING || key->kind == CONFIG_MAPPINGS) {
			*table = key->keys;
			*n_table = key->n_keys;
		}
	}
	return key;
}

/* Names of a table, ", " between them. */
static const char *
list_keys(const struct config_key *keys, unsigned n_keys, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < n_keys && at < size; i++) {
		int n = snprintf(text + at, size - at, "%s%s", i > 0 ? ", " : "", keys[i].opt.name);

		at += n > 0 ? (size_t)n : 0;
	}
	return text;
}

/* Is the message `head` and a key's name? Sets the path of that key. */
static bool
names_key(const struct config_schema *schema, const char *head, struct config_path *path)
{
	size_t len = strlen(head);

	if (strncmp(schema->message, head, len) != 0)
		return false;
	/* the innermost step is the key read before */
	*path = trace_path(schema, 1);
	*path = config_path_key(path, schema->message + len);
	return true;
}

/* What a value of the wrong kind, and a list, should have been. */
static int
fail_kind(const struct config_schema *schema, const struct config_source *source,
	struct opt_error *err)
{
	struct config_path path = trace_path(schema, 0);
	const struct config_key *table, *key = key_at(&path, &table, &(unsigned){0});
	bool entry = path.n > 0 && path.steps[path.n - 1].key[0] == '\0';

	if (key == NULL)
		return config_fail(
			source, &path, err, "expected keys and their values, as in workers: 1");
	if (key->kind == CONFIG_VALUES && !entry)
		return config_fail(source, &path, err, "expected a list; %s", key->opt.expect);
	return config_fail(source, &path, err, "expected %s", key->opt.expect);
}

static int
fail(const struct config_schema *schema, const struct config_source *source, cyaml_err_t error,
	struct opt_error *err)
{
	const struct config_key *table, *key;
	struct config_path path;
	unsigned n_table;
	char known[256];

	if (names_key(schema, "Unexpected key: ", &path)) {
		struct config_path above = trace_path(schema, 1);

		(void)key_at(&above, &table, &n_table);
		return config_fail(source, &path, err, "no such key; expected one of: %s",
			list_keys(table, n_table, known, sizeof(known)));
	}
	if (names_key(schema, "Missing required mapping field: ", &path)) {
		key = key_at(&path, &table, &n_table);
		return config_fail(source, &path, err, "missing: expected %s",
			key != NULL ? key->opt.expect : "it");
	}
	path = trace_path(schema, 0);
	if (error == CYAML_ERR_SEQUENCE_ENTRIES_MAX) {
		path = trace_path(schema, 1);
		key = key_at(&path, &table, &n_table);
		return config_fail(source, &path, err, "expected at most %u entries",
			key != NULL ? key->n_max : 0);
	}
	if (strncmp(schema->message, "Mapping field already seen", 26) == 0)
		return config_fail(source, &path, err, "stands twice; leave one of them out");
	if (error == CYAML_ERR_OOM)
		return opt_fail(err, -1, "%.120s: no memory", source->name);
	return fail_kind(schema, source, err);
}

int
config_schema_load(const struct config_source *source, struct config_schema **out,
	struct config_slot **slots, struct opt_error *err)
{
	struct config_schema *schema = schema_create();
	cyaml_data_t *data = NULL;
	cyaml_err_t error;
	int ret = 0;

	if (schema == NULL)
		return opt_fail(err, -1, "%.120s: no memory", source->name);
	error = cyaml_load_data((const uint8_t *)source->text, source->len, &schema->config,
		&schema->top, &data, NULL);
	if (error != CYAML_OK)
		ret = fail(schema, source, error, err);
	else if (data == NULL)
		ret = opt_fail(err, -1,
			"%.120s:1: expected keys and their values, as in workers: 1", source->name);
	*slots = data;
	*out = schema;
	if (ret != 0)
		config_schema_free(schema, data);
	return ret;
}

void
config_schema_free(struct config_schema *schema, struct config_slot *slots)
{
	(void)cyaml_free(&schema->config, &schema->top, slots, 0);
	free(schema);
}
