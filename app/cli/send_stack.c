/* SPDX-License-Identifier: BSD-3-Clause */
#include "send_stack.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_ethdev.h>

#define CARRIER_WAIT_S	10
#define CARRIER_POLL_US 10000

unsigned
send_stack_megabytes(const struct send_args *args)
{
	uint64_t mtu = args->mtu != 0 ? args->mtu : args->vdev != NULL ? 9216 : 1500;
	uint64_t packets = (args->packets != 0 ? args->packets : 8192) + 8192;
	uint64_t buffers = (args->buffers != 0 ? args->buffers : 8192) + 8192;
	uint64_t payloads = args->payloads != 0 ? args->payloads : 1024;

	/* 256 is for an mbuf and its headroom, and more than a record takes; untouched memory is
	 * free */
	return (unsigned)(((mtu + 512) * packets + 512 * buffers + 1024 * payloads) >> 20) + 256;
}

/*
 * Can no station be at the other end of this port? Then any next hop will do. A net_pcap on an
 * interface (tx_iface=, iface=) has peers.
 */
static bool
is_peerless(uint16_t port)
{
	const struct rte_devargs *devargs;
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(port, &info) < 0)
		return false;
	if (strcmp(info.driver_name, "net_null") == 0)
		return true;
	devargs = rte_dev_devargs(info.device);
	return strcmp(info.driver_name, "net_pcap") == 0 && devargs != NULL &&
	       devargs->args != NULL && strstr(devargs->args, "iface=") == NULL;
}

static bool
has_neigh(const struct send_args *args)
{
	for (unsigned i = 0; i < args->n_neigh; i++) {
		if (proto_addr_equal(&args->neigh[i].addr, &args->to))
			return true;
	}
	return false;
}

/* The MAC for the destination, where --neigh does not name it. */
static int
next_hop(const struct send_args *args, struct rte_ether_addr *mac, struct opt_error *err)
{
	if (args->gateway) {
		*mac = args->gateway_mac;
		return 0;
	}
	if (is_peerless(args->port) && rte_ether_unformat_addr(ARGS_NEXT_HOP_MAC, mac) == 0)
		return 0;
	return opt_fail(err, -1,
		"--gateway-mac is missing: port %u needs the Ethernet address of the next hop, "
		"or --neigh with that of the destination",
		args->port);
}

static int
add_addresses(struct send_stack *s, const struct send_args *args, struct opt_error *err)
{
	uint8_t bits = (uint8_t)(proto_addr_len(&args->to) * 8);
	struct pktpool_why why = {.text = ""};
	struct rte_ether_addr mac;

	if (proto_addr_add(s->link, &args->from, bits, &why) < 0)
		return opt_fail(err, -1, "--from: %s", why.text);
	if (!proto_addr_equal(&args->from, &args->to) &&
		proto_route_add(s->link, &args->to, bits, NULL, &why) < 0)
		return opt_fail(err, -1, "--to: %s", why.text);
	for (unsigned i = 0; i < args->n_neigh; i++) {
		if (proto_neigh_add(s->link, &args->neigh[i].addr, &args->neigh[i].mac, &why) < 0)
			return opt_fail(err, -1, "--neigh: %s", why.text);
	}
	if (has_neigh(args) || proto_addr_is_multicast(&args->to))
		return 0;
	if (next_hop(args, &mac, err) < 0)
		return -1;
	if (proto_neigh_add(s->link, &args->to, &mac, &why) < 0)
		return opt_fail(err, -1, "--to: %s", why.text);
	return 0;
}

static int
add_link(struct send_stack *s, const struct send_args *args, struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};
	struct proto_link_conf conf = {
		.port = PROTO_PORT(args->port),
		.mtu = args->mtu,
		.copy_only = args->data == PROTO_DATA_COPY,
	};

	if (!rte_eth_dev_is_valid_port(args->port))
		return opt_fail(err, -1, "--port %u: no such port: DPDK has %u", args->port,
			rte_eth_dev_count_avail());
	if (proto_link_add(s->stack, &conf, &s->link, &why) < 0)
		return args->mtu != 0 ? opt_fail(err, -1, "--mtu %u: %s", args->mtu, why.text)
				      : opt_fail(err, -1, "%s", why.text);
	return 0;
}

static int
wait_carrier(const struct send_stack *s, const struct send_args *args,
	const volatile sig_atomic_t *stop, struct opt_error *err)
{
	char name[RTE_ETH_NAME_MAX_LEN] = "";
	struct proto_link_info info;

	for (long waited = 0; waited < CARRIER_WAIT_S * 1000000L; waited += CARRIER_POLL_US) {
		proto_link_info(s->link, &info);
		if (info.carrier || *stop)
			return 0;
		(void)usleep(CARRIER_POLL_US);
	}
	(void)rte_eth_dev_get_name_by_port(args->port, name);
	return opt_fail(err, -1,
		"port %u (%s): no carrier for %d s; plug in the cable, or set its peer up",
		args->port, name, CARRIER_WAIT_S);
}

static int
add_endpoint(struct send_stack *s, const struct send_args *args, proto_done_fn done, void *arg,
	struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};
	struct proto_endpoint_conf conf = {
		.kind = PROTO_UDP,
		.local = args->from,
		.local_port = args->from_port,
		.remote = args->to,
		.remote_port = args->to_port,
		.cut = args->cut,
		.data = args->data,
		.df = args->df,
		.dscp = args->dscp,
		.ttl = args->ttl,
		.flow_label = args->flow_label,
		.vlan = args->vlan,
		.vlan_tci = args->vlan_tci,
		.no_udp_cksum = args->no_udp_cksum,
		.done = done,
		.arg = arg,
	};

	s->worker = proto_worker_at(s->stack, 0);
	int ret = proto_endpoint_create(s->worker, &conf, &s->ep, &why);

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
	struct pktpool_why why = {.text = ""};
	struct proto_conf conf = {
		.name = "send",
		.n_workers = 1,
		.n_payloads = args->payloads,
		.n_packets = args->packets,
		.n_buffers = args->buffers,
		.cache = PKTPOOL_CACHE_AUTO,
		.seed = args->seed,
	};

	*s = (struct send_stack){.stack = NULL};
	if (proto_create(&s->stack, &conf, &why) < 0)
		return opt_fail(err, -1, "%s", why.text);
	if (add_link(s, args, err) < 0 || add_addresses(s, args, err) < 0)
		return -1;
	if (proto_start(s->stack, &why) < 0)
		return opt_fail(err, -1, "%s", why.text);
	if (wait_carrier(s, args, stop, err) < 0)
		return -1;
	return add_endpoint(s, args, done, arg, err);
}

void
send_stack_stop(struct send_stack *s)
{
	int ret = proto_stop(s->stack);

	(void)ret; /* what is out now is still out in send_stack_down(), which says so */
}

int
send_stack_down(struct send_stack *s, struct opt_error *err)
{
	struct pktpool_usage packets = {.in_use = 0}, buffers = {.in_use = 0};

	if (s->stack == NULL)
		return 0;
	s->worker = proto_worker_at(s->stack, 0);
	if (s->worker != NULL) {
		pktpool_usage(proto_worker_pktpool(s->worker), &packets);
		bufpool_usage(proto_worker_bufpool(s->worker), &buffers);
	}
	if (proto_destroy(s->stack, NULL, NULL) == 0)
		return 0;
	return opt_fail(err, -1,
		"%u packet and %u buffer descriptors are still out: frames lie at the other end of "
		"the "
		"port, and nobody takes them",
		packets.in_use, buffers.in_use);
}
