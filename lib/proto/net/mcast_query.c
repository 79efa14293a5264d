/* SPDX-License-Identifier: BSD-3-Clause */
/* What others say: queries, which make answers due, and reports of older versions. */
#include <errno.h>

#include "mcast_priv.h"

/*
 * The querier's variables (RFC 3376 4.1.6, 4.1.7, RFC 3810 5.1.8, 5.1.9); 0 stands for a value that
 * does not fit or is not set: the default.
 */
static void
variables_adopt(struct mcast_querier *querier, const struct mcast_heard *heard)
{
	querier->robustness = heard->robustness != 0 ? heard->robustness : MCAST_ROBUSTNESS;
	querier->interval_s = heard->interval_s != 0 ? heard->interval_s : MCAST_INTERVAL_S;
}

/* Older version querier present timeout (RFC 3376 8.12, RFC 3810 9.12). */
static void
older_querier_seen(struct mcast_set *set, struct mcast_querier *querier,
	const struct mcast_wire *wire, const struct mcast_heard *heard, uint64_t delay_max,
	uint64_t now)
{
	uint64_t until = now + set->hz * querier->robustness * querier->interval_s + delay_max;
	bool oldest = heard->version == 1 && wire->newest == 3;

	mcast_timer_set(set, oldest ? &querier->v1_until : &querier->older_until, until);
}

/* One timer for a group's answer: the earlier one counts (RFC 3376 5.2, RFC 3810 6.2). */
static void
answer_soon(struct mcast_set *set, struct mcast_group *group, uint64_t delay_max, uint64_t now)
{
	uint64_t due = now + mcast_delay(set, delay_max);

	if (due < group->answer)
		mcast_timer_set(set, &group->answer, due);
}

/* Older versions draw anew only when the time left is longer than asked for (RFC 2236 3). */
static void
answer_older(struct mcast_set *set, struct mcast_group *group, uint64_t delay_max, uint64_t now)
{
	if (group->answer > now + delay_max)
		mcast_timer_set(set, &group->answer, now + mcast_delay(set, delay_max));
}

static void
general_query(struct mcast_set *set, uint8_t family, uint64_t delay_max, uint64_t now)
{
	struct mcast_querier *querier = mcast_querier_of(set, family);

	if (querier->version == mcast_wire_of(family)->newest) {
		uint64_t due = now + mcast_delay(set, delay_max);

		if (due < querier->general_due)
			mcast_timer_set(set, &querier->general_due, due);
		return;
	}
	for (unsigned i = 0; i < MCAST_GROUPS_MAX; i++)
		if (mcast_answers(&set->groups[i], family))
			answer_older(set, &set->groups[i], delay_max, now);
}

/*
 * Also of a query for some sources: an answer for all of them says more than was asked, and the
 * router forwards no less for it (RFC 3376 6.4.1).
 */
static void
group_query(struct mcast_set *set, struct mcast_group *group, uint64_t delay_max, uint64_t now)
{
	uint8_t family = group->addr.family;
	const struct mcast_querier *querier = mcast_querier_of(set, family);

	if (!mcast_answers(group, family))
		return;
	if (querier->version == mcast_wire_of(family)->newest)
		answer_soon(set, group, delay_max, now);
	else
		answer_older(set, group, delay_max, now);
}

/*
 * Another has reported the group: in the older versions one is enough (RFC 2236 3, RFC 2710 4). A
 * first report, due at once, goes out all the same.
 */
static void
report_heard(struct mcast_set *set, uint32_t tags, const struct proto_addr *addr, uint64_t now)
{
	struct mcast_group *group;

	mcast_modes_update(set, now);
	group = mcast_group_find(set, tags, addr);
	if (group == NULL)
		return;
	if (mcast_querier_of(set, addr->family)->version == mcast_wire_of(addr->family)->newest)
		return;
	group->answer = MCAST_NEVER;
	if (group->due > now) {
		group->due = MCAST_NEVER;
		group->changes = 0;
	}
}

static void
query_heard(struct mcast_set *set, uint32_t tags, uint8_t family, const struct mcast_heard *heard,
	uint64_t now)
{
	struct mcast_group *group;
	const struct mcast_wire *wire = mcast_wire_of(family);
	struct mcast_querier *querier = mcast_querier_of(set, family);
	uint64_t delay_max = heard->delay_max_ms * set->hz / 1000;

	if (heard->version == wire->newest)
		variables_adopt(querier, heard);
	else if (heard->general)
		older_querier_seen(set, querier, wire, heard, delay_max, now);
	mcast_modes_update(set, now);
	if (heard->general) {
		general_query(set, family, delay_max, now);
		return;
	}
	group = mcast_group_find(set, tags, &heard->addr);
	if (group != NULL)
		group_query(set, group, delay_max, now);
}

int
mcast_query(struct mcast_set *set, uint32_t tags, const struct proto_addr *dst, const uint8_t *msg,
	uint32_t msg_len, uint64_t now)
{
	struct mcast_heard heard;
	int ret = mcast_wire_of(dst->family)->parse(dst, msg, msg_len, &heard);

	if (ret != 0)
		return ret;
	if (heard.kind == MCAST_QUERY)
		query_heard(set, tags, dst->family, &heard, now);
	else if (heard.kind == MCAST_REPORT)
		report_heard(set, tags, &heard.addr, now);
	return 0;
}
