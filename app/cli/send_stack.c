/* SPDX-License-Identifier: BSD-3-Clause */
#include "send_stack.h"

#include <errno.h>

#define RX_PACKETS 512 /* answers of ARP and ND, ICMP: no more is received */

static uint8_t
all_bits(const struct proto_addr *addr)
{
	return (uint8_t)(proto_addr_len(addr) * 8);
}

/* Our own address. Where no peer can be, nothing else is on the link either: no broadcast. */
static int
add_from(struct send_stack *s, const struct send_args *args, struct opt_error *err)
{
	struct args_prefix from = args->from;

	if (from.len == 0 && net_stack_peerless(&s->net))
		from.len = all_bits(&from.addr);
	return net_stack_addr_add(&s->net, "from", &from, err);
}

static bool
has_neigh(const struct send_args *args)
{
	for (unsigned i = 0; i < args->net.n_neigh; i++) {
		if (proto_addr_equal(&args->net.neigh[i].addr, &args->to))
			return true;
	}
	return false;
}

/* The way to the destination: on the link, unless there is a router, which then decides. */
static int
add_to(struct send_stack *s, const struct send_args *args, struct opt_error *err)
{
	bool known = has_neigh(args), peerless = net_stack_peerless(&s->net);
	bool direct = args->net.router.family == 0 || known || args->gateway;
	struct rte_ether_addr mac = args->gateway_mac;
	struct pktpool_why why = {.text = ""};

	if (direct && !proto_addr_equal(&args->from.addr, &args->to) &&
		proto_route_add(s->net.link, &args->to, all_bits(&args->to), NULL, &why) < 0)
		return opt_fail(err, -1, "--to: %s", why.text);
	if (known || proto_addr_is_multicast(&args->to) || (!args->gateway && !peerless))
		return 0;
	if (!args->gateway && rte_ether_unformat_addr(ARGS_NEXT_HOP_MAC, &mac) != 0)
		return opt_fail(err, -1, "--gateway-mac: the default cannot be read; give one");
	if (proto_neigh_add(s->net.link, direct ? &args->to : &args->net.router, &mac, &why) < 0)
		return opt_fail(err, -1, "--to: %s", why.text);
	return 0;
}

static int
add_endpoint(struct send_stack *s, const struct send_args *args, proto_done_fn done, void *arg,
	struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};
	struct proto_endpoint_conf conf = {
		.kind = PROTO_UDP,
		.local = args->from.addr,
		.local_port = args->from_port,
		.remote = args->to,
		.remote_port = args->to_port,
		.cut = args->cut,
		.data = args->data,
		.df = args->df,
		.dscp = args->dscp,
		.ttl = args->ttl,
		.flow_label = args->flow_label,
		.vlan = args->net.vlan,
		.vlan_tci = args->net.vlan_tci,
		.no_udp_cksum = args->no_udp_cksum,
		.done = done,
		.arg = arg,
	};
	int ret = proto_endpoint_create(s->net.worker, &conf, &s->ep, &why);

	if (ret < 0)
		return opt_fail(err, -1, "--%s: %s", ret == -ENOTSUP ? "data map" : "to", why.text);
	if (args->payload > proto_payload_max(s->ep))
		return opt_fail(err, -1,
			"--payload %u: at most %u bytes fit the pools; use a smaller one or more "
			"--packets",
			args->payload, proto_payload_max(s->ep));
	return 0;
}

int
send_stack_up(struct send_stack *s, const struct send_args *args, proto_done_fn done, void *arg,
	const volatile sig_atomic_t *stop, struct opt_error *err)
{
	struct net_stack_conf conf = {
		.name = "send",
		.rx_packets = RX_PACKETS,
		.copy_only = args->data == PROTO_DATA_COPY,
	};

	s->ep = NULL;
	if (net_stack_open(&s->net, &args->net, &conf, err) < 0 || add_from(s, args, err) < 0 ||
		add_to(s, args, err) < 0 || net_stack_start(&s->net, stop, err) < 0)
		return -1;
	return add_endpoint(s, args, done, arg, err);
}
