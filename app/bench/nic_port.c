/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_ethdev.h>
#include <rte_net.h>

#include "nic_port.h"

#define CLAIMED                                                          \
	(RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | \
		RTE_ETH_TX_OFFLOAD_UDP_CKSUM)

static int
nic_info(void *port, struct proto_port_info *info)
{
	int rc = proto_port_ethdev.info(port, info);

	info->offload_capa |= CLAIMED;
	info->offload_extra = 0;
	info->segs_max = 32;
	info->cpu_only = false;
	return rc;
}

static int
nic_setup(void *port, const struct proto_port_setup *setup, struct pktpool_why *why)
{
	struct proto_port_setup real = *setup;

	real.offloads &= ~(uint64_t)CLAIMED;
	return proto_port_ethdev.setup(port, &real, why);
}

static int
nic_start(void *port, struct pktpool_why *why)
{
	return proto_port_ethdev.start(port, why);
}

static void
nic_stop(void *port)
{
	proto_port_ethdev.stop(port);
}

static void
nic_release(void *port)
{
	proto_port_ethdev.release(port);
}

static int
nic_carrier(void *port)
{
	return proto_port_ethdev.carrier(port);
}

static uint16_t
nic_tx_prepare(void *port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	(void)port;
	(void)queue;
	for (uint16_t i = 0; i < n; i++)
		if (rte_net_intel_cksum_prepare(pkts[i]) != 0)
			return i;
	return n;
}

/* The ethdev's own burst, with no call between. */
static uint16_t
nic_tx_burst(void *port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	return rte_eth_tx_burst((uint16_t)(uintptr_t)port, queue, pkts, n);
}

static int
nic_tx_reclaim(void *port, uint16_t queue, uint32_t max)
{
	return proto_port_ethdev.tx_reclaim(port, queue, max);
}

const struct proto_port_ops nic_port_ops = {
	.info = nic_info,
	.setup = nic_setup,
	.start = nic_start,
	.stop = nic_stop,
	.release = nic_release,
	.carrier = nic_carrier,
	.tx_burst = nic_tx_burst,
	.tx_reclaim = nic_tx_reclaim,
};

const struct proto_port_ops nic_port_prepare_ops = {
	.info = nic_info,
	.setup = nic_setup,
	.start = nic_start,
	.stop = nic_stop,
	.release = nic_release,
	.carrier = nic_carrier,
	.tx_prepare = nic_tx_prepare,
	.tx_burst = nic_tx_burst,
	.tx_reclaim = nic_tx_reclaim,
};
