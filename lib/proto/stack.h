/* SPDX-License-Identifier: BSD-3-Clause */
/* The stack's own view of itself. */
#ifndef PROTO_STACK_H
#define PROTO_STACK_H

#include <stdatomic.h>

#include <rte_spinlock.h>

#include "net/ipid.h"
#include "net/neigh.h"
#include "net/route.h"
#include "proto.h"

/* Stacks live in a memzone of this name and their own, so that telemetry finds them. */
#define STACK_ZONE_PREFIX "chainburst_"

struct proto {
	_Atomic bool ready; /* telemetry may look */
	char name[PROTO_NAME_MAX + 1];
	struct proto_conf conf; /* defaults filled in */
	bool started;
	uint16_t n_links;
	uint16_t n_workers; /* 0 until started */
	struct proto_link *links[PROTO_LINKS_MAX];
	struct proto_worker *workers[PROTO_WORKERS_MAX];
	struct pktpool *rx_pool; /* mbufs for the rx queues that drivers insist on */
	uint16_t frame_room;	 /* bytes a packet holds behind its header room */

	/* What workers read when they resolve an endpoint, which is rare. */
	rte_spinlock_t net_lock;
	_Atomic uint32_t net_gen; /* grows with each change below: endpoints resolve again */
	struct route_table routes;
	struct neigh_table neighs;

	struct ipid_table ipids;
};

/* Say that routes, neighbours or links have changed. */
static inline void
stack_net_changed(struct proto *stack)
{
	atomic_fetch_add_explicit(&stack->net_gen, 1, memory_order_release);
}

/* Register the /proto telemetry commands; a second time does nothing. */
void stack_telemetry_register(void);

#endif
