/* SPDX-License-Identifier: BSD-3-Clause */
/* /proto/worker,NAME,WORKER and /proto/queue,NAME,WORKER,LINK: the parts that /proto/stats sums. */
#include <stdlib.h>
#include <string.h>

#include "link/txq.h"
#include "pktpool.h"
#include "telemetry.h"
#include "worker.h"

/* Read an index below `n` at `*text`, and step over it and a comma. Returns false: there is none.
 */
static bool
index_read(const char **text, unsigned n, unsigned *index)
{
	char *end;
	unsigned long value = strtoul(*text, &end, 10);

	if (end == *text || (*end != '\0' && *end != ',') || value >= n)
		return false;
	*index = (unsigned)value;
	*text = *end == ',' ? end + 1 : end;
	return true;
}

static bool
link_read(const struct proto *stack, const char *text, unsigned *index)
{
	if (strcmp(text, "loop") != 0)
		return index_read(&text, stack->n_links, index) && *text == '\0';
	*index = PROTO_LINKS_MAX;
	return true;
}

static void
worker_put(struct rte_tel_data *data, const struct proto_worker *worker)
{
	struct proto_reassembly reass;

	proto_worker_reassembly(worker, &reass);
	(void)rte_tel_data_add_dict_u64(
		data, "payloads_outstanding", proto_worker_outstanding(worker));
	(void)rte_tel_data_add_dict_u64(data, "reass_datagrams", reass.datagrams);
	(void)rte_tel_data_add_dict_u64(data, "reass_datagrams_max", reass.datagrams_max);
	(void)rte_tel_data_add_dict_u64(data, "reass_frames", reass.frames);
	(void)rte_tel_data_add_dict_u64(data, "reass_frames_max", reass.frames_max);
	(void)rte_tel_data_add_dict_string(
		data, "packet_pool", pktpool_name(proto_worker_pktpool(worker)));
	(void)rte_tel_data_add_dict_string(
		data, "rx_pool", pktpool_name(proto_worker_rx_pool(worker)));
	(void)rte_tel_data_add_dict_string(
		data, "buffer_pool", bufpool_name(proto_worker_bufpool(worker)));
}

static void
worker_one(struct proto *stack, struct rte_tel_data *data, const char *rest)
{
	struct proto_counters counters;
	unsigned index;

	if (!index_read(&rest, stack->n_workers, &index) || *rest != '\0') {
		(void)rte_tel_data_add_dict_string(data, "error",
			"a worker's number is needed behind the name; see workers in /proto/stats");
		return;
	}
	proto_worker_counters(stack->workers[index], &counters);
	worker_put(data, stack->workers[index]);
	telemetry_counters(data, &counters, true);
}

static void
queue_one(struct proto *stack, struct rte_tel_data *data, const char *rest)
{
	const struct txq *txq = NULL;
	unsigned worker, link;

	if (index_read(&rest, stack->n_workers, &worker) && link_read(stack, rest, &link))
		txq = stack->workers[worker]->txqs[link];
	if (txq == NULL) {
		(void)rte_tel_data_add_dict_string(data, "error",
			"a worker's and a link's number (or loop) are needed behind the name; see "
			"workers and links in /proto/stats");
		return;
	}
	telemetry_counters(data, &txq->counters, true);
}

static int
worker_command(const char *command, const char *params, struct rte_tel_data *data)
{
	(void)command;
	return telemetry_named(params, data, worker_one);
}

static int
queue_command(const char *command, const char *params, struct rte_tel_data *data)
{
	(void)command;
	return telemetry_named(params, data, queue_one);
}

void
telemetry_worker_register(void)
{
	(void)rte_telemetry_register_cmd("/proto/worker", worker_command,
		"A worker: reassembly, pools, counters of all links. Parameters: name,worker");
	(void)rte_telemetry_register_cmd("/proto/queue", queue_command,
		"Counters of one worker on one link. Parameters: name,worker,link (or loop)");
}
