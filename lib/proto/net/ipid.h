/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Identifications of IPv4 datagrams (RFC 6864) and IPv6 fragments (RFC 8200 4.5).
 *
 * The double-hash generator of RFC 7739 5.3: one keyed hash of (source, destination, protocol)
 * gives an offset, a second one picks a counter. So each tuple counts up by itself, does not repeat
 * before its space is through, and what one destination sees tells nothing about another. Tuples
 * that share a counter skip values; they never repeat one.
 */
#ifndef PROTO_NET_IPID_H
#define PROTO_NET_IPID_H

#include <stdatomic.h>
#include <stdint.h>

#include "../proto_addr.h"

#define IPID_COUNTERS 8192 /* a power of two; 32 KiB */

struct ipid_table {
	uint64_t key[2];		      /* secret, from the stack's seed */
	_Atomic uint32_t next[IPID_COUNTERS]; /* shared by the workers */
};

/* What an endpoint keeps: its tuple's counter and offset. */
struct ipid {
	_Atomic uint32_t *next;
	uint32_t offset;
};

/* Seed a table: counters begin at values of their own. Control thread, before any use. */
void ipid_table_init(struct ipid_table *table, uint64_t seed);

/* Find the generator of a tuple. The table must outlive it. Any thread. */
void ipid_find(struct ipid_table *table, const struct proto_addr *src, const struct proto_addr *dst,
	uint8_t proto, struct ipid *id);

/* Take an identification for an IPv6 datagram: never 0. Any worker. */
static inline uint32_t
ipid_take32(const struct ipid *id)
{
	uint32_t value;

	do {
		value = id->offset + atomic_fetch_add_explicit(id->next, 1, memory_order_relaxed);
	} while (value == 0);
	return value;
}

/*
 * Take `n` (1..32767) consecutive 16-bit identifications for IPv4 datagrams, none of them 0.
 * Returns the first. Any worker.
 */
static inline uint16_t
ipid_take16(const struct ipid *id, uint32_t n)
{
	uint16_t first;

	do {
		first = (uint16_t)(id->offset +
				   atomic_fetch_add_explicit(id->next, n, memory_order_relaxed));
	} while (first == 0 || first + n > UINT16_MAX + 1u);
	return first;
}

#endif
