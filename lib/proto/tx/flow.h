/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A flow: what the transmit path knows of an endpoint, and the entry to that path.
 *
 * A payload's way down: send.c plans it (plan.c), takes what it needs (pools, records, room in the
 * txq), fills its frames (fill_copy.c or fill_map.c, headers from hdr.h) and commits them to the
 * txq, which bursts them to the port.
 */
#ifndef PROTO_TX_FLOW_H
#define PROTO_TX_FLOW_H

#include "../complete.h"
#include "../link/txq.h"
#include "fill.h"
#include "plan.h"

struct pktpool;
struct bufpool;

/* A worker's share of what sending takes. */
struct tx_share {
	struct pktpool *pktpool;
	struct bufpool *bufpool;
	struct rte_mbuf **bufs; /* room for the descriptors of one take: n_buffers */
	uint32_t n_packets;	/* the packet pool's limit */
	uint32_t n_buffers;	/* the buffer pool's */
	const struct cksum_ops *cksum;
	struct completions completions;
};

struct flow {
	struct tx_share *share;
	struct txq *txq;
	fill_fn fill_copy;
	fill_fn fill_map;
	struct plan_path path;
	bool may_map;
	bool refuse_fragments;	/* PROTO_DF_ALWAYS */
	bool memory_any;	/* the port reads by CPU: any memory may be mapped */
	uint32_t map_piece_min; /* pieces below this are not worth mapping, on average */
	uint32_t segs_max;	/* segments of a frame that the port takes */
	struct completion_target *target;
	uint32_t neigh; /* whom the frames wait for, while `txq` is a hold queue */
	struct fill_ctx fill_ctx;
};

/*
 * Lower path.payload_max to what the staging and the packet pool hold, so that a payload which is
 * refused for want of them can be sent later.
 */
void flow_bound(struct flow *flow);

/*
 * Send payloads of a flow whose headers are built: proto_send() of proto_endpoint.h. `reason`: why
 * it returned short. The worker's thread.
 */
uint16_t flow_send(struct flow *flow, const struct proto_payload *payloads, uint16_t n,
	enum proto_reason *reason);

/* Count a payload that was refused. */
void flow_refused(struct flow *flow, enum proto_reason reason);

#endif
