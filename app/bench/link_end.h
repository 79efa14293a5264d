/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_LINK_END_H
#define BENCH_LINK_END_H

#include "proto.h"

#define LINK_END_NEAR 1u /* 192.0.2.1: the benchmark */
#define LINK_END_FAR  2u /* 192.0.2.2: its child */

/* Ports of the far end. */
#define LINK_END_ECHO	   7u  /* each datagram goes back */
#define LINK_END_SINK	   9u  /* a stream (stream.h) ends here, and is looked at; */
#define LINK_END_SINK_FAST 10u /* or only counted */

/*
 * One end of a link between two processes: a stack on a vdev of its own, with one worker and an
 * address in 192.0.2.0/24. Who has the other address is found by ARP.
 */
struct link_end {
	char vdev[32]; /* "net_memif0" */
	unsigned int host;
	struct proto *proto;
	struct proto_link *link;
	struct proto_worker *worker;
};

/* A link between the processes: the vdev at each end. */
struct link_kind {
	const char *name; /* "memif" */
	const char *near_driver, *far_driver;
	const char *near_args, *far_args; /* %s: where they meet, a socket */
};

/* By its name; NULL: none such. */
const struct link_kind *link_kind_find(const char *name);

/* Make the end of @host, meeting the other at @meet. 0 or negative errno, which has been said. */
int link_end_make(
	struct link_end *end, const struct link_kind *kind, const char *meet, unsigned int host);

/*
 * An endpoint of it: near, connected to @port of the far end; far, bound to @port. @conf's
 * addresses are filled in. It goes with the end. 0 or negative errno, which has been said.
 */
int link_end_endpoint(struct link_end *end, uint16_t port, struct proto_endpoint_conf *conf,
	struct proto_endpoint **ep);

/* The stack goes, and the vdev with it. */
void link_end_free(struct link_end *end);

/* Make a vdev whose argument is where it meets the other. Its port id, or negative errno: said. */
int link_port_make(const char *vdev, const char *args_format, const char *meet);

/* A child's EAL. As rte_eal_init(). */
int link_peer_eal(void);

/* The child's main(): --peer LINK MEET. */
int peer_main(int argc, char **argv);

#endif /* BENCH_LINK_END_H */
