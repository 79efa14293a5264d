/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pipe: bytes from a file or standard input to the wire, in payloads of the set size, and payloads
 * from the wire to a file or standard output, in the order in which they come. One worker does it:
 * a stream has one order.
 */
#include <rte_cycles.h>
#include <rte_malloc.h>

#include "../output.h"
#include "../pace.h"
#include "../refusal.h"
#include "../source.h"
#include "udp.h"

#define BURST_MAX 512u
#define PAYLOAD	  1024u /* bytes, when nothing is set */

struct pipe {
	struct engine_figures figures;
	struct proto_endpoint *ep;
	struct source *source; /* NULL: nothing to send */
	struct pace pace;
	char name[CONFIG_TEXT_MAX + 1]; /* of the input */
	char *files[1];
	unsigned burst;
	uint64_t left;	      /* payloads to send */
	uint64_t outstanding; /* of them, taken and not completed */
	uint64_t wanted;      /* payloads to receive, 0: no end */
	bool sent_all, quit;
	struct output output;
	bool failed;
	struct opt_error error; /* why, when `failed` */
};

struct state {
	struct pipe *pipe; /* worker 0 only */
	struct engine_figures last;
};

static void
fail(struct pipe *pipe, const char *text)
{
	if (!pipe->failed)
		(void)opt_fail(&pipe->error, 0, "%s", text);
	pipe->failed = true;
}

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg)
{
	struct pipe *pipe = arg;

	(void)ep;
	pipe->outstanding -= n;
	for (unsigned i = 0; i < n; i++) {
		source_give_back(done[i].ctx);
		if (done[i].status == 0) {
			pipe->figures.payloads_sent++;
			continue;
		}
		pipe->figures.payloads_failed++;
		if (!pipe->quit)
			fail(pipe, proto_reason_meaning(done[i].reason));
	}
}

static bool
is_wanted(const struct pipe *pipe)
{
	return !pipe->quit && !pipe->failed &&
	       (pipe->wanted == 0 || pipe->figures.payloads_received < pipe->wanted);
}

static void
on_datagrams(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct pipe *pipe = arg;
	struct opt_error err;

	for (unsigned i = 0; i < n && is_wanted(pipe); i++) {
		pipe->figures.payloads_received++;
		pipe->figures.octets_received += pkts[i]->pkt_len;
		if (output_write(&pipe->output, pkts[i], &err) < 0)
			fail(pipe, err.text);
	}
	proto_return(ep, pkts, n);
}

static int
open_input(struct pipe *pipe, const struct session_settings *set, struct opt_error *err)
{
	struct source_conf conf = {.files = pipe->files, .n_files = 1, .repeat = 1};
	uint64_t bytes;

	(void)snprintf(pipe->name, sizeof(pipe->name), "%s", set->input);
	pipe->files[0] = pipe->name;
	conf.payload = set->payload_max != 0 ? set->payload_max : PAYLOAD;
	if (source_check(pipe->name, NULL, &bytes, err) < 0)
		return -1;
	pipe->left = set->count != 0 ? set->count : UINT64_MAX;
	pipe->burst = RTE_MAX(RTE_MIN(set->burst, BURST_MAX), 1u);
	pace_init(&pipe->pace, set->rate, rte_get_tsc_hz(), rte_get_tsc_cycles());
	return source_create(&pipe->source, &conf, err);
}

/* Connected where `set to` names the peer, else bound: hears all. */
static int
open_endpoint(struct pipe *pipe, const struct session_worker *worker, struct opt_error *err)
{
	const struct session *session = worker->session;
	bool connected = session->settings.input[0] != '\0' || session->settings.to_port != 0;
	struct proto_endpoint_conf conf;

	if ((connected ? udp_connected(session, &conf, err) : udp_bound(session, &conf, err)) < 0)
		return -1;
	conf.done = on_done;
	conf.recv = session->settings.output[0] != '\0' ? on_datagrams : NULL;
	conf.arg = pipe;
	return udp_open(worker, &conf, &pipe->ep, err);
}

static int
pipe_start(struct session_worker *worker, struct opt_error *err)
{
	const struct session_settings *set = &worker->session->settings;
	const char *input = set->input[0] != '\0' ? set->input : NULL;
	const char *output = set->output[0] != '\0' ? set->output : NULL;
	struct state *state = worker->engine;
	struct pipe *pipe;

	if (worker->index != 0)
		return 0;
	if (input == NULL && output == NULL)
		return opt_fail(err, -1,
			"pipe has nothing at its end: expected set input FILE, set output FILE, or "
			"both; - is standard input or output");
	pipe = state->pipe = udp_memory(sizeof(*pipe), err);
	if (pipe == NULL)
		return -1;
	if (input == NULL) {
		pipe->sent_all = true;
		pipe->wanted = set->count;
	} else if (open_input(pipe, set, err) < 0) {
		return -1;
	}
	if (output_open(&pipe->output, output, NULL, err) < 0)
		return -1;
	return open_endpoint(pipe, worker, err);
}

/* The source has nothing now. */
static void
look_why(struct pipe *pipe)
{
	enum source_state why = source_state(pipe->source);

	if (why == SOURCE_ERROR)
		fail(pipe, source_error(pipe->source));
	pipe->sent_all = why == SOURCE_END;
}

static unsigned
send_burst(struct pipe *pipe, uint64_t now)
{
	struct proto_payload payloads[BURST_MAX];
	struct iovec iov[BURST_MAX];
	unsigned n = (unsigned)RTE_MIN(pipe->burst, pipe->left), taken;
	enum proto_reason reason;
	size_t bytes = 0;
	void *ctx;

	n = source_peek(pipe->source, iov, n, &ctx);
	if (n == 0)
		look_why(pipe);
	n = pace_allow(&pipe->pace, now, iov, n);
	if (n == 0)
		return 0;
	for (unsigned i = 0; i < n; i++)
		payloads[i] = (struct proto_payload){.iov = &iov[i], .iovcnt = 1, .ctx = ctx};
	taken = proto_send(pipe->ep, payloads, (uint16_t)n);
	for (unsigned i = 0; i < taken; i++)
		bytes += iov[i].iov_len;
	source_take(pipe->source, taken, bytes);
	pace_spend(&pipe->pace, now, bytes);
	pipe->figures.octets_sent += bytes;
	pipe->outstanding += taken;
	pipe->left -= taken;
	pipe->sent_all = pipe->left == 0;
	reason = proto_refused(pipe->ep);
	if (taken < n && !refusal_is_back_pressure(reason))
		fail(pipe, proto_reason_meaning(reason));
	return taken;
}

static void
flush(struct pipe *pipe)
{
	struct opt_error err;

	if (!pipe->failed && output_flush(&pipe->output, &err) < 0)
		fail(pipe, err.text);
}

static unsigned
pipe_poll(struct session_worker *worker, uint64_t now)
{
	struct pipe *pipe = ((struct state *)worker->engine)->pipe;

	if (pipe == NULL || pipe->failed)
		return 0;
	flush(pipe);
	return pipe->sent_all || pipe->quit ? 0 : send_burst(pipe, now);
}

static void
pipe_quit(struct session_worker *worker)
{
	struct pipe *pipe = ((struct state *)worker->engine)->pipe;

	if (pipe == NULL)
		return;
	pipe->quit = true;
	flush(pipe); /* what fails now is the outcome's to say */
}

static bool
pipe_is_drained(const struct session_worker *worker)
{
	const struct pipe *pipe = ((const struct state *)worker->engine)->pipe;

	return pipe == NULL || pipe->outstanding == 0;
}

/* With an output and no count it goes on until it is stopped. */
static bool
pipe_is_done(const struct session_worker *worker)
{
	const struct pipe *pipe = ((const struct state *)worker->engine)->pipe;

	if (pipe == NULL || pipe->failed)
		return true;
	if (pipe->output.file != NULL && (pipe->wanted == 0 || is_wanted(pipe)))
		return false;
	return pipe->sent_all && pipe->outstanding == 0;
}

static int
pipe_outcome(const struct session_worker *worker, struct opt_error *err)
{
	const struct pipe *pipe = ((const struct state *)worker->engine)->pipe;

	return pipe != NULL && pipe->failed ? opt_fail(err, -1, "pipe: %s", pipe->error.text) : 0;
}

static void
pipe_stop(struct session_worker *worker)
{
	struct state *state = worker->engine;
	struct pipe *pipe = state->pipe;
	bool out = false;

	if (pipe == NULL)
		return;
	state->last = pipe->figures;
	state->pipe = NULL;
	(void)output_close(&pipe->output, &pipe->error);
	if (pipe->ep != NULL) {
		(void)proto_cancel(pipe->ep);
		out = proto_endpoint_destroy(pipe->ep) != 0;
	}
	if (out)
		return; /* completions may still come to it */
	source_destroy(pipe->source, false);
	rte_free(pipe);
}

static void
pipe_figures(const struct session_worker *worker, struct engine_figures *sum)
{
	const struct state *state = worker->engine;
	const struct engine_figures *own =
		state->pipe != NULL ? &state->pipe->figures : &state->last;

	sum->payloads_sent += own->payloads_sent;
	sum->payloads_failed += own->payloads_failed;
	sum->octets_sent += own->octets_sent;
	sum->payloads_received += own->payloads_received;
	sum->octets_received += own->octets_received;
}

const struct engine engine_pipe = {
	.name = "pipe",
	.help = "bytes of set input to the wire, and payloads from the wire to set output",
	.links_min = 1,
	.state_size = sizeof(struct state),
	.start = pipe_start,
	.poll = pipe_poll,
	.quit = pipe_quit,
	.is_done = pipe_is_done,
	.outcome = pipe_outcome,
	.is_drained = pipe_is_drained,
	.stop = pipe_stop,
	.figures = pipe_figures,
};
