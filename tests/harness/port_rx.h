/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_PORT_RX_H
#define HARNESS_PORT_RX_H

/* A port_fault that also receives: what a test injects comes out of its rx queues. */

#include "port_fault.h"

#define PORT_RX_FRAMES 16384

struct port_rx {
	struct port_fault fault; /* the first: the same pointer is the port of port_fault_ops */
	struct rte_mempool *pools[PORT_FAULT_QUEUES];
	struct {
		struct rte_mbuf *frames[PORT_RX_FRAMES];
		uint32_t head;
		uint32_t tail;
	} rx[PORT_FAULT_QUEUES];
	uint16_t burst;	   /* frames that one rx_burst gives at most; 0: as asked */
	uint64_t ol_flags; /* RTE_MBUF_F_RX_*, of frames that are injected from now on */
	struct rte_ether_addr macs[128]; /* what set_groups() was given last */
	uint32_t n_macs;
	int groups_error; /* what set_groups() returns instead */
};

void port_rx_init(struct port_rx *port, uint16_t n_rx_queues);

/* The ops of such a port. */
const struct proto_port_ops *port_rx_ops(void);

/* A frame comes in on a queue, in `pieces` segments (at least 1, of at least one byte each). */
void port_rx_inject(struct port_rx *port, uint16_t queue, const void *bytes, uint32_t frame_len,
	uint32_t pieces);

/* The same in memory of exactly its length, so that ASan sees who reads behind the frame. */
void port_rx_inject_exact(
	struct port_rx *port, uint16_t queue, const void *bytes, uint32_t frame_len);

/* The mbuf that was put in last, and is not taken yet. */
struct rte_mbuf *port_rx_last(struct port_rx *port, uint16_t queue);

/* The same; false where the pool has no more buffers: the frame is missed, as a NIC misses it. */
bool port_rx_offer(struct port_rx *port, uint16_t queue, const void *bytes, uint32_t frame_len,
	uint32_t pieces);

#endif /* HARNESS_PORT_RX_H */
