/* SPDX-License-Identifier: BSD-3-Clause */
/* chainburst recv: datagrams into a file. */
#include "cmd.h"
#include "rx_run.h"

static void
on_datagrams(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct rx_loop *loop = arg;
	struct opt_error err;

	for (unsigned i = 0; i < n && rx_loop_take(loop, pkts[i]); i++) {
		if (output_write(&loop->output, pkts[i], &err) < 0)
			rx_loop_fail(loop, err.text);
	}
	proto_return(ep, pkts, n);
}

static const struct rx_engine engine = {
	.name = "recv",
	.parse = args_recv,
	.help = args_recv_help,
	.recv = on_datagrams,
};

static int
cmd_recv_run(const struct eal_args *eal, int argc, char **argv)
{
	return rx_run(&engine, eal, argc, argv);
}

const struct cmd cmd_recv = {
	.name = "recv",
	.help = "receive UDP payloads into a file",
	.run = cmd_recv_run,
};
