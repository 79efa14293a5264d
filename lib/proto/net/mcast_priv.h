/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of mcast.h share: the wire of the two protocols, and the groups. */
#ifndef PROTO_NET_MCAST_PRIV_H
#define PROTO_NET_MCAST_PRIV_H

#include "mcast.h"

#define MCAST_NEVER UINT64_MAX

#define MCAST_ROBUSTNESS 2   /* RFC 3376 8.1, RFC 3810 9.1 */
#define MCAST_INTERVAL_S 125 /* RFC 3376 8.2, RFC 3810 9.2 */

/* Record types (RFC 3376 4.2.12, RFC 3810 5.2.12). */
enum mcast_record {
	MCAST_IS_EXCLUDE = 2,
	MCAST_TO_INCLUDE = 3,
	MCAST_TO_EXCLUDE = 4,
};

enum mcast_kind {
	MCAST_OTHER, /* nothing that a host takes notice of */
	MCAST_QUERY,
	MCAST_REPORT, /* of one group, by an older version */
};

/* A message of others, checked. */
struct mcast_heard {
	enum mcast_kind kind;
	bool general;		/* a query for all groups */
	struct proto_addr addr; /* else: the group */
	uint8_t version;	/* of a query */
	uint8_t robustness;	/* of the newest version's query; 0: not said */
	uint32_t interval_s;	/* the same */
	uint32_t delay_max_ms;	/* for the answer */
};

/* A protocol: what differs between IGMP and MLD. */
struct mcast_wire {
	uint8_t newest; /* version */
	bool cksum;	/* the message carries its own, without a pseudo header */
	uint8_t addr_len;
	uint8_t report;	      /* type of the newest version's report */
	uint8_t older_report; /* types of the version before it */
	uint8_t older_leave;
	uint8_t older_addr_at; /* where their group stands; it ends the message */
	uint8_t v1_report;     /* type of version 1's report; there is no leave */
	uint16_t resend_s; /* between the first reports of an older version, at most (RFC 2236 8.10,
			      RFC 2710 7.10) */
	struct proto_addr reports_to;	   /* reports of the newest version */
	struct proto_addr older_leaves_to; /* all routers */
	/* Check a message. Returns 0 or -EINVAL. */
	int (*parse)(const struct proto_addr *dst, const uint8_t *msg, uint32_t msg_len,
		struct mcast_heard *heard);
};

extern const struct mcast_wire mcast_igmp, mcast_mld;

static inline const struct mcast_wire *
mcast_wire_of(uint8_t family)
{
	return family == PROTO_IPV4 ? &mcast_igmp : &mcast_mld;
}

static inline struct mcast_querier *
mcast_querier_of(struct mcast_set *set, uint8_t family)
{
	return family == PROTO_IPV4 ? &set->igmp : &set->mld;
}

/*
 * The value of a code: itself below 1 << (mant_bits + 3), else a floating-point number: 1, three
 * bits of exponent, mant_bits of mantissa (RFC 3376 4.1.1 and 4.1.7, RFC 3810 5.1.3).
 */
uint32_t mcast_code_value(uint32_t code, unsigned mant_bits);

/*
 * Is `dst` where a query may go: a unicast address (RFC 3376 4.1.12: any of ours), all nodes, or
 * the group itself; a general query (group 0) goes to no other group than all nodes (9.1).
 */
bool mcast_query_dst_ok(const struct proto_addr *dst, const struct proto_addr *group);

/* Reports of the newest version: begin, then add records while that returns true, then end. */
void mcast_msg_begin(struct mcast_report *report, const struct mcast_wire *wire, uint32_t tags);
bool mcast_msg_add(struct mcast_report *report, const struct mcast_wire *wire,
	enum mcast_record type, const struct proto_addr *group);
void mcast_msg_end(struct mcast_report *report, const struct mcast_wire *wire);

/* The message of an older version on one group. Version 1 of IGMP has no leave: not asked for. */
void mcast_msg_older(struct mcast_report *report, const struct mcast_wire *wire, uint8_t version,
	bool leave, const struct mcast_group *group);

/* 224.0.0.1, ff02::1 */
bool mcast_is_all_nodes(const struct proto_addr *group);

/* Is it one that is reported at all? */
bool mcast_is_reported(const struct proto_addr *group);

/* Is it a group of the family that is to be named in an answer to a query? */
static inline bool
mcast_answers(const struct mcast_group *group, uint8_t family)
{
	return group->users != 0 && group->addr.family == family && mcast_is_reported(&group->addr);
}

/* The group, leaving or not, or NULL. */
const struct mcast_group *mcast_find(
	const struct mcast_set *set, uint32_t tags, const struct proto_addr *addr);
struct mcast_group *mcast_group_find(
	struct mcast_set *set, uint32_t tags, const struct proto_addr *addr);

/*
 * A group has been joined or left: its reports are due from now on. A group that is left without a
 * word (IGMPv1) is gone afterwards. The modes are up to date.
 */
void mcast_announce(struct mcast_set *set, struct mcast_group *group, uint64_t now);

/* Forget a group. */
void mcast_group_free(struct mcast_set *set, struct mcast_group *group);

/* A random delay, at most `max`. */
uint64_t mcast_delay(struct mcast_set *set, uint64_t max);

/* Set a timer, and tell the set. */
static inline void
mcast_timer_set(struct mcast_set *set, uint64_t *timer, uint64_t due)
{
	*timer = due;
	if (due < set->next_due)
		set->next_due = due;
}

/*
 * Bring the compatibility modes up to date (RFC 3376 7.2.1, RFC 3810 8.2.1). Groups that are
 * leaving may go: look a group up afterwards.
 */
void mcast_modes_update(struct mcast_set *set, uint64_t now);

#endif
