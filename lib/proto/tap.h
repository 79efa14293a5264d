/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where dropped frames can be looked at before they are freed: proto_drop_tap(). A packet says by
 * its mbuf's l2_len and l3_len how far in front of its data its frame begins; so does each fragment
 * of a datagram, behind the first.
 */
#ifndef PROTO_TAP_H
#define PROTO_TAP_H

#include <stddef.h>

#include <rte_branch_prediction.h>
#include <rte_mbuf.h>

#include "proto.h"

struct drop_tap {
	proto_drop_fn fn; /* NULL: nobody looks */
	void *arg;
};

/* Give the frames of a chain to the tap: the first begins `front` bytes in front of its data. */
void tap_chain(const struct drop_tap *tap, uint16_t link, const struct rte_mbuf *pkt,
	uint16_t front, enum proto_drop reason);

/* The same of one frame, in however many segments. */
void tap_frame(const struct drop_tap *tap, uint16_t link, const struct rte_mbuf *pkt,
	uint16_t front, enum proto_drop reason);

/* Is anybody looking? Stacks without one, as tests of parts have them, are NULL. */
static inline bool
tap_is_set(const struct drop_tap *tap)
{
	return unlikely(tap != NULL && tap->fn != NULL);
}

/* Bytes of Ethernet and IP headers in front of what the mbuf was noted for; 0: not known. */
static inline uint16_t
tap_headers(const struct rte_mbuf *pkt)
{
	return (uint16_t)(pkt->l2_len + pkt->l3_len);
}

/* What is behind a frame's first segment begins no frame, whatever an earlier life has left there.
 */
static inline void
tap_unmark(struct rte_mbuf *seg)
{
	for (; seg != NULL; seg = seg->next)
		seg->tx_offload = 0;
}

#endif
