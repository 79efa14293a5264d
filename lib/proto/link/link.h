/* SPDX-License-Identifier: BSD-3-Clause */
/* A link: one port as the stack has it. */
#ifndef PROTO_LINK_LINK_H
#define PROTO_LINK_LINK_H

#include "../proto_link.h"

/* Bytes before a frame's client bytes: every header fits, and those bytes begin a cache line. */
#define LINK_HEADROOM 128

struct drop_tap;

struct proto_link {
	struct proto *stack;
	const struct drop_tap *tap; /* the stack's */
	uint16_t index;		    /* in the stack */
	bool started;
	struct proto_link_conf conf; /* defaults filled in */
	struct proto_port_info port;
	uint64_t offloads; /* asked of the port */
	uint16_t n_rx_queues;
	bool is_loop; /* the stack's own: frames to addresses of ours */
};

/* Look at a port and make a link of it. Returns 0 or negative errno. */
int link_create(
	const struct proto_link_conf *conf, struct proto_link **link, struct pktpool_why *why);

/*
 * Set the port up with a tx queue for each worker, and as many rx queues as there are pools and the
 * port has. Returns 0 or negative errno.
 */
int link_setup(struct proto_link *link, uint16_t n_workers, struct rte_mempool *const *rx_pools,
	bool rx_intr, struct pktpool_why *why);

/* Have the port let go of its queues and their mbufs. The link is stopped. */
void link_release(struct proto_link *link);

/* Forget a link that is stopped. */
void link_destroy(struct proto_link *link);

/* Bytes behind the header room that a packet of this link needs. */
uint16_t link_frame_room(const struct proto_link *link);

/* Is every frame one segment: the port takes no more, or was asked for FAST_FREE? */
bool link_one_segment(const struct proto_link *link);

#endif
