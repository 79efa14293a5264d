/* SPDX-License-Identifier: BSD-3-Clause */
/* The peer's workers on lcores of their own: each has an endpoint, commands go to the first. */
#include "peer_args.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>

#include <rte_lcore.h>

/* Something to do on a worker's thread. */
struct job {
	struct peer *peer;
	struct proto_endpoint_conf *conf;
	char *line;
	int status;
	_Atomic bool done;
};

/* Have a worker do it, and wait until it has. */
static int
have_done(struct proto_worker *worker, proto_call_fn fn, struct job *job)
{
	if (proto_call(worker, fn, job) != 0)
		return -1;
	while (!atomic_load(&job->done))
		(void)poll(NULL, 0, 1);
	return job->status;
}

static void
make_endpoint(struct proto_worker *worker, void *arg)
{
	struct pktpool_why why = {""};
	struct job *job = arg;
	struct proto_endpoint *ep;

	job->status = proto_endpoint_create(worker, job->conf, &ep, &why);
	if (job->status != 0)
		fprintf(stderr, "peer: %s\n", why.text);
	if (worker == job->peer->worker)
		job->peer->ep = ep;
	atomic_store(&job->done, true);
}

int
peer_run_workers(struct peer *peer, const struct proto_endpoint_conf *conf, struct pktpool_why *why)
{
	struct proto_endpoint_conf own = *conf;
	unsigned lcores[PEER_WORKERS_MAX], n = 0, lcore;
	struct proto_worker *worker;

	RTE_LCORE_FOREACH_WORKER (lcore) {
		if (n < PEER_WORKERS_MAX)
			lcores[n++] = lcore;
	}
	if (proto_worker_at(peer->stack, n) != NULL) {
		(void)snprintf(why->text, sizeof(why->text), "more workers than lcores (--lcores)");
		return -1;
	}
	if (proto_run(peer->stack, lcores, why) != 0)
		return -1;
	peer->running = true;
	for (n = 0; (worker = proto_worker_at(peer->stack, n)) != NULL; n++, own.local_port++) {
		if (have_done(worker, make_endpoint, &(struct job){.peer = peer, .conf = &own}) !=
			0)
			return -1;
	}
	return 0;
}

static void
command(struct proto_worker *worker, void *arg)
{
	struct job *job = arg;

	(void)worker;
	flockfile(stdout); /* the other workers say things, too */
	peer_command(job->peer, job->line);
	funlockfile(stdout);
	atomic_store(&job->done, true);
}

void
peer_obey(struct peer *peer, char *line)
{
	if (!peer->running)
		peer_command(peer, line);
	else if (have_done(peer->worker, command, &(struct job){.peer = peer, .line = line}) != 0)
		fprintf(stderr, "peer: a command was not taken\n");
}
