/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The slots of the neighbour table: finding them, and who goes when there are too many. Knows no
 * timers and no messages: see neigh.c.
 */
#ifndef PROTO_NET_NEIGH_TABLE_H
#define PROTO_NET_NEIGH_TABLE_H

#include "neigh.h"

/* The slots are looked at in so many parts, one after another: see neigh_tick(). */
#define NEIGH_SWEEP_PARTS 16

/* The entry of an address, or NULL. */
struct neigh *neigh_slot_find(
	struct neigh_table *table, uint32_t zone, const struct proto_addr *addr);
const struct neigh *neigh_slot_peek(
	const struct neigh_table *table, uint32_t zone, const struct proto_addr *addr);

/*
 * A new entry in this state, for an address that has none; another may go for it. Its MAC is the
 * caller's to set. NULL: no room.
 */
struct neigh *neigh_slot_new(struct neigh_table *table, uint32_t zone,
	const struct proto_addr *addr, enum neigh_state state);

/* Another state: no probe has been sent in it, and the entry is the newest. Another may go. */
void neigh_slot_set_state(struct neigh_table *table, struct neigh *slot, enum neigh_state state);

/* A resolved entry has been used, or there was news of it: it goes last. */
void neigh_slot_touch(struct neigh_table *table, struct neigh *slot, uint64_t now);

/* Forget an entry. */
void neigh_slot_free(struct neigh_table *table, struct neigh *slot);

/* The id of an entry, and the entry of an id; NULL: it is another's by now. */
neigh_id neigh_slot_id(const struct neigh_table *table, const struct neigh *slot);
const struct neigh *neigh_slot_by_id(const struct neigh_table *table, neigh_id id);

#endif
