/* SPDX-License-Identifier: BSD-3-Clause */
#include "trial_engine.h"

#include <string.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "../engine/slots.h"
#include "../engine/udp.h"
#include "../pace.h"
#include "../refusal.h"

#define BURST 32u
#define MAGIC 0x2544u

/* In front of each payload; host byte order, for it comes back to this host. */
struct stamp {
	uint16_t magic, run;
	uint32_t number;
	uint64_t tsc;
};

_Static_assert(sizeof(struct stamp) == TRIAL_PAYLOAD_MIN, "what a payload has room for");

struct work {
	const struct trial *trial;
	struct proto_endpoint *tx, *rx;
	struct slots slots;
	struct pace pace;
	uint16_t run;
	uint64_t left;		   /* payloads to send */
	uint64_t first, last, end; /* TSC: the first and the last that went, and when to stop */
	uint64_t sent, received;
	bool quit;
	unsigned at, n; /* of pending */
	struct proto_payload pending[BURST];
	struct iovec lens[BURST]; /* for the pace */
	struct hist latency;
};

struct state {
	struct work *work;
};

static struct work *
work_of(const struct session_worker *worker)
{
	return ((const struct state *)worker->engine)->work;
}

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg)
{
	struct work *work = arg;

	(void)ep;
	for (unsigned i = 0; i < n; i++)
		slots_give_back(&work->slots, done[i].ctx);
}

static void
on_datagrams(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	uint64_t now = rte_get_tsc_cycles();
	struct work *work = arg;

	for (unsigned i = 0; i < n; i++) {
		struct stamp stamp;

		if (pkts[i]->data_len < sizeof(stamp))
			continue;
		memcpy(&stamp, rte_pktmbuf_mtod(pkts[i], const void *), sizeof(stamp));
		if (stamp.magic != MAGIC || stamp.run != work->run)
			continue; /* of an earlier trial, or somebody else's */
		work->received++;
		hist_add(&work->latency, now > stamp.tsc ? now - stamp.tsc : 0, 1);
	}
	proto_return(ep, pkts, n);
}

/* Where payloads come in: bound on the address that they are sent to. */
static int
open_rx(struct work *work, const struct session_worker *worker, struct opt_error *err)
{
	struct proto_endpoint_conf conf = {
		.link = work->trial->rx,
		.local = work->trial->to,
		.local_port = work->trial->to_port,
		.reuse_port = worker->session->n_workers > 1,
		.recv = on_datagrams,
		.arg = work,
	};

	return work->trial->rx == NULL ? 0 : udp_open(worker, &conf, &work->rx, err);
}

static int
open_tx(struct work *work, const struct session_worker *worker, struct opt_error *err)
{
	struct proto_endpoint_conf conf = {
		.link = work->trial->tx,
		.no_loop = true,
		.remote = work->trial->to,
		.remote_port = work->trial->to_port,
		.cut = PROTO_FRAGMENT,
		.data = work->trial->data,
		.done = on_done,
		.recv = work->trial->rx == NULL ? on_datagrams : NULL,
		.arg = work,
	};

	return udp_open(worker, &conf, &work->tx, err);
}

static int
work_open(struct work *work, const struct session_worker *worker, struct opt_error *err)
{
	const struct trial *trial = work->trial;
	unsigned n = worker->session->n_workers;
	uint64_t hz = rte_get_tsc_hz(), now = rte_get_tsc_cycles();
	double bits = trial->rate * 8 * trial->payload / n;
	struct slots_layout layout;

	work->run = trial->run;
	work->left = UINT64_MAX;
	if (trial->count != 0)
		work->left = trial->count / n + (worker->index < trial->count % n);
	work->end = trial->seconds > 0 ? now + (uint64_t)(trial->seconds * (double)hz) : UINT64_MAX;
	pace_init(&work->pace, trial->rate <= 0 ? 0 : bits < 1 ? 1 : (uint64_t)bits, hz, now);
	hist_init(&work->latency);
	slots_layout(&layout, NULL, 0, trial->payload);
	if (slots_open(&work->slots, &layout, BURST, err) < 0 || open_rx(work, worker, err) < 0)
		return -1;
	return open_tx(work, worker, err);
}

static int
start(struct session_worker *worker, struct opt_error *err)
{
	struct state *state = worker->engine;

	state->work = udp_memory(sizeof(*state->work), err);
	if (state->work == NULL)
		return -1;
	state->work->trial = worker->session->settings.trial;
	return work_open(state->work, worker, err);
}

static void
fill(struct work *work)
{
	uint32_t len = work->trial->payload;

	for (work->at = work->n = 0; work->n < BURST && work->n < work->left; work->n++) {
		struct slots_slot *slot = slots_take(&work->slots);

		if (slot == NULL)
			break;
		slot->iov[0].iov_len = len;
		work->lens[work->n].iov_len = len;
		work->pending[work->n] =
			(struct proto_payload){.iov = slot->iov, .iovcnt = 1, .ctx = slot};
	}
}

/* The time is that at which the stack gets it: waiting in here is not the link's. */
static void
stamp(struct work *work, unsigned n)
{
	struct stamp stamp = {.magic = MAGIC, .run = work->run, .tsc = rte_get_tsc_cycles()};

	for (unsigned i = 0; i < n; i++) {
		struct slots_slot *slot = work->pending[work->at + i].ctx;

		stamp.number = (uint32_t)(work->sent + i);
		memcpy(slot->room, &stamp, sizeof(stamp));
	}
}

static bool
all_sent(const struct work *work, uint64_t now)
{
	return work->quit || work->left == 0 || now >= work->end;
}

static unsigned
poll(struct session_worker *worker, uint64_t now)
{
	struct work *work = work_of(worker);
	unsigned allowed, taken;

	if (all_sent(work, now))
		return 0;
	if (work->at == work->n)
		fill(work);
	allowed = pace_allow(&work->pace, now, work->lens + work->at, work->n - work->at);
	if (allowed == 0)
		return 0;
	stamp(work, allowed);
	taken = proto_send(work->tx, work->pending + work->at, (uint16_t)allowed);
	pace_spend(&work->pace, now, (uint64_t)taken * work->trial->payload);
	if (taken > 0 && work->sent == 0)
		work->first = now;
	if (taken > 0)
		work->last = now;
	work->at += taken;
	work->sent += taken;
	work->left -= taken;
	if (taken < allowed && !refusal_is_back_pressure(proto_refused(work->tx)))
		work->left = 0; /* it will not go, whenever it is tried: nothing comes, and that
				   says it */
	return taken;
}

static void
quit(struct session_worker *worker)
{
	struct work *work = work_of(worker);

	work->quit = true;
	for (; work->at < work->n; work->at++)
		slots_give_back(&work->slots, work->pending[work->at].ctx);
}

static bool
is_drained(const struct session_worker *worker)
{
	return proto_outstanding(work_of(worker)->tx) == 0;
}

static bool
is_done(const struct session_worker *worker)
{
	struct trial_result result = {.sent = 0};

	trial_engine_result(worker->session, &result);
	return trial_engine_all_sent(worker->session) && result.received >= result.sent;
}

static void
stop(struct session_worker *worker)
{
	struct state *state = worker->engine;
	struct work *work = state->work;
	bool out = false;

	state->work = NULL;
	if (work == NULL)
		return;
	if (work->tx != NULL) {
		(void)proto_cancel(work->tx);
		out |= proto_endpoint_destroy(work->tx) != 0;
	}
	if (work->rx != NULL)
		out |= proto_endpoint_destroy(work->rx) != 0;
	if (out)
		return; /* completions may still come to it */
	slots_close(&work->slots);
	rte_free(work);
}

static void
figures(const struct session_worker *worker, struct engine_figures *sum)
{
	const struct work *work = work_of(worker);

	if (work == NULL)
		return;
	sum->payloads_sent += work->sent;
	sum->octets_sent += work->sent * work->trial->payload;
	sum->payloads_received += work->received;
	sum->octets_received += work->received * work->trial->payload;
}

const struct engine trial_engine = {
	.name = "bench",
	.help = "a trial of an RFC 2544 measurement",
	.links_min = 1,
	.state_size = sizeof(struct state),
	.start = start,
	.poll = poll,
	.quit = quit,
	.is_done = is_done,
	.is_drained = is_drained,
	.stop = stop,
	.figures = figures,
};

bool
trial_engine_all_sent(const struct session *session)
{
	uint64_t now = rte_get_tsc_cycles();

	for (unsigned i = 0; i < session->n_workers; i++) {
		if (!all_sent(work_of(&session->workers[i]), now))
			return false;
	}
	return true;
}

void
trial_engine_result(const struct session *session, struct trial_result *result)
{
	uint64_t first = UINT64_MAX, last = 0;

	for (unsigned i = 0; i < session->n_workers; i++) {
		const struct work *work = work_of(&session->workers[i]);

		result->sent += work->sent;
		result->received += work->received;
		if (work->sent == 0)
			continue;
		first = RTE_MIN(first, work->first);
		last = RTE_MAX(last, work->last);
	}
	if (last > first)
		result->seconds = (double)(last - first) / (double)rte_get_tsc_hz();
}

void
trial_engine_latency(const struct session *session, struct hist *latency)
{
	for (unsigned i = 0; i < session->n_workers; i++)
		hist_merge(latency, &work_of(&session->workers[i])->latency);
}
