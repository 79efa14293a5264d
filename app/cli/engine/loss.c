/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loss: forwards as io does, over a bad link: each direction of a worker loses, duplicates, delays
 * frames and lets some be overtaken, as set, by a seed. To test peers with.
 */
#include <string.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include <pktpool.h>
#include <proto.h>

#include "lossy.h"
#include "raw.h"
#include "rng.h"

#define QUEUE  4096u /* frames under way in a direction; a power of two */
#define HELD_S 0.01  /* one that waits to be overtaken waits no longer */

struct waiting {
	struct rte_mbuf *pkt;
	uint64_t due; /* TSC */
};

/* What came from one link. Invariant: tail - head <= QUEUE, and due never falls behind head. */
struct way {
	struct lossy lossy;
	uint32_t head, tail; /* of queue, modulo QUEUE */
	unsigned overtake;   /* frames to come before `held` goes on */
	struct rte_mbuf *held;
	uint64_t held_until;
	struct waiting queue[QUEUE];
};

struct state {
	struct raw raw; /* first, see raw.h */
	uint64_t delay; /* cycles */
	uint64_t held_max;
	struct rte_mempool *pool; /* of duplicates */
	struct way *ways[CONFIG_LINKS_MAX];
};

static int
check(const char *what, double probability, struct opt_error *err)
{
	if (probability >= 0 && probability <= 1)
		return 0;
	return opt_fail(err, -1, "%s %g: expected a probability, 0..1", what, probability);
}

static int
loss_start(struct session_worker *worker, struct opt_error *err)
{
	const struct session_settings *set = &worker->session->settings;
	struct state *state = worker->engine;

	if (check("loss", set->loss, err) < 0 || check("reorder", set->reorder, err) < 0 ||
		check("duplicate", set->duplicate, err) < 0 || raw_open(worker, true, err) < 0)
		return -1;
	state->delay = (uint64_t)((double)set->delay_us * 1e-6 * (double)rte_get_tsc_hz());
	state->held_max = state->delay + (uint64_t)(HELD_S * (double)rte_get_tsc_hz());
	state->pool = pktpool_mempool(proto_worker_rx_pool(worker->worker));
	for (unsigned i = 0; i < state->raw.n; i++) {
		struct way *way = rte_zmalloc("loss", sizeof(*way), RTE_CACHE_LINE_SIZE);

		if (way == NULL)
			return opt_fail(err, -1,
				"no memory for frames under way: give the EAL more (-m MEGABYTES)");
		lossy_init(&way->lossy, set->loss, set->reorder, set->duplicate,
			rng_mix(set->seed + ((uint64_t)worker->index << 32) + i));
		state->ways[i] = way;
	}
	return 0;
}

static void
enqueue(struct state *state, struct way *way, struct rte_mbuf *pkt, uint64_t now)
{
	if (way->tail - way->head == QUEUE) {
		state->raw.figures.frames_lost++;
		pktpool_free(pkt);
		return;
	}
	way->queue[way->tail++ % QUEUE] = (struct waiting){pkt, now + state->delay};
}

/* The frame that others overtake goes on. */
static void
let_go(struct state *state, struct way *way, uint64_t now)
{
	struct rte_mbuf *pkt = way->held;

	way->held = NULL;
	enqueue(state, way, pkt, now);
}

/* A frame goes on, and perhaps the one that it overtakes. */
static void
pass(struct state *state, struct way *way, struct rte_mbuf *pkt, uint64_t now)
{
	enqueue(state, way, pkt, now);
	if (way->held != NULL && --way->overtake == 0)
		let_go(state, way, now);
}

/* One at a time is held; what comes meanwhile is not late. */
static void
hold(struct state *state, struct way *way, struct rte_mbuf *pkt, unsigned overtake, uint64_t now)
{
	way->held = pkt;
	way->overtake = overtake;
	way->held_until = now + state->held_max;
	state->raw.figures.frames_reordered++;
}

static void
meet(struct state *state, struct way *way, struct rte_mbuf *pkt, uint64_t now)
{
	struct lossy_fate fate = lossy_next(&way->lossy);
	struct rte_mbuf *copy = NULL;

	if (fate.lost) {
		state->raw.figures.frames_lost++;
		pktpool_free(pkt);
		return;
	}
	if (fate.duplicated)
		copy = rte_pktmbuf_copy(pkt, state->pool, 0, UINT32_MAX);
	if (fate.overtake != 0 && way->held == NULL)
		hold(state, way, pkt, fate.overtake, now);
	else
		pass(state, way, pkt, now);
	if (copy == NULL)
		return;
	state->raw.figures.frames_duplicated++;
	pass(state, way, copy, now);
}

/* Send what is due, at most a burst. */
static unsigned
emit(struct state *state, unsigned i, uint64_t now)
{
	struct way *way = state->ways[i];
	struct rte_mbuf *pkts[RAW_BURST];
	unsigned n = 0;

	if (way->held != NULL && now >= way->held_until)
		let_go(state, way, now);
	while (n < RAW_BURST && way->head != way->tail && way->queue[way->head % QUEUE].due <= now)
		pkts[n++] = way->queue[way->head++ % QUEUE].pkt;
	if (n > 0)
		raw_send(&state->raw, state->raw.ports[i].pair, pkts, n);
	return n;
}

static unsigned
loss_poll(struct session_worker *worker, uint64_t now)
{
	struct state *state = worker->engine;
	unsigned work = 0;

	for (unsigned i = 0; i < state->raw.n; i++) {
		struct rte_mbuf *pkts[RAW_BURST];
		unsigned n = state->raw.quit ? 0 : raw_receive(&state->raw, i, pkts);

		for (unsigned k = 0; k < n; k++)
			meet(state, state->ways[i], pkts[k], now);
		work += n + emit(state, i, now);
	}
	return work;
}

static bool
loss_is_drained(const struct session_worker *worker)
{
	const struct state *state = worker->engine;

	for (unsigned i = 0; i < state->raw.n; i++) {
		const struct way *way = state->ways[i];

		if (way->held != NULL || way->head != way->tail)
			return false;
	}
	return true;
}

static bool
loss_is_done(const struct session_worker *worker)
{
	return raw_is_done(worker) && loss_is_drained(worker);
}

static void
loss_stop(struct session_worker *worker)
{
	struct state *state = worker->engine;

	for (unsigned i = 0; i < CONFIG_LINKS_MAX; i++) {
		struct way *way = state->ways[i];

		if (way == NULL)
			continue;
		state->ways[i] = NULL;
		pktpool_free(way->held);
		for (; way->head != way->tail; way->head++)
			pktpool_free(way->queue[way->head % QUEUE].pkt);
		rte_free(way);
	}
	raw_stop(worker);
}

const struct engine engine_loss = {
	.name = "loss",
	.help = "forward between link pairs with the set loss, reorder, duplicate, delay, by a "
		"seed",
	.raw = true,
	.links_min = 1,
	.state_size = sizeof(struct state),
	.start = loss_start,
	.poll = loss_poll,
	.quit = raw_quit,
	.is_done = loss_is_done,
	.is_drained = loss_is_drained,
	.stop = loss_stop,
	.figures = raw_figures,
};
