/* SPDX-License-Identifier: BSD-3-Clause */
/* What recv and echo have in common: all but what they do with a datagram. */
#ifndef CLI_RX_RUN_H
#define CLI_RX_RUN_H

#include "eal.h"
#include "rx_loop.h"

/* One of the two. Its functions get the struct rx_loop as `arg`. */
struct rx_engine {
	const char *name;
	int (*parse)(struct rx_args *args, int argc, char **argv, bool eal, struct opt_error *err);
	void (*help)(FILE *out);
	proto_recv_fn recv;
	proto_done_fn done; /* NULL: it sends nothing */
};

/* Run the command; argv[0] is its name. Returns the program's exit status. */
int rx_run(const struct rx_engine *engine, const struct eal_args *eal, int argc, char **argv);

#endif
