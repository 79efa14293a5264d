/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours: (zone, IP address) to Ethernet address, for ARP (RFC 826, RFC 1122 2.3.2) and IPv6
 * neighbour discovery (RFC 4861 7), in one state machine.
 *
 * It sends nothing: neigh_tick() says whom to ask, and the caller does. It knows no packets: what
 * waits for an answer waits in the workers. Time is a parameter. Callers hold the net lock, save
 * for neigh_used().
 *
 * The table is bounded: unresolved entries may take up only a part of it, and replace one another,
 * so that a scan of addresses cannot push resolved entries out (RFC 6583). Resolved ones have the
 * other part: the oldest that nobody uses goes first. Static ones count as resolved, stay, and may
 * fill the table.
 */
#ifndef PROTO_NET_NEIGH_H
#define PROTO_NET_NEIGH_H

#include <stdatomic.h>
#include <sys/queue.h>

#include <rte_ether.h>

#include "../proto_link.h"

#define NEIGHS_MAX	      4096
#define NEIGHS_INCOMPLETE_MAX 512
#define NEIGHS_RESOLVED_MAX   (NEIGHS_MAX - NEIGHS_INCOMPLETE_MAX)

struct rte_hash;

/* RFC 4861 7.3.2, and entries that a user made. */
enum neigh_state {
	NEIGH_FREE,
	NEIGH_INCOMPLETE,
	NEIGH_REACHABLE,
	NEIGH_STALE,
	NEIGH_DELAY,
	NEIGH_PROBE,
	NEIGH_STATIC,
};

struct neigh_key {
	struct proto_addr addr;
	uint8_t reserved[3];
	uint32_t zone;
};

struct neigh {
	struct neigh_key key;
	struct rte_ether_addr mac; /* not in NEIGH_INCOMPLETE */
	uint8_t state;
	uint8_t probes; /* sent in this state */
	bool is_router;
	bool failed;	      /* NEIGH_INCOMPLETE that did not answer: not asked until `due` */
	uint16_t generation;  /* of the slot: ids of an earlier owner do not match */
	_Atomic uint8_t used; /* a sender used it since the last tick looked */
	uint64_t due;	      /* when the state's timer ends; UINT64_MAX: none */
	uint64_t touched;     /* last use, news or change: the oldest goes first */
	TAILQ_ENTRY(neigh) order;
};

TAILQ_HEAD(neigh_list, neigh);

struct neigh_table {
	struct rte_hash *hash;
	uint64_t hz;
	uint64_t rng;	   /* jitter: RFC 4861 6.3.2 ReachableTime is random in 0.5..1.5 */
	uint64_t next_due; /* of the next part of the sweep over the slots */
	uint64_t part;	   /* cycles from one part to the next */
	uint32_t sweep_at; /* the slot that the sweep looks at next */
	uint32_t n_incomplete;
	uint32_t n_resolved;   /* and static */
	bool changed;	       /* what the next tick says */
	struct neigh *unasked; /* the first of `incomplete` that has not been asked for; or NULL */
	/* Oldest first. Static entries are in none. */
	struct neigh_list incomplete, stale, busy; /* busy: REACHABLE, DELAY, PROBE */
	struct neigh slots[NEIGHS_MAX];		   /* by the hash's key index */
};

/* A slot and its generation; NEIGH_NO_ID: none. */
typedef uint32_t neigh_id;
#define NEIGH_NO_ID UINT32_MAX

/* `name` is unique in the process; `seed` keeps others from choosing collisions. 0 or -ENOMEM. */
int neigh_table_init(struct neigh_table *table, const char *name, uint64_t seed, uint64_t hz);
void neigh_table_fini(struct neigh_table *table);

/* Enter or replace a static entry. Returns 0 or -ENOSPC. */
int neigh_add(struct neigh_table *table, uint32_t zone, const struct proto_addr *addr,
	const struct rte_ether_addr *mac);

/* Forget an entry, static or not. Returns 0 or -ENOENT. */
int neigh_del(struct neigh_table *table, uint32_t zone, const struct proto_addr *addr);

/*
 * Is this address's Ethernet address computed, not resolved: multicast (RFC 1112 6.4, RFC 2464 7),
 * limited broadcast (RFC 919)? Then it is in `*mac`. Pure.
 */
bool neigh_is_computed(const struct proto_addr *addr, struct rte_ether_addr *mac);

/*
 * Find the Ethernet address of `addr` if it is known already; nothing is asked. Returns 0 or
 * -ENOENT.
 */
int neigh_find(const struct neigh_table *table, uint32_t zone, const struct proto_addr *addr,
	struct rte_ether_addr *mac);

/*
 * Find the Ethernet address of `addr`.
 *
 * Returns 0: `*mac` is it (and `*id` its entry, NEIGH_NO_ID for a computed one); -EAGAIN: it is
 * being asked for, `*id` is its entry; -ENOSPC: the table has no room to ask; -EHOSTUNREACH: it was
 * asked for and did not answer, less than a second ago. Looking is not using: see neigh_used().
 */
int neigh_resolve(struct neigh_table *table, uint32_t zone, const struct proto_addr *addr,
	uint64_t now, struct rte_ether_addr *mac, neigh_id *id);

/*
 * What became of an entry that neigh_resolve() said -EAGAIN for: 0, -EAGAIN, or -EHOSTUNREACH (it
 * did not answer, or another took its place).
 */
int neigh_poll(const struct neigh_table *table, neigh_id id, struct rte_ether_addr *mac);

/* A sender uses this entry. Any worker, no lock: writes only when the flag is not set. */
static inline void
neigh_used(struct neigh_table *table, neigh_id id)
{
	if (id != NEIGH_NO_ID) {
		struct neigh *slot = &table->slots[id & (NEIGHS_MAX - 1)];

		if (atomic_load_explicit(&slot->used, memory_order_relaxed) == 0)
			atomic_store_explicit(&slot->used, 1, memory_order_relaxed);
	}
}

/* What a received ARP or ND message says about a neighbour. */
struct neigh_news {
	uint32_t zone;
	struct proto_addr addr;
	bool has_mac; /* the message has a link-layer address */
	struct rte_ether_addr mac;
	bool create;	/* make an entry if there is none (a request or NS to us, RS, RA) */
	bool solicited; /* a reply to a question of ours (ARP reply to us, NA with S) */
	bool override;	/* replaces another MAC (ARP always, NA with O) */
	bool advert; /* RFC 4861 7.2.5: an NA or ARP reply; else 7.2.3: the sender of a question */
	bool router; /* NA with R, or an RA; a question without it leaves is_router as it was */
};

/*
 * Take the news. Returns whether an Ethernet address that senders use has changed or come to be
 * (also one that nobody asked for yet). News of no host, or with a MAC of no host, is ignored.
 */
bool neigh_learn(struct neigh_table *table, const struct neigh_news *news, uint64_t now);

/* A question to be sent. */
struct neigh_ask {
	uint32_t zone;
	struct proto_addr target;
	bool unicast; /* to `mac`; else broadcast (ARP) or the solicited-node group (NS) */
	struct rte_ether_addr mac;
};

/*
 * Run the timers: fills up to `n` questions to send now and returns how many. `*changed` is set to
 * whether an entry was given up or replaced (senders must look again) since the last tick. A first
 * question is there at once; all else is found by a sweep over the slots, a part of it each few
 * milliseconds, and may be 100 ms late. A call looks at every slot at most once or twice, at none
 * when it comes soon after another.
 */
unsigned neigh_tick(
	struct neigh_table *table, uint64_t now, struct neigh_ask *asks, unsigned n, bool *changed);

/* Walk all entries, for `show`. Returns the next used slot at or after `*at` (moved on), or NULL.
 */
const struct neigh *neigh_next(const struct neigh_table *table, uint32_t *at);

#endif
