/* SPDX-License-Identifier: BSD-3-Clause */
/* The stack's own view of itself. */
#ifndef PROTO_STACK_H
#define PROTO_STACK_H

#include <stdatomic.h>

#include "link/port_loop.h"
#include "net/net.h"
#include "proto.h"

/* Stacks live in a memzone of this name and their own, so that telemetry finds them. */
#define STACK_ZONE_PREFIX "chainburst_"

struct proto {
	_Atomic bool ready; /* telemetry may look */
	char name[PROTO_NAME_MAX + 1];
	struct proto_conf conf; /* defaults filled in */
	bool started;
	_Atomic bool running; /* proto_run()'s loops go on */
	uint16_t n_links;
	uint16_t n_workers; /* 0 until started */
	struct proto_link *links[PROTO_LINKS_MAX];
	struct proto_link *loop; /* to our own addresses; there while started */
	struct port_loop *loop_port;
	struct proto_worker *workers[PROTO_WORKERS_MAX];
	struct rte_ring *inboxes[PROTO_WORKERS_MAX];
	unsigned lcores[PROTO_WORKERS_MAX];
	uint16_t frame_room; /* bytes a packet holds behind its header room */
	struct net net;
};

/*
 * What one of several may have of `n` frames: a quarter, or what a datagram of 64 KiB takes at the
 * least MTU where that leaves others a quarter.
 */
static inline uint32_t
stack_share(uint32_t n)
{
	return RTE_MAX(n / 4 + 1, RTE_MIN(n / 4 * 3, 1536u));
}

/* One more or one less of the stack's endpoints is in a group of a link. */
int stack_group_join(struct proto_link *link, uint32_t tags, const struct proto_addr *group,
	uint64_t now, struct pktpool_why *why);
void stack_group_leave(
	struct proto_link *link, uint32_t tags, const struct proto_addr *group, uint64_t now);

/* Tell a link's port which groups to let in. */
int stack_groups_set(struct proto_link *link);

/* What is known of a neighbour, in the public header's words. */
enum proto_neigh_state stack_neigh_state(const struct neigh *neigh);

/* Register the /proto telemetry commands; a second time does nothing. */
void stack_telemetry_register(void);

#endif
