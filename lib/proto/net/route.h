/* SPDX-License-Identifier: BSD-3-Clause */
/* Routes: longest prefix to (link, gateway), on rte_rib and rte_rib6. Callers hold the net lock. */
#ifndef PROTO_NET_ROUTE_H
#define PROTO_NET_ROUTE_H

#include "../proto_link.h"

#define ROUTES_MAX 1024

struct route {
	struct proto_link *link;   /* NULL: this entry is free */
	struct proto_addr gateway; /* family 0: the destination itself is the next hop */
};

struct rte_rib;
struct rte_rib6;

struct route_table {
	struct rte_rib *rib4;
	struct rte_rib6 *rib6;
	struct route routes[ROUTES_MAX]; /* the RIBs hold indexes into this */
};

/* `name` is unique in the process. Returns 0 or -ENOMEM. */
int route_table_init(struct route_table *table, const char *name);
void route_table_fini(struct route_table *table);

/* Returns 0, -EINVAL (prefix_len too long), -EEXIST, or -ENOMEM (table full). */
int route_add(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	struct proto_link *link, const struct proto_addr *gateway);

/* Returns 0 or -ENOENT: no such prefix, or it leads to another link. */
int route_del(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	const struct proto_link *link);

/* The route to `dst`, or NULL. */
const struct route *route_find(const struct route_table *table, const struct proto_addr *dst);

#endif
