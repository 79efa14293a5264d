/* SPDX-License-Identifier: BSD-3-Clause */
#include "neigh.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_hash.h>
#include <rte_jhash.h>

#include "../proto.h"

struct neigh_key {
	struct proto_addr addr;
	uint8_t reserved;
	uint16_t link_index;
};

static struct neigh_key
key_of(uint16_t link_index, const struct proto_addr *addr)
{
	struct neigh_key key;

	memset(&key, 0, sizeof(key)); /* the hash reads padding too */
	key.addr = *addr;
	key.link_index = link_index;
	return key;
}

int
neigh_table_init(struct neigh_table *table, const char *name, uint32_t seed)
{
	char hash_name[PROTO_NAME_MAX + sizeof("neigh.")];
	struct rte_hash_parameters params = {
		.name = hash_name,
		.entries = NEIGHS_MAX,
		.key_len = sizeof(struct neigh_key),
		.hash_func = rte_jhash,
		.hash_func_init_val = seed,
		.socket_id = SOCKET_ID_ANY,
	};

	(void)snprintf(hash_name, sizeof(hash_name), "neigh.%s", name);
	table->hash = rte_hash_create(&params);
	return table->hash != NULL ? 0 : -ENOMEM;
}

void
neigh_table_fini(struct neigh_table *table)
{
	rte_hash_free(table->hash);
	table->hash = NULL;
}

int
neigh_add(struct neigh_table *table, uint16_t link_index, const struct proto_addr *addr,
	const struct rte_ether_addr *mac)
{
	struct neigh_key key = key_of(link_index, addr);
	int32_t index = rte_hash_add_key(table->hash, &key);

	if (index < 0)
		return -ENOSPC;
	if (index >= NEIGHS_MAX) { /* the hash keeps a few slots more than it was asked for */
		rte_hash_del_key(table->hash, &key);
		return -ENOSPC;
	}
	table->mac[index] = *mac;
	return 0;
}

int
neigh_del(struct neigh_table *table, uint16_t link_index, const struct proto_addr *addr)
{
	struct neigh_key key = key_of(link_index, addr);

	return rte_hash_del_key(table->hash, &key) >= 0 ? 0 : -ENOENT;
}

static void
multicast_mac(const struct proto_addr *addr, struct rte_ether_addr *mac)
{
	if (addr->family == PROTO_IPV4) {
		*mac = (struct rte_ether_addr){
			{0x01, 0x00, 0x5e, addr->bytes[1] & 0x7f, addr->bytes[2], addr->bytes[3]}};
		return;
	}
	*mac = (struct rte_ether_addr){
		{0x33, 0x33, addr->bytes[12], addr->bytes[13], addr->bytes[14], addr->bytes[15]}};
}

/* 255.255.255.255 (RFC 919) */
static bool
is_limited_broadcast(const struct proto_addr *addr)
{
	static const uint8_t all_ones[4] = {0xff, 0xff, 0xff, 0xff};

	return addr->family == PROTO_IPV4 && memcmp(addr->bytes, all_ones, sizeof(all_ones)) == 0;
}

int
neigh_find(const struct neigh_table *table, uint16_t link_index, const struct proto_addr *addr,
	struct rte_ether_addr *mac)
{
	struct neigh_key key = key_of(link_index, addr);

	if (is_limited_broadcast(addr)) {
		memset(mac, 0xff, sizeof(*mac));
		return 0;
	}
	if (proto_addr_is_multicast(addr)) {
		multicast_mac(addr, mac);
		return 0;
	}
	int32_t index = rte_hash_lookup(table->hash, &key);

	if (index < 0)
		return -ENOENT;
	*mac = table->mac[index];
	return 0;
}
