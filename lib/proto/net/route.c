/* SPDX-License-Identifier: BSD-3-Clause */
#include "route.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <rte_memory.h>
#include <rte_rib.h>
#include <rte_rib6.h>

#include "../proto.h"
#include "pktpool_mem.h"

#define MEM_TAG "Rout"

/* What a FIB says when there is no route: the largest value that RTE_FIB_DIR24_8_4B takes. */
#define ROUTE_NONE ((uint64_t)INT32_MAX)

/*
 * Blocks of 256 entries (1 KiB), which long prefixes take. One for each IPv4 route and 5 for each
 * IPv6 route, that is for a /64, is enough for any table of a site; one that is so large that these
 * would be GiB is one of the Internet, where few prefixes are longer than /24 and /48.
 */
#define TBL8S_ENOUGH 65536u

static uint32_t
ipv4_host_order(const struct proto_addr *addr)
{
	rte_be32_t be;

	memcpy(&be, addr->bytes, sizeof(be));
	return rte_be_to_cpu_32(be);
}

static uint8_t
prefix_len_max(const struct proto_addr *prefix)
{
	return (uint8_t)(proto_addr_len(prefix) * 8);
}

static struct rte_fib *
fib4_create(const char *name, uint32_t n_routes)
{
	struct rte_fib_conf conf = {
		.type = RTE_FIB_DUMMY, .default_nh = ROUTE_NONE, .max_routes = (int)n_routes};

	if (n_routes > ROUTES_TREE_MAX) {
		conf.type = RTE_FIB_DIR24_8;
		conf.dir24_8.nh_sz = RTE_FIB_DIR24_8_4B;
		conf.dir24_8.num_tbl8 = RTE_MIN(n_routes, TBL8S_ENOUGH);
	}
	return rte_fib_create(name, SOCKET_ID_ANY, &conf);
}

static struct rte_fib6 *
fib6_create(const char *name, uint32_t n_routes)
{
	struct rte_fib6_conf conf = {
		.type = RTE_FIB6_DUMMY, .default_nh = ROUTE_NONE, .max_routes = (int)n_routes};

	if (n_routes > ROUTES_TREE_MAX) {
		conf.type = RTE_FIB6_TRIE;
		conf.trie.nh_sz = RTE_FIB6_TRIE_4B;
		conf.trie.num_tbl8 = RTE_MIN(5 * n_routes, n_routes + TBL8S_ENOUGH);
	}
	return rte_fib6_create(name, SOCKET_ID_ANY, &conf);
}

static struct route *
routes_create(uint32_t n_routes)
{
	struct route *routes =
		pktpool_mem_alloc(MEM_TAG, n_routes * sizeof(*routes), 0, SOCKET_ID_ANY, NULL);

	for (uint32_t i = 0; routes != NULL && i < n_routes; i++)
		routes[i].next_free = i + 1;
	return routes;
}

int
route_table_init(struct route_table *table, const char *name, uint32_t n_routes)
{
	char name4[ROUTE_NAME_MAX];

	memset(table, 0, sizeof(*table));
	if (n_routes > ROUTES_MAX)
		return -EINVAL;
	if (n_routes == 0)
		n_routes = ROUTES_DEFAULT;
	/* Each FIB makes a mempool of its own name: the two must differ. */
	(void)snprintf(name4, sizeof(name4), "4.%s", name);
	(void)snprintf(table->name6, sizeof(table->name6), "6.%s", name);
	table->n_routes = n_routes;
	table->routes = routes_create(n_routes);
	table->fib4 = fib4_create(name4, n_routes);
	table->fib6 = fib6_create(table->name6, n_routes);
	if (table->routes != NULL && table->fib4 != NULL && table->fib6 != NULL)
		return 0;
	route_table_fini(table);
	return -ENOMEM;
}

void
route_table_fini(struct route_table *table)
{
	rte_fib_free(table->fib4);
	rte_fib6_free(table->fib6);
	(void)pktpool_mem_free(table->routes);
	memset(table, 0, sizeof(*table));
}

/* The index of exactly this prefix, or ROUTE_NONE. */
static uint64_t
exact_find(const struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len)
{
	uint64_t index = ROUTE_NONE;

	if (prefix->family == PROTO_IPV4) {
		struct rte_rib_node *node = rte_rib_lookup_exact(
			rte_fib_get_rib(table->fib4), ipv4_host_order(prefix), prefix_len);

		if (node != NULL)
			(void)rte_rib_get_nh(node, &index);
		return index;
	}
	struct rte_rib6_node *node =
		rte_rib6_lookup_exact(rte_fib6_get_rib(table->fib6), prefix->bytes, prefix_len);

	if (node != NULL)
		(void)rte_rib6_get_nh(node, &index);
	return index;
}

/* Enter the route of a node of one FIB in another one. */
static int
fib6_copy_node(const struct rte_rib6_node *node, struct rte_fib6 *to)
{
	uint8_t ip[RTE_FIB6_IPV6_ADDR_SIZE], prefix_len;
	uint64_t index;

	if (rte_rib6_get_ip(node, ip) != 0 || rte_rib6_get_depth(node, &prefix_len) != 0 ||
		rte_rib6_get_nh(node, &index) != 0)
		return -EINVAL;
	return rte_fib6_add(to, ip, prefix_len, index);
}

/* Enter all routes of one FIB in another one. */
static int
fib6_copy(struct rte_fib6 *from, struct rte_fib6 *to)
{
	static const uint8_t any[RTE_FIB6_IPV6_ADDR_SIZE];
	struct rte_rib6 *rib = rte_fib6_get_rib(from);
	/* The walk visits what is in a prefix, and not the prefix itself. */
	struct rte_rib6_node *node = rte_rib6_lookup_exact(rib, any, 0);
	int ret = node != NULL ? fib6_copy_node(node, to) : 0;

	node = NULL;
	while (ret == 0) {
		node = rte_rib6_get_nxt(rib, any, 0, node, RTE_RIB6_GET_NXT_ALL);
		if (node == NULL)
			break;
		ret = fib6_copy_node(node, to);
	}
	return ret;
}

/*
 * RTE_FIB6_TRIE of 22.11 counts the blocks that a prefix may need when it is added, and does not
 * count them back when it is deleted: a table whose routes come and go is full one day, and stays
 * so. A copy of it counts from the start. On refusal nothing has changed.
 */
static int
fib6_renew(struct route_table *table)
{
	/* The two are there at the same time, and so have two names. */
	table->name6[0] = table->name6[0] == '6' ? '7' : '6';
	struct rte_fib6 *fib6 = fib6_create(table->name6, table->n_routes);

	if (fib6 != NULL && fib6_copy(table->fib6, fib6) == 0) {
		rte_fib6_free(table->fib6);
		table->fib6 = fib6;
		table->deleted6 = 0;
		return 0;
	}
	rte_fib6_free(fib6);
	table->name6[0] = table->name6[0] == '6' ? '7' : '6';
	return -ENOMEM;
}

/* Not for each route that has gone: copying takes as long as adding all of them does. */
static bool
fib6_is_worn(const struct route_table *table)
{
	return table->n_routes > ROUTES_TREE_MAX && table->deleted6 >= table->n_routes / 64;
}

static int
fib6_add(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	uint32_t index)
{
	int ret = rte_fib6_add(table->fib6, prefix->bytes, prefix_len, index);

	if (ret != 0 && fib6_is_worn(table) && fib6_renew(table) == 0)
		ret = rte_fib6_add(table->fib6, prefix->bytes, prefix_len, index);
	return ret;
}

static int
fib_add(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	uint32_t index)
{
	if (prefix->family == PROTO_IPV4)
		return rte_fib_add(table->fib4, ipv4_host_order(prefix), prefix_len, index);
	return fib6_add(table, prefix, prefix_len, index);
}

static int
fib_delete(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len)
{
	if (prefix->family == PROTO_IPV4)
		return rte_fib_delete(table->fib4, ipv4_host_order(prefix), prefix_len);
	table->deleted6++;
	return rte_fib6_delete(table->fib6, prefix->bytes, prefix_len);
}

int
route_add(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	struct proto_link *link, const struct proto_addr *gateway)
{
	if (prefix_len > prefix_len_max(prefix))
		return -EINVAL;
	if (exact_find(table, prefix, prefix_len) != ROUTE_NONE)
		return -EEXIST;
	uint32_t index = table->free;

	if (index == table->n_routes || fib_add(table, prefix, prefix_len, index) != 0)
		return -ENOMEM;
	struct route *route = &table->routes[index];

	table->free = route->next_free;
	route->link = link;
	route->gateway = gateway != NULL ? *gateway : (struct proto_addr){0};
	return 0;
}

int
route_del(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	const struct proto_link *link)
{
	if (prefix_len > prefix_len_max(prefix))
		return -ENOENT;
	uint64_t index = exact_find(table, prefix, prefix_len);

	if (index == ROUTE_NONE || table->routes[index].link != link ||
		fib_delete(table, prefix, prefix_len) != 0)
		return -ENOENT;
	table->routes[index].link = NULL;
	table->routes[index].next_free = table->free;
	table->free = (uint32_t)index;
	return 0;
}

const struct route *
route_find(const struct route_table *table, const struct proto_addr *dst)
{
	uint64_t index = ROUTE_NONE;

	if (dst->family == PROTO_IPV4) {
		uint32_t ip = ipv4_host_order(dst);

		(void)rte_fib_lookup_bulk(table->fib4, &ip, &index, 1);
	} else {
		uint8_t ips[1][RTE_FIB6_IPV6_ADDR_SIZE];

		memcpy(ips[0], dst->bytes, sizeof(ips[0]));
		(void)rte_fib6_lookup_bulk(table->fib6, ips, &index, 1);
	}
	return index != ROUTE_NONE ? &table->routes[index] : NULL;
}
