/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which endpoint a datagram is for. One table for all workers of a stack: read by every worker
 * without a lock, written (an endpoint is made or destroyed) under the net lock.
 *
 * Connected endpoints stand in an rte_hash by (zone, local, remote address and port); bound ones by
 * local port in an array of lists, the more specific local address first. What a lookup gives is an
 * owner: the endpoint and the worker whose thread alone may look inside it.
 *
 * With one worker nothing is made safe for readers beside the writer: then whoever writes is that
 * worker, or it is not running.
 *
 * PROTO_L2 endpoints are bound ones, too: see DEMUX_L2.
 *
 * Knows an endpoint by its address only, never looks into it.
 */
#ifndef PROTO_DEMUX_H
#define PROTO_DEMUX_H

#include <stdbool.h>
#include <stdint.h>

#include "proto_addr.h"

struct proto_endpoint;

/* What is compared: as the datagram has it, a frame of family `family` come in on `zone`. 48 bytes,
 * no padding, what is reserved is 0. Ports in network byte order. */
struct demux_key {
	uint8_t local[16]; /* IPv4 in the first four, the rest 0 */
	uint8_t remote[16];
	uint16_t local_port;
	uint16_t remote_port;
	uint32_t zone;
	uint8_t family;
	uint8_t reserved[7];
};

/* The family of PROTO_L2 endpoints: `local_port` is the ethertype (in network byte order), `remote`
 * the peer's Ethernet address, what else is an IP datagram's is 0. */
#define DEMUX_L2 2

/* An endpoint and its worker's index in the low 6 bits (endpoints are 64-byte aligned); 0: none. */
typedef uintptr_t demux_owner;

#define DEMUX_WORKER_BITS 6
#define DEMUX_LOOKUP_MAX  32 /* datagrams in one call */

static inline struct proto_endpoint *
demux_endpoint(demux_owner owner)
{
	return (struct proto_endpoint *)(owner & ~(((uintptr_t)1 << DEMUX_WORKER_BITS) - 1));
}

static inline unsigned
demux_worker(demux_owner owner)
{
	return (unsigned)(owner & (((uintptr_t)1 << DEMUX_WORKER_BITS) - 1));
}

struct demux;
struct bound_table;

struct demux_conf {
	const char *name;     /* unique in the process, at most 15 characters */
	uint32_t n_connected; /* connected endpoints at most */
	uint16_t n_workers;   /* 1..64 */
	uint64_t seed;	      /* keys the hashes: others must not choose collisions */
	int socket;
};

/* NULL: no memory, a name that is taken, or a number of workers that cannot be. */
struct demux *demux_create(const struct demux_conf *conf);

/* No worker may look up any more. NULL is fine. */
void demux_destroy(struct demux *demux);

/* How an endpoint is entered. */
struct demux_bind {
	struct proto_endpoint *ep;
	uint16_t worker;
	/* Connected (remote_port is not 0): all of it. Bound: local (all 0: any address),
	 * local_port, family, zone; remote and remote_port 0. The family is never 0. */
	struct demux_key key;
	bool any_link; /* bound: the link bits (zone >> 24) of `zone` do not count, the tags do */
	bool share; /* bound: several on the same address and port; datagrams spread by hash of the
		       remote address and port, so that one peer stays with one endpoint */
};

/*
 * Returns 0; -EADDRINUSE: the same address, port and zone are taken (and not both share); -ENOSPC:
 * the table is full; -ENOMEM. On refusal nothing has changed. What is more or less specific stands
 * beside it: any address and one address, any link and one link, bound and connected.
 */
int demux_add(struct demux *demux, const struct demux_bind *bind);

/* Take an endpoint out, with what it was put in with; if it is not there, nothing happens. Cannot
 * fail. Other workers may still find it until they have passed demux_quiescent(). */
void demux_del(struct demux *demux, const struct demux_bind *bind);

/*
 * Is this port free for a bind like this (its key.local_port is looked at)? For ephemeral ports,
 * hence stricter than demux_add(): no bound endpoint takes any datagram that this one would take,
 * not even one to share with; connected: the key is not taken; bound: nothing is connected from
 * this port. Under the net lock.
 */
bool demux_is_free(const struct demux *demux, const struct demux_bind *bind);

/*
 * Choose an ephemeral port (RFC 6056 3.3.1, random; 49152..65535, then the whole of 1024..65535)
 * for which demux_is_free(). `*rng` is the caller's generator state. Returns the port in network
 * byte order, or 0: none is free.
 */
uint16_t demux_ephemeral(const struct demux *demux, const struct demux_bind *bind, uint64_t *rng);

/*
 * Look up to DEMUX_LOOKUP_MAX datagrams up at once, connected first, then bound to the address,
 * then bound to any. Sets owners[i], 0 where there is none. For unicast; any worker, no lock.
 */
void demux_lookup(const struct demux *demux, const struct demux_key *const keys[], unsigned n,
	demux_owner owners[]);

/* All bound endpoints on this port that may take a multicast datagram, also all that share: their
 * local address is any or the group, their zone matches. The most specific first. Returns how many
 * (at most n). */
unsigned demux_lookup_all(
	const struct demux *demux, const struct demux_key *key, demux_owner owners[], unsigned n);

/*
 * A worker holds nothing it has looked up: between polls. `online`: it is going to look up again.
 * At first all are offline. A worker that is online and does not come by keeps what was deleted
 * from being used again, and the table may look full (-ENOSPC).
 */
void demux_worker_online(struct demux *demux, unsigned worker);
void demux_worker_offline(struct demux *demux, unsigned worker);
void demux_quiescent(struct demux *demux, unsigned worker);

/* The bound endpoints, if there are no others (see bound_only4()), else NULL. */
const struct bound_table *demux_only_bound(const struct demux *demux);

/* Connected endpoints and bound ones, together. Any thread. */
uint32_t demux_count(const struct demux *demux);

#endif
