/* SPDX-License-Identifier: BSD-3-Clause */
#include "neigh.h"

#include <errno.h>
#include <string.h>

#include "mcast.h"
#include "neigh_state.h"
#include "neigh_table.h"
#include "zone.h"

int
neigh_add(struct neigh_table *table, uint32_t zone, const struct proto_addr *addr,
	const struct rte_ether_addr *mac)
{
	struct neigh *slot = neigh_slot_find(table, zone, addr);

	if (slot != NULL)
		neigh_enter(table, slot, NEIGH_STATIC, 0);
	else
		slot = neigh_enter_new(table, zone, addr, NEIGH_STATIC, 0);
	if (slot == NULL)
		return -ENOSPC;
	slot->mac = *mac;
	return 0;
}

int
neigh_del(struct neigh_table *table, uint32_t zone, const struct proto_addr *addr)
{
	struct neigh *slot = neigh_slot_find(table, zone, addr);

	if (slot == NULL)
		return -ENOENT;
	neigh_slot_free(table, slot);
	return 0;
}

/* 255.255.255.255 (RFC 919) */
static bool
is_limited_broadcast(const struct proto_addr *addr)
{
	static const uint8_t all_ones[4] = {0xff, 0xff, 0xff, 0xff};

	return addr->family == PROTO_IPV4 && memcmp(addr->bytes, all_ones, sizeof(all_ones)) == 0;
}

bool
neigh_is_computed(const struct proto_addr *addr, struct rte_ether_addr *mac)
{
	if (is_limited_broadcast(addr))
		memset(mac, 0xff, sizeof(*mac));
	else if (!proto_addr_is_multicast(addr))
		return false;
	else
		mcast_mac(addr, mac);
	return true;
}

/* 0: `*mac` is set; -EAGAIN, -EHOSTUNREACH. */
static int
slot_mac(const struct neigh *slot, struct rte_ether_addr *mac)
{
	if (slot->state == NEIGH_INCOMPLETE)
		return slot->failed ? -EHOSTUNREACH : -EAGAIN;
	*mac = slot->mac;
	return 0;
}

/*
 * The static entry that a tagged zone falls back on: proto_neigh_add() names a link, not a VLAN,
 * and means all of them. NULL: none.
 */
static const struct neigh *
link_static(const struct neigh_table *table, uint32_t zone, const struct proto_addr *addr)
{
	if (zone_tags(zone) == 0)
		return NULL;
	const struct neigh *slot = neigh_slot_peek(table, zone_of(zone_link(zone), 0), addr);

	return slot != NULL && slot->state == NEIGH_STATIC ? slot : NULL;
}

int
neigh_find(const struct neigh_table *table, uint32_t zone, const struct proto_addr *addr,
	struct rte_ether_addr *mac)
{
	if (neigh_is_computed(addr, mac))
		return 0;
	const struct neigh *slot = neigh_slot_peek(table, zone, addr);

	if (slot == NULL)
		slot = link_static(table, zone, addr);
	return slot != NULL && slot_mac(slot, mac) == 0 ? 0 : -ENOENT;
}

/* Begin to ask for an address. */
static int
ask_for(struct neigh_table *table, uint32_t zone, const struct proto_addr *addr, uint64_t now,
	neigh_id *id)
{
	struct neigh *slot = neigh_enter_new(table, zone, addr, NEIGH_INCOMPLETE, now);

	if (slot == NULL)
		return -ENOSPC;
	*id = neigh_slot_id(table, slot);
	return -EAGAIN;
}

int
neigh_resolve(struct neigh_table *table, uint32_t zone, const struct proto_addr *addr, uint64_t now,
	struct rte_ether_addr *mac, neigh_id *id)
{
	*id = NEIGH_NO_ID;
	if (neigh_is_computed(addr, mac))
		return 0;
	struct neigh *slot = neigh_slot_find(table, zone, addr);

	if (slot == NULL) {
		const struct neigh *fixed = link_static(table, zone, addr);

		return fixed != NULL ? slot_mac(fixed, mac) : ask_for(table, zone, addr, now, id);
	}
	if (slot->failed && now >= slot->due)
		neigh_enter(table, slot, NEIGH_INCOMPLETE, now);
	else if (slot->state != NEIGH_INCOMPLETE)
		neigh_slot_touch(table, slot, now);
	*id = neigh_slot_id(table, slot);
	return slot_mac(slot, mac);
}

int
neigh_poll(const struct neigh_table *table, neigh_id id, struct rte_ether_addr *mac)
{
	const struct neigh *slot = neigh_slot_by_id(table, id);

	return slot != NULL ? slot_mac(slot, mac) : -EHOSTUNREACH;
}
