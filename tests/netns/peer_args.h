/* SPDX-License-Identifier: BSD-3-Clause */
/* The peer's command line. */
#ifndef PEER_ARGS_H
#define PEER_ARGS_H

#include "peer.h"

#define MANY		 16
#define PEER_WORKERS_MAX 8

/* What the command line says; addresses wait for the link. */
struct asked {
	struct proto_conf stack;
	struct proto_link_conf link;
	struct proto_endpoint_conf ep;
	char *addrs[MANY], *routes[MANY], *groups[MANY];
	unsigned n_addrs, n_routes, n_groups;
	unsigned clock; /* how many times as fast as the TSC the peer's time goes */
	bool sink;
	bool run; /* the workers by themselves, each with an endpoint */
};

/* Read what follows EAL's arguments. Returns 0, or -1. */
int peer_parse(struct asked *a, int argc, char **argv);

/* "A/LEN", and "A/LEN=GATEWAY", for the link. They write into `text`. Return 0 or an error. */
int peer_add_addr(struct peer *peer, char *text);
int peer_add_route(struct peer *peer, char *text);

#endif
