/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A peer of an endpoint, and the way to it: a flow whose headers are built, found again whenever
 * routes, neighbours, addresses or path MTUs have changed.
 */
#ifndef PROTO_PEER_H
#define PROTO_PEER_H

#include "net/net.h"
#include "tx/flow.h"

struct proto_worker;

struct peer {
	struct flow flow;
	struct proto_worker *worker;
	struct proto_link *link;
	struct proto_peer to; /* as the client named it; local filled in */
	uint32_t net_gen;     /* of the net when the headers were built */
	neigh_id neigh;
	uint8_t unresolved; /* enum proto_reason that resolving ended with */
	bool waits;	    /* resolved but for the neighbour, which is being asked */
	bool bound_link;    /* the client named the link */
};

/*
 * Make the way to `to` for an endpoint's configuration (its own remote fields are not looked at).
 * Returns 0, or negative errno with `why`, and the peer is not to be used.
 */
int peer_init(struct peer *peer, struct proto_worker *worker,
	const struct proto_endpoint_conf *conf, const struct proto_peer *to,
	struct completion_target *target, struct pktpool_why *why);

/* Find the way again if anything has changed. Then peer->unresolved says whether there is one. */
void peer_refresh(struct peer *peer, const struct proto_endpoint_conf *conf);

#endif
