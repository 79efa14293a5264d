/* SPDX-License-Identifier: BSD-3-Clause */
/* The states of a neighbour and their timers: RFC 4861 7.3. neigh_tick() runs them. */
#ifndef PROTO_NET_NEIGH_STATE_H
#define PROTO_NET_NEIGH_STATE_H

#include "neigh.h"

/* Put an entry into a state, and start the timer of that. Another may go: see neigh_table.h. */
void neigh_enter(
	struct neigh_table *table, struct neigh *slot, enum neigh_state state, uint64_t now);

/* The same for an address that has no entry. Its MAC is the caller's to set. NULL: no room. */
struct neigh *neigh_enter_new(struct neigh_table *table, uint32_t zone,
	const struct proto_addr *addr, enum neigh_state state, uint64_t now);

#endif
