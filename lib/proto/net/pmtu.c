/* SPDX-License-Identifier: BSD-3-Clause */
#include "pmtu.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_hash.h>
#include <rte_jhash.h>

#include "../proto.h"

/* rte_jhash reads whole words: a key of 17 bytes is read to its 20th. */
struct pmtu_key {
	struct proto_addr dst;
	uint8_t reserved[3];
};

_Static_assert(sizeof(struct pmtu_key) == 20, "no padding: the hash reads that too");

static struct pmtu_key
key_of(const struct proto_addr *dst)
{
	return (struct pmtu_key){.dst = *dst};
}

int
pmtu_table_init(struct pmtu_table *table, const char *name, uint64_t seed, uint64_t hz)
{
	char hash_name[PROTO_NAME_MAX + sizeof("pmtu.")];
	struct rte_hash_parameters params = {
		.name = hash_name,
		.entries = PMTUS_MAX,
		.key_len = sizeof(struct pmtu_key),
		.hash_func = rte_jhash,
		.hash_func_init_val = (uint32_t)(seed ^ seed >> 32),
		.socket_id = SOCKET_ID_ANY,
		/* Else it is full before its last slot is used. */
		.extra_flag = RTE_HASH_EXTRA_FLAGS_EXT_TABLE,
	};

	memset(table, 0, sizeof(*table));
	table->age = PMTU_AGE_S * hz;
	table->next_due = UINT64_MAX;
	TAILQ_INIT(&table->ageing);
	(void)snprintf(hash_name, sizeof(hash_name), "pmtu.%s", name);
	table->hash = rte_hash_create(&params);
	return table->hash != NULL ? 0 : -ENOMEM;
}

void
pmtu_table_fini(struct pmtu_table *table)
{
	rte_hash_free(table->hash);
	table->hash = NULL;
}

uint16_t
pmtu_find(const struct pmtu_table *table, const struct proto_addr *dst, uint16_t link_mtu)
{
	struct pmtu_key key = key_of(dst);
	int32_t index = rte_hash_lookup(table->hash, &key);

	if (index < 0 || table->slots[index].mtu >= link_mtu)
		return link_mtu;
	return table->slots[index].mtu;
}

/* RFC 1191 7.1: what networks of the time took. Returns the next below, at least 68 (RFC 791). */
static uint16_t
plateau_below(uint16_t quoted_len)
{
	static const uint16_t plateaus[] = {
		65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68};

	for (size_t i = 0; i < RTE_DIM(plateaus); i++)
		if (plateaus[i] < quoted_len)
			return plateaus[i];
	return plateaus[RTE_DIM(plateaus) - 1];
}

/* What a router's message makes of the estimate; 0: nothing. */
static uint16_t
estimate(const struct proto_addr *dst, uint16_t mtu, uint16_t quoted_len)
{
	if (dst->family == PROTO_IPV6)
		return mtu < PMTU_MIN_IPV6 ? 0 : mtu; /* RFC 8201 4 */
	if (mtu == 0)
		mtu = plateau_below(quoted_len);
	return mtu < PMTU_MIN_IPV4 ? PMTU_MIN_IPV4 : mtu;
}

static void
next_due_set(struct pmtu_table *table)
{
	const struct pmtu *first = TAILQ_FIRST(&table->ageing);

	table->next_due = first != NULL ? first->expires : UINT64_MAX;
}

static void
forget_oldest(struct pmtu_table *table)
{
	struct pmtu *slot = TAILQ_FIRST(&table->ageing);
	struct pmtu_key key = key_of(&slot->dst);

	(void)rte_hash_del_key(table->hash, &key);
	TAILQ_REMOVE(&table->ageing, slot, order);
	table->n--;
}

/* The entry of this destination, in no list; a new one where there is none. NULL: no memory. */
static struct pmtu *
slot_take(struct pmtu_table *table, const struct proto_addr *dst)
{
	struct pmtu_key key = key_of(dst);
	int32_t index = rte_hash_lookup(table->hash, &key);

	if (index >= 0) {
		TAILQ_REMOVE(&table->ageing, &table->slots[index], order);
		return &table->slots[index];
	}
	if (table->n == PMTUS_MAX)
		forget_oldest(table);
	index = rte_hash_add_key(table->hash, &key);
	if (index < 0)
		return NULL;
	table->slots[index].dst = *dst;
	table->n++;
	return &table->slots[index];
}

bool
pmtu_lower(struct pmtu_table *table, const struct proto_addr *dst, uint16_t mtu,
	uint16_t quoted_len, uint16_t current, uint64_t now)
{
	uint16_t lower = estimate(dst, mtu, quoted_len);

	if (lower == 0 || lower >= pmtu_find(table, dst, current))
		return false;
	struct pmtu *slot = slot_take(table, dst);

	if (slot != NULL) {
		slot->mtu = lower;
		slot->expires = now + table->age;
		TAILQ_INSERT_TAIL(&table->ageing, slot, order);
	}
	next_due_set(table);
	return slot != NULL;
}

bool
pmtu_tick(struct pmtu_table *table, uint64_t now)
{
	uint32_t before = table->n;

	while (table->n > 0 && now >= table->next_due) {
		forget_oldest(table);
		next_due_set(table);
	}
	return table->n != before;
}
