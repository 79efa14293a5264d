/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the stack itself sends: ARP, ICMP, neighbour discovery, group reports. It has descriptors
 * and records of its own, so that a client which has taken all of its own cannot keep a neighbour
 * from being asked for. A message that finds none is lost and counted, as the network may lose it.
 *
 * The worker's thread.
 */
#ifndef PROTO_TX_CONTROL_H
#define PROTO_TX_CONTROL_H

#include "../net/net.h"
#include "flow.h"

#define CONTROL_PACKETS 512 /* an echo reply of 64 KiB at an MTU of 576 takes 119 */
#define CONTROL_RECORDS 256
/* Frames of messages that may wait for neighbours: the rest is for those that need not. */
#define CONTROL_HELD 64

struct control {
	struct net *net;
	struct txq **txqs; /* the worker's, by link index */
	struct tx_share share;
	struct completion_target target;
	struct proto_counters counters; /* payloads of control, which no client counts */
	struct flow frame;		/* whole L3 packets */
	struct flow ip;			/* messages that may need fragments */
};

/* `share` has its pool, cksum and completions. */
void control_init(struct control *control, struct net *net, struct txq **txqs, uint16_t mtu);

/*
 * Send one L3 packet, or ARP message, given in pieces, in a frame of this zone to `dst`. Returns
 * whether it was staged.
 */
bool control_frame(struct control *control, uint32_t zone, const struct rte_ether_addr *dst,
	uint16_t ethertype, const struct iovec *iov, uint32_t iovcnt);

/* An IP message, as control_ip() sends it. */
struct control_ip {
	uint32_t zone;
	struct proto_addr src, dst;
	uint8_t proto;
	uint8_t ttl;
	uint8_t tos;
	const struct rte_ether_addr
		*mac; /* NULL: find the next hop; if it must be asked, wait for it */
	uint64_t now;
};

/*
 * Send an IP message, fragmented if it is longer than the path's MTU (unless `proto` says otherwise
 * nothing is computed: the message has its checksum). Returns whether it was staged or held.
 */
bool control_ip(struct control *control, const struct control_ip *ip, const struct iovec *iov,
	uint32_t iovcnt);

#endif
