/* SPDX-License-Identifier: BSD-3-Clause */
#include "net_stack.h"

#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_ethdev.h>

#define CARRIER_WAIT_S	10
#define CARRIER_POLL_US 10000
#define ADDR_WAIT_S	15 /* RFC 5227 takes 7 s at most to probe an address */
#define RX_PACKETS	4096
#define RX_RINGS	8192 /* more than drivers' rings hold */

unsigned
net_stack_megabytes(const struct net_args *args, uint32_t rx_packets)
{
	uint64_t mtu = args->mtu != 0 ? args->mtu : args->vdev != NULL ? 9216 : 1500;
	uint64_t packets = (args->packets != 0 ? args->packets : 8192) + 8192;
	uint64_t buffers = (args->buffers != 0 ? args->buffers : 8192) + 8192;
	uint64_t payloads = args->payloads != 0 ? args->payloads : 1024;

	packets += (rx_packets != 0 ? rx_packets : RX_PACKETS) + RX_RINGS;
	/* 256 is for an mbuf and its headroom, and more than a record takes; untouched memory is
	 * free */
	return (unsigned)(((mtu + 512) * packets + 512 * buffers + 1024 * payloads) >> 20) + 256;
}

bool
net_stack_peerless(const struct net_stack *stack)
{
	const struct rte_devargs *devargs;
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(stack->port, &info) < 0)
		return false;
	if (strcmp(info.driver_name, "net_null") == 0)
		return true;
	/* A net_pcap on an interface (tx_iface=, iface=) has peers. */
	devargs = rte_dev_devargs(info.device);
	return strcmp(info.driver_name, "net_pcap") == 0 && devargs != NULL &&
	       devargs->args != NULL && strstr(devargs->args, "iface=") == NULL;
}

static int
add_link(struct net_stack *s, const struct net_args *args, const struct net_stack_conf *want,
	struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};
	struct proto_link_conf conf = {
		.port = PROTO_PORT(args->port),
		.mtu = args->mtu,
		.copy_only = want->copy_only,
		.promisc = want->promisc,
		.dad = args->dad,
	};

	if (!rte_eth_dev_is_valid_port(args->port))
		return opt_fail(err, -1, "--port %u: no such port: DPDK has %u", args->port,
			rte_eth_dev_count_avail());
	if (proto_link_add(s->stack, &conf, &s->link, &why) < 0)
		return args->mtu != 0 ? opt_fail(err, -1, "--mtu %u: %s", args->mtu, why.text)
				      : opt_fail(err, -1, "%s", why.text);
	return 0;
}

int
net_stack_addr_add(struct net_stack *s, const char *option, const struct args_prefix *prefix,
	struct opt_error *err)
{
	uint8_t len = prefix->len != 0 ? prefix->len : prefix->addr.family == PROTO_IPV4 ? 24 : 64;
	struct pktpool_why why = {.text = ""};

	if (proto_addr_add(s->link, &prefix->addr, len, &why) < 0)
		return opt_fail(err, -1, "--%s: %s", option, why.text);
	return 0;
}

static int
add_net(struct net_stack *s, const struct net_args *args, struct opt_error *err)
{
	struct proto_addr any = {.family = args->router.family};
	struct pktpool_why why = {.text = ""};

	for (unsigned i = 0; i < args->n_addrs; i++) {
		if (net_stack_addr_add(s, "addr", &args->addrs[i], err) < 0)
			return -1;
	}
	for (unsigned i = 0; i < args->n_neigh; i++) {
		if (proto_neigh_add(s->link, &args->neigh[i].addr, &args->neigh[i].mac, &why) < 0)
			return opt_fail(err, -1, "--neigh: %s", why.text);
	}
	if (any.family != 0 && proto_route_add(s->link, &any, 0, &args->router, &why) < 0)
		return opt_fail(err, -1, "--gateway: %s", why.text);
	return 0;
}

int
net_stack_open(struct net_stack *s, const struct net_args *args, const struct net_stack_conf *want,
	struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};
	struct proto_conf conf = {
		.name = want->name,
		.n_workers = 1,
		.n_payloads = args->payloads,
		.n_packets = args->packets,
		.n_buffers = args->buffers,
		.n_rx_packets = want->rx_packets,
		.cache = PKTPOOL_CACHE_AUTO,
		.seed = args->seed,
	};

	*s = (struct net_stack){.port = args->port};
	if (proto_create(&s->stack, &conf, &why) < 0)
		return opt_fail(err, -1, "%s", why.text);
	return add_link(s, args, want, err) < 0 || add_net(s, args, err) < 0 ? -1 : 0;
}

static int
wait_carrier(const struct net_stack *s, const volatile sig_atomic_t *stop, struct opt_error *err)
{
	char name[RTE_ETH_NAME_MAX_LEN] = "";
	struct proto_link_info info;

	for (long waited = 0; waited < CARRIER_WAIT_S * 1000000L; waited += CARRIER_POLL_US) {
		proto_link_info(s->link, &info);
		if (info.carrier || *stop)
			return 0;
		(void)usleep(CARRIER_POLL_US);
	}
	(void)rte_eth_dev_get_name_by_port(s->port, name);
	return opt_fail(err, -1,
		"port %u (%s): no carrier for %d s; plug in the cable, or set its peer up", s->port,
		name, CARRIER_WAIT_S);
}

/* The first address that may not be used (yet). Returns whether there is one. */
static bool
unusable(const struct net_stack *s, struct proto_addr_info *info)
{
	struct proto_addr_info infos[PROTO_ADDRS_MAX];
	unsigned n = proto_addr_list(s->link, infos, PROTO_ADDRS_MAX);

	for (unsigned i = 0; i < n; i++) {
		*info = infos[i];
		if (!info->usable)
			return true;
	}
	return false;
}

/* With --dad the addresses are asked for first. */
static int
wait_addrs(const struct net_stack *s, const volatile sig_atomic_t *stop, struct opt_error *err)
{
	uint64_t now = rte_get_tsc_cycles(), end = now + ADDR_WAIT_S * rte_get_tsc_hz();
	char text[PROTO_ADDR_STR_MAX];
	struct proto_addr_info info;

	while (unusable(s, &info) && !*stop) {
		if (info.conflict || now > end)
			return opt_fail(err, -1, "%s: %s",
				proto_addr_format(&info.addr, text, sizeof(text)),
				info.conflict ? "another station on the link has this address"
					      : "it is still being asked for; leave --dad out");
		now = rte_get_tsc_cycles();
		(void)proto_poll(s->worker, now);
	}
	return 0;
}

int
net_stack_start(struct net_stack *s, const volatile sig_atomic_t *stop, struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};

	if (proto_start(s->stack, &why) < 0)
		return opt_fail(err, -1, "%s", why.text);
	s->worker = proto_worker_at(s->stack, 0);
	return wait_carrier(s, stop, err) < 0 ? -1 : wait_addrs(s, stop, err);
}

void
net_stack_stop(struct net_stack *s)
{
	int ret = proto_stop(s->stack);

	(void)ret; /* what is out now is still out in net_stack_down(), which says so */
}

int
net_stack_down(struct net_stack *s, struct opt_error *err)
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
	if (packets.in_use == 0 && buffers.in_use == 0)
		return opt_fail(err, -1,
			"receive buffers are still out: the driver of port %u keeps them", s->port);
	return opt_fail(err, -1,
		"%u packet and %u buffer descriptors are still out: frames lie at the other end of "
		"the "
		"port, and nobody takes them",
		packets.in_use, buffers.in_use);
}
