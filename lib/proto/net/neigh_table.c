/* SPDX-License-Identifier: BSD-3-Clause */
#include "neigh_table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_hash.h>
#include <rte_jhash.h>

#include "../proto.h"

#define ID_SLOT_BITS 12
_Static_assert(NEIGHS_MAX == 1 << ID_SLOT_BITS, "an id has room for each slot");
_Static_assert(sizeof(struct neigh_key) == 17 + 3 + 4, "the hash reads padding too");

#define SWEEPS_PER_S 10

static struct neigh_key
key_of(uint32_t zone, const struct proto_addr *addr)
{
	return (struct neigh_key){.addr = *addr, .zone = zone};
}

int
neigh_table_init(struct neigh_table *table, const char *name, uint64_t seed, uint64_t hz)
{
	char hash_name[PROTO_NAME_MAX + sizeof("neigh.")];
	struct rte_hash_parameters params = {
		.name = hash_name,
		.entries = NEIGHS_MAX,
		.key_len = sizeof(struct neigh_key),
		.hash_func = rte_jhash,
		.hash_func_init_val = (uint32_t)(seed ^ seed >> 32),
		.socket_id = SOCKET_ID_ANY,
		/* Else it is full before its last slot is used. */
		.extra_flag = RTE_HASH_EXTRA_FLAGS_EXT_TABLE,
	};

	memset(table, 0, sizeof(*table));
	table->hz = hz;
	table->rng = seed | 1; /* any but 0 */
	table->part = RTE_MAX(hz / (SWEEPS_PER_S * NEIGH_SWEEP_PARTS), UINT64_C(1));
	TAILQ_INIT(&table->incomplete);
	TAILQ_INIT(&table->stale);
	TAILQ_INIT(&table->busy);
	for (uint32_t i = 0; i < NEIGHS_MAX; i++)
		table->slots[i].due = UINT64_MAX;
	(void)snprintf(hash_name, sizeof(hash_name), "neigh.%s", name);
	table->hash = rte_hash_create(&params);
	return table->hash != NULL ? 0 : -ENOMEM;
}

void
neigh_table_fini(struct neigh_table *table)
{
	rte_hash_free(table->hash);
	table->hash = NULL;
}

/* The list that an entry of this state is in, or NULL. */
static struct neigh_list *
list_of(struct neigh_table *table, uint8_t state)
{
	switch (state) {
	case NEIGH_INCOMPLETE:
		return &table->incomplete;
	case NEIGH_STALE:
		return &table->stale;
	case NEIGH_REACHABLE:
	case NEIGH_DELAY:
	case NEIGH_PROBE:
		return &table->busy;
	default:
		return NULL;
	}
}

/* The number that an entry of this state (not NEIGH_FREE) is counted in. */
static uint32_t *
count_of(struct neigh_table *table, uint8_t state)
{
	return state == NEIGH_INCOMPLETE ? &table->n_incomplete : &table->n_resolved;
}

static void
leave_state(struct neigh_table *table, struct neigh *slot)
{
	struct neigh_list *list = list_of(table, slot->state);

	if (table->unasked == slot)
		table->unasked = TAILQ_NEXT(slot, order);
	if (list != NULL)
		TAILQ_REMOVE(list, slot, order);
	if (slot->state != NEIGH_FREE)
		(*count_of(table, slot->state))--;
	slot->state = NEIGH_FREE;
}

static void
enter_state(struct neigh_table *table, struct neigh *slot, enum neigh_state state)
{
	struct neigh_list *list = list_of(table, (uint8_t)state);

	slot->state = (uint8_t)state;
	slot->probes = 0;
	slot->failed = false;
	(*count_of(table, slot->state))++;
	if (list != NULL)
		TAILQ_INSERT_TAIL(list, slot, order);
	/* The list is in the order of asking: behind the first unasked all are. */
	if (state == NEIGH_INCOMPLETE && table->unasked == NULL)
		table->unasked = slot;
}

void
neigh_slot_free(struct neigh_table *table, struct neigh *slot)
{
	(void)rte_hash_del_key(table->hash, &slot->key);
	leave_state(table, slot);
	slot->due = UINT64_MAX;
	slot->generation++;
}

/* Make an entry go for another. Its users hear of it from the next tick. */
static bool
evict(struct neigh_table *table, struct neigh *slot)
{
	if (slot == NULL)
		return false;
	neigh_slot_free(table, slot);
	table->changed = true;
	return true;
}

/* The resolved entry that is missed least, or NULL. */
static struct neigh *
oldest_resolved(struct neigh_table *table)
{
	struct neigh *stale = TAILQ_FIRST(&table->stale);

	return stale != NULL ? stale : TAILQ_FIRST(&table->busy);
}

/* One more entry will have this state: keep what is unresolved, and what is not, to its part. */
static void
keep_to_part(struct neigh_table *table, enum neigh_state state)
{
	if (state == NEIGH_INCOMPLETE) {
		if (table->n_incomplete >= NEIGHS_INCOMPLETE_MAX)
			(void)evict(table, TAILQ_FIRST(&table->incomplete));
	} else if (state != NEIGH_STATIC && table->n_resolved >= NEIGHS_RESOLVED_MAX) {
		(void)evict(table, oldest_resolved(table));
	}
}

/* Is there a free slot, or can one be had? */
static bool
make_room(struct neigh_table *table)
{
	if (table->n_incomplete + table->n_resolved < NEIGHS_MAX)
		return true;
	if (evict(table, TAILQ_FIRST(&table->incomplete)))
		return true;
	return evict(table, oldest_resolved(table));
}

struct neigh *
neigh_slot_new(struct neigh_table *table, uint32_t zone, const struct proto_addr *addr,
	enum neigh_state state)
{
	struct neigh_key key = key_of(zone, addr);

	keep_to_part(table, state);
	if (!make_room(table))
		return NULL;
	int32_t index = rte_hash_add_key(table->hash, &key);

	if (index < 0)
		return NULL;
	struct neigh *slot = &table->slots[index];

	slot->key = key;
	slot->mac = (struct rte_ether_addr){{0}};
	slot->is_router = false;
	slot->touched = 0;
	atomic_store_explicit(&slot->used, 0, memory_order_relaxed);
	enter_state(table, slot, state);
	return slot;
}

void
neigh_slot_set_state(struct neigh_table *table, struct neigh *slot, enum neigh_state state)
{
	/* Where it was resolved already, it takes no other's place. */
	if (slot->state == NEIGH_INCOMPLETE && state != NEIGH_INCOMPLETE)
		keep_to_part(table, state);
	leave_state(table, slot);
	enter_state(table, slot, state);
}

void
neigh_slot_touch(struct neigh_table *table, struct neigh *slot, uint64_t now)
{
	struct neigh_list *list = list_of(table, slot->state);

	slot->touched = now;
	if (list == NULL)
		return;
	TAILQ_REMOVE(list, slot, order);
	TAILQ_INSERT_TAIL(list, slot, order);
}

/* The slot of an address, or less than 0. */
static int32_t
index_of(const struct neigh_table *table, uint32_t zone, const struct proto_addr *addr)
{
	struct neigh_key key = key_of(zone, addr);

	return rte_hash_lookup(table->hash, &key);
}

struct neigh *
neigh_slot_find(struct neigh_table *table, uint32_t zone, const struct proto_addr *addr)
{
	int32_t index = index_of(table, zone, addr);

	return index >= 0 ? &table->slots[index] : NULL;
}

const struct neigh *
neigh_slot_peek(const struct neigh_table *table, uint32_t zone, const struct proto_addr *addr)
{
	int32_t index = index_of(table, zone, addr);

	return index >= 0 ? &table->slots[index] : NULL;
}

neigh_id
neigh_slot_id(const struct neigh_table *table, const struct neigh *slot)
{
	return (uint32_t)(slot - table->slots) | (uint32_t)slot->generation << ID_SLOT_BITS;
}

const struct neigh *
neigh_slot_by_id(const struct neigh_table *table, neigh_id id)
{
	const struct neigh *slot = &table->slots[id & (NEIGHS_MAX - 1)];

	return slot->state != NEIGH_FREE && neigh_slot_id(table, slot) == id ? slot : NULL;
}

const struct neigh *
neigh_next(const struct neigh_table *table, uint32_t *at)
{
	while (*at < NEIGHS_MAX) {
		const struct neigh *slot = &table->slots[(*at)++];

		if (slot->state != NEIGH_FREE)
			return slot;
	}
	return NULL;
}
