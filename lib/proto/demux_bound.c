/* SPDX-License-Identifier: BSD-3-Clause */
#include "demux_bound.h"

#include <errno.h>
#include <string.h>

#include <rte_branch_prediction.h>

#include "net/zone.h"
#include "pktpool_mem.h"

#define BOUND_TAG "DMUX"

#define RANK_ANY_LINK  1
#define RANK_ANY_LOCAL 2

static const struct bound_entry *
first_of(const struct bound_table *table, uint16_t port)
{
	return atomic_load_explicit(&table->ports[port], memory_order_acquire);
}

static const struct bound_entry *
next_of(const struct bound_entry *entry)
{
	return atomic_load_explicit(&entry->next, memory_order_acquire);
}

/* What a writer changes needs no order: it is the only one. */
static struct bound_entry *
linked(_Atomic(struct bound_entry *) *link)
{
	return atomic_load_explicit(link, memory_order_relaxed);
}

static void
entry_fill(struct bound_entry *entry, const struct demux_bind *bind)
{
	memset(entry, 0, sizeof(*entry));
	entry->owner = (uintptr_t)bind->ep | bind->worker;
	memcpy(entry->local, bind->key.local, sizeof(entry->local));
	entry->local_mask = (entry->local[0] | entry->local[1]) != 0 ? UINT64_MAX : 0;
	entry->zone_mask = bind->any_link ? zone_tags(UINT32_MAX) : UINT32_MAX;
	entry->zone = bind->key.zone & entry->zone_mask;
	entry->port = bind->key.local_port;
	entry->family = bind->key.family;
	entry->rank = (uint8_t)((entry->local_mask == 0 ? RANK_ANY_LOCAL : 0) +
				(bind->any_link ? RANK_ANY_LINK : 0));
	entry->share = bind->share;
	entry->alone4 = bind->key.family == PROTO_IPV4 && !bind->share;
}

/* Are both on the same address, family and zone, each as specific as the other? */
static bool
is_same(const struct bound_entry *a, const struct bound_entry *b)
{
	return a->rank == b->rank && a->family == b->family && a->zone == b->zone &&
	       a->local[0] == b->local[0] && a->local[1] == b->local[1];
}

/* Is there a datagram that both match? */
static bool
overlap(const struct bound_entry *a, const struct bound_entry *b)
{
	uint64_t local = (a->local[0] ^ b->local[0]) | (a->local[1] ^ b->local[1]);

	return a->family == b->family && (local & a->local_mask & b->local_mask) == 0 &&
	       ((a->zone ^ b->zone) & a->zone_mask & b->zone_mask) == 0;
}

static bool
matches(const struct bound_entry *entry, const struct demux_key *key)
{
	uint64_t local[2];

	memcpy(local, key->local, sizeof(local));
	return (((local[0] ^ entry->local[0]) | (local[1] ^ entry->local[1])) &
		       entry->local_mask) == 0 &&
	       ((key->zone ^ entry->zone) & entry->zone_mask) == 0 && key->family == entry->family;
}

/* Free what no reader can have any more. */
static void
reclaim(struct bound_table *table, bool all)
{
	while (table->dead != NULL) {
		struct bound_entry *entry = table->dead;

		if (!all && table->qsbr != NULL &&
			rte_rcu_qsbr_check(table->qsbr, entry->token, false) == 0)
			return;
		table->dead = entry->dead_next;
		if (table->dead == NULL)
			table->dead_end = &table->dead;
		(void)pktpool_mem_free(entry);
	}
}

struct bound_table *
bound_create(struct rte_rcu_qsbr *qsbr, uint64_t seed, int socket)
{
	struct bound_table *table = pktpool_mem_alloc(BOUND_TAG, sizeof(*table), 0, socket, NULL);

	if (table == NULL)
		return NULL;
	for (unsigned i = 0; i < BOUND_PORTS; i++)
		atomic_init(&table->ports[i], NULL);
	for (unsigned i = 0; i < RTE_DIM(table->secret.m); i++)
		table->secret.m[i] = demux_random(&seed);
	table->rng = seed;
	table->qsbr = qsbr;
	table->socket = socket;
	table->dead_end = &table->dead;
	return table;
}

void
bound_destroy(struct bound_table *table)
{
	if (table == NULL)
		return;
	reclaim(table, true);
	for (unsigned i = 0; i < BOUND_PORTS; i++) {
		struct bound_entry *entry = linked(&table->ports[i]);

		while (entry != NULL) {
			struct bound_entry *next = linked(&entry->next);

			(void)pktpool_mem_free(entry);
			entry = next;
		}
	}
	(void)pktpool_mem_free(table);
}

int
bound_add(struct bound_table *table, const struct demux_bind *bind)
{
	_Atomic(struct bound_entry *) *link = &table->ports[bind->key.local_port];
	struct bound_entry want, *entry;

	reclaim(table, false);
	entry_fill(&want, bind);
	for (; (entry = linked(link)) != NULL && entry->rank <= want.rank; link = &entry->next) {
		if (is_same(entry, &want) && !(entry->share && want.share))
			return -EADDRINUSE;
	}
	entry = pktpool_mem_alloc(BOUND_TAG, sizeof(*entry), 0, table->socket, NULL);
	if (entry == NULL)
		return -ENOMEM;
	entry_fill(entry, bind);
	entry->draw = demux_random(&table->rng);
	atomic_init(&entry->next, linked(link));
	/* Behind it lies all that was written above. */
	atomic_store_explicit(link, entry, memory_order_release);
	return 0;
}

bool
bound_del(struct bound_table *table, const struct demux_bind *bind)
{
	_Atomic(struct bound_entry *) *link = &table->ports[bind->key.local_port];
	struct bound_entry want, *entry;

	entry_fill(&want, bind);
	while ((entry = linked(link)) != NULL &&
		!(is_same(entry, &want) && entry->owner == want.owner))
		link = &entry->next;
	if (entry == NULL)
		return false;
	/* Who stands on the entry goes on from it: its own link stays as it is. */
	atomic_store_explicit(link, linked(&entry->next), memory_order_release);
	if (table->qsbr != NULL)
		entry->token = rte_rcu_qsbr_start(table->qsbr);
	entry->dead_next = NULL;
	*table->dead_end = entry;
	table->dead_end = &entry->dead_next;
	reclaim(table, false);
	return true;
}

bool
bound_overlaps(const struct bound_table *table, const struct demux_bind *bind)
{
	struct bound_entry want;

	entry_fill(&want, bind);
	for (const struct bound_entry *entry = first_of(table, want.port); entry != NULL;
		entry = next_of(entry)) {
		if (overlap(entry, &want))
			return true;
	}
	return false;
}

/*
 * Which of a group gets this peer's datagrams: each member draws a number from the peer's hash and
 * a random number of its own, the highest has it (rendezvous hashing). So a member that comes or
 * goes moves only the peers that it gets or had.
 */
static demux_owner
group_member(const struct bound_table *table, const struct bound_entry *first,
	const struct demux_key *key)
{
	uint64_t peer = demux_hash_peer(&table->secret, key);
	demux_owner owner = first->owner;
	uint64_t most = 0;

	for (const struct bound_entry *entry = first; entry != NULL && entry->rank == first->rank;
		entry = next_of(entry)) {
		uint64_t drawn = demux_mix(peer ^ entry->draw);

		if (drawn >= most && matches(entry, key)) {
			most = drawn;
			owner = entry->owner;
		}
	}
	return owner;
}

static demux_owner
find(const struct bound_table *table, const struct demux_key *key)
{
	for (const struct bound_entry *entry = first_of(table, key->local_port); entry != NULL;
		entry = next_of(entry)) {
		if (matches(entry, key))
			return unlikely(entry->share) ? group_member(table, entry, key)
						      : entry->owner;
	}
	return 0;
}

void
bound_find(const struct bound_table *table, const struct demux_key *const keys[], unsigned n,
	demux_owner owners[])
{
	for (unsigned i = 0; i < n; i++) {
		if (owners[i] == 0)
			owners[i] = find(table, keys[i]);
	}
}

unsigned
bound_find_all(const struct bound_table *table, const struct demux_key *key, demux_owner owners[],
	unsigned n)
{
	unsigned found = 0;

	for (const struct bound_entry *entry = first_of(table, key->local_port);
		entry != NULL && found < n; entry = next_of(entry)) {
		if (matches(entry, key))
			owners[found++] = entry->owner;
	}
	return found;
}
