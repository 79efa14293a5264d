/* SPDX-License-Identifier: BSD-3-Clause */
/* Timers: which reports are due, and which version of the protocol they are in. */
#include <rte_common.h>

#include "mcast_priv.h"

/* The next of splitmix64, scaled: the high half of a 64 by 32 bit product. */
uint64_t
mcast_delay(struct mcast_set *set, uint64_t max)
{
	uint64_t z = (set->rng += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	z >>= 32;
	return (max >> 32) * z + ((max & UINT32_MAX) * z >> 32);
}

static bool
is_newest(struct mcast_set *set, uint8_t family)
{
	return mcast_querier_of(set, family)->version == mcast_wire_of(family)->newest;
}

/*
 * RFC 3376 7.2.1: a host that changes its mode cancels all pending responses and retransmissions.
 * What is due already, the first report of a change among it, still goes out, once.
 */
static void
pending_cancel(struct mcast_set *set, uint8_t family, uint8_t version, uint64_t now)
{
	bool can_leave = version > 1 || family == PROTO_IPV6;

	for (struct mcast_group *g = set->groups; g < set->groups + MCAST_GROUPS_MAX; g++) {
		if (g->addr.family != family)
			continue;
		g->answer = MCAST_NEVER;
		g->changes = g->due <= now;
		if (g->changes == 0)
			g->due = MCAST_NEVER;
		if (g->leaving && (g->changes == 0 || !can_leave))
			mcast_group_free(set, g);
	}
}

static void
mode_update(struct mcast_set *set, uint8_t family, uint64_t now)
{
	struct mcast_querier *querier = mcast_querier_of(set, family);
	uint8_t version = mcast_wire_of(family)->newest;

	if (now < querier->older_until)
		version--;
	if (now < querier->v1_until)
		version = 1;
	if (version == querier->version)
		return;
	querier->version = version;
	querier->general_due = MCAST_NEVER;
	pending_cancel(set, family, version, now);
}

void
mcast_modes_update(struct mcast_set *set, uint64_t now)
{
	mode_update(set, PROTO_IPV4, now);
	mode_update(set, PROTO_IPV6, now);
}

void
mcast_announce(struct mcast_set *set, struct mcast_group *group, uint64_t now)
{
	const struct mcast_querier *querier = mcast_querier_of(set, group->addr.family);

	group->changes = querier->robustness;
	mcast_timer_set(set, &group->due, now);
	if (!group->leaving || is_newest(set, group->addr.family))
		return;
	/* Older versions leave once (RFC 2236 3, RFC 2710 4), version 1 of IGMP in silence. */
	group->changes = 1;
	if (group->addr.family == PROTO_IPV4 && querier->version == 1)
		mcast_group_free(set, group);
}

/* A general answer is due: every group of the family has one. */
static void
general_expire(struct mcast_set *set, uint8_t family, uint64_t now)
{
	struct mcast_querier *querier = mcast_querier_of(set, family);

	if (querier->general_due > now)
		return;
	querier->general_due = MCAST_NEVER;
	for (struct mcast_group *g = set->groups; g < set->groups + MCAST_GROUPS_MAX; g++)
		if (mcast_answers(g, family))
			g->answer = now;
}

static bool
is_due(const struct mcast_group *group, uint64_t now)
{
	return group->addr.family != 0 && (group->due <= now || group->answer <= now);
}

static enum mcast_record
record_of(const struct mcast_group *group, uint64_t now)
{
	if (group->due > now)
		return MCAST_IS_EXCLUDE;
	return group->leaving ? MCAST_TO_INCLUDE : MCAST_TO_EXCLUDE;
}

/* A group's report has been written: a change's also was the answer to a query. */
static void
group_reported(struct mcast_set *set, struct mcast_group *group, uint64_t now)
{
	uint8_t family = group->addr.family;
	uint64_t resend_s = is_newest(set, family) ? 1 : mcast_wire_of(family)->resend_s;

	if (group->answer <= now)
		group->answer = MCAST_NEVER;
	if (group->due > now)
		return;
	group->due = MCAST_NEVER;
	group->changes--;
	if (group->changes != 0)
		mcast_timer_set(set, &group->due, now + 1 + mcast_delay(set, resend_s * set->hz));
	else if (group->leaving)
		mcast_group_free(set, group);
}

/* All that is due from `first` on, of its family and VLAN, as far as it fits. */
static void
report_fill(
	struct mcast_set *set, struct mcast_group *first, uint64_t now, struct mcast_report *report)
{
	const struct mcast_wire *wire = mcast_wire_of(first->addr.family);
	uint8_t family = first->addr.family;

	mcast_msg_begin(report, wire, first->tags);
	for (struct mcast_group *g = first; g < set->groups + MCAST_GROUPS_MAX; g++) {
		if (g->addr.family != family || g->tags != report->tags || !is_due(g, now))
			continue;
		if (!mcast_msg_add(report, wire, record_of(g, now), &g->addr))
			break;
		group_reported(set, g, now);
	}
	mcast_msg_end(report, wire);
}

static void
older_fill(
	struct mcast_set *set, struct mcast_group *group, uint64_t now, struct mcast_report *report)
{
	mcast_msg_older(report, mcast_wire_of(group->addr.family),
		mcast_querier_of(set, group->addr.family)->version, group->leaving, group);
	group_reported(set, group, now);
}

/* When something is due next: a report, or the end of an older version's mode. */
static uint64_t
next_due(const struct mcast_set *set, uint64_t now)
{
	const uint64_t timers[] = {set->igmp.older_until, set->igmp.v1_until, set->mld.older_until,
		set->igmp.general_due, set->mld.general_due};
	uint64_t next = MCAST_NEVER;

	for (unsigned i = 0; i < RTE_DIM(timers); i++)
		if (timers[i] > now)
			next = RTE_MIN(next, timers[i]);
	for (unsigned i = 0; i < MCAST_GROUPS_MAX; i++) {
		const struct mcast_group *group = &set->groups[i];

		if (group->addr.family == 0)
			continue;
		next = RTE_MIN(next, group->due);
		next = RTE_MIN(next, group->answer);
	}
	return next;
}

bool
mcast_tick(struct mcast_set *set, uint64_t now, struct mcast_report *report)
{
	if (now < set->next_due)
		return false;
	mcast_modes_update(set, now);
	general_expire(set, PROTO_IPV4, now);
	general_expire(set, PROTO_IPV6, now);
	for (struct mcast_group *g = set->groups; g < set->groups + MCAST_GROUPS_MAX; g++) {
		if (!is_due(g, now))
			continue;
		if (is_newest(set, g->addr.family))
			report_fill(set, g, now, report);
		else
			older_fill(set, g, now, report);
		return true;
	}
	set->next_due = next_due(set, now);
	return false;
}
