/* SPDX-License-Identifier: BSD-3-Clause */
/* /pktpool/list, /pktpool/stats,NAME and /pktpool/tags[,FIRST] for dpdk-telemetry.py. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_memzone.h>
#include <rte_telemetry.h>

#include "core.h"
#include "pktpool_mem.h"
#include "telemetry.h"

/* An answer has at most 16 KiB. */
#define TAGS_PER_ANSWER 64U

struct pool_search {
	const char *name;
	struct rte_tel_data *data;
	bool found;
};

static void
list_one(struct rte_mempool *mp, void *arg)
{
	if (core_of_mempool(mp) != NULL)
		(void)rte_tel_data_add_array_string(arg, mp->name);
}

static int
handle_list(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	RTE_SET_USED(params);
	(void)rte_tel_data_start_array(data, RTE_TEL_STRING_VAL);
	rte_mempool_walk(list_one, data);
	return 0;
}

static void
add_usage(struct rte_tel_data *data, struct pool_core *core)
{
	struct pktpool_usage u;

	core_usage(core, &u);
	(void)rte_tel_data_add_dict_string(data, "name", core->mp->name);
	(void)rte_tel_data_add_dict_string(
		data, "kind", core->kind == CORE_PACKETS ? "packets" : "buffers");
	(void)rte_tel_data_add_dict_u64(data, "n", u.n);
	(void)rte_tel_data_add_dict_u64(data, "n_overflow", u.n_overflow);
	(void)rte_tel_data_add_dict_u64(data, "in_use", u.in_use);
	(void)rte_tel_data_add_dict_u64(data, "peak", u.peak);
	(void)rte_tel_data_add_dict_u64(data, "overflow_entered", u.overflow_entered);
	(void)rte_tel_data_add_dict_u64(data, "allocated", u.allocated);
	(void)rte_tel_data_add_dict_u64(data, "refused", u.refused);
	(void)rte_tel_data_add_dict_u64(data, "provisioned", u.provisioned);
	(void)rte_tel_data_add_dict_u64(data, "reserved", u.reserved);
	(void)rte_tel_data_add_dict_u64(data, "headroom", u.headroom);
	(void)rte_tel_data_add_dict_u64(data, "room", u.room);
	(void)rte_tel_data_add_dict_u64(data, "cache", u.cache);
}

/* In the walk the list of mempools is locked: the pool cannot go meanwhile. */
static void
stats_one(struct rte_mempool *mp, void *arg)
{
	struct pool_search *search = arg;
	struct pool_core *core = core_of_mempool(mp);

	if (core == NULL || strcmp(mp->name, search->name) != 0)
		return;
	search->found = true;
	add_usage(search->data, core);
}

static int
handle_stats(const char *cmd, const char *params, struct rte_tel_data *data)
{
	struct pool_search search = {.name = params != NULL ? params : "", .data = data};

	RTE_SET_USED(cmd);
	(void)rte_tel_data_start_dict(data);
	rte_mempool_walk(stats_one, &search);
	if (!search.found)
		(void)rte_tel_data_add_dict_string(data, "error",
			search.name[0] == '\0'
				? "name a pool: /pktpool/stats,NAME (/pktpool/list has the names)"
				: "no pool has this name: /pktpool/list has the names");
	return 0;
}

struct tag_page {
	struct rte_tel_data *data;
	unsigned int index;
	unsigned int first;
};

static void
add_tag(void *arg, const struct pktpool_mem_usage *usage)
{
	struct tag_page *page = arg;
	struct rte_tel_data *row;
	unsigned int index = page->index++;

	if (index < page->first || index >= page->first + TAGS_PER_ANSWER)
		return;
	row = rte_tel_data_alloc();
	if (row == NULL)
		return;
	(void)rte_tel_data_start_dict(row);
	(void)rte_tel_data_add_dict_u64(row, "blocks", usage->blocks);
	(void)rte_tel_data_add_dict_u64(row, "bytes", usage->bytes);
	(void)rte_tel_data_add_dict_u64(row, "peak_bytes", usage->peak_bytes);
	(void)rte_tel_data_add_dict_u64(row, "allocs", usage->allocs);
	if (rte_tel_data_add_dict_container(page->data, usage->tag, row, 0) != 0)
		rte_tel_data_free(row);
}

static int
handle_tags(const char *cmd, const char *params, struct rte_tel_data *data)
{
	struct tag_page page = {.data = data};

	RTE_SET_USED(cmd);
	if (params != NULL && isdigit((unsigned char)params[0]))
		page.first = (unsigned int)strtoul(params, NULL, 10);
	else if (params != NULL && params[0] != '\0')
		return -EINVAL;
	(void)rte_tel_data_start_dict(data);
	(void)pktpool_mem_tags(add_tag, &page);
	return 0;
}

void
telemetry_register(void)
{
	/* DPDK appends each time, and forgets nothing: once in a process, of which a zone tells. */
	if (rte_memzone_reserve("pktpool_telemetry", 1, SOCKET_ID_ANY, 0) == NULL)
		return;
	(void)rte_telemetry_register_cmd("/pktpool/list", handle_list,
		"Names of all packet and buffer pools. Takes no parameters");
	(void)rte_telemetry_register_cmd("/pktpool/stats", handle_stats,
		"Limits and figures of a pool. Parameter: its name");
	(void)rte_telemetry_register_cmd("/pktpool/tags", handle_tags,
		"Memory by tag, 64 tags at a time. Parameter: the first one's number (default 0)");
}
