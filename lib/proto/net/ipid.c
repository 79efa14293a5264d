/* SPDX-License-Identifier: BSD-3-Clause */
#include "ipid.h"

#include <string.h>

#include <rte_common.h>
#include <rte_jhash.h>

/* splitmix64: spreads a seed over as many words as are asked for. */
static uint64_t
seed_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void
ipid_table_init(struct ipid_table *table, uint64_t seed)
{
	table->key[0] = seed_next(&seed);
	table->key[1] = seed_next(&seed);
	for (size_t i = 0; i < IPID_COUNTERS; i++)
		atomic_init(&table->next[i], (uint32_t)seed_next(&seed));
}

void
ipid_find(struct ipid_table *table, const struct proto_addr *src, const struct proto_addr *dst,
	uint8_t proto, struct ipid *id)
{
	uint32_t words[11]; /* and no struct: the hash, inlined, reads nothing but words */
	uint32_t hash[2][2] = {{0}};

	memcpy(&words[2], src->bytes, sizeof(src->bytes));
	memcpy(&words[6], dst->bytes, sizeof(dst->bytes));
	words[10] = (uint32_t)src->family << 16 | (uint32_t)dst->family << 8 | proto;
	for (unsigned i = 0; i < 2; i++) {
		words[0] = (uint32_t)table->key[i];
		words[1] = (uint32_t)(table->key[i] >> 32);
		rte_jhash_32b_2hashes(words, RTE_DIM(words), &hash[i][0], &hash[i][1]);
	}
	id->offset = hash[0][0];
	id->next = &table->next[hash[1][0] & (IPID_COUNTERS - 1)];
}
