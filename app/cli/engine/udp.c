/* SPDX-License-Identifier: BSD-3-Clause */
#include "udp.h"

#include <rte_malloc.h>

int
udp_connected(
	const struct session *session, struct proto_endpoint_conf *conf, struct opt_error *err)
{
	const struct session_settings *set = &session->settings;

	if (set->to.family == 0 || set->to_port == 0)
		return opt_fail(err, -1,
			"%s sends to nobody yet: expected set to ADDRESS:PORT before start",
			set->engine->name);
	*conf = (struct proto_endpoint_conf){
		.remote = set->to,
		.remote_port = set->to_port,
		.local = set->from,
		.local_port = set->from_port,
		.cut = set->cut,
		.data = set->data,
	};
	return 0;
}

int
udp_bound(const struct session *session, struct proto_endpoint_conf *conf, struct opt_error *err)
{
	const struct session_settings *set = &session->settings;

	if (set->from_port == 0)
		return opt_fail(err, -1,
			"%s has no port to listen on: expected set from ADDRESS:PORT before start",
			set->engine->name);
	*conf = (struct proto_endpoint_conf){
		.local = set->from,
		.local_port = set->from_port,
		.cut = set->cut,
		.data = set->data,
		.reuse_port = session->n_workers > 1,
	};
	return 0;
}

int
udp_open(const struct session_worker *worker, const struct proto_endpoint_conf *conf,
	struct proto_endpoint **ep, struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};

	if (proto_endpoint_create(worker->worker, conf, ep, &why) == 0)
		return 0;
	return opt_fail(err, -1, "worker %u: %s", worker->index, why.text);
}

void *
udp_memory(size_t size, struct opt_error *err)
{
	void *memory = rte_zmalloc("engine", size, RTE_CACHE_LINE_SIZE);

	if (memory == NULL)
		(void)opt_fail(err, -1,
			"no memory: expected %zu KiB; give the EAL more (-m MEGABYTES)",
			size / 1024 + 1);
	return memory;
}
