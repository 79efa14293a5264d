/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rxonly: takes payloads, put together, and checks that they are what a txonly sends. With an
 * output file they come one after the other, so then one worker alone takes them all.
 */
#include <rte_malloc.h>

#include "../output.h"
#include "flows.h"
#include "udp.h"

struct rx {
	struct engine_figures figures;
	struct proto_endpoint *ep;
	uint64_t count; /* 0: no end */
	bool quit;
	struct output output;
	bool failed;
	struct opt_error error; /* why, when `failed` */
	struct flows flows;
};

struct state {
	struct rx *rx;
	struct engine_figures last; /* once `rx` is gone */
};

static bool
is_full(const struct rx *rx)
{
	return rx->failed || (rx->count != 0 && rx->figures.payloads_received >= rx->count);
}

static void
take(struct rx *rx, const struct rte_mbuf *pkt)
{
	struct proto_rx_info info;
	struct pattern_id id;

	rx->figures.payloads_received++;
	rx->figures.octets_received += pkt->pkt_len;
	switch (pattern_check(pkt, &id)) {
	case PATTERN_GOOD:
		proto_rx_info(rx->ep, pkt, &info);
		flows_take(&rx->flows, &info.peer, &id);
		break;
	case PATTERN_SHORT:
		break;
	case PATTERN_BAD:
		rx->figures.bad_content++;
		break;
	}
	if (output_write(&rx->output, pkt, &rx->error) < 0)
		rx->failed = true;
}

static void
on_datagrams(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct rx *rx = arg;

	for (unsigned i = 0; i < n && !rx->quit && !is_full(rx); i++)
		take(rx, pkts[i]);
	proto_return(ep, pkts, n);
}

static int
rxonly_start(struct session_worker *worker, struct opt_error *err)
{
	const struct session_settings *set = &worker->session->settings;
	struct state *state = worker->engine;
	const char *file = set->output[0] == '\0' ? NULL : set->output;
	struct proto_endpoint_conf conf;
	struct rx *rx;

	if (udp_bound(worker->session, &conf, err) < 0)
		return -1;
	rx = state->rx = udp_memory(sizeof(*rx), err);
	if (rx == NULL)
		return -1;
	if (file != NULL && worker->index != 0)
		return 0;
	rx->count = set->count;
	conf.recv = on_datagrams;
	conf.arg = rx;
	if (output_open(&rx->output, file, NULL, err) < 0)
		return -1;
	return udp_open(worker, &conf, &rx->ep, err);
}

/* Whoever reads the output waits for what came; nothing to do while there is none. */
static void
flush(struct rx *rx)
{
	if (!rx->failed && output_flush(&rx->output, &rx->error) < 0)
		rx->failed = true;
}

static unsigned
rxonly_poll(struct session_worker *worker, uint64_t now)
{
	(void)now;
	flush(((struct state *)worker->engine)->rx);
	return 0;
}

static void
rxonly_quit(struct session_worker *worker)
{
	struct rx *rx = ((struct state *)worker->engine)->rx;

	rx->quit = true;
	flush(rx); /* what fails now is the outcome's to say */
}

static int
rxonly_outcome(const struct session_worker *worker, struct opt_error *err)
{
	const struct rx *rx = ((const struct state *)worker->engine)->rx;

	return rx->failed ? opt_fail(err, -1, "%s", rx->error.text) : 0;
}

static void
rxonly_figures(const struct session_worker *worker, struct engine_figures *sum)
{
	const struct state *state = worker->engine;
	struct engine_figures own = state->last;

	if (state->rx != NULL) {
		own = state->rx->figures;
		own.payloads_lost = state->rx->flows.figures.lost;
		own.payloads_reordered = state->rx->flows.figures.reordered;
		own.payloads_duplicate = state->rx->flows.figures.duplicate;
		own.payloads_untracked = state->rx->flows.untracked;
	}
	sum->payloads_received += own.payloads_received;
	sum->octets_received += own.octets_received;
	sum->bad_content += own.bad_content;
	sum->payloads_lost += own.payloads_lost;
	sum->payloads_reordered += own.payloads_reordered;
	sum->payloads_duplicate += own.payloads_duplicate;
	sum->payloads_untracked += own.payloads_untracked;
}

/* The count is that of all workers together. */
static bool
rxonly_is_done(const struct session_worker *worker)
{
	const struct session *session = worker->session;
	const struct rx *rx = ((const struct state *)worker->engine)->rx;
	struct engine_figures sum = {.payloads_received = 0};

	if (rx->failed)
		return true;
	for (unsigned i = 0; i < session->n_workers; i++)
		rxonly_figures(&session->workers[i], &sum);
	return session->settings.count != 0 && sum.payloads_received >= session->settings.count;
}

static void
rxonly_stop(struct session_worker *worker)
{
	struct engine_figures own = {.payloads_received = 0};
	struct state *state = worker->engine;
	struct rx *rx = state->rx;

	if (rx == NULL)
		return;
	rxonly_figures(worker, &own);
	state->last = own;
	state->rx = NULL;
	(void)output_close(&rx->output, &rx->error);
	if (rx->ep == NULL || proto_endpoint_destroy(rx->ep) == 0)
		rte_free(rx);
}

const struct engine engine_rxonly = {
	.name = "rxonly",
	.help = "take payloads, check what txonly made, count gaps; into a file as set output says",
	.links_min = 1,
	.state_size = sizeof(struct state),
	.start = rxonly_start,
	.poll = rxonly_poll,
	.quit = rxonly_quit,
	.is_done = rxonly_is_done,
	.outcome = rxonly_outcome,
	.stop = rxonly_stop,
	.figures = rxonly_figures,
};
