/* SPDX-License-Identifier: BSD-3-Clause */
#include "echo_reply.h"

/* Most pieces of a datagram: fragments of 8 bytes. */
#define PIECES_MAX (65536 / 8)

bool
echo_reply(struct proto_endpoint *ep, struct rte_mbuf *pkt)
{
	struct iovec iov[PIECES_MAX];
	struct proto_payload payload = {.iov = iov, .ctx = pkt};
	struct proto_rx_info info;

	proto_rx_info(ep, pkt, &info);
	if (proto_addr_is_multicast(&info.peer.local))
		info.peer.local = (struct proto_addr){.family = 0}; /* a group sends nothing */
	for (struct rte_mbuf *seg = pkt; seg != NULL && payload.iovcnt < PIECES_MAX;
		seg = seg->next)
		iov[payload.iovcnt++] =
			(struct iovec){rte_pktmbuf_mtod(seg, void *), seg->data_len};
	return proto_send_to(ep, &info.peer, &payload, 1) == 1;
}

void
echo_reply_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *pkt = done[i].ctx;

		proto_return(ep, &pkt, 1);
	}
}
