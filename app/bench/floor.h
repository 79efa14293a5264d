/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <rte_ether.h>
#include <rte_mbuf.h>

#include "bench.h"

/* The most frames a payload of the benchmark has. */
#define FLOOR_BURST_MAX 64u
#define FLOOR_HDR_LEN	42u /* Ethernet, IPv4, UDP */

/*
 * The hand-written loop: it allocates in bulk, writes a 42-byte header, copies or maps the bytes,
 * and bursts. It checks nothing, counts nothing, refuses nothing and promises no completion.
 */
struct floor {
	uint16_t port_id;
	uint16_t hdr_len;
	struct rte_mempool *packets; /* header and room */
	struct rte_mempool *buffers; /* descriptors for mapping */
	struct rte_mbuf_ext_shared_info shared[FLOOR_BURST_MAX];
	uint64_t mapped_done; /* payloads of which the last frame was freed */
	uint8_t header[FLOOR_HDR_LEN];
};

int floor_init(struct floor *fl);
int64_t floor_copy(void *arg, struct bench_data *data, unsigned int n);
int64_t floor_map(void *arg, struct bench_data *data, unsigned int n);

/*
 * rte_ipv4_fragment_packet: the payload as one UDP datagram (a header mbuf and one external
 * segment), cut at an MTU of 1500; then the IPv4 checksum and the Ethernet header of each fragment;
 * then the burst.
 */
struct ipfrag {
	struct floor *floor;
	uint8_t header[28]; /* IPv4 and UDP */
	struct rte_ether_hdr eth;
	struct rte_mbuf_ext_shared_info shared;
	bool udp_cksum; /* of the whole datagram, in software: what a receiver can check */
};

void ipfrag_init(struct ipfrag *frag, struct floor *fl, bool udp_cksum);
int64_t ipfrag_run(void *arg, struct bench_data *data, unsigned int n);

/* The groups by size, with this floor. 0 or negative errno. */
int bench_sweep(struct bench *bench, struct floor *floor);

#endif /* BENCH_FLOOR_H */
