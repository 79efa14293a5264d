/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Path MTUs (RFC 1191, RFC 8201): destination to L3 bytes, with age. Bounded; the oldest goes
 * first. Callers hold the net lock. Time is a parameter.
 */
#ifndef PROTO_NET_PMTU_H
#define PROTO_NET_PMTU_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "../proto_addr.h"

#define PMTUS_MAX     1024
#define PMTU_MIN_IPV4 552  /* as Linux: below it an ICMP error is more likely an attack */
#define PMTU_MIN_IPV6 1280 /* RFC 8200 5 */
#define PMTU_AGE_S    600  /* RFC 1191 6.3, RFC 8201 5.3: 10 minutes */

struct rte_hash;

struct pmtu {
	struct proto_addr dst;
	uint16_t mtu; /* L3 bytes */
	uint64_t expires;
	TAILQ_ENTRY(pmtu) order;
};

TAILQ_HEAD(pmtu_list, pmtu);

struct pmtu_table {
	struct rte_hash *hash;
	uint64_t age;		 /* TSC cycles */
	uint64_t next_due;	 /* when the first of `ageing` expires; UINT64_MAX: there is none */
	uint32_t n;		 /* entries */
	struct pmtu_list ageing; /* all age alike: the first expires first */
	struct pmtu slots[PMTUS_MAX]; /* by the hash's key index */
};

/* `name` is unique in the process. 0 or -ENOMEM. `hz` cycles a second. */
int pmtu_table_init(struct pmtu_table *table, const char *name, uint64_t seed, uint64_t hz);
void pmtu_table_fini(struct pmtu_table *table);

/* The path MTU to `dst`, or `link_mtu` when none is known or it is not smaller. */
uint16_t pmtu_find(const struct pmtu_table *table, const struct proto_addr *dst, uint16_t link_mtu);

/*
 * A router says that packets of `quoted_len` L3 bytes to `dst` are too big and that the next hop
 * takes `mtu` (0: an old router that does not say; then the next plateau of RFC 1191 7.1 below
 * quoted_len). Values that do not lower the estimate (`current`: what senders use now) are ignored;
 * below the family's least the least is taken (IPv4), or the message ignored (IPv6, RFC 8201 4).
 * A new destination takes the place of the oldest when there is no other. Returns whether the
 * estimate has changed.
 */
bool pmtu_lower(struct pmtu_table *table, const struct proto_addr *dst, uint16_t mtu,
	uint16_t quoted_len, uint16_t current, uint64_t now);

/* Forget what has aged. Cheap when nothing is due. Returns whether anything was forgotten. */
bool pmtu_tick(struct pmtu_table *table, uint64_t now);

#endif
