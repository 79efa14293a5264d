/* SPDX-License-Identifier: BSD-3-Clause */
#include "args_rx.h"

#include <string.h>

/* ADDR[:PORT], [ADDR]:PORT, or the port alone. */
static int
set_listen(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct rx_args *args = target;
	struct args_prefix prefix;
	uint64_t port;
	const char *end = opt_number(text, &port);

	if (end == NULL || *end != '\0') {
		if (args_prefix_parse(opt, text, &prefix, &args->listen_port, err) != OPT_OK)
			return OPT_BAD_VALUE;
		args->listen = prefix.addr;
		return OPT_OK;
	}
	if (port == 0 || port > UINT16_MAX)
		return opt_bad(opt, text, err);
	args->listen_port = (uint16_t)port;
	return OPT_OK;
}

static int
set_join(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct rx_args *args = target;
	struct proto_addr group;

	if (proto_addr_parse(text, &group, NULL) < 0 || !proto_addr_is_multicast(&group))
		return opt_bad(opt, text, err);
	if (args->n_join == ARGS_JOIN_MAX)
		return opt_fail(err, OPT_BAD_VALUE, "--join %.100s: at most %u groups", text,
			ARGS_JOIN_MAX);
	args->join[args->n_join++] = group;
	return OPT_OK;
}

#define F(field) OPT_FIELD(struct rx_args, field)

static const struct opt rx_options[] = {
	{"listen", 0, "[ADDR:]PORT", set_listen,
		.expect = "a port of 1..65535, or a host's ADDR:PORT, as in 192.0.2.2:9000 or "
			  "[2001:db8::2]:9000",
		.help = "where datagrams are for; without ADDR every --addr [port 9000]"},
	{"addr", 0, "ADDR[/LEN]", args_set_addr,
		.expect = "the address of one host and the bits on the link, as in 192.0.2.2/24",
		.help = "an address of ours, and its prefix on the link [/24, /64]; may be\n"
			"given again [that of --listen, or " ARGS_LISTEN_IPV4
			" and " ARGS_LISTEN_IPV6 "]"},
	{"join", 0, "GROUP", set_join, .expect = "a multicast address, as in 239.1.2.3 or ff15::1",
		.help = "hear this multicast group; may be given again"},
	{"count", 'n', "N", opt_set_number, F(count), .min = 1, .max = UINT64_MAX,
		.expect = "1 or more payloads", .help = "end after so many payloads [no limit]"},
	{"bytes", 0, "N", opt_set_bytes, F(bytes), .min = 1, .max = UINT64_MAX,
		.expect = "1 or more bytes; k is 1024, M is 1024k",
		.help = "end after so many payload bytes, whole payloads [no limit]"},
	{"idle", 0, "SECONDS", opt_set_number, F(idle), .min = 1, .max = 86400,
		.expect = "1..86400 seconds",
		.help = "end when no payload has come for so long [no limit]"},
	{"promisc", 0, NULL, opt_set_flag, F(promisc),
		.help = "take frames to any Ethernet address, not only to the port's own:\n"
			"for captures made elsewhere"},
	{"max-held", 0, "FRAMES", opt_set_number, F(max_held), .min = 1, .max = 1u << 22,
		.expect = "1..4194304 frames",
		.help = "received frames held at once [a quarter of --rx-packets]"},
	{"rx-packets", 0, "N", opt_set_number, F(rx_packets), .min = 64, .max = 1u << 22,
		.expect = "64..4194304 receive buffers",
		.help = "receive buffers besides those in the port's rings [4096]"},
	OPT_INCLUDE(args_net_options),
};

static const struct opt recv_options[] = {
	{"out", 'o', "FILE", opt_set_text, F(out), .expect = "the name of a file to write, or -",
		.help = "write the payloads there, in order of arrival; - is standard output\n"
			"(the report then goes to standard error) [nowhere: only counted]"},
	{"pcap", 'r', "IN", opt_set_text, F(net.pcap), .expect = "the name of a capture",
		.help = "read the frames of this capture, whomever they were for, to its end\n"
			"(pcapng: until no frame has come for --idle [2] seconds)"},
	OPT_INCLUDE(rx_options),
};

static const struct opt echo_options[] = {
	OPT_INCLUDE(rx_options),
};

static bool
has_addr(const struct net_args *args, const struct proto_addr *addr)
{
	for (unsigned i = 0; i < args->n_addrs; i++) {
		if (proto_addr_equal(&args->addrs[i].addr, addr))
			return true;
	}
	return false;
}

/* The addresses that were not given: the one listened on, or one of each family. */
static int
fill_addrs(struct rx_args *args, struct opt_error *err)
{
	struct net_args *net = &args->net;

	if (args->listen.family != 0 && !has_addr(net, &args->listen)) {
		if (net->n_addrs == ARGS_ADDRS_MAX)
			return opt_fail(err, OPT_BAD_VALUE, "--listen: its ADDR is no --addr");
		net->addrs[net->n_addrs++] = (struct args_prefix){.addr = args->listen};
	}
	if (net->n_addrs > 0)
		return OPT_OK;
	net->n_addrs = 2;
	if (proto_addr_parse(ARGS_LISTEN_IPV4, &net->addrs[0].addr, NULL) < 0 ||
		proto_addr_parse(ARGS_LISTEN_IPV6, &net->addrs[1].addr, NULL) < 0)
		return opt_fail(err, OPT_BAD_VALUE, "--addr: the default cannot be read; give one");
	if (net->mtu != 0 && net->mtu < 1280)
		net->n_addrs = 1; /* no IPv6 below that (RFC 8200 5) */
	return OPT_OK;
}

static int
check(struct rx_args *args, const char *name, unsigned words, char **argv, bool eal,
	struct opt_error *err)
{
	int status = args_net_check(&args->net, eal, "net_pcap0,rx_pcap=IN", err);

	if (status != OPT_OK)
		return status;
	if (words > 0)
		return opt_fail(err, OPT_USAGE, "%s: %.100s: expected options only", name, argv[0]);
	if (args->net.pcap == NULL && args->net.vdev == NULL && !eal)
		return opt_fail(err, OPT_USAGE,
			"%s: nothing to receive from: expected %s--vdev SPEC, or EAL arguments",
			name, strcmp(name, "recv") == 0 ? "--pcap IN, " : "");
	if (args->n_join > 0 && args->listen.family != 0)
		return opt_fail(err, OPT_USAGE,
			"--join: what listens on one ADDR does not hear groups; --listen PORT "
			"does");
	return fill_addrs(args, err);
}

int
args_recv(struct rx_args *args, int argc, char **argv, bool eal, struct opt_error *err)
{
	unsigned words;
	int status;

	*args = (struct rx_args){.listen_port = ARGS_LISTEN_PORT};
	status = opt_parse(recv_options, OPT_ROWS(recv_options), argc, argv, args, &words, err);
	if (status != OPT_OK || args->net.help)
		return status;
	args->promisc = args->promisc || args->net.pcap != NULL;
	return check(args, "recv", words, argv, eal, err);
}

int
args_echo(struct rx_args *args, int argc, char **argv, bool eal, struct opt_error *err)
{
	unsigned words;
	int status;

	*args = (struct rx_args){.listen_port = ARGS_LISTEN_PORT};
	status = opt_parse(echo_options, OPT_ROWS(echo_options), argc, argv, args, &words, err);
	if (status != OPT_OK || args->net.help)
		return status;
	return check(args, "echo", words, argv, eal, err);
}

static void
help_end(FILE *out, const char *more)
{
	fprintf(out,
		"\nIt answers ARP, neighbour discovery and ping besides. It ends at a limit, or "
		"when\n"
		"interrupted, which is no failure.\n"
		"\nExit status: 0 if a payload was received; 1 if none was, or if something "
		"failed;\n"
		"2 for a wrong command line.\n"
		"\n--json prints one object: status (ok, failed), exit_status, port, endpoint, "
		"out,\n"
		"datagrams, frames_received, drops (why frames were discarded), payloads and "
		"frames\n"
		"(sent%s), bursts, reasons, duration_s, mframes_per_s, gbit_per_s,\n"
		"payload_gbit_per_s, pools (in_use, peak, size), offloads.\n",
		more);
}

void
args_recv_help(FILE *out)
{
	fputs("usage: chainburst [EAL ARGUMENTS --] recv [options]\n\n"
	      "Receives UDP payloads, fragmented or not, and writes them to a file. It needs no "
	      "NIC,\n"
	      "no hugepages and, for a capture, no root.\n\n",
		out);
	opt_help(out, recv_options, OPT_ROWS(recv_options));
	help_end(out, "");
}

void
args_echo_help(FILE *out)
{
	fputs("usage: chainburst [EAL ARGUMENTS --] echo [options]\n\n"
	      "Sends every UDP payload back to where it came from, out of the buffers that it "
	      "came in.\n\n",
		out);
	opt_help(out, echo_options, OPT_ROWS(echo_options));
	help_end(out, ": the replies");
}
