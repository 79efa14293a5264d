/* SPDX-License-Identifier: BSD-3-Clause */
/* echo: each UDP payload goes back to its sender, out of the buffers that it came in. */
#include <rte_malloc.h>

#include "../echo_reply.h"
#include "udp.h"

struct echo {
	struct engine_figures figures;
	struct proto_endpoint *ep;
	bool quit;
};

struct state {
	struct echo *echo;
	struct engine_figures last; /* once `echo` is gone */
};

static void
on_datagrams(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct echo *echo = arg;
	unsigned i;

	for (i = 0; i < n && !echo->quit; i++) {
		echo->figures.payloads_received++;
		echo->figures.octets_received += pkts[i]->pkt_len;
		if (echo_reply(ep, pkts[i]))
			continue;
		echo->figures.payloads_failed++;
		proto_return(ep, &pkts[i], 1);
	}
	proto_return(ep, pkts + i, n - i);
}

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg)
{
	struct echo *echo = arg;

	for (unsigned i = 0; i < n; i++) {
		const struct rte_mbuf *pkt = done[i].ctx;

		if (done[i].status == 0) {
			echo->figures.payloads_sent++;
			echo->figures.octets_sent += pkt->pkt_len;
		} else {
			echo->figures.payloads_failed++;
		}
	}
	echo_reply_done(ep, done, n, NULL);
}

static int
echo_start(struct session_worker *worker, struct opt_error *err)
{
	struct state *state = worker->engine;
	struct proto_endpoint_conf conf;

	if (udp_bound(worker->session, &conf, err) < 0)
		return -1;
	state->echo = udp_memory(sizeof(*state->echo), err);
	if (state->echo == NULL)
		return -1;
	conf.cut = PROTO_FRAGMENT; /* a datagram goes back as one */
	conf.recv = on_datagrams;
	conf.done = on_done;
	conf.arg = state->echo;
	return udp_open(worker, &conf, &state->echo->ep, err);
}

static void
echo_quit(struct session_worker *worker)
{
	((struct state *)worker->engine)->echo->quit = true;
}

static bool
echo_is_drained(const struct session_worker *worker)
{
	return proto_outstanding(((const struct state *)worker->engine)->echo->ep) == 0;
}

static void
echo_figures(const struct session_worker *worker, struct engine_figures *sum)
{
	const struct state *state = worker->engine;
	const struct engine_figures *own =
		state->echo != NULL ? &state->echo->figures : &state->last;

	sum->payloads_sent += own->payloads_sent;
	sum->payloads_failed += own->payloads_failed;
	sum->octets_sent += own->octets_sent;
	sum->payloads_received += own->payloads_received;
	sum->octets_received += own->octets_received;
}

/* The count is that of all workers together, in answers. */
static bool
echo_is_done(const struct session_worker *worker)
{
	const struct session *session = worker->session;
	struct engine_figures sum = {.payloads_sent = 0};

	for (unsigned i = 0; i < session->n_workers; i++)
		echo_figures(&session->workers[i], &sum);
	return session->settings.count != 0 &&
	       sum.payloads_sent + sum.payloads_failed >= session->settings.count;
}

static void
echo_stop(struct session_worker *worker)
{
	struct state *state = worker->engine;
	struct echo *echo = state->echo;

	if (echo == NULL)
		return;
	state->last = echo->figures;
	state->echo = NULL;
	if (echo->ep != NULL)
		(void)proto_cancel(echo->ep);
	if (echo->ep == NULL || proto_endpoint_destroy(echo->ep) == 0)
		rte_free(echo); /* else completions may still come to it */
}

const struct engine engine_echo = {
	.name = "echo",
	.help = "send UDP payloads back to where they came from, uncopied",
	.links_min = 1,
	.state_size = sizeof(struct state),
	.start = echo_start,
	.quit = echo_quit,
	.is_done = echo_is_done,
	.is_drained = echo_is_drained,
	.stop = echo_stop,
	.figures = echo_figures,
};
