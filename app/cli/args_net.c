/* SPDX-License-Identifier: BSD-3-Clause */
#include "args_net.h"

#include <string.h>

bool
args_mac_parse(const char *text, struct rte_ether_addr *mac)
{
	return rte_ether_unformat_addr(text, mac) == 0 && rte_is_valid_assigned_ether_addr(mac);
}

/* Take "/LEN" out of `text`. Returns 0, or -1: it is no number of bits. */
static int
take_len(char *text, uint64_t *len)
{
	char *slash = strchr(text, '/');
	const char *end;

	*len = 0;
	if (slash == NULL)
		return 0;
	end = opt_number(slash + 1, len);
	if (end == NULL || *len == 0)
		return -1;
	memmove(slash, end, strlen(end) + 1);
	return 0;
}

/* An address that one host can have: no group's, not "any". */
static bool
is_host(const struct proto_addr *addr)
{
	static const struct proto_addr any;

	return !proto_addr_is_multicast(addr) &&
	       memcmp(addr->bytes, any.bytes, sizeof(any.bytes)) != 0;
}

int
args_prefix_parse(const struct opt *opt, const char *text, struct args_prefix *prefix,
	uint16_t *port, struct opt_error *err)
{
	char copy[PROTO_ADDR_STR_MAX + 16];
	uint16_t own_port = *port;
	struct proto_addr addr;
	uint64_t len;

	if (strlen(text) >= sizeof(copy))
		return opt_bad(opt, text, err);
	(void)snprintf(copy, sizeof(copy), "%s", text);
	if (take_len(copy, &len) < 0 || proto_addr_port_parse(copy, &addr, &own_port, NULL) < 0 ||
		len > proto_addr_len(&addr) * 8 || !is_host(&addr))
		return opt_bad(opt, text, err);
	*prefix = (struct args_prefix){.addr = addr, .len = (uint8_t)len};
	*port = own_port;
	return OPT_OK;
}

int
args_set_addr(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct net_args *args = target;
	struct args_prefix prefix;
	uint16_t port = 0;

	if (args_prefix_parse(opt, text, &prefix, &port, err) != OPT_OK || port != 0)
		return opt_bad(opt, text, err);
	if (args->n_addrs == ARGS_ADDRS_MAX)
		return opt_fail(err, OPT_BAD_VALUE, "--%s %.100s: at most %u addresses", opt->name,
			text, ARGS_ADDRS_MAX);
	args->addrs[args->n_addrs++] = prefix;
	return OPT_OK;
}

static int
set_router(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct net_args *args = target;
	struct proto_addr addr;

	if (proto_addr_parse(text, &addr, NULL) < 0 || !is_host(&addr))
		return opt_bad(opt, text, err);
	args->router = addr;
	return OPT_OK;
}

static int
set_neigh(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct net_args *args = target;
	struct args_neigh neigh;
	const char *mac = strchr(text, '=');
	char addr[PROTO_ADDR_STR_MAX];

	if (mac == NULL || (size_t)(mac - text) >= sizeof(addr))
		return opt_bad(opt, text, err);
	memcpy(addr, text, (size_t)(mac - text));
	addr[mac - text] = '\0';
	if (proto_addr_parse(addr, &neigh.addr, NULL) < 0 || !args_mac_parse(mac + 1, &neigh.mac) ||
		proto_addr_is_multicast(&neigh.addr))
		return opt_bad(opt, text, err);
	if (args->n_neigh == ARGS_NEIGH_MAX)
		return opt_fail(err, OPT_BAD_VALUE, "--neigh %.100s: at most %u neighbours", text,
			ARGS_NEIGH_MAX);
	args->neigh[args->n_neigh++] = neigh;
	return OPT_OK;
}

static int
set_vlan(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct net_args *args = target;
	uint64_t id, priority = 0;
	const char *end = opt_number(text, &id);

	if (end != NULL && *end == ':')
		end = opt_number(end + 1, &priority);
	if (end == NULL || *end != '\0' || id > opt->max || priority > 7)
		return opt_bad(opt, text, err);
	args->vlan = true;
	args->vlan_tci = (uint16_t)(priority << 13 | id);
	return OPT_OK;
}

#define F(field) OPT_FIELD(struct net_args, field)

const struct opt args_net_options[ARGS_NET_OPTIONS] = {
	{"vdev", 0, "SPEC", opt_set_text, F(vdev),
		.expect = "a DPDK virtual device, as in net_null0",
		.help = "use this DPDK virtual device: net_null0, net_af_packet0,iface=veth0,\n"
			"net_pcap0,rx_iface_in=veth0,tx_iface=veth0, net_tap0, ...\n"
			"(af_packet does not receive IPv4 fragments: the kernel joins them,\n"
			"and the driver cuts what it joined; net_pcap and net_tap do)"},
	{"mtu", 0, "BYTES", opt_set_number, F(mtu), .min = 68, .max = UINT16_MAX,
		.expect = "68..65535 (1280 or more for IPv6), the bytes of the largest IP packet; "
			  "leave it out for the port's own",
		.help = "bytes of the largest IP packet [the port's]"},
	{"gateway", 0, "ADDR", set_router,
		.expect = "the IP address of a router on the link, as in 192.0.2.254",
		.help = "the router to what is not on the link"},
	{"neigh", 0, "ADDR=MAC", set_neigh,
		.expect = "the address and MAC of one host, as in 192.0.2.2=02:00:00:00:00:01",
		.help = "a neighbour on the link, who need not be asked for (ARP, ND);\n"
			"may be given again"},
	{"dad", 0, NULL, opt_set_flag, F(dad),
		.help = "first ask whether another station has the addresses (RFC 5227, 4862)"},
	{"port", 0, "N", opt_set_number, F(port), .min = 0, .max = RTE_MAX_ETHPORTS - 1,
		.expect = "the number of a DPDK port, 0..31", .help = "DPDK port to use [0]"},
	{"vlan", 0, "ID[:PCP]", set_vlan, .max = 4094,
		.expect = "ID or ID:PRIORITY, 0..4094 and 0..7",
		.help = "frames carry an 802.1Q tag"},
	{"packets", 0, "N", opt_set_number, F(packets), .min = 1, .max = 1u << 22,
		.expect = "1..4194304 packet descriptors",
		.help = "packet descriptors (frames) [8192]"},
	{"buffers", 0, "N", opt_set_number, F(buffers), .min = 1, .max = 1u << 22,
		.expect = "1..4194304 buffer descriptors",
		.help = "buffer descriptors (pieces of mapped memory) [8192]"},
	{"payloads", 0, "N", opt_set_number, F(payloads), .min = 1, .max = PROTO_PAYLOADS_MAX,
		.expect = "1..65536 payloads", .help = "payloads on their way at once [1024]"},
	{"json", 0, NULL, opt_set_flag, F(json),
		.help = "print one JSON object instead of the table"},
	{"quiet", 'q', NULL, opt_set_flag, F(quiet), .help = "no progress, notes or table"},
	{"verbose", 'v', NULL, opt_set_flag, F(verbose),
		.help = "the table says also how the port's offloads are used"},
	{"help", 'h', NULL, opt_set_flag, F(help), .help = "print this"},
};

int
args_net_check(const struct net_args *args, bool eal, const char *device, struct opt_error *err)
{
	if (args->pcap != NULL && args->vdev != NULL)
		return opt_fail(
			err, OPT_USAGE, "--pcap and --vdev: one port; leave one of them out");
	if (eal && (args->pcap != NULL || args->vdev != NULL))
		return opt_fail(err, OPT_USAGE,
			"--%s: EAL arguments were given; put --vdev %s before the --",
			args->pcap ? "pcap" : "vdev", args->pcap ? device : "SPEC there");
	return OPT_OK;
}
