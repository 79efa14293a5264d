/* SPDX-License-Identifier: BSD-3-Clause */
#include "args.h"

#include <string.h>

static const char *const cut_names[] = {
	[PROTO_SEGMENT] = "segment", [PROTO_FRAGMENT] = "fragment", NULL};
static const char *const data_names[] = {
	[PROTO_DATA_AUTO] = "auto", [PROTO_DATA_COPY] = "copy", [PROTO_DATA_MAP] = "map", NULL};
static const char *const df_names[] = {
	[PROTO_DF_AUTO] = "auto", [PROTO_DF_ALWAYS] = "always", [PROTO_DF_NEVER] = "never", NULL};

static int
set_to(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct send_args *args = target;

	args->to_port = 0;
	if (proto_addr_port_parse(text, &args->to, &args->to_port, NULL) < 0 || args->to_port == 0)
		return opt_bad(opt, text, err);
	return OPT_OK;
}

static int
set_from(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct send_args *args = target;

	return args_prefix_parse(opt, text, &args->from, &args->from_port, err);
}

static int
set_gateway_mac(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct send_args *args = target;

	if (!args_mac_parse(text, &args->gateway_mac))
		return opt_bad(opt, text, err);
	args->gateway = true;
	return OPT_OK;
}

/* The library takes 0 for "unpredictable"; --seed 0 is a seed like any other. */
static int
set_seed(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct send_args *args = target;

	if (opt_set_number(opt, text, target, err) != OPT_OK)
		return OPT_BAD_VALUE;
	if (args->net.seed == 0)
		args->net.seed = UINT64_MAX;
	return OPT_OK;
}

#define F(field) OPT_FIELD(struct send_args, field)

static const struct opt options[] = {
	{"to", 0, "ADDR:PORT", set_to,
		.expect = "ADDR:PORT with a port of 1..65535, as in "
			  "192.0.2.2:9000 or [2001:db8::2]:9000",
		.help = "where the payloads go: 192.0.2.2:9000 or [2001:db8::2]:9000"},
	{"from", 0, "ADDR[/LEN][:PORT]", set_from,
		.expect = "a host's ADDR, ADDR/LEN or ADDR:PORT, as in 192.0.2.1/24 or "
			  "[2001:db8::1]:4000",
		.help = "source, and the bits that are on its link [" ARGS_FROM_IPV4
			"/24 or\n" ARGS_FROM_IPV6 "/64, port 49152]"},
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
	{"gateway-mac", 0, "MAC", set_gateway_mac,
		.expect = "the MAC of one station, as in 02:00:00:00:00:01",
		.help = "Ethernet address of the next hop, whatever the destination\n"
			"[ARP and ND ask for it; net_pcap and net_null, where no peer "
			"is:\n" ARGS_NEXT_HOP_MAC "]"},
	{"rate", 0, "BITS/S", opt_set_rate, F(rate), .min = 1, .max = 1000ull * 1000 * 1000 * 1000,
		.expect = "1..1000G payload bits a second; k, M and G are powers of 1000",
		.help = "payload bits a second, headers not counted: 900k, 50M, 2.5G\n"
			"[as fast as the port takes them]"},
	{"repeat", 0, "N", opt_set_number, F(repeat), .min = 1, .max = UINT32_MAX,
		.expect = "1..4294967295", .help = "send all the files this many times [1]"},
	{"dscp", 0, "N", opt_set_number, F(dscp), .min = 0, .max = 63, .expect = "0..63 (RFC 2474)",
		.help = "differentiated services code point [0]"},
	{"ttl", 0, "N", opt_set_number, F(ttl), .min = 1, .max = 255, .expect = "1..255",
		.help = "time to live, or hop limit [64]"},
	{"flow-label", 0, "N", opt_set_number, F(flow_label), .min = 0, .max = 0xfffff,
		.expect = "0..0xfffff", .help = "IPv6 flow label [0]"},
	{"df", 0, "WHEN", opt_set_choice, F(df), .choices = df_names,
		.expect = "auto, always or never",
		.help = "don't-fragment bit of IPv4; auto: on datagrams sent whole [auto]"},
	{"no-udp-cksum", 0, NULL, opt_set_flag, F(no_udp_cksum),
		.help = "no UDP checksum on IPv4 datagrams that are sent whole"},
	{"seed", 0, "N", set_seed, F(net.seed), .min = 0, .max = UINT64_MAX - 1,
		.expect = "0..18446744073709551614",
		.help = "makes the IP identifications repeatable [unpredictable]"},
	{"pcap", 'w', "OUT", opt_set_text, F(net.pcap), .expect = "the name of a file to write",
		.help = "write the frames to this capture [" ARGS_PCAP "]"},
	OPT_INCLUDE(args_net_options),
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

	if (args->from.addr.family != args->to.family)
		return opt_fail(err, OPT_BAD_VALUE,
			"--from: expected an IPv%u address, as --to has", args->to.family);
	if (args->payload > max)
		return opt_fail(err, OPT_BAD_VALUE,
			"--payload %u: expected 1..%u, what an IPv%u datagram can hold",
			args->payload, max, args->to.family);
	if (args->net.router.family != 0 && args->net.router.family != args->to.family)
		return opt_fail(err, OPT_BAD_VALUE,
			"--gateway: expected an IPv%u address, as --to has", args->to.family);
	if (args->to.family == PROTO_IPV4) {
		if (args->flow_label != 0)
			return opt_fail(
				err, OPT_USAGE, "--flow-label: IPv4 has none; leave it out");
		return OPT_OK;
	}
	if (args->net.mtu != 0 && args->net.mtu < 1280)
		return opt_fail(err, OPT_BAD_VALUE,
			"--mtu %u: expected 1280..65535 for IPv6 (RFC 8200)", args->net.mtu);
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
	return args_net_check(&args->net, eal, "net_pcap0,tx_pcap=OUT", err);
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
	if (args->from.addr.family == 0 &&
		proto_addr_parse(args->to.family == PROTO_IPV4 ? ARGS_FROM_IPV4 : ARGS_FROM_IPV6,
			&args->from.addr, NULL) < 0)
		return opt_fail(err, OPT_BAD_VALUE, "--from: the default cannot be read; give one");
	status = check_family(args, err);
	if (status != OPT_OK)
		return status;
	if (args->payload == 0)
		args->payload =
			args->cut == PROTO_SEGMENT ? ARGS_PAYLOAD_SEGMENT : args_payload_max(args);
	if (args->net.pcap == NULL && args->net.vdev == NULL && !eal)
		args->net.pcap = ARGS_PCAP;
	return OPT_OK;
}

int
args_send(struct send_args *args, int argc, char **argv, bool eal, struct opt_error *err)
{
	int status;

	*args = (struct send_args){.repeat = 1, .from_port = ARGS_FROM_PORT, .files = argv};
	status = opt_parse(options, OPT_ROWS(options), argc, argv, args, &args->n_files, err);
	if (status != OPT_OK || args->net.help)
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
