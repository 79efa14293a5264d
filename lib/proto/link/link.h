/* SPDX-License-Identifier: BSD-3-Clause */
/* A link: one port as the stack has it. */
#ifndef PROTO_LINK_LINK_H
#define PROTO_LINK_LINK_H

#include "../proto_link.h"

#define LINK_ADDRS_MAX 16

/* Bytes before a frame's client bytes: every header fits, and those bytes begin a cache line. */
#define LINK_HEADROOM 128

struct proto_link {
	struct proto *stack;
	uint16_t index; /* in the stack */
	bool started;
	struct proto_link_conf conf; /* defaults filled in */
	struct proto_port_info port;
	uint64_t offloads; /* asked of the port */
	uint32_t n_addrs;
	struct proto_addr addrs[LINK_ADDRS_MAX];
};

/* Look at a port and make a link of it. Returns 0 or negative errno. */
int link_create(
	const struct proto_link_conf *conf, struct proto_link **link, struct pktpool_why *why);

/* Set the port up with a queue for each worker. Returns 0 or negative errno. */
int link_setup(struct proto_link *link, uint16_t n_queues, struct rte_mempool *rx_pool,
	struct pktpool_why *why);

/* Have the port let go of its queues and their mbufs. The link is stopped. */
void link_release(struct proto_link *link);

/* Forget a link that is stopped. */
void link_destroy(struct proto_link *link);

/* Bytes behind the header room that a packet of this link needs. */
uint16_t link_frame_room(const struct proto_link *link);

/* The link's own address of a family, the first that was added, or NULL. */
const struct proto_addr *link_addr(const struct proto_link *link, uint8_t family);

/* Is every frame one segment: the port takes no more, or was asked for FAST_FREE? */
bool link_one_segment(const struct proto_link *link);

#endif
