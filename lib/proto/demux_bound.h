/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bound endpoints by local port: for each port a list, the more specific entries first. Readers
 * walk a list without a lock while one writer links entries in and out. An entry that was taken out
 * is freed by a later write, once every reader has been quiescent: a writer, which may be a reader
 * itself, never waits.
 */
#ifndef PROTO_DEMUX_BOUND_H
#define PROTO_DEMUX_BOUND_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_byteorder.h>
#include <rte_rcu_qsbr.h>

#include "demux.h"
#include "demux_hash.h"

_Static_assert(RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN, "words are loaded from bytes: x86-64 only");

#define BOUND_PORTS (UINT16_MAX + 1)

/* Its first cache line is what a lookup reads. Nothing but `next` changes while it is linked. */
struct bound_entry {
	_Atomic(struct bound_entry *) next; /* none is more specific than the one before it */
	demux_owner owner;
	uint64_t local[2];
	uint64_t local_mask; /* all bits: the address counts; 0: any address */
	uint32_t zone;
	uint32_t zone_mask; /* bits of the zone that count */
	uint16_t port;
	uint8_t family;
	uint8_t rank; /* 0: most specific; entries of a rank that match a datagram are one group */
	bool share;
	bool alone4;   /* of IPv4, and not to be shared: see bound_only4() */
	uint64_t draw; /* random, see group_member() */

	uint64_t token; /* taken out: readers have to pass this one */
	struct bound_entry *dead_next;
};

struct bound_table {
	_Atomic(struct bound_entry *) ports[BOUND_PORTS]; /* by port as in the frame */
	struct rte_rcu_qsbr *qsbr; /* NULL: no reader runs while a writer does */
	struct demux_secret secret;
	uint64_t rng; /* of bound_entry.draw */
	int socket;
	struct bound_entry *dead; /* taken out, not yet freed; the oldest first */
	struct bound_entry **dead_end;
};

/* NULL: no memory. The table does not own `qsbr`. */
struct bound_table *bound_create(struct rte_rcu_qsbr *qsbr, uint64_t seed, int socket);

/* No reader may be left. */
void bound_destroy(struct bound_table *table);

/* As demux_add(), demux_del(). bound_del() returns whether it was there. */
int bound_add(struct bound_table *table, const struct demux_bind *bind);
bool bound_del(struct bound_table *table, const struct demux_bind *bind);

/* Does any entry take datagrams that `bind`, bound or connected, would take too? */
bool bound_overlaps(const struct bound_table *table, const struct demux_bind *bind);

/* Set those of owners[] that are 0. */
void bound_find(const struct bound_table *table, const struct demux_key *const keys[], unsigned n,
	demux_owner owners[]);

/* As demux_lookup_all(). */
unsigned bound_find_all(const struct bound_table *table, const struct demux_key *key,
	demux_owner owners[], unsigned n);

/*
 * The owner of an IPv4 datagram (`dst`, `port` as in the frame) among bound endpoints, if the first
 * on that port is for it and for it alone; 0: bound_find() has to look.
 */
static inline demux_owner
bound_only4(const struct bound_table *table, rte_be32_t dst, rte_be16_t port, uint32_t zone)
{
	const struct bound_entry *entry =
		atomic_load_explicit(&table->ports[port], memory_order_acquire);

	if (entry == NULL || !entry->alone4)
		return 0;
	if (((dst ^ entry->local[0]) & entry->local_mask) != 0 ||
		((zone ^ entry->zone) & entry->zone_mask) != 0)
		return 0;
	return entry->owner;
}

#endif
