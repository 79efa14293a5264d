/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_LINK_END_H
#define BENCH_LINK_END_H

#include "proto.h"

#define LINK_END_NEAR 1u /* 192.0.2.1: the benchmark */
#define LINK_END_FAR  2u /* 192.0.2.2: its child */
#define LINK_END_PORT 7u

/*
 * One end of a link between two processes: a stack on a vdev of its own, with one worker, an
 * address in 192.0.2.0/24 and one UDP endpoint. Who has the other address is found by ARP.
 */
struct link_end {
	char vdev[32]; /* "net_memif0" */
	struct proto *proto;
	struct proto_link *link;
	struct proto_worker *worker;
	struct proto_endpoint *ep;
};

/* A link between the processes: the vdev at each end. */
struct link_kind {
	const char *name; /* "memif" */
	const char *near_driver, *far_driver;
	const char *near_args, *far_args; /* %s: where they meet, a socket */
};

/* By its name; NULL: none such. */
const struct link_kind *link_kind_find(const char *name);

/*
 * Make the end of @host (LINK_END_NEAR or _FAR), meeting the other at @meet; @conf's addresses are
 * filled in: near is connected to far, far is bound. 0 or negative errno, which has been said.
 */
int link_end_make(struct link_end *end, const struct link_kind *kind, const char *meet,
	unsigned int host, struct proto_endpoint_conf *conf);

/* The stack goes, and the vdev with it. */
void link_end_free(struct link_end *end);

/* The child's main(): --peer LINK MEET WORK, with WORK "echo" or one of the sinks. */
int peer_main(int argc, char **argv);

#endif /* BENCH_LINK_END_H */
