/* SPDX-License-Identifier: BSD-3-Clause */
#include "metrics_sets.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND_LEN 128

/* What the questions share. */
struct asker {
	struct metrics_sets *all;
	const struct telemetry *telemetry;
	struct opt_error *err;
};

/* Keep an answer (taken over) with its labels. Returns 0, or -1 with `err`. */
static int
keep(const struct asker *asker, enum metrics_kind kind, const char *labels, json_t *values)
{
	unsigned n = asker->all->of[kind].n;
	struct metrics_set *sets = realloc(asker->all->of[kind].sets, (n + 1) * sizeof(*sets));

	if (sets == NULL) {
		json_decref(values);
		return opt_fail(asker->err, -1, "no memory");
	}
	(void)snprintf(sets[n].labels, sizeof(sets[n].labels), "%s", labels);
	sets[n].values = values;
	asker->all->of[kind].sets = sets;
	asker->all->of[kind].n = n + 1;
	return 0;
}

/* Ask, and keep the answer unless it is an error: then what was asked about has gone meanwhile. */
static int
ask(const struct asker *asker, enum metrics_kind kind, const char *labels, const char *command)
{
	json_t *values = telemetry_ask(asker->telemetry, command, asker->err);

	if (values == NULL)
		return -1;
	if (json_object_get(values, "error") == NULL && json_is_object(values))
		return keep(asker, kind, labels, values);
	json_decref(values);
	return 0;
}

static int
ask_queue(const struct asker *asker, const char *stack, unsigned worker, const char *link)
{
	char command[COMMAND_LEN], labels[COMMAND_LEN];

	(void)snprintf(command, sizeof(command), "/proto/queue,%s,%u,%s", stack, worker, link);
	(void)snprintf(labels, sizeof(labels), "stack=\"%s\",worker=\"%u\",link=\"%s\"", stack,
		worker, link);
	return ask(asker, METRICS_QUEUE, labels, command);
}

static int
ask_worker(const struct asker *asker, const char *stack, unsigned worker, unsigned n_links)
{
	char command[COMMAND_LEN], labels[COMMAND_LEN], link[16];

	(void)snprintf(command, sizeof(command), "/proto/worker,%s,%u", stack, worker);
	(void)snprintf(labels, sizeof(labels), "stack=\"%s\",worker=\"%u\"", stack, worker);
	if (ask(asker, METRICS_WORKER, labels, command) != 0)
		return -1;
	for (unsigned i = 0; i < n_links; i++) {
		(void)snprintf(link, sizeof(link), "%u", i);
		if (ask_queue(asker, stack, worker, link) != 0)
			return -1;
	}
	return ask_queue(asker, stack, worker, "loop");
}

/* One answer tells of all links: a set for each. */
static int
ask_links(const struct asker *asker, const char *stack)
{
	char command[COMMAND_LEN], labels[COMMAND_LEN];
	json_t *links, *link;
	const char *name;
	int ret = 0;

	(void)snprintf(command, sizeof(command), "/proto/links,%s", stack);
	links = telemetry_ask(asker->telemetry, command, asker->err);
	if (links == NULL)
		return -1;
	json_object_foreach(links, name, link)
	{
		if (ret != 0 || !json_is_object(link) || strncmp(name, "link", 4) != 0)
			continue;
		(void)snprintf(labels, sizeof(labels), "stack=\"%s\",link=\"%s\"", stack, name + 4);
		ret = keep(asker, METRICS_LINK, labels, json_incref(link));
	}
	json_decref(links);
	return ret;
}

static unsigned
number_of(const json_t *values, const char *key)
{
	return (unsigned)json_integer_value(json_object_get(values, key));
}

static int
ask_stack(const struct asker *asker, const char *stack)
{
	char command[COMMAND_LEN], labels[COMMAND_LEN];
	unsigned n_workers, n_links;
	json_t *stats;

	(void)snprintf(command, sizeof(command), "/proto/stats,%s", stack);
	stats = telemetry_ask(asker->telemetry, command, asker->err);
	if (stats == NULL)
		return -1;
	n_workers = number_of(stats, "workers");
	n_links = number_of(stats, "links");
	json_decref(stats);
	for (unsigned i = 0; i < n_workers; i++)
		if (ask_worker(asker, stack, i, n_links) != 0)
			return -1;
	(void)snprintf(command, sizeof(command), "/proto/neighbours,%s", stack);
	(void)snprintf(labels, sizeof(labels), "stack=\"%s\"", stack);
	if (ask(asker, METRICS_NEIGHBOURS, labels, command) != 0)
		return -1;
	return ask_links(asker, stack);
}

static int
ask_pool(const struct asker *asker, const char *pool)
{
	char command[COMMAND_LEN], labels[COMMAND_LEN];

	(void)snprintf(command, sizeof(command), "/pktpool/stats,%s", pool);
	(void)snprintf(labels, sizeof(labels), "pool=\"%s\"", pool);
	return ask(asker, METRICS_POOL, labels, command);
}

/* Ask `one` about each name in the list that a command gives. */
static int
ask_each(const struct asker *asker, const char *command,
	int (*one)(const struct asker *asker, const char *name))
{
	json_t *list = telemetry_ask(asker->telemetry, command, asker->err), *name;
	size_t i;
	int ret = 0;

	if (list == NULL)
		return -1;
	json_array_foreach(list, i, name)
	{
		/* Names are of the library's making: letters, digits, - _ . */
		if (ret == 0 && json_is_string(name) &&
			strpbrk(json_string_value(name), "\"\\\n,") == NULL)
			ret = one(asker, json_string_value(name));
	}
	json_decref(list);
	return ret;
}

int
metrics_sets_ask(struct metrics_sets *all, const struct telemetry *telemetry, struct opt_error *err)
{
	const struct asker asker = {all, telemetry, err};

	memset(all, 0, sizeof(*all));
	if (ask_each(&asker, "/proto/list", ask_stack) == 0 &&
		ask_each(&asker, "/pktpool/list", ask_pool) == 0)
		return 0;
	metrics_sets_free(all);
	return -1;
}

void
metrics_sets_free(struct metrics_sets *all)
{
	for (unsigned kind = 0; kind < METRICS_KINDS; kind++) {
		for (unsigned i = 0; i < all->of[kind].n; i++)
			json_decref(all->of[kind].sets[i].values);
		free(all->of[kind].sets);
	}
	memset(all, 0, sizeof(*all));
}
