/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The arguments that every command with a stack takes: port, addresses, neighbours, pools, output.
 * The struct of a command's arguments begins with struct net_args, and its table of options
 * includes args_net_options.
 */
#ifndef CLI_ARGS_NET_H
#define CLI_ARGS_NET_H

#include <stdbool.h>

#include <proto.h>

#include "opt.h"

#define ARGS_NEIGH_MAX 64 /* most --neigh options */
#define ARGS_ADDRS_MAX 8  /* most --addr options */

/* One --neigh. */
struct args_neigh {
	struct proto_addr addr;
	struct rte_ether_addr mac;
};

/* An address with the prefix that is on its link. */
struct args_prefix {
	struct proto_addr addr;
	uint8_t len; /* 0: the family's default */
};

struct net_args {
	struct args_prefix addrs[ARGS_ADDRS_MAX];
	unsigned n_addrs;
	struct proto_addr router; /* --gateway */
	struct args_neigh neigh[ARGS_NEIGH_MAX];
	unsigned n_neigh;
	const char *pcap; /* NULL: none */
	const char *vdev; /* NULL: none */
	uint16_t mtu;	  /* 0: the port's */
	uint16_t port;
	bool vlan;
	uint16_t vlan_tci;
	bool dad;
	uint64_t seed;			     /* 0: unpredictable */
	uint32_t packets, buffers, payloads; /* pool sizes; 0: the library's */
	bool json, quiet, verbose, help;
};

#define ARGS_NET_OPTIONS 14
extern const struct opt args_net_options[ARGS_NET_OPTIONS];

/* The setter of --addr, which fills addrs[]. */
int args_set_addr(const struct opt *opt, const char *text, void *target, struct opt_error *err);

/*
 * Read ADDR[/LEN][:PORT] of one host into `prefix` and `*port`, which stays as it was where there
 * is no port. Returns OPT_OK, or OPT_BAD_VALUE with `err` filled.
 */
int args_prefix_parse(const struct opt *opt, const char *text, struct args_prefix *prefix,
	uint16_t *port, struct opt_error *err);

/* Is it a MAC that one host can have: not a group's, not zero? Fills `mac`. */
bool args_mac_parse(const char *text, struct rte_ether_addr *mac);

/*
 * One port only. `eal`: EAL arguments were given; `device`: what stands there for --pcap.
 * Returns OPT_OK, or OPT_USAGE with `err` filled.
 */
int args_net_check(
	const struct net_args *args, bool eal, const char *device, struct opt_error *err);

#endif
