/* SPDX-License-Identifier: BSD-3-Clause */
#define ALLOW_EXPERIMENTAL_API /* rte_vect_get_max_simd_bitwidth() in DPDK 22.11 */
#include "worker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_vect.h>

#include "endpoint.h"
#include "link/link.h"
#include "pktpool.h"
#include "pktpool_mem.h"
#include "stack.h"

static int
pools_create(struct proto_worker *worker, int socket, struct pktpool_why *why)
{
	const struct proto *stack = worker->stack;
	char name[PROTO_NAME_MAX + sizeof(".w65535.pkt")];
	struct pktpool_conf pkt_conf = {
		.name = name,
		.n = stack->conf.n_packets,
		.n_overflow = stack->conf.n_packets_overflow,
		.headroom = HDR_ROOM,
		.room = stack->frame_room,
		.cache = stack->conf.cache,
		.socket = socket,
	};
	struct bufpool_conf buf_conf = {
		.name = name,
		.n = stack->conf.n_buffers,
		.cache = stack->conf.cache,
		.socket = socket,
	};
	int ret;

	(void)snprintf(name, sizeof(name), "%s.w%u.pkt", stack->name, worker->index);
	ret = pktpool_create(&worker->share.pktpool, &pkt_conf, why);
	if (ret != 0)
		return ret;
	(void)snprintf(name, sizeof(name), "%s.w%u.buf", stack->name, worker->index);
	return bufpool_create(&worker->share.bufpool, &buf_conf, why);
}

static int
txqs_create(struct proto_worker *worker)
{
	const struct proto *stack = worker->stack;

	for (unsigned i = 0; i < stack->n_links; i++) {
		worker->txqs[i] = txq_create(worker->index, stack->links[i]->conf.stage,
			stack->conf.n_payloads, stack->links[i]->port.socket,
			&worker->share.completions);
		if (worker->txqs[i] == NULL)
			return -ENOMEM;
	}
	return 0;
}

int
worker_create(
	struct proto *stack, uint16_t index, struct proto_worker **out, struct pktpool_why *why)
{
	int socket = stack->links[0]->port.socket;
	char name[PROTO_NAME_MAX + sizeof(".w65535.done")];
	struct proto_worker *worker = pktpool_mem_alloc("PWRK", sizeof(*worker), 64, socket, why);
	int ret;

	if (worker == NULL)
		return -ENOMEM;
	worker->stack = stack;
	worker->index = index;
	worker->share.n_packets = stack->conf.n_packets + stack->conf.n_packets_overflow;
	worker->share.n_buffers = stack->conf.n_buffers;
	worker->share.cksum = cksum_ops_select(rte_vect_get_max_simd_bitwidth());
	(void)snprintf(name, sizeof(name), "%s.w%u.done", stack->name, index);
	ret = pools_create(worker, socket, why);
	if (ret != 0) {
		(void)worker_destroy(worker);
		return ret;
	}
	worker->share.bufs = pktpool_mem_alloc(
		"PWRK", stack->conf.n_buffers * sizeof(*worker->share.bufs), 64, socket, why);
	if (worker->share.bufs == NULL ||
		completions_init(
			&worker->share.completions, name, stack->conf.n_payloads, socket) != 0 ||
		txqs_create(worker) != 0) {
		(void)worker_destroy(worker);
		return pktpool_why_not(why, -ENOMEM,
			"no memory for worker %u: give EAL more (-m), or use smaller pools", index);
	}
	*out = worker;
	return 0;
}

bool
pools_busy(struct pktpool *pktpool, struct bufpool *bufpool, pktpool_report_fn report, void *arg)
{
	struct pktpool_usage pkts = {0};
	struct pktpool_usage bufs = {0};

	if (pktpool != NULL)
		pktpool_usage(pktpool, &pkts);
	if (bufpool != NULL)
		bufpool_usage(bufpool, &bufs);
	if (pkts.in_use != 0 && report != NULL)
		(void)pktpool_dump(pktpool, report, arg);
	if (bufs.in_use != 0 && report != NULL)
		(void)bufpool_dump(bufpool, report, arg);
	return pkts.in_use != 0 || bufs.in_use != 0;
}

int
worker_destroy(struct proto_worker *worker)
{
	if (pktpool_destroy(worker->share.pktpool, NULL, NULL) != 0)
		return -EBUSY;
	worker->share.pktpool = NULL;
	if (bufpool_destroy(worker->share.bufpool, NULL, NULL) != 0)
		return -EBUSY;
	worker->share.bufpool = NULL;
	while (worker->endpoints != NULL) {
		struct proto_endpoint *ep = worker->endpoints;

		worker->endpoints = ep->next;
		(void)pktpool_mem_free(ep);
	}
	for (unsigned i = 0; i < PROTO_LINKS_MAX; i++)
		txq_destroy(worker->txqs[i]);
	completions_fini(&worker->share.completions);
	(void)pktpool_mem_free(worker->share.bufs);
	(void)pktpool_mem_free(worker);
	return 0;
}

void
worker_drain(struct proto_worker *worker)
{
	completions_own(&worker->share.completions);
	while (completions_deliver(&worker->share.completions) != 0)
		;
}

unsigned
proto_poll(struct proto_worker *worker, uint64_t now)
{
	unsigned n_links = worker->stack->n_links;
	unsigned work = 0;

	completions_own(&worker->share.completions);
	for (unsigned i = 0; i < n_links; i++) {
		work += txq_flush(worker->txqs[i]);
		txq_reclaim_idle(worker->txqs[i], now);
	}
	return work + completions_deliver(&worker->share.completions);
}

void
proto_worker_counters(const struct proto_worker *worker, struct proto_counters *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < worker->stack->n_links; i++)
		counters_sum(sum, &worker->txqs[i]->counters);
}

struct pktpool *
proto_worker_pktpool(const struct proto_worker *worker)
{
	return worker->share.pktpool;
}

struct bufpool *
proto_worker_bufpool(const struct proto_worker *worker)
{
	return worker->share.bufpool;
}

uint32_t
proto_worker_outstanding(const struct proto_worker *worker)
{
	return completions_outstanding(&worker->share.completions);
}
