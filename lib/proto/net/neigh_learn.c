/* SPDX-License-Identifier: BSD-3-Clause */
/* What a received ARP or ND message does to an entry. */
#include <string.h>

#include "neigh_state.h"
#include "neigh_table.h"

/* Can this be news of a host? Not of a group, nor of the one that has no address yet. */
static bool
news_is_valid(const struct neigh_news *news)
{
	static const uint8_t none[sizeof(news->addr.bytes)];
	struct rte_ether_addr computed;

	if (news->has_mac && !rte_is_valid_assigned_ether_addr(&news->mac))
		return false;
	return !neigh_is_computed(&news->addr, &computed) &&
	       memcmp(news->addr.bytes, none, sizeof(none)) != 0;
}

/* The first Ethernet address of an entry: RFC 4861 7.2.3, and 7.2.5 for INCOMPLETE. */
static bool
learn_first(
	struct neigh_table *table, struct neigh *slot, const struct neigh_news *news, uint64_t now)
{
	bool reachable = news->advert && news->solicited;

	slot->mac = news->mac;
	slot->is_router = news->router;
	neigh_enter(table, slot, reachable ? NEIGH_REACHABLE : NEIGH_STALE, now);
	return true;
}

/* Nobody asked: RFC 4861 7.2.3 and 7.2.5, RFC 826. */
static bool
learn_new(struct neigh_table *table, const struct neigh_news *news, uint64_t now)
{
	if (!news->create || !news->has_mac)
		return false;
	struct neigh *slot = neigh_enter_new(table, news->zone, &news->addr, NEIGH_STALE, now);

	if (slot == NULL)
		return false;
	slot->mac = news->mac;
	slot->is_router = news->router;
	return true;
}

/* RFC 4861 7.2.3: the sender of a question. */
static bool
learn_question(struct neigh_table *table, struct neigh *slot, const struct neigh_news *news,
	bool differs, uint64_t now)
{
	slot->is_router |= news->router;
	if (!differs) {
		neigh_slot_touch(table, slot, now);
		return false;
	}
	slot->mac = news->mac;
	neigh_enter(table, slot, NEIGH_STALE, now);
	return true;
}

/* RFC 4861 7.2.5, for entries that are resolved. */
static bool
learn_advert(struct neigh_table *table, struct neigh *slot, const struct neigh_news *news,
	bool differs, uint64_t now)
{
	if (differs && !news->override) {
		if (slot->state == NEIGH_REACHABLE)
			neigh_enter(table, slot, NEIGH_STALE, now);
		return false;
	}
	slot->is_router = news->router;
	if (differs)
		slot->mac = news->mac;
	if (news->solicited)
		neigh_enter(table, slot, NEIGH_REACHABLE, now);
	else if (differs)
		neigh_enter(table, slot, NEIGH_STALE, now);
	else
		neigh_slot_touch(table, slot, now);
	return differs;
}

bool
neigh_learn(struct neigh_table *table, const struct neigh_news *news, uint64_t now)
{
	if (!news_is_valid(news))
		return false;
	struct neigh *slot = neigh_slot_find(table, news->zone, &news->addr);

	if (slot == NULL)
		return learn_new(table, news, now);
	if (slot->state == NEIGH_STATIC)
		return false;
	if (slot->state == NEIGH_INCOMPLETE)
		return news->has_mac && learn_first(table, slot, news, now);
	bool differs = news->has_mac && !rte_is_same_ether_addr(&slot->mac, &news->mac);

	return news->advert ? learn_advert(table, slot, news, differs, now)
			    : learn_question(table, slot, news, differs, now);
}
