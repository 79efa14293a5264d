/* SPDX-License-Identifier: BSD-3-Clause */
#include "metrics_text.h"

#include <string.h>

#include <proto_drop.h>

#define KEY_LEN 64

/* A metric: what it is called, and where its values are. */
struct family {
	enum metrics_kind kind;
	const char *key;  /* of the value in a set */
	const char *name; /* behind "chainburst_" */
	const char *type;
	const char *help;
};

#define GAUGE(kind, key, name, help)           \
	{                                      \
		kind, key, name, "gauge", help \
	}
#define COUNTER(kind, key, name, help)           \
	{                                        \
		kind, key, name, "counter", help \
	}

static const struct family families[] = {
	GAUGE(METRICS_WORKER, "payloads_outstanding", "payloads_outstanding",
		"payloads accepted and not yet completed"),
	GAUGE(METRICS_WORKER, "reass_datagrams", "reassembly_datagrams",
		"datagrams begun and not complete"),
	GAUGE(METRICS_WORKER, "reass_datagrams_max", "reassembly_datagrams_limit",
		"datagrams that may be in reassembly at once"),
	GAUGE(METRICS_WORKER, "reass_frames", "reassembly_frames",
		"fragments held for datagrams that are not complete"),
	GAUGE(METRICS_WORKER, "reass_frames_max", "reassembly_frames_limit",
		"fragments that may be held"),
	GAUGE(METRICS_LINK, "started", "link_started", "1: the link is started"),
	GAUGE(METRICS_LINK, "carrier", "link_up", "1: the port says that it has a carrier"),
	GAUGE(METRICS_LINK, "mtu", "link_mtu_bytes", "bytes of the largest IP packet"),
	GAUGE(METRICS_POOL, "n", "pool_descriptors", "descriptors of the pool"),
	GAUGE(METRICS_POOL, "in_use", "pool_in_use", "descriptors that are out"),
	GAUGE(METRICS_POOL, "peak", "pool_peak", "most descriptors that were out at once"),
	COUNTER(METRICS_POOL, "allocated", "pool_allocated_total", "descriptors handed out"),
	COUNTER(METRICS_POOL, "refused", "pool_refused_total",
		"allocations refused for want of descriptors"),
};

static const char *const neigh_states[] = {
	"incomplete", "failed", "reachable", "stale", "delay", "probe", "static"};

static void
head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP chainburst_%s %s\n# TYPE chainburst_%s %s\n", name, help, name, type);
}

/* One line: a value of a set, with one label more if there is one. */
static void
sample(FILE *out, const char *name, const struct metrics_set *set, const char *key,
	const char *label, const char *value)
{
	const json_t *number = json_object_get(set->values, key);

	if (!json_is_integer(number))
		return;
	fprintf(out, "chainburst_%s{%s", name, set->labels);
	if (label != NULL)
		fprintf(out, ",%s=\"%s\"", label, value);
	fprintf(out, "} %" JSON_INTEGER_FORMAT "\n", json_integer_value(number));
}

static void
family_put(FILE *out, const struct metrics_sets *all, const struct family *family)
{
	head(out, family->name, family->type, family->help);
	for (unsigned i = 0; i < all->of[family->kind].n; i++)
		sample(out, family->name, &all->of[family->kind].sets[i], family->key, NULL, NULL);
}

static void
counters_put(FILE *out, const struct metrics_sets *all)
{
	for (unsigned i = 0; i < PROTO_C_MAX; i++) {
		char name[KEY_LEN];
		const struct family family = {METRICS_QUEUE, proto_counter_name(i), name, "counter",
			proto_counter_meaning(i)};

		(void)snprintf(name, sizeof(name), "%s_total", proto_counter_name(i));
		family_put(out, all, &family);
	}
}

/* A metric that has a sample for each reason. Every set has all reasons, so that rates begin at 0.
 */
static void
reasons_put(FILE *out, const struct metrics_sets *all, const char *name, const char *prefix,
	const char *(*reason_name)(unsigned), unsigned first)
{
	for (unsigned i = 0; i < all->of[METRICS_QUEUE].n; i++) {
		for (unsigned reason = first; reason_name(reason) != NULL; reason++) {
			char key[KEY_LEN];

			(void)snprintf(key, sizeof(key), "%s%s", prefix, reason_name(reason));
			sample(out, name, &all->of[METRICS_QUEUE].sets[i], key, "reason",
				reason_name(reason));
		}
	}
}

static const char *
drop_name(unsigned i)
{
	return proto_drop_name((enum proto_drop)i);
}

static const char *
reason_name(unsigned i)
{
	return proto_reason_name((enum proto_reason)i);
}

static void
neighbours_put(FILE *out, const struct metrics_sets *all)
{
	head(out, "neighbours", "gauge", "neighbours by the state of what is known of them");
	for (unsigned i = 0; i < all->of[METRICS_NEIGHBOURS].n; i++)
		for (size_t j = 0; j < sizeof(neigh_states) / sizeof(neigh_states[0]); j++)
			sample(out, "neighbours", &all->of[METRICS_NEIGHBOURS].sets[i],
				neigh_states[j], "state", neigh_states[j]);
}

void
metrics_text_put(FILE *out, const struct metrics_sets *all)
{
	counters_put(out, all);
	head(out, "drops_total", "counter", "received frames that were dropped, by reason");
	reasons_put(out, all, "drops_total", "drop_", drop_name, 0);
	head(out, "payload_errors_total", "counter",
		"payloads that were refused or failed, by reason");
	reasons_put(
		out, all, "payload_errors_total", "reason_", reason_name, PROTO_REASON_NONE + 1);
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		family_put(out, all, &families[i]);
	neighbours_put(out, all);
}
