/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Routes: longest prefix to (link, gateway), on rte_fib and rte_fib6. Callers hold the net lock.
 *
 * A table of up to ROUTES_TREE_MAX routes is a tree (RTE_FIB_DUMMY): some hundred KB, and a lookup
 * takes a step for each bit at worst. A larger one is RTE_FIB_DIR24_8 and RTE_FIB6_TRIE: a lookup
 * reads one or two words, for IPv6 up to 14, but it takes 128 MiB, and up to 7 KiB for each route
 * that it has room for.
 */
#ifndef PROTO_NET_ROUTE_H
#define PROTO_NET_ROUTE_H

#include "../proto_link.h"

#define ROUTES_DEFAULT	1024
#define ROUTES_TREE_MAX 1024
#define ROUTES_MAX	(1u << 22)

#define ROUTE_NAME_MAX 24 /* of a FIB: a mempool's name has no more */

struct route {
	struct proto_link *link;   /* NULL: this entry is free */
	struct proto_addr gateway; /* family 0: the destination itself is the next hop */
	uint32_t next_free;	   /* of a free entry: the next one, n_routes at the end */
};

struct rte_fib;
struct rte_fib6;

struct route_table {
	struct rte_fib *fib4;
	struct rte_fib6 *fib6;
	struct route *routes; /* the FIBs hold indexes into this */
	uint32_t n_routes;
	uint32_t free;	   /* the first free entry, n_routes: none */
	uint32_t deleted6; /* IPv6 routes, since fib6 was made */
	char name6[ROUTE_NAME_MAX];
};

/*
 * `name` is unique in the process. `n_routes`: room for so many of both families together (0:
 * ROUTES_DEFAULT). Returns 0, -EINVAL (above ROUTES_MAX) or -ENOMEM.
 */
int route_table_init(struct route_table *table, const char *name, uint32_t n_routes);
void route_table_fini(struct route_table *table);

/*
 * Returns 0, -EINVAL (prefix_len too long), -EEXIST, or -ENOMEM: the table is full. On refusal
 * nothing has changed. One above ROUTES_TREE_MAX can be full earlier, of long prefixes: there is
 * room for 65536 IPv4 networks of 24 bits that have longer prefixes in them, and for 5 * n_routes
 * or n_routes + 65536 (the lower) bytes behind the third of all IPv6 prefixes, those that a prefix
 * shares with one around it not counted.
 */
int route_add(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	struct proto_link *link, const struct proto_addr *gateway);

/* Returns 0 or -ENOENT: no such prefix, or it leads to another link. */
int route_del(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	const struct proto_link *link);

/* List at most `n` routes, IPv4's first. Returns how many. */
unsigned route_list(const struct route_table *table, struct proto_route_info *infos, unsigned n);

/* The route to `dst`, or NULL. */
const struct route *route_find(const struct route_table *table, const struct proto_addr *dst);

#endif
