/* SPDX-License-Identifier: BSD-3-Clause */
#include "args.h"

#include <string.h>

static const char *const cut_names[] = {
	[PROTO_SEGMENT] = "segment", [PROTO_FRAGMENT] = "fragment", NULL};
static const char *const data_names[] = {
	[PROTO_DATA_AUTO] = "auto", [PROTO_DATA_COPY] = "copy", [PROTO_DATA_MAP] = "map", NULL};
static const char *const df_names[] = {
	[PROTO_DF_AUTO] = "auto", [PROTO_DF_ALWAYS] = "always", [PROTO_DF_NEVER] = "never", NULL};

/* --to and --from: a row's field is the address; its port lies where these functions know. */
static int
set_addr_port(const struct opt *opt, const char *text, struct proto_addr *addr, uint16_t *port,
	struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};

	if (proto_addr_port_parse(text, addr, port, &why) < 0)
		return opt_fail(err, OPT_BAD_VALUE, "--%s %.100s: expected %s", opt->name, text,
			opt->expect);
	return OPT_OK;
}

static int
set_to(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct send_args *args = target;

	args->to_port = 0;
	if (set_addr_port(opt, text, &args->to, &args->to_port, err) != OPT_OK ||
		args->to_port == 0)
		return opt_bad(opt, text, err);
	return OPT_OK;
}

static int
set_from(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	static const struct proto_addr any;
	struct send_args *args = target;
	struct proto_addr addr;

	if (set_addr_port(opt, text, &addr, &args->from_port, err) != OPT_OK ||
		proto_addr_is_multicast(&addr) ||
		memcmp(addr.bytes, any.bytes, sizeof(any.bytes)) == 0)
		return opt_bad(opt, text, err);
	args->from = addr;
	return OPT_OK;
}

/* A MAC that one host can have: not a group's, not zero. */
static bool
read_mac(const char *text, struct rte_ether_addr *mac)
{
	return rte_ether_unformat_addr(text, mac) == 0 && rte_is_valid_assigned_ether_addr(mac);
}

static int
set_gateway(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct send_args *args = target;

	if (!read_mac(text, &args->gateway_mac))
		return opt_bad(opt, text, err);
	args->gateway = true;
	return OPT_OK;
}

static int
set_neigh(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct send_args *args = target;
	struct args_neigh neigh;
	const char *mac = strchr(text, '=');
	char addr[PROTO_ADDR_STR_MAX];

	if (mac == NULL || (size_t)(mac - text) >= sizeof(addr))
		return opt_bad(opt, text, err);
	memcpy(addr, text, (size_t)(mac - text));
	addr[mac - text] = '\0';
	if (proto_addr_parse(addr, &neigh.addr, NULL) < 0 || !read_mac(mac + 1, &neigh.mac) ||
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
	struct send_args *args = target;
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

/* The library takes 0 for "unpredictable"; --seed 0 is a seed like any other. */
static int
set_seed(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct send_args *args = target;

	if (opt_set_number(opt, text, target, err) != OPT_OK)
		return OPT_BAD_VALUE;
	if (args->seed == 0)
		args->seed = UINT64_MAX;
	return OPT_OK;
}

#define F(field) OPT_FIELD(struct send_args, field)

static const struct opt options[] = {
	{"to", 0, "ADDR:PORT", set_to,
		.expect = "ADDR:PORT with a port of 1..65535, as in "
			  "192.0.2.2:9000 or [2001:db8::2]:9000",
		.help = "where the payloads go: 192.0.2.2:9000 or [2001:db8::2]:9000"},
	{"from", 0, "ADDR[:PORT]", set_from,
		.expect = "a host's ADDR or ADDR:PORT, as in 192.0.2.1 or [2001:db8::1]:4000",
		.help = "source [" ARGS_FROM_IPV4 " or " ARGS_FROM_IPV6 ", port 49152]"},
	{"payload", 'p', "BYTES", opt_set_bytes, F(payload), .min = 1,
		.max = PROTO_PAYLOAD_MAX_IPV6,
		.expect = "1..65507 for IPv4, 1..65527 for IPv6; k is 1024",
		.help = "size of each payload; the last of a file may be shorter; k is 1024\n"
			"[segment: 61440; fragment: 65507 for IPv4, 65527 for IPv6]"},
	{"cut", 0, "HOW", opt_set_choice, F(cut), .choices = cut_names,
		.expect = "segment or fragment",
		.help = "segment: many datagrams of at most the MTU;\n"
			"fragment: one datagram a payload, as IP fragments [segment]"},
	{"data", 0, "HOW", opt_set_choice, F(data), .choices = data_names,
		.expect = "copy, map or auto",
		.help = "copy: into frames; map: frames point into the file's buffers;\n"
			"auto: map where it is safe and pays [auto]"},
	{"pcap", 'w', "OUT", opt_set_text, F(pcap), .expect = "the name of a file to write",
		.help = "write the frames to this capture [" ARGS_PCAP "]"},
	{"vdev", 0, "SPEC", opt_set_text, F(vdev),
		.expect = "a DPDK virtual device, as in net_null0",
		.help = "send on this DPDK virtual device instead: net_null0,\n"
			"net_af_packet0,iface=veth0, ..."},
	{"mtu", 0, "BYTES", opt_set_number, F(mtu), .min = 68, .max = UINT16_MAX,
		.expect = "68..65535 (1280 or more for IPv6), the bytes of the largest IP packet; "
			  "leave it out for the port's own",
		.help = "bytes of the largest IP packet [the port's]"},
	{"gateway-mac", 0, "MAC", set_gateway,
		.expect = "the MAC of one station, as in 02:00:00:00:00:01",
		.help = "Ethernet address of the next hop, whatever the destination\n"
			"[net_pcap and net_null, where no peer is: " ARGS_NEXT_HOP_MAC "]"},
	{"neigh", 0, "ADDR=MAC", set_neigh,
		.expect = "the address and MAC of one host, as in 192.0.2.2=02:00:00:00:00:01",
		.help = "a neighbour on the link; may be given again"},
	{"rate", 0, "BITS/S", opt_set_rate, F(rate), .min = 1, .max = 1000ull * 1000 * 1000 * 1000,
		.expect = "1..1000G payload bits a second; k, M and G are powers of 1000",
		.help = "payload bits a second, headers not counted: 900k, 50M, 2.5G\n"
			"[as fast as the port takes them]"},
	{"repeat", 0, "N", opt_set_number, F(repeat), .min = 1, .max = UINT32_MAX,
		.expect = "1..4294967295", .help = "send all the files this many times [1]"},
	{"port", 0, "N", opt_set_number, F(port), .min = 0, .max = RTE_MAX_ETHPORTS - 1,
		.expect = "the number of a DPDK port, 0..31", .help = "DPDK port to send on [0]"},
	{"dscp", 0, "N", opt_set_number, F(dscp), .min = 0, .max = 63, .expect = "0..63 (RFC 2474)",
		.help = "differentiated services code point [0]"},
	{"ttl", 0, "N", opt_set_number, F(ttl), .min = 1, .max = 255, .expect = "1..255",
		.help = "time to live, or hop limit [64]"},
	{"flow-label", 0, "N", opt_set_number, F(flow_label), .min = 0, .max = 0xfffff,
		.expect = "0..0xfffff", .help = "IPv6 flow label [0]"},
	{"vlan", 0, "ID[:PCP]", set_vlan, .max = 4094,
		.expect = "ID or ID:PRIORITY, 0..4094 and 0..7",
		.help = "put an 802.1Q tag into every frame"},
	{"df", 0, "WHEN", opt_set_choice, F(df), .choices = df_names,
		.expect = "auto, always or never",
		.help = "don't-fragment bit of IPv4; auto: on datagrams sent whole [auto]"},
	{"no-udp-cksum", 0, NULL, opt_set_flag, F(no_udp_cksum),
		.help = "no UDP checksum on IPv4 datagrams that are sent whole"},
	{"seed", 0, "N", set_seed, F(seed), .min = 0, .max = UINT64_MAX - 1,
		.expect = "0..18446744073709551614",
		.help = "makes the IP identifications repeatable [unpredictable]"},
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

uint32_t
args_payload_max(const struct send_args *args)
{
	return args->to.family == PROTO_IPV4 ? PROTO_PAYLOAD_MAX_IPV4 : PROTO_PAYLOAD_MAX_IPV6;
}

/* Standard input can be read once. */
static int
check_stdin(const struct send_args *args, struct opt_error *err)
{
	unsigned n = 0;

	for (unsigned i = 0; i < args->n_files; i++)
		n += strcmp(args->files[i], "-") == 0;
	if (n > 1)
		return opt_fail(err, OPT_USAGE, "-: standard input can be read only once");
	if (n > 0 && args->repeat > 1)
		return opt_fail(err, OPT_USAGE,
			"--repeat: standard input can be read only once; save it in a file");
	return OPT_OK;
}

/* What belongs to one family only. */
static int
check_family(const struct send_args *args, struct opt_error *err)
{
	uint32_t max = args_payload_max(args);

	if (args->from.family != args->to.family)
		return opt_fail(err, OPT_BAD_VALUE,
			"--from: expected an IPv%u address, as --to has", args->to.family);
	if (args->payload > max)
		return opt_fail(err, OPT_BAD_VALUE,
			"--payload %u: expected 1..%u, what an IPv%u datagram can hold",
			args->payload, max, args->to.family);
	if (args->to.family == PROTO_IPV4) {
		if (args->flow_label != 0)
			return opt_fail(
				err, OPT_USAGE, "--flow-label: IPv4 has none; leave it out");
		return OPT_OK;
	}
	if (args->mtu != 0 && args->mtu < 1280)
		return opt_fail(err, OPT_BAD_VALUE,
			"--mtu %u: expected 1280..65535 for IPv6 (RFC 8200)", args->mtu);
	if (args->df != PROTO_DF_AUTO)
		return opt_fail(err, OPT_USAGE, "--df: IPv6 has no such bit; leave it out");
	if (args->no_udp_cksum)
		return opt_fail(err, OPT_USAGE,
			"--no-udp-cksum: IPv6 needs the checksum (RFC 8200 8.1); leave it out");
	return OPT_OK;
}

/* Options that stand in each other's way, or are missing. */
static int
check_together(const struct send_args *args, bool eal, struct opt_error *err)
{
	if (args->n_files == 0)
		return opt_fail(err, OPT_USAGE, "send: no FILE; - is standard input");
	if (args->to.family == 0)
		return opt_fail(err, OPT_USAGE,
			"send: --to is missing: expected --to ADDR:PORT, as in --to "
			"192.0.2.2:9000");
	if (args->pcap != NULL && args->vdev != NULL)
		return opt_fail(err, OPT_USAGE,
			"--pcap and --vdev: one place to send to; leave one of them out");
	if (eal && (args->pcap != NULL || args->vdev != NULL))
		return opt_fail(err, OPT_USAGE,
			"--%s: EAL arguments were given; put --vdev %s before the --",
			args->pcap ? "pcap" : "vdev",
			args->pcap ? "net_pcap0,tx_pcap=OUT" : "SPEC there");
	return OPT_OK;
}

static int
check(struct send_args *args, bool eal, struct opt_error *err)
{
	int status;

	status = check_together(args, eal, err);
	if (status == OPT_OK)
		status = check_stdin(args, err);
	if (status != OPT_OK)
		return status;
	if (args->from.family == 0 &&
		proto_addr_parse(args->to.family == PROTO_IPV4 ? ARGS_FROM_IPV4 : ARGS_FROM_IPV6,
			&args->from, NULL) < 0)
		return opt_fail(err, OPT_BAD_VALUE, "--from: the default cannot be read; give one");
	status = check_family(args, err);
	if (status != OPT_OK)
		return status;
	if (args->payload == 0)
		args->payload =
			args->cut == PROTO_SEGMENT ? ARGS_PAYLOAD_SEGMENT : args_payload_max(args);
	if (args->pcap == NULL && args->vdev == NULL && !eal)
		args->pcap = ARGS_PCAP;
	return OPT_OK;
}

int
args_send(struct send_args *args, int argc, char **argv, bool eal, struct opt_error *err)
{
	int status;

	*args = (struct send_args){.repeat = 1, .from_port = ARGS_FROM_PORT, .files = argv};
	status = opt_parse(options, OPT_ROWS(options), argc, argv, args, &args->n_files, err);
	if (status != OPT_OK || args->help)
		return status;
	return check(args, eal, err);
}

void
args_send_help(FILE *out)
{
	fputs("usage: chainburst [EAL ARGUMENTS --] send FILE... --to ADDR:PORT [options]\n\n"
	      "Sends files as UDP payloads. FILE - is standard input. An empty file has no "
	      "payload.\n"
	      "Without EAL arguments it needs no NIC, no hugepages and no root: the frames are\n"
	      "written to a capture (--pcap) or to a virtual device (--vdev).\n\n",
		out);
	opt_help(out, options, OPT_ROWS(options));
	fputs("\nExit status: 0 if every payload of every file was sent; 1 if not, or if a value "
	      "or\n"
	      "a file is bad; 2 for a wrong command line; 128 + the signal when interrupted.\n"
	      "\n--json prints one object: status (ok, failed, interrupted), exit_status, port, "
	      "source,\n"
	      "payloads, frames, bursts, reasons (why payloads were refused or failed), "
	      "duration_s,\n"
	      "mframes_per_s, gbit_per_s, payload_gbit_per_s, pools (in_use, peak, size), "
	      "offloads.\n",
		out);
}
