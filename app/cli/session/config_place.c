/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_place.h"

#include <stdarg.h>
#include <string.h>

#include <yaml.h>

struct config_path
config_path_key(const struct config_path *path, const char *key)
{
	struct config_path longer = *path;

	if (longer.n < CONFIG_DEPTH_MAX)
		(void)snprintf(longer.steps[longer.n++].key, sizeof(path->steps[0].key), "%s", key);
	return longer;
}

struct config_path
config_path_index(const struct config_path *path, unsigned index)
{
	struct config_path longer = *path;

	if (longer.n < CONFIG_DEPTH_MAX)
		longer.steps[longer.n++] = (struct config_step){.index = index};
	return longer;
}

static const char *
path_format(const struct config_path *path, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < path->n && at < size; i++) {
		const struct config_step *step = &path->steps[i];
		int n = step->key[0] == '\0' ? snprintf(text + at, size - at, "[%u]", step->index)
					     : snprintf(text + at, size - at, "%s%s",
						       i > 0 ? "." : "", step->key);

		at += n > 0 ? (size_t)n : 0;
	}
	return text;
}

/* The last value of a key in a mapping: of a key that stands twice, the second is the mistake. */
static const yaml_node_pair_t *
pair_of(yaml_document_t *doc, const yaml_node_t *node, const char *key)
{
	const yaml_node_pair_t *found = NULL;

	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *name = yaml_document_get_node(doc, pair->key);

		if (name != NULL && name->type == YAML_SCALAR_NODE &&
			strncmp((const char *)name->data.scalar.value, key,
				sizeof(((struct config_step *)NULL)->key) - 1) == 0)
			found = pair;
	}
	return found;
}

/* Go a step down from `node`. Returns the node there and sets its line; NULL: there is none. */
static yaml_node_t *
step_down(yaml_document_t *doc, const yaml_node_t *node, const struct config_step *step,
	unsigned long *line)
{
	yaml_node_t *next = NULL;

	if (step->key[0] == '\0' && node->type == YAML_SEQUENCE_NODE) {
		yaml_node_item_t *item = node->data.sequence.items.start + step->index;

		if (item < node->data.sequence.items.top)
			next = yaml_document_get_node(doc, *item);
		if (next != NULL)
			*line = next->start_mark.line;
	} else if (step->key[0] != '\0' && node->type == YAML_MAPPING_NODE) {
		const yaml_node_pair_t *pair = pair_of(doc, node, step->key);

		if (pair != NULL) {
			*line = yaml_document_get_node(doc, pair->key)->start_mark.line;
			next = yaml_document_get_node(doc, pair->value);
		}
	}
	return next;
}

/* The line of what the path leads to, or of the last step that is there; from 1. */
static unsigned long
line_of(const struct config_source *source, const struct config_path *path)
{
	unsigned long line = 0;
	yaml_parser_t parser;
	yaml_document_t doc;
	yaml_node_t *node;

	if (!yaml_parser_initialize(&parser))
		return 1;
	yaml_parser_set_input_string(&parser, (const unsigned char *)source->text, source->len);
	if (yaml_parser_load(&parser, &doc)) {
		node = yaml_document_get_root_node(&doc);
		if (node != NULL)
			line = node->start_mark.line;
		for (unsigned i = 0; i < path->n && node != NULL; i++)
			node = step_down(&doc, node, &path->steps[i], &line);
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&parser);
	return line + 1;
}

int
config_fail(const struct config_source *source, const struct config_path *path,
	struct opt_error *err, const char *format, ...)
{
	char place[160], text[320];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	path_format(path, place, sizeof(place));
	if (source == NULL)
		return opt_fail(err, -1, "%s: %s", place, text);
	return opt_fail(err, -1, "%.120s:%lu: %s%s%s", source->name, line_of(source, path), place,
		place[0] != '\0' ? ": " : "", text);
}

/* What the parser stumbled over, and what it was in the middle of. */
static int
fail_syntax(const struct config_source *source, const yaml_parser_t *parser, struct opt_error *err)
{
	const char *problem = parser->problem != NULL ? parser->problem : "it cannot be parsed";
	unsigned long line = (unsigned long)parser->problem_mark.line + 1;
	unsigned long begun = (unsigned long)parser->context_mark.line + 1;

	if (parser->context == NULL || begun == line)
		return opt_fail(err, -1, "%.120s:%lu: not YAML: %s", source->name, line, problem);
	return opt_fail(err, -1, "%.120s:%lu: not YAML: %s, %s that began on line %lu",
		source->name, line, problem, parser->context, begun);
}

/* What is YAML and yet not for us. Returns NULL: nothing. */
static const char *
fault_of(const yaml_event_t *event, unsigned *n_documents)
{
	if (event->type == YAML_DOCUMENT_START_EVENT && ++*n_documents > 1)
		return "a second document; expected one: leave it out";
	if (event->type == YAML_ALIAS_EVENT)
		return "an alias; expected the value itself: write it out";
	if (event->type == YAML_SCALAR_EVENT &&
		memchr(event->data.scalar.value, '\0', event->data.scalar.length) != NULL)
		return "a zero byte in a value; expected text";
	return NULL;
}

/* One event after the other. */
static int
check_events(const struct config_source *source, yaml_parser_t *parser, struct opt_error *err)
{
	unsigned n_documents = 0;

	for (;;) {
		yaml_event_t event;
		unsigned long line;
		const char *fault;
		bool end;

		if (!yaml_parser_parse(parser, &event))
			return fail_syntax(source, parser, err);
		line = (unsigned long)event.start_mark.line + 1;
		end = event.type == YAML_STREAM_END_EVENT;
		fault = fault_of(&event, &n_documents);
		yaml_event_delete(&event);
		if (fault != NULL)
			return opt_fail(err, -1, "%.120s:%lu: %s", source->name, line, fault);
		if (end)
			return n_documents > 0 ? 0
					       : opt_fail(err, -1,
							 "%.120s:1: empty: expected keys and their "
							 "values, as in workers: 1",
							 source->name);
	}
}

int
config_check_yaml(const struct config_source *source, struct opt_error *err)
{
	yaml_parser_t parser;
	int ret;

	if (!yaml_parser_initialize(&parser))
		return opt_fail(err, -1, "%.120s: no memory", source->name);
	yaml_parser_set_input_string(&parser, (const unsigned char *)source->text, source->len);
	ret = check_events(source, &parser, err);
	yaml_parser_delete(&parser);
	return ret;
}
