/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chainburst echo: each datagram goes back to its sender. The reply is made of the buffers that the
 * datagram came in, and these are given back when the reply has completed.
 */
#include "cmd.h"
#include "echo_reply.h"
#include "rx_run.h"

static void
on_datagrams(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct rx_loop *loop = arg;

	for (unsigned i = 0; i < n; i++) {
		if (!rx_loop_take(loop, pkts[i]) || !echo_reply(ep, pkts[i]))
			proto_return(ep, &pkts[i], 1); /* the report says how many were refused */
	}
}

static const struct rx_engine engine = {
	.name = "echo",
	.parse = args_echo,
	.help = args_echo_help,
	.recv = on_datagrams,
	.done = echo_reply_done,
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
