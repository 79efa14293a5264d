/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The arguments of `chainburst send`: parsing and all checks that need no file, port or EAL.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include <stdbool.h>
#include <stdio.h>

#include <proto.h>

#include "args_net.h"

/* What stands where nothing was given; --help names them. */
#define ARGS_FROM_IPV4	     "192.0.2.1"   /* RFC 5737 */
#define ARGS_FROM_IPV6	     "2001:db8::1" /* RFC 3849 */
#define ARGS_FROM_PORT	     49152	   /* the first dynamic port, RFC 6335 */
#define ARGS_PAYLOAD_SEGMENT 61440u
#define ARGS_PCAP	     "chainburst.pcap"
#define ARGS_NEXT_HOP_MAC    "02:00:00:00:00:01" /* only where no peer can be: net_pcap, net_null */

struct send_args {
	struct net_args net; /* first, as args_net_options wants it */
	char *const *files;  /* into argv; "-" is standard input */
	unsigned n_files;
	struct proto_addr to;
	struct args_prefix from;
	uint16_t to_port, from_port;
	uint32_t payload; /* bytes of each payload but a file's last; 0: see args_payload_default()
			   */
	enum proto_cut cut;
	enum proto_data data;
	enum proto_df df;
	bool gateway; /* gateway_mac is set */
	struct rte_ether_addr gateway_mac;
	uint64_t rate; /* payload bits a second; 0: as fast as the port takes them */
	uint64_t repeat;
	uint8_t dscp, ttl; /* ttl 0: 64 */
	uint32_t flow_label;
	bool no_udp_cksum;
};

/*
 * Parse what stands behind "send". `argv` is reordered (files first) and lent to `args`.
 * `eal`: EAL arguments were given, so there is no embedded port to describe.
 *
 * Returns OPT_OK (with args->help nothing else has been checked), or OPT_BAD_VALUE or OPT_USAGE
 * with `err` filled.
 */
int args_send(struct send_args *args, int argc, char **argv, bool eal, struct opt_error *err);

/* The help text of `chainburst send`. */
void args_send_help(FILE *out);

/* The longest payload that a datagram to `args->to` can have. */
uint32_t args_payload_max(const struct send_args *args);

#endif
