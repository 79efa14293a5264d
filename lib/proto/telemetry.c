/* SPDX-License-Identifier: BSD-3-Clause */
/* /proto/list, /proto/stats,NAME, /proto/links,NAME: what dpdk-telemetry.py shows of stacks. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_memzone.h>
#include "link/link.h"
#include "telemetry.h"

/* What a walk over the memzones does with each stack. */
struct stack_visit {
	telemetry_fn visit;
	struct rte_tel_data *data;
	const char *name; /* NULL: every stack; up to a comma, if there is one */
	bool found;
};

/* What is behind the comma of "name,rest". */
static const char *
rest_of(const char *params)
{
	const char *comma = params != NULL ? strchr(params, ',') : NULL;

	return comma != NULL ? comma + 1 : "";
}

/* The walk holds the memzones' lock, so the stack stays while it is looked at. */
static void
zone_visit(const struct rte_memzone *zone, void *arg)
{
	struct stack_visit *visit = arg;
	struct proto *stack = zone->addr;
	size_t prefix_len = strlen(STACK_ZONE_PREFIX);

	if (strncmp(zone->name, STACK_ZONE_PREFIX, prefix_len) != 0 ||
		zone->len < sizeof(struct proto) ||
		!atomic_load_explicit(&stack->ready, memory_order_acquire))
		return;
	size_t name_len = visit->name != NULL ? strcspn(visit->name, ",") : strlen(stack->name);

	if (strlen(stack->name) != name_len ||
		(visit->name != NULL && memcmp(visit->name, stack->name, name_len) != 0))
		return;
	visit->found = true;
	net_lock(&stack->net);
	visit->visit(stack, visit->data, rest_of(visit->name));
	net_unlock(&stack->net);
}

static void
list_one(struct proto *stack, struct rte_tel_data *data, const char *rest)
{
	(void)rest;
	(void)rte_tel_data_add_array_string(data, stack->name);
}

static int
list_command(const char *command, const char *params, struct rte_tel_data *data)
{
	struct stack_visit visit = {.visit = list_one, .data = data};

	(void)command, (void)params;
	rte_tel_data_start_array(data, RTE_TEL_STRING_VAL);
	rte_memzone_walk(zone_visit, &visit);
	return 0;
}

/* One figure. Zeros are left out where many links share one answer of 16 KiB. */
static void
count_put(
	struct rte_tel_data *data, const char *prefix, const char *name, uint64_t count, bool zeros)
{
	char key[64];

	if (count == 0 && !zeros)
		return;
	(void)snprintf(key, sizeof(key), "%s%s", prefix, name);
	(void)rte_tel_data_add_dict_u64(data, key, count);
}

void
telemetry_counters(struct rte_tel_data *data, const struct proto_counters *counters, bool zeros)
{
	for (unsigned i = 0; i < PROTO_C_MAX; i++)
		count_put(data, "", proto_counter_name(i), counters->count[i], zeros);
	for (unsigned i = PROTO_REASON_NONE + 1; i < PROTO_REASON_MAX; i++)
		count_put(data, "reason_", proto_reason_name(i), counters->reason[i], zeros);
	for (unsigned i = 0; i < PROTO_DROP_MAX; i++)
		count_put(data, "drop_", proto_drop_name(i), counters->drop[i], zeros);
}

static void
stats_one(struct proto *stack, struct rte_tel_data *data, const char *rest)
{
	(void)rest;
	struct proto_counters counters;
	uint64_t outstanding = 0;

	proto_counters(stack, &counters);
	for (unsigned i = 0; i < stack->n_workers; i++)
		outstanding += proto_worker_outstanding(stack->workers[i]);
	(void)rte_tel_data_add_dict_string(data, "name", stack->name);
	(void)rte_tel_data_add_dict_u64(data, "workers", stack->n_workers);
	(void)rte_tel_data_add_dict_u64(data, "links", stack->n_links);
	(void)rte_tel_data_add_dict_u64(data, "payloads_outstanding", outstanding);
	telemetry_counters(data, &counters, true);
}

static void
link_put(const struct proto_link *link, struct rte_tel_data *data)
{
	struct proto_offload rows[PROTO_OFFLOAD_ROWS];
	struct proto_link_info info;
	struct proto_counters counters;
	char name[64];

	proto_link_info(link, &info);
	proto_link_counters(link, &counters);
	proto_link_offloads(link, rows);
	(void)rte_tel_data_add_dict_string(data, "driver", info.port.driver);
	(void)rte_tel_data_add_dict_u64(data, "mtu", info.mtu);
	(void)rte_tel_data_add_dict_int(data, "started", info.started);
	(void)rte_tel_data_add_dict_int(data, "carrier", info.carrier);
	(void)rte_tel_data_add_dict_int(data, "can_map", info.can_map);
	for (unsigned i = 0; i < PROTO_OFFLOAD_ROWS; i++) {
		(void)snprintf(name, sizeof(name), "offload_%s", rows[i].name);
		(void)rte_tel_data_add_dict_string(data, name,
			rows[i].granted	     ? "granted"
			: rows[i].advertised ? "advertised, not asked"
					     : "software");
	}
	telemetry_counters(data, &counters, false);
}

static void
links_one(struct proto *stack, struct rte_tel_data *data, const char *rest)
{
	(void)rest;
	for (unsigned i = 0; i < stack->n_links; i++) {
		struct rte_tel_data *link = rte_tel_data_alloc();
		char name[16];

		if (link == NULL)
			return;
		(void)snprintf(name, sizeof(name), "link%u", i);
		rte_tel_data_start_dict(link);
		link_put(stack->links[i], link);
		if (rte_tel_data_add_dict_container(data, name, link, 0) != 0)
			rte_tel_data_free(link);
	}
}

int
telemetry_named(const char *params, struct rte_tel_data *data, telemetry_fn fn)
{
	struct stack_visit visit = {.visit = fn, .data = data, .name = params};

	rte_tel_data_start_dict(data);
	if (params != NULL && *params != '\0')
		rte_memzone_walk(zone_visit, &visit);
	if (!visit.found)
		(void)rte_tel_data_add_dict_string(data, "error",
			params != NULL && *params != '\0'
				? "no stack of that name; see /proto/list"
				: "a stack's name is needed; see /proto/list");
	return 0;
}

static int
stats_command(const char *command, const char *params, struct rte_tel_data *data)
{
	(void)command;
	return telemetry_named(params, data, stats_one);
}

static int
links_command(const char *command, const char *params, struct rte_tel_data *data)
{
	(void)command;
	return telemetry_named(params, data, links_one);
}

void
stack_telemetry_register(void)
{
	/* DPDK appends each time, and forgets nothing: once in a process, of which a zone tells. */
	if (rte_memzone_reserve("proto_telemetry", 1, SOCKET_ID_ANY, 0) == NULL)
		return;
	(void)rte_telemetry_register_cmd(
		"/proto/list", list_command, "Names of the stacks. Takes no parameters");
	(void)rte_telemetry_register_cmd("/proto/stats", stats_command,
		"Counters of a stack, all workers and links. Parameters: name");
	(void)rte_telemetry_register_cmd("/proto/links", links_command,
		"Links of a stack: driver, MTU, offloads, counters that are not 0. Parameters: "
		"name");
	telemetry_worker_register();
	telemetry_neigh_register();
}
