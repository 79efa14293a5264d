/* SPDX-License-Identifier: BSD-3-Clause */
#define ALLOW_EXPERIMENTAL_API /* rte_power_pause() in DPDK 22.11 */
/* Workers on lcores of their own, what they do when there is nothing to do, calls from elsewhere.
 */
#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_epoll.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>
#include <rte_power_intrinsics.h>

#include "stack.h"
#include "worker.h"

#define IDLE_POLLS	 256 /* without work before a worker rests */
#define IDLE_PAUSES	 64
#define IDLE_US		 20 /* that rte_power_pause() rests at most */
#define IDLE_MS		 1  /* that an rx interrupt is waited for: timers have to run */
#define INTERRUPT_EVENTS 8

/* Does this worker read a queue of the link? */
static bool
reads(const struct proto_worker *worker, const struct proto_link *link)
{
	return worker->index < link->n_rx_queues && link->started;
}

/* Have frames on the first `n` links no longer wake this thread. */
static void
events_del(const struct proto_worker *worker, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct proto_link *link = worker->stack->links[i];

		if (reads(worker, link))
			(void)link->conf.ops->rx_event(link->conf.port, worker->index, false);
	}
}

/* Have frames on any link wake this thread; where a port cannot, none does. */
static bool
events_add(const struct proto_worker *worker)
{
	const struct proto *stack = worker->stack;

	for (unsigned i = 0; i < stack->n_links; i++) {
		const struct proto_link *link = stack->links[i];

		if (reads(worker, link) && (link->conf.ops->rx_event == NULL ||
						   link->conf.ops->rx_event(link->conf.port,
							   worker->index, true) != 0)) {
			events_del(worker, i);
			return false;
		}
	}
	return true;
}

/* Switch the interrupts on or off. */
static void
interrupts_set(const struct proto_worker *worker, bool on)
{
	for (unsigned i = 0; i < worker->stack->n_links; i++) {
		const struct proto_link *link = worker->stack->links[i];

		if (reads(worker, link))
			link->conf.ops->rx_interrupt(link->conf.port, worker->index, on);
	}
}

static void
rest_pause(uint64_t now)
{
	if (rte_power_pause(now + rte_get_tsc_hz() / 1000000 * IDLE_US) == 0)
		return;
	for (unsigned i = 0; i < IDLE_PAUSES; i++)
		rte_pause();
}

/* Sleep until a frame comes, where every port can say so; what came meanwhile is seen first. */
static unsigned
rest_interrupt(struct proto_worker *worker)
{
	struct rte_epoll_event events[INTERRUPT_EVENTS];
	unsigned work;

	if (worker->events == WORKER_EVENTS_UNKNOWN)
		worker->events = events_add(worker) ? WORKER_EVENTS : WORKER_EVENTS_NONE;
	if (worker->events == WORKER_EVENTS_NONE) {
		rest_pause(rte_get_tsc_cycles());
		return 0;
	}
	interrupts_set(worker, true);
	work = proto_poll(worker, rte_get_tsc_cycles());
	if (work == 0)
		(void)rte_epoll_wait(RTE_EPOLL_PER_THREAD, events, INTERRUPT_EVENTS, IDLE_MS);
	interrupts_set(worker, false);
	return work;
}

/* There is nothing to do. Returns what was done all the same. */
static unsigned
rest(struct proto_worker *worker, uint64_t now)
{
	enum proto_idle idle = worker->stack->conf.idle;

	if (idle == PROTO_IDLE_INTERRUPT)
		return rest_interrupt(worker);
	if (idle == PROTO_IDLE_PAUSE)
		rest_pause(now);
	return 0;
}

static int
worker_main(void *arg)
{
	struct proto_worker *worker = arg;
	unsigned idle = 0;

	worker->events = WORKER_EVENTS_UNKNOWN;
	while (atomic_load_explicit(&worker->stack->running, memory_order_acquire)) {
		uint64_t now = rte_get_tsc_cycles();

		if (proto_poll(worker, now) != 0 || (++idle > IDLE_POLLS && rest(worker, now) != 0))
			idle = 0;
	}
	if (worker->events == WORKER_EVENTS)
		events_del(worker, worker->stack->n_links);
	(void)worker_calls(worker); /* what was called between the last poll and proto_halt() */
	return 0;
}

int
proto_run(struct proto *stack, const unsigned *lcores, struct pktpool_why *why)
{
	if (!stack->started || atomic_load_explicit(&stack->running, memory_order_relaxed))
		return pktpool_why_not(why, -EBUSY,
			stack->started ? "the stack runs already"
				       : "proto_start() the stack first");
	for (unsigned i = 0; i < stack->n_workers; i++)
		if (!rte_lcore_is_enabled(lcores[i]) || lcores[i] == rte_get_main_lcore() ||
			rte_eal_get_lcore_state(lcores[i]) != WAIT)
			return pktpool_why_not(why, -EINVAL,
				"lcore %u for worker %u: expected one of EAL's (-l) that is not "
				"the "
				"main one and does nothing",
				lcores[i], i);
	atomic_store_explicit(&stack->running, true, memory_order_relaxed);
	for (unsigned i = 0; i < stack->n_workers; i++) {
		stack->lcores[i] = lcores[i];
		int ret = rte_eal_remote_launch(worker_main, stack->workers[i], lcores[i]);

		if (ret != 0) { /* the same lcore twice */
			stack->lcores[i] = UINT32_MAX;
			proto_halt(stack);
			return pktpool_why_not(
				why, ret, "lcore %u is given to two workers: one each", lcores[i]);
		}
	}
	return 0;
}

void
proto_halt(struct proto *stack)
{
	if (!atomic_exchange_explicit(&stack->running, false, memory_order_acq_rel))
		return;
	for (unsigned i = 0; i < stack->n_workers && stack->lcores[i] != UINT32_MAX; i++)
		(void)rte_eal_wait_lcore(stack->lcores[i]);
}

struct call {
	proto_call_fn fn;
	void *arg;
};

_Static_assert(sizeof(struct call) == 2 * sizeof(void *), "an element of the ring of calls");

int
proto_call(struct proto_worker *worker, proto_call_fn fn, void *arg)
{
	struct call call = {.fn = fn, .arg = arg};

	return rte_ring_mp_enqueue_elem(worker->calls, &call, sizeof(call)) == 0 ? 0 : -ENOBUFS;
}

unsigned
worker_calls(struct proto_worker *worker)
{
	/* What these call in turn is for the next poll: one that calls itself would stay. */
	unsigned n = rte_ring_count(worker->calls);
	struct call call;

	for (unsigned i = 0; i < n; i++) {
		if (rte_ring_sc_dequeue_elem(worker->calls, &call, sizeof(call)) != 0)
			return i;
		call.fn(worker, call.arg);
	}
	return n;
}
