/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_RX_PORT_H
#define BENCH_RX_PORT_H

#include "proto.h"

#define RX_FRAME_LEN	64u /* Ethernet, without FCS */
#define RX_PORTS_A_PEER 62500u
#define RX_PORT_FIRST	1024u
#define RX_HOST_FIRST	16u /* 192.0.2.16 and following send */
#define RX_LOCAL_PORT	9u

/*
 * A net_null port that receives: each burst takes mbufs from the pool and writes a frame of 64
 * bytes into them, from peers[] in turn. Checksums are right: what varies in a sum is made up for
 * by the IP identification and by two words of payload, so making a frame costs a copy and five
 * stores, the same for whoever receives.
 */
struct rx_port {
	uint16_t port_id; /* of the net_null port beneath */
	struct rte_mempool *pool;
	const uint32_t *peers; /* whose turn it is: address = peer / RX_PORTS_A_PEER, port = rest */
	uint32_t n_peers, at;
	uint32_t left; /* frames that are still to come */
	uint8_t frame[RX_FRAME_LEN];
};

extern const struct proto_port_ops rx_port_ops;

/* The source of a peer's frames. */
uint8_t rx_peer_host(uint32_t peer);
uint16_t rx_peer_port(uint32_t peer);

/* Write the template: frames to `mac`. */
void rx_port_template(struct rx_port *port, const struct rte_ether_addr *mac);

/* As rte_eth_rx_burst(). */
uint16_t rx_port_burst(void *port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n);

#endif /* BENCH_RX_PORT_H */
