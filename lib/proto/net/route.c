/* SPDX-License-Identifier: BSD-3-Clause */
#include "route.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_memory.h>
#include <rte_rib.h>
#include <rte_rib6.h>

#include "../proto.h"

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

int
route_table_init(struct route_table *table, const char *name)
{
	struct rte_rib_conf conf4 = {.ext_sz = 0, .max_nodes = 2 * ROUTES_MAX};
	struct rte_rib6_conf conf6 = {.ext_sz = 0, .max_nodes = 2 * ROUTES_MAX};

	char name4[PROTO_NAME_MAX + sizeof("4.")];
	char name6[PROTO_NAME_MAX + sizeof("6.")];

	/* Each RIB makes a mempool of its own name: the two must differ. */
	(void)snprintf(name4, sizeof(name4), "4.%s", name);
	(void)snprintf(name6, sizeof(name6), "6.%s", name);
	memset(table->routes, 0, sizeof(table->routes));
	table->rib4 = rte_rib_create(name4, SOCKET_ID_ANY, &conf4);
	table->rib6 = rte_rib6_create(name6, SOCKET_ID_ANY, &conf6);
	if (table->rib4 != NULL && table->rib6 != NULL)
		return 0;
	route_table_fini(table);
	return -ENOMEM;
}

void
route_table_fini(struct route_table *table)
{
	rte_rib_free(table->rib4);
	rte_rib6_free(table->rib6);
	table->rib4 = NULL;
	table->rib6 = NULL;
}

static struct route *
route_slot(struct route_table *table)
{
	for (size_t i = 0; i < ROUTES_MAX; i++)
		if (table->routes[i].link == NULL)
			return &table->routes[i];
	return NULL;
}

static struct rte_rib_node *
exact4(const struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len)
{
	return rte_rib_lookup_exact(table->rib4, ipv4_host_order(prefix), prefix_len);
}

static struct rte_rib6_node *
exact6(const struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len)
{
	return rte_rib6_lookup_exact(table->rib6, prefix->bytes, prefix_len);
}

/* Enter prefix -> index in the RIB of its family. */
static int
rib_insert(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	uint64_t index)
{
	if (prefix->family == PROTO_IPV4) {
		if (exact4(table, prefix, prefix_len) != NULL)
			return -EEXIST;
		struct rte_rib_node *node =
			rte_rib_insert(table->rib4, ipv4_host_order(prefix), prefix_len);

		return node != NULL ? rte_rib_set_nh(node, index) : -ENOMEM;
	}
	if (exact6(table, prefix, prefix_len) != NULL)
		return -EEXIST;
	struct rte_rib6_node *node = rte_rib6_insert(table->rib6, prefix->bytes, prefix_len);

	return node != NULL ? rte_rib6_set_nh(node, index) : -ENOMEM;
}

int
route_add(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	struct proto_link *link, const struct proto_addr *gateway)
{
	struct route *route = route_slot(table);

	if (prefix_len > prefix_len_max(prefix))
		return -EINVAL;
	if (route == NULL)
		return -ENOMEM;
	int ret = rib_insert(table, prefix, prefix_len, (uint64_t)(route - table->routes));

	if (ret != 0)
		return ret;
	route->link = link;
	route->gateway = gateway != NULL ? *gateway : (struct proto_addr){0};
	return 0;
}

int
route_del(struct route_table *table, const struct proto_addr *prefix, uint8_t prefix_len,
	const struct proto_link *link)
{
	uint64_t index;

	if (prefix_len > prefix_len_max(prefix))
		return -ENOENT;
	if (prefix->family == PROTO_IPV4) {
		struct rte_rib_node *node = exact4(table, prefix, prefix_len);

		if (node == NULL || rte_rib_get_nh(node, &index) != 0 ||
			table->routes[index].link != link)
			return -ENOENT;
		rte_rib_remove(table->rib4, ipv4_host_order(prefix), prefix_len);
	} else {
		struct rte_rib6_node *node = exact6(table, prefix, prefix_len);

		if (node == NULL || rte_rib6_get_nh(node, &index) != 0 ||
			table->routes[index].link != link)
			return -ENOENT;
		rte_rib6_remove(table->rib6, prefix->bytes, prefix_len);
	}
	table->routes[index].link = NULL;
	return 0;
}

const struct route *
route_find(const struct route_table *table, const struct proto_addr *dst)
{
	uint64_t index;

	if (dst->family == PROTO_IPV4) {
		struct rte_rib_node *node = rte_rib_lookup(table->rib4, ipv4_host_order(dst));

		if (node == NULL || rte_rib_get_nh(node, &index) != 0)
			return NULL;
	} else {
		struct rte_rib6_node *node = rte_rib6_lookup(table->rib6, dst->bytes);

		if (node == NULL || rte_rib6_get_nh(node, &index) != 0)
			return NULL;
	}
	return &table->routes[index];
}
