/* SPDX-License-Identifier: BSD-3-Clause */
/* /proto/neighbours,NAME[,FIRST]: how many in which state, and who they are, some at a time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "telemetry.h"

/* An answer has at most 16 KiB, and DPDK takes 100 KB of memory for each dict in it. */
#define PER_ANSWER 32u

static const char *const states[] = {
	[PROTO_NEIGH_INCOMPLETE] = "incomplete",
	[PROTO_NEIGH_FAILED] = "failed",
	[PROTO_NEIGH_REACHABLE] = "reachable",
	[PROTO_NEIGH_STALE] = "stale",
	[PROTO_NEIGH_DELAY] = "delay",
	[PROTO_NEIGH_PROBE] = "probe",
	[PROTO_NEIGH_STATIC] = "static",
};

static void
neigh_put(struct rte_tel_data *data, const struct neigh *neigh)
{
	uint32_t tags = zone_tags(neigh->key.zone);
	char text[PROTO_ADDR_STR_MAX];
	char mac[RTE_ETHER_ADDR_FMT_SIZE];

	(void)proto_addr_format(&neigh->key.addr, text, sizeof(text));
	rte_ether_format_addr(mac, sizeof(mac), &neigh->mac);
	(void)rte_tel_data_add_dict_string(data, "address", text);
	(void)rte_tel_data_add_dict_string(data, "mac", mac);
	(void)rte_tel_data_add_dict_string(data, "state", states[stack_neigh_state(neigh)]);
	(void)rte_tel_data_add_dict_u64(data, "link", zone_link(neigh->key.zone));
	(void)rte_tel_data_add_dict_u64(data, "outer_vid", tags >> 12);
	(void)rte_tel_data_add_dict_u64(data, "vid", tags & 0xfff);
}

/* One more of those that are named: "neighbour7" and so on, by their place in the table. */
static void
named_add(struct rte_tel_data *data, uint64_t place, const struct neigh *neigh)
{
	struct rte_tel_data *one = rte_tel_data_alloc();
	char key[32];

	if (one == NULL)
		return;
	(void)snprintf(key, sizeof(key), "neighbour%" PRIu64, place);
	(void)rte_tel_data_start_dict(one);
	neigh_put(one, neigh);
	if (rte_tel_data_add_dict_container(data, key, one, 0) != 0)
		rte_tel_data_free(one);
}

static void
neighbours_one(struct proto *stack, struct rte_tel_data *data, const char *rest)
{
	uint64_t first = strtoull(rest, NULL, 10), n = 0, by_state[RTE_DIM(states)] = {0};
	const struct neigh *neigh;
	uint32_t at = 0;

	for (; (neigh = neigh_next(&stack->net.neighs, &at)) != NULL; n++) {
		by_state[stack_neigh_state(neigh)]++;
		if (n >= first && n - first < PER_ANSWER)
			named_add(data, n, neigh);
	}
	(void)rte_tel_data_add_dict_u64(data, "count", n);
	for (unsigned i = 0; i < RTE_DIM(states); i++)
		(void)rte_tel_data_add_dict_u64(data, states[i], by_state[i]);
}

static int
neighbours_command(const char *command, const char *params, struct rte_tel_data *data)
{
	(void)command;
	return telemetry_named(params, data, neighbours_one);
}

void
telemetry_neigh_register(void)
{
	(void)rte_telemetry_register_cmd("/proto/neighbours", neighbours_command,
		"Neighbours by state, and 32 of them. Parameters: name[,first]");
}
