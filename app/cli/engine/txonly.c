/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * txonly: makes payloads and sends them. Flow f (its local port is `from` + f) belongs to worker
 * f % workers; a worker goes round its flows, a burst of each.
 */
#include <rte_cycles.h>
#include <rte_malloc.h>

#include "../pace.h"
#include "../refusal.h"
#include "rng.h"
#include "sizes.h"
#include "slots.h"
#include "udp.h"

#define BURST_MAX   512u
#define PAYLOAD	    64u	   /* bytes, when nothing is set */
#define PAYLOAD_MAX 65527u /* over IPv6; the endpoint knows its own limit */

struct flow {
	struct proto_endpoint *ep;
	struct pattern_id id; /* of the next datagram */
};

/* Payloads that have been filled and not been taken. */
struct pending {
	unsigned at, n; /* at <= n */
	struct proto_payload payloads[BURST_MAX];
	struct iovec lens[BURST_MAX]; /* iov_len only: for the pace */
};

struct tx {
	struct engine_figures figures;
	struct slots slots;
	struct sizes sizes;
	struct pace pace;
	uint32_t unit; /* datagram's bytes, see slots_fill() */
	unsigned burst;
	uint64_t left; /* payloads to fill */
	bool quit;
	unsigned flow, n_flows;
	struct pending pending;
	struct flow flows[]; /* n_flows */
};

struct state {
	struct tx *tx;
	struct engine_figures last; /* once `tx` is gone */
};

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg)
{
	struct tx *tx = arg;

	(void)ep;
	for (unsigned i = 0; i < n; i++) {
		struct slots_slot *slot = done[i].ctx;

		if (done[i].status == 0) {
			tx->figures.payloads_sent++;
			for (unsigned k = 0; k < tx->slots.layout.n; k++)
				tx->figures.octets_sent += slot->iov[k].iov_len;
		} else {
			tx->figures.payloads_failed++;
		}
		slots_give_back(&tx->slots, slot);
	}
}

/* Worker i's share of `n` among `of` of them. */
static uint64_t
share(uint64_t n, unsigned i, unsigned of)
{
	return i < of ? n / of + (i < n % of) : 0;
}

/* Sizes and pieces of the payloads. Returns 0, or -1 with `err`. */
static int
shape(struct tx *tx, const struct session_worker *worker, struct opt_error *err)
{
	const struct session_settings *set = &worker->session->settings;
	uint32_t min = set->payload_min, max = RTE_MAX(set->payload_max, min), sum = 0;
	struct slots_layout layout;

	for (unsigned i = 0; i < set->n_txpkts; i++)
		sum += set->txpkts[i];
	if (max == 0)
		min = max = sum != 0 ? sum : PAYLOAD;
	if (max > PAYLOAD_MAX)
		return opt_fail(err, -1, "payload %u: expected at most %u bytes", max, PAYLOAD_MAX);
	if (set->imix)
		sizes_init_imix(&tx->sizes, udp_headers(set->to.family));
	else
		sizes_init(&tx->sizes, min, max, rng_mix(set->seed + worker->index));
	slots_layout(&layout, set->txpkts, set->n_txpkts, sizes_max(&tx->sizes));
	return slots_open(&tx->slots, &layout, tx->burst, err);
}

/*
 * The MTU that segments are cut to: the least of all links, so that it is known where the next
 * datagram begins, whatever the route.
 */
static uint16_t
least_mtu(const struct session *session)
{
	uint16_t mtu = UINT16_MAX;

	for (unsigned i = 0; i < session->n_links; i++) {
		struct proto_link_info info;

		proto_link_info(session->links[i].link, &info);
		if (info.mtu < mtu)
			mtu = info.mtu;
	}
	return mtu;
}

static int
open_flows(struct tx *tx, const struct session_worker *worker, struct proto_endpoint_conf *conf,
	unsigned n_flows, struct opt_error *err)
{
	uint16_t run = (uint16_t)rng_mix(rte_get_tsc_cycles());
	uint32_t first = conf->local_port;

	for (unsigned i = 0; i < n_flows; i++) {
		uint32_t flow = worker->index + i * worker->session->n_workers;

		if (first != 0 && first + flow > UINT16_MAX)
			return opt_fail(err, -1,
				"flow %u: its port would be %u; set from a lower port, or fewer "
				"flows",
				flow, first + flow);
		conf->local_port = (uint16_t)(first == 0 ? 0 : first + flow);
		if (udp_open(worker, conf, &tx->flows[i].ep, err) < 0)
			return -1;
		tx->flows[i].id = (struct pattern_id){.run = run, .flow = (uint16_t)flow};
		tx->n_flows++;
	}
	return 0;
}

static int
tx_open(struct tx *tx, const struct session_worker *worker, struct proto_endpoint_conf *conf,
	unsigned n_flows, struct opt_error *err)
{
	const struct session_settings *set = &worker->session->settings;
	unsigned n_workers = worker->session->n_workers, senders = RTE_MIN(n_flows, n_workers);
	unsigned own = (unsigned)share(n_flows, worker->index, n_workers);

	conf->done = on_done;
	conf->arg = tx;
	tx->unit = UINT16_MAX;
	if (conf->cut == PROTO_SEGMENT) {
		conf->mtu = least_mtu(worker->session);
		tx->unit = conf->mtu - udp_headers(conf->remote.family);
	}
	tx->burst = RTE_MAX(RTE_MIN(set->burst, BURST_MAX), 1u);
	tx->left = set->count == 0 ? UINT64_MAX : share(set->count, worker->index, senders);
	pace_init(&tx->pace, set->rate == 0 ? 0 : RTE_MAX(set->rate / senders, 1u),
		rte_get_tsc_hz(), rte_get_tsc_cycles());
	return shape(tx, worker, err) < 0 ? -1 : open_flows(tx, worker, conf, own, err);
}

static int
txonly_start(struct session_worker *worker, struct opt_error *err)
{
	const struct session *session = worker->session;
	struct state *state = worker->engine;
	unsigned n_flows = session->settings.flows, own;
	struct proto_endpoint_conf conf;

	if (udp_connected(session, &conf, err) < 0)
		return -1;
	if (n_flows == 0)
		n_flows = session->n_workers;
	if (n_flows > UINT16_MAX)
		return opt_fail(
			err, -1, "flows %u: expected at most %u, one a port", n_flows, UINT16_MAX);
	own = (unsigned)share(n_flows, worker->index, session->n_workers);
	state->tx = udp_memory(sizeof(*state->tx) + own * sizeof(struct flow), err);
	if (state->tx == NULL)
		return -1;
	return tx_open(state->tx, worker, &conf, n_flows, err);
}

/* Fill a burst of the next flow. */
static void
fill(struct tx *tx)
{
	struct pending *to = &tx->pending;

	tx->flow = tx->flow + 1 < tx->n_flows ? tx->flow + 1 : 0;
	for (to->at = to->n = 0; to->n < tx->burst && tx->left > 0; to->n++) {
		struct slots_slot *slot = slots_take(&tx->slots);
		uint32_t len;

		if (slot == NULL)
			break;
		len = sizes_next(&tx->sizes);
		for (unsigned k = 0; k < tx->slots.layout.n; k++)
			slot->iov[k].iov_len = 0;
		to->payloads[to->n] = (struct proto_payload){.iov = slot->iov, .ctx = slot};
		to->payloads[to->n].iovcnt =
			slots_fill(&tx->slots, slot, len, tx->unit, &tx->flows[tx->flow].id);
		to->lens[to->n].iov_len = len;
		tx->left--;
	}
}

/* A payload that will not go, whenever it is tried. */
static void
give_up(struct tx *tx)
{
	slots_give_back(&tx->slots, tx->pending.payloads[tx->pending.at].ctx);
	tx->pending.at++;
	tx->figures.payloads_failed++;
}

static unsigned
txonly_poll(struct session_worker *worker, uint64_t now)
{
	struct tx *tx = ((struct state *)worker->engine)->tx;
	struct pending *p = &tx->pending;
	unsigned allowed, taken;
	uint64_t bytes = 0;

	if (tx->quit || tx->n_flows == 0)
		return 0;
	if (p->at == p->n)
		fill(tx);
	allowed = pace_allow(&tx->pace, now, p->lens + p->at, p->n - p->at);
	if (allowed == 0)
		return 0;
	taken = proto_send(tx->flows[tx->flow].ep, p->payloads + p->at, (uint16_t)allowed);
	for (unsigned i = 0; i < taken; i++)
		bytes += p->lens[p->at++].iov_len;
	pace_spend(&tx->pace, now, bytes);
	if (taken < allowed && !refusal_is_back_pressure(proto_refused(tx->flows[tx->flow].ep)))
		give_up(tx);
	return taken;
}

/* What was filled and not taken goes back unsent. */
static void
txonly_quit(struct session_worker *worker)
{
	struct tx *tx = ((struct state *)worker->engine)->tx;

	tx->quit = true;
	for (; tx->pending.at < tx->pending.n; tx->pending.at++)
		slots_give_back(&tx->slots, tx->pending.payloads[tx->pending.at].ctx);
}

static bool
txonly_is_drained(const struct session_worker *worker)
{
	const struct tx *tx = ((const struct state *)worker->engine)->tx;

	return tx->slots.n_free == tx->slots.n;
}

static bool
txonly_is_done(const struct session_worker *worker)
{
	const struct tx *tx = ((const struct state *)worker->engine)->tx;

	return (tx->left == 0 || tx->n_flows == 0) && tx->pending.at == tx->pending.n &&
	       txonly_is_drained(worker);
}

static void
txonly_stop(struct session_worker *worker)
{
	struct state *state = worker->engine;
	struct tx *tx = state->tx;
	bool out = false;

	if (tx == NULL)
		return;
	state->last = tx->figures;
	state->tx = NULL;
	for (unsigned i = 0; i < tx->n_flows; i++) {
		(void)proto_cancel(tx->flows[i].ep);
		out |= proto_endpoint_destroy(tx->flows[i].ep) != 0;
	}
	if (out)
		return; /* completions may still come: the memory stays, to the stack's end */
	slots_close(&tx->slots);
	rte_free(tx);
}

static void
txonly_figures(const struct session_worker *worker, struct engine_figures *sum)
{
	const struct state *state = worker->engine;
	const struct engine_figures *own = state->tx != NULL ? &state->tx->figures : &state->last;

	sum->payloads_sent += own->payloads_sent;
	sum->payloads_failed += own->payloads_failed;
	sum->octets_sent += own->octets_sent;
}

const struct engine engine_txonly = {
	.name = "txonly",
	.help = "make payloads and send them: sizes, flows, rate, count as set",
	.links_min = 1,
	.state_size = sizeof(struct state),
	.start = txonly_start,
	.poll = txonly_poll,
	.quit = txonly_quit,
	.is_done = txonly_is_done,
	.is_drained = txonly_is_drained,
	.stop = txonly_stop,
	.figures = txonly_figures,
};
