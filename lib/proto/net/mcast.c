/* SPDX-License-Identifier: BSD-3-Clause */
/* The groups: who is in, found by a hash with chains inside the set. */
#include "mcast.h"

#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_jhash.h>

#include "mcast_priv.h"

static const struct proto_addr all_nodes_v4 = {.family = PROTO_IPV4, .bytes = {224, 0, 0, 1}};
static const struct proto_addr all_nodes_v6 = {.family = PROTO_IPV6, .bytes = {0xff, 2, [15] = 1}};

void
mcast_init(struct mcast_set *set, uint64_t seed, uint64_t hz)
{
	memset(set, 0, sizeof(*set));
	set->hz = hz;
	set->rng = seed;
	set->next_due = MCAST_NEVER;
	set->igmp = (struct mcast_querier){
		.version = mcast_igmp.newest,
		.robustness = MCAST_ROBUSTNESS,
		.interval_s = MCAST_INTERVAL_S,
		.general_due = MCAST_NEVER,
	};
	set->mld = set->igmp;
	set->mld.version = mcast_mld.newest;
}

bool
mcast_is_all_nodes(const struct proto_addr *group)
{
	return proto_addr_equal(group, &all_nodes_v4) || proto_addr_equal(group, &all_nodes_v6);
}

/* RFC 3376 5, RFC 3810 6: not all nodes; RFC 3810 6: nor scope 0 (reserved) and 1 (interface). */
bool
mcast_is_reported(const struct proto_addr *group)
{
	if (group->family == PROTO_IPV6 && (group->bytes[1] & 0xf) <= 1)
		return false;
	return !mcast_is_all_nodes(group);
}

static uint32_t
bucket_of(uint32_t tags, const struct proto_addr *addr)
{
	uint32_t words[6]; /* and no struct: the hash, inlined, reads nothing but words */

	memcpy(words, addr->bytes, sizeof(addr->bytes));
	words[4] = tags;
	words[5] = addr->family;
	return rte_jhash_32b(words, RTE_DIM(words), 0) & (MCAST_BUCKETS - 1);
}

const struct mcast_group *
mcast_find(const struct mcast_set *set, uint32_t tags, const struct proto_addr *addr)
{
	uint32_t at = set->buckets[bucket_of(tags, addr)];

	while (at != 0) {
		const struct mcast_group *group = &set->groups[at - 1];

		if (group->tags == tags && proto_addr_equal(&group->addr, addr))
			return group;
		at = group->next;
	}
	return NULL;
}

struct mcast_group *
mcast_group_find(struct mcast_set *set, uint32_t tags, const struct proto_addr *addr)
{
	const struct mcast_group *group = mcast_find(set, tags, addr);

	return group != NULL ? &set->groups[group - set->groups] : NULL;
}

void
mcast_group_free(struct mcast_set *set, struct mcast_group *group)
{
	uint16_t *link = &set->buckets[bucket_of(group->tags, &group->addr)];
	uint16_t self = (uint16_t)(group - set->groups + 1);

	while (*link != self)
		link = &set->groups[*link - 1].next;
	*link = group->next;
	*group = (struct mcast_group){0};
	set->n_groups--;
}

/* A free place; when there is none, that of a group which only repeats that it was left. */
static struct mcast_group *
place_find(struct mcast_set *set)
{
	struct mcast_group *leaving = NULL;

	for (struct mcast_group *g = set->groups; g < set->groups + MCAST_GROUPS_MAX; g++) {
		if (g->addr.family == 0)
			return g;
		if (g->leaving)
			leaving = g;
	}
	if (leaving != NULL)
		mcast_group_free(set, leaving);
	return leaving;
}

static struct mcast_group *
group_new(struct mcast_set *set, uint32_t tags, const struct proto_addr *addr)
{
	struct mcast_group *group = place_find(set);

	if (group == NULL)
		return NULL;
	uint16_t *bucket = &set->buckets[bucket_of(tags, addr)];

	*group = (struct mcast_group){
		.addr = *addr,
		.tags = tags,
		.next = *bucket,
		.due = MCAST_NEVER,
		.answer = MCAST_NEVER,
	};
	*bucket = (uint16_t)(group - set->groups + 1);
	set->n_groups++;
	return group;
}

int
mcast_join(struct mcast_set *set, uint32_t tags, const struct proto_addr *addr, uint64_t now)
{
	struct mcast_group *group;

	if (!proto_addr_is_multicast(addr))
		return -EINVAL;
	mcast_modes_update(set, now);
	group = mcast_group_find(set, tags, addr);
	if (group != NULL && !group->leaving) {
		group->users++;
		return 0;
	}
	if (group == NULL)
		group = group_new(set, tags, addr);
	if (group == NULL)
		return -ENOSPC;
	group->users = 1;
	group->leaving = false;
	if (mcast_is_reported(addr))
		mcast_announce(set, group, now);
	return 1;
}

int
mcast_leave(struct mcast_set *set, uint32_t tags, const struct proto_addr *addr, uint64_t now)
{
	struct mcast_group *group;

	mcast_modes_update(set, now);
	group = mcast_group_find(set, tags, addr);
	if (group == NULL || group->leaving)
		return -ENOENT;
	if (--group->users != 0)
		return 0;
	group->leaving = true;
	group->answer = MCAST_NEVER;
	if (mcast_is_reported(addr))
		mcast_announce(set, group, now);
	else
		mcast_group_free(set, group);
	return 1;
}

bool
mcast_is_member(const struct mcast_set *set, uint32_t tags, const struct proto_addr *addr)
{
	const struct mcast_group *group = mcast_find(set, tags, addr);

	return group != NULL ? !group->leaving : mcast_is_all_nodes(addr);
}

void
mcast_mac(const struct proto_addr *group, struct rte_ether_addr *mac)
{
	const uint8_t *bytes = group->bytes;

	if (group->family == PROTO_IPV4)
		*mac = (struct rte_ether_addr){
			{0x01, 0x00, 0x5e, bytes[1] & 0x7f, bytes[2], bytes[3]}};
	else
		*mac = (struct rte_ether_addr){
			{0x33, 0x33, bytes[12], bytes[13], bytes[14], bytes[15]}};
}

/* The number of addresses after this group's is among them. */
static unsigned
mac_add(struct rte_ether_addr *macs, unsigned used, unsigned n, const struct proto_addr *group)
{
	struct rte_ether_addr mac;

	mcast_mac(group, &mac);
	for (unsigned i = 0; i < used; i++)
		if (rte_is_same_ether_addr(&macs[i], &mac))
			return used;
	if (used == n)
		return used;
	macs[used] = mac;
	return used + 1;
}

unsigned
mcast_macs(const struct mcast_set *set, struct rte_ether_addr *macs, unsigned n)
{
	unsigned used = mac_add(macs, 0, n, &all_nodes_v4);

	used = mac_add(macs, used, n, &all_nodes_v6);
	for (unsigned i = 0; i < MCAST_GROUPS_MAX; i++)
		if (set->groups[i].users != 0)
			used = mac_add(macs, used, n, &set->groups[i].addr);
	return used;
}
