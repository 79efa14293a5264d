/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_HOST_H
#define HARNESS_HOST_H

/*
 * What every rig has: one stack, with an IPv4 and an IPv6 network on each link and a static
 * neighbour in each. 192.0.2.1/24 and 2001:db8::1/64 are the first link's, .2 and ::2 the
 * neighbour's; a second link has 198.51.100 and 2001:db8:1 instead.
 */

#include "balance.h"

/* Where the neighbour is. */
extern const struct rte_ether_addr host_neighbour;

/* Once a process, before the first holdings are taken: the table of tags is made only once. */
void host_init(void);

#define HOST_LINKS 2

/* Create and start the stack, with so many links. */
struct proto *host_start(const struct proto_conf *conf, const struct proto_link_conf *link_confs,
	struct proto_link **links, unsigned int n_links);

/* Destroy it, and fail if the process does not hold what it held before. */
void host_end(struct proto *stack, const struct holdings *before);

#endif /* HARNESS_HOST_H */
