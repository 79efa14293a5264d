/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbours: (link, IP address) to Ethernet address, static entries. Callers hold the net lock. */
#ifndef PROTO_NET_NEIGH_H
#define PROTO_NET_NEIGH_H

#include <rte_ether.h>

#include "../proto_link.h"

#define NEIGHS_MAX 4096

struct rte_hash;

struct neigh_table {
	struct rte_hash *hash;
	struct rte_ether_addr mac[NEIGHS_MAX]; /* by the hash's key index */
};

/* `name` is unique in the process; `seed` keeps others from choosing collisions. 0 or -ENOMEM. */
int neigh_table_init(struct neigh_table *table, const char *name, uint32_t seed);
void neigh_table_fini(struct neigh_table *table);

/* Enter or replace. Returns 0 or -ENOSPC. */
int neigh_add(struct neigh_table *table, uint16_t link_index, const struct proto_addr *addr,
	const struct rte_ether_addr *mac);

/* Returns 0 or -ENOENT. */
int neigh_del(struct neigh_table *table, uint16_t link_index, const struct proto_addr *addr);

/* Find the Ethernet address of `addr`; multicast is computed (RFC 1112 6.4, RFC 2464 7). */
int neigh_find(const struct neigh_table *table, uint16_t link_index, const struct proto_addr *addr,
	struct rte_ether_addr *mac);

#endif
