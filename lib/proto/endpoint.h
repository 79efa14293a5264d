/* SPDX-License-Identifier: BSD-3-Clause */
/* An endpoint: a sink for what comes, and the way to its peer, or to the last of its peers. */
#ifndef PROTO_ENDPOINT_PRIVATE_H
#define PROTO_ENDPOINT_PRIVATE_H

#include "peer.h"
#include "proto_endpoint.h"
#include "rx/sink.h"

#define ENDPOINT_PEERS	8  /* whose way a bound endpoint remembers */
#define ENDPOINT_GROUPS 16 /* that one endpoint may join */

/* A group that an endpoint joined. */
struct endpoint_group {
	struct proto_addr addr; /* family 0: free */
	uint16_t link_index;
};

/* What only bound endpoints have. */
struct endpoint_bound {
	struct peer peers[ENDPOINT_PEERS]; /* by hash of the address */
	bool known[ENDPOINT_PEERS];	   /* is there one? */
	struct endpoint_group groups[ENDPOINT_GROUPS];
};

struct proto_endpoint {
	struct rx_sink sink; /* the first: a lookup's result is both */
	struct proto_worker *worker;
	struct completion_target target;
	struct peer *peer;	      /* connected, and PROTO_L2 */
	struct endpoint_bound *bound; /* bound */
	uint8_t refused;	      /* enum proto_reason of the last short proto_send() */
	uint8_t n_binds;
	struct demux_bind
		binds[2]; /* as it stands in the demultiplexer; both families of any address */
	struct proto_endpoint_conf conf;
	struct proto_endpoint *next, **prev; /* of the worker's */
};

_Static_assert(offsetof(struct proto_endpoint, sink) == 0, "owners are sinks");

/* Check a configuration by itself: 0, or -EINVAL with `why`. */
int endpoint_conf_check(const struct proto_endpoint_conf *conf, struct pktpool_why *why);

/* Has it no peer of its own? */
static inline bool
endpoint_is_bound(const struct proto_endpoint_conf *conf)
{
	return conf->kind == PROTO_UDP && conf->remote.family == 0;
}

/* The VLAN tags of its frames, as in zone.h. */
static inline uint32_t
endpoint_tags(const struct proto_endpoint_conf *conf)
{
	return ZONE_TAGS(
		conf->qinq ? conf->outer_tci & 0xfff : 0, conf->vlan ? conf->vlan_tci & 0xfff : 0);
}

/* Enter it in the demultiplexer (chooses a local port if there is none), or take it out. */
int endpoint_bind(struct proto_endpoint *ep, struct pktpool_why *why);
void endpoint_unbind(struct proto_endpoint *ep);

/* Leave every group. */
void endpoint_leave_all(struct proto_endpoint *ep);

/* Does it hear this group on this link? */
bool endpoint_hears(
	const struct proto_endpoint *ep, const struct proto_addr *group, uint16_t link_index);

#endif
