/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_FRAMES_H
#define HARNESS_FRAMES_H

/*
 * Reading frames as somebody else would: headers by DPDK's structs, checksums by DPDK's functions,
 * datagrams put together by offset. Nothing here uses the library's planner or header code.
 */

#include "port_fault.h"
#include "proto.h"

/* What frames have to look like. */
struct frames_want {
	struct proto_endpoint_conf conf; /* with its local address filled in */
	struct rte_ether_addr src;
	struct rte_ether_addr dst;
	uint16_t mtu; /* L3 bytes */
	bool offload; /* the port puts the UDP checksum of whole datagrams in */
};

/* A walk over the frames of a queue. */
struct frames {
	struct fault_queue *queue;
	uint32_t at; /* the next frame */
	uint64_t ids4[65536 / 64];
	uint32_t ids6[64]; /* the last ones */
	uint32_t n_ids6;
};

/* One UDP datagram, or the payload of one raw frame. */
struct datagram {
	uint8_t l4[65536];
	uint32_t len; /* of l4, with the UDP header */
	uint32_t n_frames;
	uint32_t id; /* IPv4, or a fragmented IPv6 */
	bool more;
	uint8_t ip[40];	    /* the first frame's IP header, without the fragment header */
	bool cksum_offload; /* the port had to put the checksum in */
};

void frames_init(struct frames *frames, struct fault_queue *queue);

/* Read the next datagram, and assert that each of its frames is right. */
void frames_datagram(struct frames *frames, const struct frames_want *want, struct datagram *d);

/* Read the next payload, and assert that it is these bytes. */
void frames_expect(struct frames *frames, const struct frames_want *want, const void *bytes,
	uint32_t payload_len);

/* Assert that two queues have logged the same bytes, frame by frame. */
void frames_equal(const struct fault_queue *a, const struct fault_queue *b);

#endif /* HARNESS_FRAMES_H */
