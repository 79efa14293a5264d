/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chainburst echo: each datagram goes back to its sender. The reply is made of the buffers that the
 * datagram came in, and these are given back when the reply has completed.
 */
#include "cmd.h"
#include "rx_run.h"

/* Most pieces of a datagram: fragments of 8 bytes. */
#define PIECES_MAX (65536 / 8)

/* Send one back. Returns whether it was taken. */
static bool
reply(struct proto_endpoint *ep, struct rte_mbuf *pkt)
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

static void
on_datagrams(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct rx_loop *loop = arg;

	for (unsigned i = 0; i < n; i++) {
		if (!rx_loop_take(loop, pkts[i]) || !reply(ep, pkts[i]))
			proto_return(ep, &pkts[i], 1); /* the report says how many were refused */
	}
}

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *pkt = done[i].ctx;

		proto_return(ep, &pkt, 1);
	}
}

static const struct rx_engine engine = {
	.name = "echo",
	.parse = args_echo,
	.help = args_echo_help,
	.recv = on_datagrams,
	.done = on_done,
};

static int
cmd_echo_run(const struct eal_args *eal, int argc, char **argv)
{
	return rx_run(&engine, eal, argc, argv);
}

const struct cmd cmd_echo = {
	.name = "echo",
	.help = "send UDP payloads back to where they came from",
	.run = cmd_echo_run,
};
