/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a session is made of: read from a YAML file (config.c), from flags, or from both (flags
 * win). Zero in a number takes the library's default.
 */
#ifndef SESSION_CONFIG_H
#define SESSION_CONFIG_H

#include <proto.h>

#include "../opt.h"

#define CONFIG_LINKS_MAX  PROTO_LINKS_MAX
#define CONFIG_NAME_MAX	  31
#define CONFIG_TEXT_MAX	  255
#define CONFIG_WORDS_MAX  64 /* EAL arguments */
#define CONFIG_ADDRS_MAX  PROTO_ADDRS_MAX
#define CONFIG_NEIGHS_MAX 64
#define CONFIG_ROUTES_MAX 64
#define CONFIG_SCRIPT_MAX 256

struct config_prefix {
	struct proto_addr addr;
	uint8_t len;
};

struct config_neigh {
	struct proto_addr addr;
	struct rte_ether_addr mac;
};

/* A port of the stack. */
struct config_link {
	char name[CONFIG_NAME_MAX + 1]; /* how commands call it; empty: "link0", ... */
	char port[CONFIG_TEXT_MAX + 1]; /* DPDK's name ("net_pcap0", "0000:01:00.0") or number */
	uint16_t mtu, n_rxd, n_txd;
	bool dad, slaac, promisc, no_offload;
	unsigned n_addrs, n_neighs;
	struct config_prefix addrs[CONFIG_ADDRS_MAX];
	struct config_neigh neighs[CONFIG_NEIGHS_MAX];
};

struct config_route {
	struct config_prefix prefix;
	struct proto_addr gateway; /* family 0: the prefix is on the link itself */
	char link[CONFIG_NAME_MAX + 1];
};

struct config {
	char file[CONFIG_TEXT_MAX + 1]; /* where it was read; empty: flags only */
	unsigned n_eal;
	char eal[CONFIG_WORDS_MAX][CONFIG_TEXT_MAX + 1]; /* words of the EAL's command line */
	char name[PROTO_NAME_MAX + 1];			 /* of the stack; empty: the library's */
	struct proto_conf stack; /* its `name` is NULL, or points to `name` above: no copies */
	unsigned n_links;
	struct config_link links[CONFIG_LINKS_MAX];
	unsigned n_routes;
	struct config_route routes[CONFIG_ROUTES_MAX];
	char engine[CONFIG_NAME_MAX + 1]; /* empty: none is set */
	unsigned n_script;
	char script[CONFIG_SCRIPT_MAX][CONFIG_TEXT_MAX + 1]; /* commands at start-up, in order */
};

/* Nothing but defaults. */
void config_init(struct config *config);

/*
 * Read a YAML file into `config`, after config_init(). Returns 0, or -1 with `err`
 * "FILE:LINE: KEY: what was expected": then `config` may be partly filled.
 */
int config_read(struct config *config, const char *path, struct opt_error *err);

/* The same of a text in memory; `name` stands for the file in errors. */
int config_read_memory(struct config *config, const char *name, const char *text, size_t len,
	struct opt_error *err);

#endif
