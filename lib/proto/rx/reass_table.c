/* SPDX-License-Identifier: BSD-3-Clause */
#include "reass_table.h"

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
reass_table_init(struct reass *reass, uint64_t seed)
{
	for (unsigned i = 0; i < RTE_DIM(reass->hash_keys); i++)
		reass->hash_keys[i] = seed_next(&seed);
	for (uint32_t i = 1; i < reass->datagrams_max; i++)
		reass->entries[i].place[REASS_BY_FAMILY].newer = i + 1;
	reass->free = 1;
}

uint32_t
reass_source_of(const struct reass *reass, const struct reass_key *key)
{
	/* All that is no part of a source is the same for all. */
	struct reass_key source = {.zone = key->zone, .family = key->family};

	memcpy(source.src, key->src, 8); /* of IPv4, the last four are 0 */
	return reass_hash(reass, &source) & reass->source_mask;
}

static struct reass_list *
list_of(struct reass *reass, const struct reass_entry *entry, enum reass_order order)
{
	return order == REASS_BY_FAMILY ? &reass->by_family[reass_family(&entry->key)]
					: &reass->sources[entry->source].list;
}

static void
list_append(struct reass *reass, uint32_t index, enum reass_order order)
{
	struct reass_entry *entry = &reass->entries[index];
	struct reass_list *list = list_of(reass, entry, order);

	entry->place[order] = (struct reass_place){.older = list->newest};
	if (list->newest != 0)
		reass->entries[list->newest].place[order].newer = index;
	else
		list->oldest = index;
	list->newest = index;
}

static void
list_remove(struct reass *reass, uint32_t index, enum reass_order order)
{
	struct reass_entry *entry = &reass->entries[index];
	struct reass_list *list = list_of(reass, entry, order);
	struct reass_place place = entry->place[order];

	if (place.older != 0)
		reass->entries[place.older].place[order].newer = place.newer;
	else
		list->oldest = place.newer;
	if (place.newer != 0)
		reass->entries[place.newer].place[order].older = place.older;
	else
		list->newest = place.older;
}

/* The one that came first; 0 is none. */
static uint32_t
older_of(const struct reass *reass, uint32_t a, uint32_t b)
{
	if (a == 0 || b == 0)
		return a + b;
	return (int64_t)(reass->entries[b].since - reass->entries[a].since) < 0 ? b : a;
}

uint32_t
reass_oldest(const struct reass *reass)
{
	return older_of(reass, reass->by_family[0].oldest, reass->by_family[1].oldest);
}

/* A free slot of a bucket; REASS_SLOTS: there is none. */
static unsigned
free_slot(const struct reass_bucket *bucket)
{
	unsigned i = 0;

	while (i < REASS_SLOTS && bucket->sig[i] != 0)
		i++;
	return i;
}

uint32_t
reass_oldest_in_bucket(const struct reass *reass, uint32_t hash)
{
	const struct reass_bucket *home = reass_home(reass, hash);
	uint32_t oldest = 0;

	if (likely(free_slot(home) < REASS_SLOTS) ||
		free_slot(reass_neighbour(reass, hash)) < REASS_SLOTS)
		return 0;
	for (unsigned i = 0; i < REASS_SLOTS; i++)
		oldest = older_of(reass, oldest, home->entry[i]);
	return oldest;
}

static void
take_slot(struct reass *reass, uint32_t hash, uint32_t index)
{
	struct reass_bucket *home = reass_home(reass, hash), *bucket = home;
	unsigned i = free_slot(home);
	uint32_t away = 0;

	if (unlikely(i == REASS_SLOTS)) {
		bucket = reass_neighbour(reass, hash);
		i = free_slot(bucket);
		away = REASS_AWAY;
		home->n_away++;
	}
	bucket->sig[i] = reass_sig(hash);
	bucket->entry[i] = index;
	reass->entries[index].slot = (uint32_t)(bucket - reass->buckets) * REASS_SLOTS + i + away;
}

static void
give_slot(struct reass *reass, uint32_t slot)
{
	uint32_t bucket = (slot & ~REASS_AWAY) / REASS_SLOTS;

	reass->buckets[bucket].sig[slot % REASS_SLOTS] = 0;
	if (unlikely((slot & REASS_AWAY) != 0))
		reass->buckets[bucket ^ 1].n_away--;
}

uint32_t
reass_open(struct reass *reass, const struct reass_key *key, uint32_t hash, uint32_t source)
{
	uint32_t index = reass->free;
	struct reass_entry *entry = &reass->entries[index];

	reass->free = entry->place[REASS_BY_FAMILY].newer;
	entry->key = *key;
	entry->source = source;
	take_slot(reass, hash, index);
	list_append(reass, index, REASS_BY_FAMILY);
	list_append(reass, index, REASS_BY_SOURCE);
	reass->n_datagrams++;
	reass->sources[source].n_datagrams++;
	return index;
}

void
reass_close(struct reass *reass, uint32_t index)
{
	struct reass_entry *entry = &reass->entries[index];

	list_remove(reass, index, REASS_BY_FAMILY);
	list_remove(reass, index, REASS_BY_SOURCE);
	give_slot(reass, entry->slot);
	reass->n_datagrams--;
	reass->sources[entry->source].n_datagrams--;
	entry->place[REASS_BY_FAMILY].newer = reass->free;
	reass->free = index;
	if (reass->last == index)
		reass->last = 0;
}
