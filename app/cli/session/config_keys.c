/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_keys.h"

#include <string.h>

#define STR_(x) #x
#define STR(x)	STR_(x)

#define POOL_MAX 16777216

/* Where a text, address or MAC goes; numbers have a width, too. */
#define AT(type, field) .offset = offsetof(struct type, field)

#define F(field)	OPT_FIELD(struct config, field)
#define LINK(field)	OPT_FIELD(struct config_link, field)
#define N_KEYS(table)	((unsigned)(sizeof(table) / sizeof((table)[0])))
#define SUB_KEYS(table) .keys = (table), .n_keys = N_KEYS(table)

/* A whole number of `lo` to `hi`, which are written as digits. */
#define NUMBER(key, field, lo, hi, text)                             \
	{                                                            \
		.opt = {                                             \
			.name = (key),                               \
			.set = opt_set_number,                       \
			field,                                       \
			.min = (lo),                                 \
			.max = (hi),                                 \
			.expect = "a number, " STR(lo) ".." STR(hi), \
			.help = (text),                              \
		},                                                   \
	}

static const char *const bool_names[] = {"false", "true", NULL};
static const char *const not_bool_names[] = {"true", "false", NULL}; /* of a field that says no */
static const char *const idle_names[] = {[PROTO_IDLE_SPIN] = "spin",
	[PROTO_IDLE_PAUSE] = "pause",
	[PROTO_IDLE_INTERRUPT] = "interrupt",
	NULL};

#define FLAG(key, field, names, text)              \
	{                                          \
		.opt = {                           \
			.name = (key),             \
			.set = opt_set_choice,     \
			field,                     \
			.choices = (names),        \
			.expect = "true or false", \
			.help = (text),            \
		},                                 \
	}

static const struct config_key pool_keys[] = {
	NUMBER("payloads", F(stack.n_payloads), 1, PROTO_PAYLOADS_MAX,
		"payloads on their way at once, each worker [1024]"),
	NUMBER("packets", F(stack.n_packets), 1, POOL_MAX,
		"packet descriptors (frames to send), each worker [8192]"),
	NUMBER("packets_overflow", F(stack.n_packets_overflow), 0, POOL_MAX,
		"more of them, used only when all are out [0]"),
	NUMBER("buffers", F(stack.n_buffers), 1, POOL_MAX,
		"descriptors over mapped memory, each worker [8192]"),
	NUMBER("rx_packets", F(stack.n_rx_packets), 1, POOL_MAX,
		"receive buffers besides those in the ports' rings, each worker [4096]"),
	NUMBER("cache", F(stack.cache), 0, 512, "descriptors that an lcore keeps at hand [chosen]"),
};

static const struct config_key reassembly_keys[] = {
	NUMBER("datagrams", F(stack.reass_datagrams), 1, POOL_MAX,
		"datagrams begun and not complete, each worker [1024]"),
	NUMBER("frames", F(stack.reass_frames), 1, POOL_MAX,
		"fragments held in all, each worker [half of rx_packets]"),
	NUMBER("share", F(stack.reass_share), 1, POOL_MAX,
		"fragments held from one source [a quarter of frames]"),
	NUMBER("timeout_ipv4", F(stack.reass_timeout_ipv4_s), 1, 3600,
		"seconds until an IPv4 datagram is given up (RFC 1122 3.3.2) [30]"),
	NUMBER("timeout_ipv6", F(stack.reass_timeout_ipv6_s), 1, 3600,
		"seconds until an IPv6 datagram is given up (RFC 8200 4.5) [60]"),
};

static const struct config_key neigh_keys[] = {
	{.required = true,
		.opt = {"address", .set = config_set_host, AT(config_neigh, addr),
			.expect = "an address of one host, as in 192.0.2.2 or 2001:db8::2",
			.help = "a neighbour that need not be asked for (ARP, ND)"}},
	{.required = true,
		.opt = {"mac", .set = config_set_mac, AT(config_neigh, mac),
			.expect = "the MAC of one station, as in 02:00:00:00:00:01",
			.help = "its Ethernet address"}},
};

static void *
neigh_add(void *target)
{
	struct config_link *link = target;

	return link->n_neighs < CONFIG_NEIGHS_MAX ? &link->neighs[link->n_neighs++] : NULL;
}

const struct config_key config_link_keys[] = {
	{.opt = {"name", .set = config_set_name, AT(config_link, name), .max = CONFIG_NAME_MAX,
		 .expect = "up to 31 letters, digits, '_', '-', '.', not digits alone",
		 .help = "what commands and routes call it [link0, link1, ...]"}},
	{.required = true,
		.opt = {"port", .set = config_set_port, AT(config_link, port),
			.max = CONFIG_TEXT_MAX,
			.expect = "the name or number of a DPDK port, as in net_pcap0, "
				  "0000:01:00.0 or 0",
			.help = "DPDK port: its name, PCI address or number"}},
	NUMBER("mtu", LINK(mtu), 68, 65535, "bytes of the largest IP packet [the port's]"),
	NUMBER("rx_descriptors", LINK(n_rxd), 1, 32768, "a receive queue's ring [the driver's]"),
	NUMBER("tx_descriptors", LINK(n_txd), 1, 32768, "a transmit queue's ring [the driver's]"),
	FLAG("dad", LINK(dad), bool_names,
		"ask first whether another station has the addresses (RFC 5227, 4862) [false]"),
	FLAG("slaac", LINK(slaac), bool_names,
		"take IPv6 addresses and routes from routers (RFC 4862) [false]"),
	FLAG("promiscuous", LINK(promisc), bool_names,
		"take frames to any Ethernet address as ours [false]"),
	FLAG("offload", LINK(no_offload), not_bool_names,
		"let the port do what it can, as checksums [true]"),
	{.kind = CONFIG_VALUES,
		.n_max = CONFIG_ADDRS_MAX,
		.opt = {"addresses", .set = config_add_address,
			.expect = "a host's ADDR/LEN, as in 192.0.2.1/24 or 2001:db8::1/64",
			.help = "our addresses, with the bits that are on the link"}},
	{.kind = CONFIG_MAPPINGS,
		.n_max = CONFIG_NEIGHS_MAX,
		SUB_KEYS(neigh_keys),
		.add = neigh_add,
		.opt = {"neighbours", .expect = "a list of address: and mac:",
			.help = "neighbours whose Ethernet address is set"}},
};
const unsigned config_n_link_keys = N_KEYS(config_link_keys);

static const struct config_key route_keys[] = {
	{.required = true,
		.opt = {"prefix", .set = config_set_prefix, AT(config_route, prefix),
			.expect = "ADDR/LEN without bits behind LEN, as in 198.51.100.0/24 or "
				  "::/0",
			.help = "where the route leads"}},
	{.opt = {"via", .set = config_set_host, AT(config_route, gateway),
		 .expect = "a router's address, as in 192.0.2.254 or fe80::1",
		 .help = "the router [none: the prefix is on the link itself]"}},
	{.opt = {"link", .set = config_set_name, AT(config_route, link), .max = CONFIG_NAME_MAX,
		 .expect = "the name of a link",
		 .help = "the link that it goes out of [the first]"}},
};

static void *
link_add(void *target)
{
	return config_link_append(target);
}

static void *
route_add(void *target)
{
	struct config *config = target;

	return config->n_routes < CONFIG_ROUTES_MAX ? &config->routes[config->n_routes++] : NULL;
}

const struct config_key config_keys[] = {
	{.kind = CONFIG_VALUES,
		.n_max = CONFIG_WORDS_MAX,
		.opt = {"eal", .set = config_add_eal, .max = CONFIG_TEXT_MAX,
			.expect = "one word of the EAL's command line an entry, as in --no-huge or "
				  "--vdev=net_null0",
			.help = "words of the EAL's command line"}},
	{.opt = {"name", .set = config_set_stack_name, .max = PROTO_NAME_MAX,
		 .expect = "1 to 15 letters, digits, '_', '-', '.'",
		 .help = "of the stack, in telemetry and in its pools' names [proto]"}},
	NUMBER("workers", F(stack.n_workers), 1, PROTO_WORKERS_MAX,
		"workers, each with a queue on every link [1]"),
	{.kind = CONFIG_MAPPING,
		SUB_KEYS(pool_keys),
		.opt = {"pools", .expect = "payloads:, packets: and so on below it",
			.help = "how many descriptors there are"}},
	NUMBER("endpoints", F(stack.n_endpoints), 1, 16777216, "connected UDP endpoints [1024]"),
	{.opt = {"seed", .set = config_set_seed, F(stack.seed), .max = UINT64_MAX - 1,
		 .expect = "a number, 0..18446744073709551614",
		 .help = "makes identifications and hashes repeatable [unpredictable]"}},
	NUMBER("icmp_rate", F(stack.icmp_rate), 1, 1000000,
		"ICMP errors a second, each worker [1000]"),
	{.opt = {"idle", .set = opt_set_choice, F(stack.idle), .choices = idle_names,
		 .expect = "spin, pause or interrupt",
		 .help = "what a worker without work does: poll on, pause, or sleep on interrupts "
			 "[spin]"}},
	{.kind = CONFIG_MAPPING,
		SUB_KEYS(reassembly_keys),
		.opt = {"reassembly", .expect = "datagrams:, frames: and so on below it",
			.help = "limits of putting fragments together"}},
	{.kind = CONFIG_MAPPINGS,
		.n_max = CONFIG_LINKS_MAX,
		SUB_KEYS(config_link_keys),
		.add = link_add,
		.opt = {"links", .expect = "a list of links, each with its port:",
			.help = "the ports of the stack"}},
	{.kind = CONFIG_MAPPINGS,
		.n_max = CONFIG_ROUTES_MAX,
		SUB_KEYS(route_keys),
		.add = route_add,
		.opt = {"routes", .expect = "a list of routes, each with its prefix:",
			.help = "how to reach what is on no link"}},
	{.opt = {"engine", .set = config_set_name, AT(config, engine), .max = CONFIG_NAME_MAX,
		 .expect = "the name of an engine, as in txonly",
		 .help = "what works on the links: as the command set fwd [none]"}},
	{.kind = CONFIG_VALUES,
		.n_max = CONFIG_SCRIPT_MAX,
		.opt = {"script", .set = config_add_command, .max = CONFIG_TEXT_MAX,
			.expect = "one command an entry, as in show port stats all",
			.help = "commands at start-up, in order"}},
};
const unsigned config_n_keys = N_KEYS(config_keys);

const struct config_key *
config_key_find(const struct config_key *keys, unsigned n_keys, const char *name)
{
	for (unsigned i = 0; i < n_keys; i++) {
		if (strcmp(keys[i].opt.name, name) == 0)
			return &keys[i];
	}
	return NULL;
}
