/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that show pools, memory and workers. */
#include <inttypes.h>

#include <pktpool_mem.h>

#include "shell.h"

static void
print_pool(FILE *out, const char *name, const struct pktpool_usage *u)
{
	fprintf(out, "%-26s %8u %8u %8u %8u %12" PRIu64 " %9" PRIu64 "\n", name, u->in_use, u->peak,
		u->n, u->n_overflow, u->allocated, u->refused);
}

static int
show_pool(struct shell *shell, const struct words *words, struct opt_error *err)
{
	const struct session *session = shell->session;

	(void)words, (void)err;
	fprintf(shell->out, "%-26s %8s %8s %8s %8s %12s %9s\n", "pool", "in use", "peak", "limit",
		"overflow", "allocated", "refused");
	for (unsigned i = 0; i < session->n_workers; i++) {
		const struct proto_worker *worker = session->workers[i].worker;
		struct pktpool *const pools[] = {
			proto_worker_pktpool(worker), proto_worker_rx_pool(worker)};
		struct bufpool *buffers = proto_worker_bufpool(worker);
		struct pktpool_usage usage;

		for (unsigned p = 0; p < RTE_DIM(pools); p++) {
			pktpool_usage(pools[p], &usage);
			print_pool(shell->out, pktpool_name(pools[p]), &usage);
		}
		bufpool_usage(buffers, &usage);
		print_pool(shell->out, bufpool_name(buffers), &usage);
	}
	return 0;
}

static void
print_tag(void *arg, const struct pktpool_mem_usage *u)
{
	struct shell *shell = arg;

	fprintf(shell->out, "%-6s %8" PRIu64 " %12" PRIu64 " %12" PRIu64 " %10" PRIu64 "\n", u->tag,
		u->blocks, u->bytes, u->peak_bytes, u->allocs);
}

static int
show_tags(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)words, (void)err;
	fprintf(shell->out, "%-6s %8s %12s %12s %10s\n", "tag", "blocks", "bytes", "peak",
		"allocs");
	(void)pktpool_mem_tags(print_tag, shell);
	return 0;
}

static int
show_worker(struct shell *shell, const struct words *words, struct opt_error *err)
{
	const struct session *session = shell->session;

	(void)words, (void)err;
	fprintf(shell->out, "%-7s %6s %6s %14s %14s %12s\n", "worker", "lcore", "busy", "received",
		"sent", "outstanding");
	for (unsigned i = 0; i < session->n_workers; i++) {
		const struct session_worker *worker = &session->workers[i];
		uint64_t total = atomic_load_explicit(&worker->total_cycles, memory_order_relaxed);
		uint64_t busy = atomic_load_explicit(&worker->busy_cycles, memory_order_relaxed);
		struct proto_counters c;

		proto_worker_counters(worker->worker, &c);
		fprintf(shell->out, "%-7u %6u %5.1f%% %14" PRIu64 " %14" PRIu64 " %12u\n", i,
			worker->lcore,
			total != 0 ? 100.0 * (double)RTE_MIN(busy, total) / (double)total : 0.0,
			c.count[PROTO_C_FRAMES_RECEIVED], c.count[PROTO_C_FRAMES_SENT],
			proto_worker_outstanding(worker->worker));
	}
	if (!session->threads)
		fprintf(shell->out,
			"all on the main lcore: for threads of their own give EAL %u lcores (-l)\n",
			session->n_workers + 1);
	return 0;
}

const struct shell_cmd shell_cmds_pool[] = {
	{"show pool", "use, peak and limit of each worker's pools", show_pool},
	{"show tags", "memory by its four-letter tag", show_tags},
	{"show worker", "workers, their lcores, how busy they have been", show_worker},
	{NULL, NULL, NULL},
};
