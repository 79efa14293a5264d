/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The arguments of `chainburst recv` and `chainburst echo`: parsing and all checks that need no
 * file, port or EAL.
 */
#ifndef CLI_ARGS_RX_H
#define CLI_ARGS_RX_H

#include "args_net.h"

/* Most --join options. */
#define ARGS_JOIN_MAX 8

/* What stands where nothing was given: where `chainburst send` in its help sends to. */
#define ARGS_LISTEN_IPV4 "192.0.2.2"   /* RFC 5737 */
#define ARGS_LISTEN_IPV6 "2001:db8::2" /* RFC 3849 */
#define ARGS_LISTEN_PORT 9000

/* A capture whose frames are not counted beforehand has ended when it is silent for so long. */
#define ARGS_PCAP_IDLE_S 2

struct rx_args {
	struct net_args net;	  /* first, as args_net_options wants it */
	struct proto_addr listen; /* family 0: every address of ours */
	uint16_t listen_port;
	struct proto_addr join[ARGS_JOIN_MAX];
	unsigned n_join;
	const char *out;	       /* "-" is standard output; NULL: nowhere */
	uint64_t count, bytes;	       /* 0: no limit */
	uint32_t idle;		       /* seconds; 0: no limit */
	uint32_t max_held, rx_packets; /* frames; 0: the library's */
	bool promisc;
};

/*
 * Parse what stands behind "recv" or "echo". `argv` is reordered and lent to `args`. `eal`: EAL
 * arguments were given.
 *
 * Returns OPT_OK (with args->net.help nothing else has been checked), or OPT_BAD_VALUE or OPT_USAGE
 * with `err` filled.
 */
int args_recv(struct rx_args *args, int argc, char **argv, bool eal, struct opt_error *err);
int args_echo(struct rx_args *args, int argc, char **argv, bool eal, struct opt_error *err);

/* The help texts. */
void args_recv_help(FILE *out);
void args_echo_help(FILE *out);

#endif
