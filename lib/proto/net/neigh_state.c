/* SPDX-License-Identifier: BSD-3-Clause */
#include "neigh_state.h"

#include "neigh_table.h"

/* RFC 4861 10 */
#define MAX_MULTICAST_SOLICIT	 3
#define MAX_UNICAST_SOLICIT	 3
#define REACHABLE_TIME_S	 30
#define RETRANS_TIMER_S		 1
#define DELAY_FIRST_PROBE_TIME_S 5

/* How long one that did not answer is not asked again. Ours: no RFC has one. */
#define FAILED_TIME_S 1

/* Questions filled so far, for the caller of neigh_tick(). */
struct asks {
	struct neigh_ask *at;
	unsigned n, max;
};

/* xorshift64: timers need to be spread, not to be secret. */
static uint64_t
random_below(struct neigh_table *table, uint64_t range)
{
	uint64_t x = table->rng;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	table->rng = x;
	return (range * (x >> 44)) >> 20; /* ranges of minutes fit in 44 bits */
}

/* RFC 4861 6.3.2: REACHABLE_TIME times MIN_RANDOM_FACTOR .5 to MAX_RANDOM_FACTOR 1.5 */
static uint64_t
reachable_time(struct neigh_table *table)
{
	uint64_t base = REACHABLE_TIME_S * table->hz;

	return base / 2 + random_below(table, base);
}

/*
 * Never sooner than RETRANS_TIMER: at most one question in that time is a MUST of RFC 4861 7.2.2,
 * and of RFC 1122 2.3.2.1 for ARP.
 */
static uint64_t
retrans_time(struct neigh_table *table)
{
	return RETRANS_TIMER_S * table->hz + random_below(table, table->hz / 8);
}

/* Start the timer of a state that has just been entered. */
static void
timer_start(struct neigh_table *table, struct neigh *slot, uint64_t now)
{
	slot->touched = now;
	switch (slot->state) {
	case NEIGH_REACHABLE:
		slot->due = now + reachable_time(table);
		break;
	case NEIGH_DELAY:
		slot->due = now + DELAY_FIRST_PROBE_TIME_S * table->hz;
		break;
	case NEIGH_PROBE:
		slot->due = now; /* the first question */
		break;
	default: /* INCOMPLETE too: its first question is asked by ask_unasked() */
		slot->due = UINT64_MAX;
		break;
	}
}

void
neigh_enter(struct neigh_table *table, struct neigh *slot, enum neigh_state state, uint64_t now)
{
	neigh_slot_set_state(table, slot, state);
	timer_start(table, slot, now);
	/* What was sent before an entry grew stale asks for no probe: RFC 4861 7.3.3. */
	if (state == NEIGH_STALE)
		atomic_store_explicit(&slot->used, 0, memory_order_relaxed);
}

struct neigh *
neigh_enter_new(struct neigh_table *table, uint32_t zone, const struct proto_addr *addr,
	enum neigh_state state, uint64_t now)
{
	struct neigh *slot = neigh_slot_new(table, zone, addr, state);

	if (slot != NULL)
		timer_start(table, slot, now);
	return slot;
}

/* RFC 4861 7.2.2 (all are asked), 7.3.3 (the one that it was is asked), RFC 1122 2.3.2.1. */
static void
ask(struct neigh_table *table, struct neigh *slot, uint64_t now, struct asks *asks)
{
	asks->at[asks->n++] = (struct neigh_ask){
		.zone = slot->key.zone,
		.target = slot->key.addr,
		.unicast = slot->state == NEIGH_PROBE,
		.mac = slot->mac,
	};
	slot->probes++;
	slot->due = now + retrans_time(table);
}

/* A question that was asked as often as allowed has had no answer. */
static void
give_up(struct neigh_table *table, struct neigh *slot, uint64_t now)
{
	table->changed = true;
	if (slot->state == NEIGH_PROBE) {
		neigh_slot_free(table, slot);
		return;
	}
	slot->failed = true;
	slot->due = now + FAILED_TIME_S * table->hz;
}

/* The state's timer has ended: RFC 4861 7.3.3 and its appendix C. */
static void
slot_due(struct neigh_table *table, struct neigh *slot, uint64_t now, struct asks *asks)
{
	_Static_assert(MAX_MULTICAST_SOLICIT == MAX_UNICAST_SOLICIT, "one bound for both");
	if (slot->state == NEIGH_REACHABLE) {
		neigh_enter(table, slot, NEIGH_STALE, now);
		return;
	}
	if (slot->failed) {
		neigh_slot_free(table, slot);
		return;
	}
	if (slot->state == NEIGH_DELAY)
		neigh_enter(table, slot, NEIGH_PROBE, now);
	if (slot->probes < MAX_UNICAST_SOLICIT)
		ask(table, slot, now, asks);
	else
		give_up(table, slot, now);
}

/* A sender may have used it since the last look. */
static void
take_use(struct neigh_table *table, struct neigh *slot, uint64_t now)
{
	if (atomic_load_explicit(&slot->used, memory_order_relaxed) == 0)
		return;
	atomic_store_explicit(&slot->used, 0, memory_order_relaxed);
	if (slot->state == NEIGH_STALE)
		neigh_enter(table, slot, NEIGH_DELAY, now);
	else
		neigh_slot_touch(table, slot, now);
}

static void
slot_tick(struct neigh_table *table, struct neigh *slot, uint64_t now, struct asks *asks)
{
	if (slot->state == NEIGH_FREE || slot->state == NEIGH_STATIC)
		return;
	if (slot->state != NEIGH_INCOMPLETE)
		take_use(table, slot, now);
	if (now >= slot->due)
		slot_due(table, slot, now, asks);
}

/* First questions do not wait for the sweep. */
static void
ask_unasked(struct neigh_table *table, uint64_t now, struct asks *asks)
{
	while (table->unasked != NULL && asks->n < asks->max) {
		struct neigh *slot = table->unasked;

		table->unasked = TAILQ_NEXT(slot, order);
		ask(table, slot, now, asks);
	}
}

/*
 * Look at each slot in turn, NEIGHS_MAX / NEIGH_SWEEP_PARTS of them at a time, so that no call
 * takes long. Where there is no room for another question, the next call goes on from there.
 */
static void
sweep(struct neigh_table *table, uint64_t now, struct asks *asks)
{
	if (now > table->next_due + NEIGH_SWEEP_PARTS * table->part) /* once round is enough */
		table->next_due = now - NEIGH_SWEEP_PARTS * table->part;
	while (now >= table->next_due && asks->n < asks->max) {
		slot_tick(table, &table->slots[table->sweep_at], now, asks);
		table->sweep_at = (table->sweep_at + 1) & (NEIGHS_MAX - 1);
		if ((table->sweep_at & (NEIGHS_MAX / NEIGH_SWEEP_PARTS - 1)) == 0)
			table->next_due += table->part;
	}
}

unsigned
neigh_tick(
	struct neigh_table *table, uint64_t now, struct neigh_ask *asks, unsigned n, bool *changed)
{
	struct asks out = {.at = asks, .max = n};

	sweep(table, now, &out); /* first: a scan of addresses must not hold up the timers */
	ask_unasked(table, now, &out);
	*changed = table->changed;
	table->changed = false;
	return out.n;
}
