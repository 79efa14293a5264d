/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_BINDS_H
#define HARNESS_BINDS_H

/* Endpoints and datagrams as the endpoint table sees them. An endpoint is a number: it is never
 * looked into. Address 0 is any. Ports are given in host byte order.
 */

#include <string.h>

#include <rte_byteorder.h>

#include "demux.h"

#define BIND_LOCAL_PORT	 4000
#define BIND_REMOTE_PORT 53

static inline struct proto_endpoint *
bind_ep(uintptr_t n)
{
	return (struct proto_endpoint *)(n << DEMUX_WORKER_BITS);
}

static inline uintptr_t
bind_number(demux_owner owner)
{
	return (uintptr_t)demux_endpoint(owner) >> DEMUX_WORKER_BITS;
}

/* 10.0.0.0 + n, or 2001:db8::n; n = 0: all zeros. */
static inline void
bind_addr(uint8_t bytes[16], uint8_t family, uint32_t n)
{
	rte_be32_t be = rte_cpu_to_be_32(family == PROTO_IPV4 ? 0x0a000000 + n : n);

	memset(bytes, 0, 16);
	if (n == 0)
		return;
	if (family == PROTO_IPV6)
		memcpy(bytes, "\x20\x01\x0d\xb8", 4);
	memcpy(family == PROTO_IPV4 ? bytes : bytes + 12, &be, sizeof(be));
}

/* An IPv4 datagram; as a bind's key: a connected endpoint. */
static inline struct demux_key
bind_key(uint32_t local, uint16_t local_port, uint32_t remote, uint16_t remote_port, uint32_t zone)
{
	struct demux_key key;

	memset(&key, 0, sizeof(key));
	bind_addr(key.local, PROTO_IPV4, local);
	bind_addr(key.remote, PROTO_IPV4, remote);
	key.local_port = rte_cpu_to_be_16(local_port);
	key.remote_port = rte_cpu_to_be_16(remote_port);
	key.zone = zone;
	key.family = PROTO_IPV4;
	return key;
}

static inline struct demux_bind
bind_connected(uintptr_t ep, const struct demux_key *key)
{
	return (struct demux_bind){.ep = bind_ep(ep), .key = *key};
}

static inline struct demux_bind
bind_bound(uintptr_t ep, uint32_t local, uint16_t port, uint32_t zone)
{
	return (struct demux_bind){.ep = bind_ep(ep), .key = bind_key(local, port, 0, 0, zone)};
}

static inline demux_owner
bind_lookup(const struct demux *demux, const struct demux_key *key)
{
	demux_owner owner = ~(demux_owner)0;

	demux_lookup(demux, &key, 1, &owner);
	return owner;
}

#endif /* HARNESS_BINDS_H */
