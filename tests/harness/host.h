/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_HOST_H
#define HARNESS_HOST_H

/*
 * What every rig has: one stack with one link, an IPv4 and an IPv6 network, a static neighbour on
 * each. 192.0.2.1/24 and 2001:db8::1/64 are the link's, .2 and ::2 the neighbour's.
 */

#include "balance.h"

/* Where the neighbour is. */
extern const struct rte_ether_addr host_neighbour;

/* Once a process, before the first holdings are taken: the table of tags is made only once. */
void host_init(void);

/* Create and start the stack. */
struct proto *host_start(const struct proto_conf *conf, const struct proto_link_conf *link_conf,
	struct proto_link **link);

/* Destroy it, and fail if the process does not hold what it held before. */
void host_end(struct proto *stack, const struct holdings *before);

#endif /* HARNESS_HOST_H */
