/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_REPLY_H
#define HARNESS_REPLY_H

/* What the stack sends of its own on queue 0, read as somebody else would. */

#include "rxrig.h"

struct reply {
	struct rte_ether_addr dst;
	uint16_t ethertype; /* behind tags */
	uint16_t n_tags;
	const uint8_t *l3;
	uint32_t l3_len;
	uint8_t family;
	uint8_t proto;
	uint8_t ttl;
	const uint8_t *src_ip, *dst_ip;
	const uint8_t *l4; /* behind extension headers */
	uint32_t l4_len;
};

/* The next frame: lengths and checksums must be right. Fails when there is none. */
void reply_next(struct rxrig *rig, struct reply *reply);

/*
 * The next frame is an ICMP error about `f`, which it quotes from the IP header on: as much as RFC
 * 1812 or RFC 4443 allow, and not what was behind the packet in the frame.
 */
void reply_error(
	struct rxrig *rig, const struct rxframe *f, uint8_t type, uint8_t code, uint32_t param);

/* Nothing has been sent that was not looked at. */
void reply_none(struct rxrig *rig);

/* Forget what has been sent. */
void reply_forget(struct rxrig *rig);

#endif /* HARNESS_REPLY_H */
