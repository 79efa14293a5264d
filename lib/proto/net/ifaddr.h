/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A link's own addresses and how they come to be: duplicate address detection (RFC 4862 5.4), IPv4
 * address conflict detection (RFC 5227), link-local and stateless autoconfiguration (RFC 4862,
 * interface identifiers after RFC 7217), router solicitation and default routers (RFC 4861 6.3).
 *
 * It sends nothing: ifaddr_tick() says what to send or do, and the caller does. Time is a
 * parameter. Callers hold the net lock.
 */
#ifndef PROTO_NET_IFADDR_H
#define PROTO_NET_IFADDR_H

#include <rte_ether.h>

#include "../proto_addr.h"
#include "../wire/ndp.h"

#define IFADDRS_MAX   16
#define IFROUTERS_MAX 4

enum ifaddr_state {
	IFADDR_FREE,
	IFADDR_TENTATIVE, /* being probed: not to be used */
	IFADDR_PREFERRED,
	IFADDR_DEPRECATED, /* answers, but new endpoints do not choose it (RFC 4862 5.5.4) */
	IFADDR_CONFLICT,   /* somebody else has it: not used */
};

struct ifaddr {
	struct proto_addr addr;
	uint8_t prefix_len;
	uint8_t state;
	bool autoconf;		  /* made by SLAAC: has lifetimes */
	uint8_t probes;		  /* sent */
	uint8_t announces;	  /* still to be sent, once it is usable */
	uint8_t dad_counter;	  /* of RFC 7217: which identifier after conflicts; autoconf only */
	bool ready_untold;	  /* IFADDR_READY is still to be said */
	uint64_t due;		  /* next probe or announcement; UINT64_MAX: none */
	uint64_t preferred_until; /* UINT64_MAX: for ever */
	uint64_t valid_until;
	uint64_t defended; /* when a conflict was last answered (RFC 5227 2.4); 0: never */
};

struct ifrouter {
	struct proto_addr addr; /* link-local; family 0: free */
	uint64_t until;
};

struct ifaddr_conf {
	bool dad;   /* probe before use and announce after; else addresses are usable at once,
		       silently */
	bool slaac; /* make a link-local address, solicit routers, follow their advertisements */
	struct rte_ether_addr mac;
	uint64_t secret; /* of RFC 7217 */
	uint64_t hz;
};

struct ifaddr_set {
	struct ifaddr_conf conf;
	struct ifaddr addrs[IFADDRS_MAX];
	struct ifrouter routers[IFROUTERS_MAX];
	uint8_t solicits; /* RS still to be sent */
	bool solicited;	  /* one was sent since the link came up */
	uint64_t solicit_due;
	uint64_t next_due; /* nothing is to be done before; 0: something has changed, look */
	uint64_t rng;
	uint16_t ra_mtu;      /* of the last RA that said one, 1280 and more; 0: none */
	uint8_t ra_hop_limit; /* of the last RA that said one; 0: none */
};

void ifaddr_init(struct ifaddr_set *set, const struct ifaddr_conf *conf, uint64_t seed);

/*
 * The link is up at `now` (again): probe every address, make the link-local one, solicit routers.
 * With conf.dad no address is usable until its IFADDR_READY; without, IFADDR_READY is said again.
 */
void ifaddr_up(struct ifaddr_set *set, uint64_t now);

/*
 * Add. `now` 0: the link is not up yet (probing begins with ifaddr_up()). Family and prefix_len are
 * the caller's to check. Returns 0, -EEXIST, -ENOMEM (IFADDRS_MAX).
 */
int ifaddr_add(
	struct ifaddr_set *set, const struct proto_addr *addr, uint8_t prefix_len, uint64_t now);
/* Returns 0 or -ENOENT. There is no IFADDR_LOST for it. */
int ifaddr_del(struct ifaddr_set *set, const struct proto_addr *addr);

/* The entry of an address, or NULL. */
const struct ifaddr *ifaddr_find(const struct ifaddr_set *set, const struct proto_addr *addr);

/* Is this address ours and usable (preferred or deprecated)? */
bool ifaddr_is_own(const struct ifaddr_set *set, const struct proto_addr *addr);

/*
 * Is it the directed broadcast address of one of our IPv4 prefixes (prefix_len below 31), whose
 * address is usable?
 */
bool ifaddr_is_broadcast(const struct ifaddr_set *set, const struct proto_addr *addr);

/*
 * Choose a usable source address for `dst` (RFC 6724 5, rules 1, 2, 3 and 8; IPv4: between 3 and 8,
 * one in whose prefix `dst` is). What is in common counts up to the address's prefix_len (RFC
 * 6724 2.2); of equals the first that was added. NULL: there is none of that family.
 */
const struct proto_addr *ifaddr_source(const struct ifaddr_set *set, const struct proto_addr *dst);

enum ifaddr_what {
	IFADDR_SEND_PROBE,    /* ARP probe (RFC 5227 2.1.1), or DAD NS from :: */
	IFADDR_SEND_ANNOUNCE, /* gratuitous ARP (RFC 5227 2.3), or unsolicited NA to all nodes */
	IFADDR_SEND_SOLICIT,  /* RS to all routers, from `addr` (family 0: from ::) */
	IFADDR_READY,	      /* the address can be used now (also without conf.dad) */
	IFADDR_LOST,	      /* conflict, or its lifetime is over: it cannot be used any more */
	IFADDR_ROUTER_GONE,   /* `addr` is no default router any more: remove its route */
};

struct ifaddr_action {
	enum ifaddr_what what;
	struct proto_addr addr;
	uint8_t prefix_len;
};

/* Fills up to `n` actions due by `now`; returns how many. Cheap when nothing is due. */
unsigned ifaddr_tick(
	struct ifaddr_set *set, uint64_t now, struct ifaddr_action *actions, unsigned n);

/*
 * Somebody else (`mac`) uses or probes for `addr`, as an ARP, NS (from ::) or NA message shows.
 * `probe`: the message only asks whether it is free. Returns the action to take now, or false:
 * none. A tentative address is lost (also when two probe at the same time); one in use is defended
 * once in 10 s by an announcement and given up at the second conflict (RFC 5227 2.4 (b)); IPv6
 * addresses in use are announced once in 10 s, never given up. A probe for an address in use is no
 * conflict: the caller answers it, as it answers every ARP request or NS. An autoconfigured address
 * that is lost while tentative is followed by another one (RFC 7217 6), up to 3 times. Never
 * anything without conf.dad, or when `mac` is our own (RFC 5227 2.1.1: an echo).
 */
bool ifaddr_conflict(struct ifaddr_set *set, const struct proto_addr *addr,
	const struct rte_ether_addr *mac, bool probe, uint64_t now, struct ifaddr_action *action);

/*
 * Follow it (RFC 4861 6.3.4, RFC 4862 5.5.3 with the two-hour rule). `*new_router`: add a default
 * route via `ra->router`. On-link prefixes are the caller's to enter as routes. Nothing without
 * conf.slaac. Returns whether anything changed: a router or an address came or went, an address is
 * preferred or deprecated now, or ra_mtu or ra_hop_limit is another one.
 */
bool ifaddr_advertised(
	struct ifaddr_set *set, const struct ndp_ra *ra, uint64_t now, bool *new_router);

#endif
