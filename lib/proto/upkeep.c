/* SPDX-License-Identifier: BSD-3-Clause */
#include "upkeep.h"

#include <errno.h>

#include "rx/announce.h"
#include "stack.h"
#include "worker.h"

#define TICKS_A_SECOND 100
#define ASKS_MAX       32
#define ACTIONS_MAX    16

/* Run the timers of one link's addresses. Returns whether more is due. */
static bool
addrs_tick(struct proto_worker *worker, uint16_t index, uint64_t now)
{
	struct net *net = &worker->stack->net;
	struct ifaddr_action actions[ACTIONS_MAX];

	net_lock(net);
	unsigned n = ifaddr_tick(&net->ifs[index].addrs, now, actions, ACTIONS_MAX);

	net_unlock(net);
	for (unsigned i = 0; i < n; i++)
		announce_do(net, &worker->control, index, &actions[i], now);
	for (unsigned i = 0; i < n; i++)
		if (actions[i].what == IFADDR_SEND_PROBE || actions[i].what == IFADDR_READY) {
			/* A new address has a group of its own, in which it is asked for. */
			(void)stack_groups_set(worker->stack->links[index]);
			break;
		}
	return n == ACTIONS_MAX;
}

/* Send the group reports that are due. */
static void
groups_tick(struct proto_worker *worker, uint16_t index, uint64_t now)
{
	struct net *net = &worker->stack->net;
	struct mcast_report report;
	bool due;

	do {
		net_lock(net);
		due = mcast_tick(&net->ifs[index].groups, now, &report);
		net_unlock(net);
		if (due)
			announce_report(net, &worker->control, index, &report);
	} while (due);
}

/* Ask for neighbours. Returns whether more are to be asked for. */
static bool
neighs_tick(struct proto_worker *worker, uint64_t now)
{
	struct net *net = &worker->stack->net;
	struct neigh_ask asks[ASKS_MAX];
	bool changed = false, aged;

	net_lock(net);
	unsigned n = neigh_tick(
		&net->neighs, now, asks, limit_available(&net->ask_limit, now, ASKS_MAX), &changed);

	for (unsigned i = 0; i < n; i++)
		(void)limit_take(&net->ask_limit, now);
	aged = pmtu_tick(&net->pmtus, now);
	net_unlock(net);
	if (changed || aged)
		net_changed(net);
	for (unsigned i = 0; i < n; i++)
		if (net->ifs[zone_link(asks[i].zone)].link->started)
			announce_ask(net, &worker->control, &asks[i]);
	return n == ASKS_MAX;
}

void
upkeep(struct proto_worker *worker, uint64_t now)
{
	struct net *net = &worker->stack->net;
	uint64_t due = atomic_load_explicit(&net->tick_due, memory_order_relaxed);

	/* One worker does it: the one that sets the next time. */
	if (likely(now < due) ||
		!atomic_compare_exchange_strong_explicit(&net->tick_due, &due,
			now + net->hz / TICKS_A_SECOND, memory_order_acq_rel, memory_order_relaxed))
		return;
	bool more = neighs_tick(worker, now);

	for (uint16_t i = 0; i < worker->stack->n_links; i++) {
		if (!worker->stack->links[i]->started)
			continue;
		more |= addrs_tick(worker, i, now);
		groups_tick(worker, i, now);
	}
	if (more)
		net_hurry(net);
}

static bool
pick_neigh(const struct send_rec *rec, const void *arg)
{
	return rec->neigh == *(const neigh_id *)arg;
}

/* Whom the first record from `*at` on waits for. Returns false: there is none. */
static bool
next_neigh(const struct txq *hold, uint32_t at, neigh_id *id)
{
	if (at >= hold->fifo_tail - hold->fifo_head)
		return false;
	*id = hold->fifo[(hold->fifo_head + at) & hold->fifo_mask]->neigh;
	return true;
}

/*
 * Serve what waits on one link: for each neighbour in turn, what has become of it. Returns whether
 * something could go and found no room.
 */
static bool
hold_serve(struct net *net, struct txq *hold, struct txq *txq)
{
	bool left = false;
	struct rte_ether_addr mac;
	neigh_id id;

	for (uint32_t at = 0; next_neigh(hold, at, &id);) {
		unsigned gone = 0;

		net_lock(net);
		int ret = neigh_poll(&net->neighs, id, &mac);

		net_unlock(net);
		if (ret == 0)
			gone = txq_release(hold, id, &mac, txq);
		else if (ret != -EAGAIN)
			gone = txq_drop(hold, pick_neigh, &id, true, PROTO_REASON_UNREACHABLE);
		left |= ret == 0 && gone == 0;
		if (gone == 0)
			at++;
	}
	return left;
}

void
holds_serve(struct proto_worker *worker)
{
	struct net *net = &worker->stack->net;
	uint32_t gen = atomic_load_explicit(&net->gen, memory_order_acquire);
	bool left = false;

	if (likely(!worker->holding && gen == worker->hold_gen))
		return;
	for (unsigned i = 0; i < worker->stack->n_links; i++) {
		struct txq *hold = worker->txqs[i + NET_IFS];

		if (txq_staged(hold) != 0)
			left |= hold_serve(net, hold, worker->txqs[i]);
	}
	worker->hold_gen = gen;
	worker->holding = left; /* what found no room is tried again; the rest waits for news */
}
