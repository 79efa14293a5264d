/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Groups: which multicast groups a link listens to, and what it says of them in IGMPv3 (RFC 3376,
 * as a host, with IGMPv2/v1 compatibility of RFC 3376 7) and MLDv2 (RFC 3810, MLDv1 of RFC 3810 8).
 *
 * Any-source membership only. It sends nothing: mcast_tick() fills messages and the caller sends
 * them (IPv4: TTL 1, Router Alert option, TOS 0xc0; IPv6: hop limit 1, hop-by-hop Router Alert,
 * from a link-local address or ::). Time is a parameter. Callers hold the net lock.
 */
#ifndef PROTO_NET_MCAST_H
#define PROTO_NET_MCAST_H

#include <rte_ether.h>

#include "../proto_addr.h"

#define MCAST_GROUPS_MAX  256
#define MCAST_MACS_MAX	  (MCAST_GROUPS_MAX + 2) /* what mcast_macs() may write */
#define MCAST_BUCKETS	  256			 /* a power of two */
#define MCAST_MSG_MAX	  1232 /* bytes of one report: IPv6's least MTU without 40 + 8 of headers */
#define MCAST_MSG_HDR_LEN 8

struct mcast_group {
	struct proto_addr addr; /* family 0: free */
	uint32_t tags;		/* VLAN tags as in zone.h: membership is per VLAN */
	uint32_t users;
	uint16_t next;	 /* in its bucket: index + 1; 0: last */
	uint8_t changes; /* state-change reports still to be sent (robustness variable) */
	bool leaving;	 /* no users: goes when its last report has been sent */
	uint64_t due;	 /* next state-change report; UINT64_MAX: none */
	uint64_t answer; /* answer to a query; UINT64_MAX: none */
};

struct mcast_querier {
	uint8_t version;      /* compatibility mode: IGMP 1..3, MLD 1..2 */
	uint64_t older_until; /* an older querier (IGMPv2, MLDv1) is present until then */
	uint64_t v1_until;    /* IGMP: the same, of IGMPv1 */
	uint8_t robustness;
	uint32_t interval_s;  /* between general queries, as the last one said */
	uint64_t general_due; /* answer to a general query; UINT64_MAX: none */
};

struct mcast_set {
	uint64_t hz;
	uint64_t rng;
	uint64_t next_due;		 /* before then mcast_tick() has nothing to do */
	uint32_t n_groups;		 /* with those that are leaving */
	struct mcast_querier igmp, mld;	 /* one for all VLANs of the link: reports go out on each */
	uint16_t buckets[MCAST_BUCKETS]; /* of the hash of tags and address: index + 1; 0: empty */
	struct mcast_group groups[MCAST_GROUPS_MAX];
};

/* `seed`: others must not guess it. `hz`: of the clock that `now` is read from. */
void mcast_init(struct mcast_set *set, uint64_t seed, uint64_t hz);

/*
 * One user more. Returns 1: the group is new to the link (the port's filter must take it, and a
 * report is due); 0: it was there; -ENOSPC; -EINVAL: no multicast address. 224.0.0.1 and ff02::1
 * (and IPv6 scopes 0 and 1: ff01::/16 and the like) are never reported. A full set makes room by
 * forgetting a group that was left and whose leave is still being repeated.
 */
int mcast_join(struct mcast_set *set, uint32_t tags, const struct proto_addr *group, uint64_t now);

/* One user less. Returns 1: nobody is left (the filter may drop it); 0: others are; -ENOENT. */
int mcast_leave(struct mcast_set *set, uint32_t tags, const struct proto_addr *group, uint64_t now);

/* Has somebody joined it? 224.0.0.1 and ff02::1: always. */
bool mcast_is_member(const struct mcast_set *set, uint32_t tags, const struct proto_addr *group);

/* The Ethernet address of a group (RFC 1112 6.4, RFC 2464 7). */
void mcast_mac(const struct proto_addr *group, struct rte_ether_addr *mac);

/*
 * The Ethernet addresses of all groups, without doubles, for the port's filter: first those of
 * 224.0.0.1 and ff02::1, joined or not. At most `n` are written. Returns how many.
 */
unsigned mcast_macs(const struct mcast_set *set, struct rte_ether_addr *macs, unsigned n);

/*
 * A query came: `msg` is the IGMP message or the ICMPv6 message (type 130), checksum checked by the
 * caller, as are TTL or hop limit, Router Alert and (MLD) a link-local source. `dst` is its IP
 * destination. Returns 0, or -EINVAL: not valid (RFC 3376 7.1, 9.1, RFC 3810 5.1, 8.1: length,
 * group, destination). Reports of others (which suppress ours in the older versions) and unknown
 * types are 0.
 */
int mcast_query(struct mcast_set *set, uint32_t tags, const struct proto_addr *dst,
	const uint8_t *msg, uint32_t msg_len, uint64_t now);

/* A message to send. */
struct mcast_report {
	struct proto_addr dst; /* 224.0.0.22, ff02::16, or the group (older versions), 224.0.0.2 */
	uint32_t tags;
	uint16_t msg_len;	    /* even */
	uint8_t msg[MCAST_MSG_MAX]; /* IGMP with its checksum; ICMPv6 with checksum field 0 */
};

/* Fill the next report due by `now`. Returns false: none is. */
bool mcast_tick(struct mcast_set *set, uint64_t now, struct mcast_report *report);

#endif
