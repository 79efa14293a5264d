/* SPDX-License-Identifier: BSD-3-Clause */
/* Listing routes: a walk over the trees in the FIBs. */
#include <string.h>

#include <rte_byteorder.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <rte_rib.h>
#include <rte_rib6.h>

#include "route.h"

/* What the entry at `index` says besides its prefix. */
static struct proto_route_info
info_of(const struct route_table *table, uint64_t index, uint8_t family, uint8_t prefix_len)
{
	const struct route *route = &table->routes[index];

	return (struct proto_route_info){
		.prefix.family = family,
		.prefix_len = prefix_len,
		.gateway = route->gateway,
		.link = route->link,
	};
}

static unsigned
node4_list(const struct route_table *table, const struct rte_rib_node *node,
	struct proto_route_info *info)
{
	uint8_t len;
	uint64_t index;
	uint32_t ip;

	if (node == NULL || rte_rib_get_ip(node, &ip) != 0 || rte_rib_get_depth(node, &len) != 0 ||
		rte_rib_get_nh(node, &index) != 0)
		return 0;
	*info = info_of(table, index, PROTO_IPV4, len);
	ip = rte_cpu_to_be_32(ip);
	memcpy(info->prefix.bytes, &ip, sizeof(ip));
	return 1;
}

static unsigned
node6_list(const struct route_table *table, const struct rte_rib6_node *node,
	struct proto_route_info *info)
{
	uint8_t ip[RTE_FIB6_IPV6_ADDR_SIZE], len;
	uint64_t index;

	if (node == NULL || rte_rib6_get_ip(node, ip) != 0 || rte_rib6_get_depth(node, &len) != 0 ||
		rte_rib6_get_nh(node, &index) != 0)
		return 0;
	*info = info_of(table, index, PROTO_IPV6, len);
	memcpy(info->prefix.bytes, ip, sizeof(ip));
	return 1;
}

/* A walk visits what is in a prefix, and not the prefix itself: the default route comes first. */
static unsigned
list4(const struct route_table *table, struct proto_route_info *infos, unsigned n)
{
	struct rte_rib *rib = rte_fib_get_rib(table->fib4);
	struct rte_rib_node *node = NULL;
	unsigned found = n != 0 ? node4_list(table, rte_rib_lookup_exact(rib, 0, 0), infos) : 0;

	while (found < n && (node = rte_rib_get_nxt(rib, 0, 0, node, RTE_RIB_GET_NXT_ALL)) != NULL)
		found += node4_list(table, node, &infos[found]);
	return found;
}

static unsigned
list6(const struct route_table *table, struct proto_route_info *infos, unsigned n)
{
	static const uint8_t any[RTE_FIB6_IPV6_ADDR_SIZE];
	struct rte_rib6 *rib = rte_fib6_get_rib(table->fib6);
	struct rte_rib6_node *node = NULL;
	unsigned found = n != 0 ? node6_list(table, rte_rib6_lookup_exact(rib, any, 0), infos) : 0;

	while (found < n &&
		(node = rte_rib6_get_nxt(rib, any, 0, node, RTE_RIB6_GET_NXT_ALL)) != NULL)
		found += node6_list(table, node, &infos[found]);
	return found;
}

unsigned
route_list(const struct route_table *table, struct proto_route_info *infos, unsigned n)
{
	unsigned found = list4(table, infos, n);

	return found + list6(table, &infos[found], n - found);
}
