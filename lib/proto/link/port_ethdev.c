/* SPDX-License-Identifier: BSD-3-Clause */
/* proto_port_ops on rte_eth_*: the only file that calls the burst functions. */
#include "../proto_link.h"

#include <stdio.h>
#include <string.h>

#include <rte_ethdev.h>

#include "port_groups.h"
#include "port_stop.h"
#include "quirks.h"

#define RX_DESCRIPTORS 512
#define TX_DESCRIPTORS 512

#define RSS_FRAGS (RTE_ETH_RSS_FRAG_IPV4 | RTE_ETH_RSS_FRAG_IPV6)
#define RSS_WANTED                                                                        \
	(RSS_FRAGS | RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV4_UDP | \
		RTE_ETH_RSS_NONFRAG_IPV6_UDP)

/* What the driver likes, or the usual. */
static uint16_t
descriptors(uint16_t wanted, uint16_t driver, uint16_t usual)
{
	return wanted != 0 ? wanted : driver != 0 ? driver : usual;
}

static uint16_t
port_id_of(void *port)
{
	return (uint16_t)(uintptr_t)port;
}

/* The largest MTU, from the driver's two ways to say it and from what we know better. */
static void
mtu_max_find(struct proto_port_info *info, const struct rte_eth_dev_info *dev,
	const struct driver_quirk *quirk)
{
	uint32_t mtu = dev->max_mtu;

	/* A driver without a word on it leaves max_mtu at 65535 and max_rx_pktlen huge, or at its
	 * frame size; the 18 bytes are the Ethernet header and an 802.1Q tag. */
	if (dev->max_rx_pktlen > RTE_ETHER_HDR_LEN && dev->max_rx_pktlen - RTE_ETHER_HDR_LEN < mtu)
		mtu = dev->max_rx_pktlen - RTE_ETHER_HDR_LEN;
	if (quirk != NULL && quirk->frame_max != 0) {
		uint32_t frame_mtu = quirk->frame_max - RTE_ETHER_HDR_LEN - RTE_VLAN_HLEN;

		if (frame_mtu < mtu) {
			mtu = frame_mtu;
			info->mtu_max_why = quirk->frame_max_why;
		}
	}
	info->mtu_max = (uint16_t)RTE_MIN(mtu, (uint32_t)UINT16_MAX);
}

static int
ethdev_info(void *port, struct proto_port_info *info)
{
	struct rte_eth_dev_info dev;
	int ret = rte_eth_dev_info_get(port_id_of(port), &dev);

	if (ret != 0)
		return ret;
	const struct driver_quirk *quirk = driver_quirk_find(dev.driver_name);

	*info = (struct proto_port_info){
		.driver = dev.driver_name,
		.segs_max = dev.tx_desc_lim.nb_mtu_seg_max != 0 ? dev.tx_desc_lim.nb_mtu_seg_max
								: UINT16_MAX,
		.queues_max = dev.max_tx_queues,
		.rx_queues_max = dev.max_rx_queues,
		.n_rxd = descriptors(0, dev.default_rxportconf.ring_size, RX_DESCRIPTORS),
		/* Fragments have no ports: hashed by addresses alone they stay together. */
		.frags_together = (dev.flow_type_rss_offloads & RSS_FRAGS) == RSS_FRAGS,
		.offload_capa = dev.tx_offload_capa,
		.rx_offload_capa = dev.rx_offload_capa,
		.reclaim = PROTO_RECLAIM_ON_DEMAND, /* the link asks again once started */
		.socket = rte_eth_dev_socket_id(port_id_of(port)),
	};
	if (quirk != NULL) {
		info->offload_extra = quirk->offload_extra;
		info->reclaim = quirk->reclaim;
		info->cpu_only = quirk->cpu_only;
		info->frags_together &= !quirk->frags_apart;
	}
	if (((info->offload_capa | info->offload_extra) & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) == 0)
		info->segs_max = 1;
	mtu_max_find(info, &dev, quirk);
	ret = rte_eth_macaddr_get(port_id_of(port), &info->mac);
	if (ret == 0)
		ret = rte_eth_dev_get_mtu(port_id_of(port), &info->mtu);
	return ret;
}

static int
tx_queues_setup(uint16_t port_id, const struct proto_port_setup *setup, uint16_t n_txd,
	const struct rte_eth_dev_info *dev, struct pktpool_why *why)
{
	struct rte_eth_txconf txconf = dev->default_txconf;

	txconf.offloads = setup->offloads;
	for (uint16_t q = 0; q < setup->n_queues; q++) {
		int ret = rte_eth_tx_queue_setup(
			port_id, q, n_txd, (unsigned)rte_eth_dev_socket_id(port_id), &txconf);

		if (ret != 0)
			return pktpool_why_not(why, ret,
				"port %u: tx queue %u of %u descriptors: %s", port_id, q, n_txd,
				strerror(-ret));
	}
	return 0;
}

static int
rx_queues_setup(uint16_t port_id, const struct proto_port_setup *setup, uint16_t n_rxd,
	const struct rte_eth_dev_info *dev, struct pktpool_why *why)
{
	struct rte_eth_rxconf rxconf = dev->default_rxconf;

	rxconf.offloads = setup->rx_offloads;
	for (uint16_t q = 0; q < setup->n_rx_queues; q++) {
		int ret = rte_eth_rx_queue_setup(port_id, q, n_rxd,
			(unsigned)rte_eth_dev_socket_id(port_id), &rxconf, setup->rx_pools[q]);

		if (ret != 0)
			return pktpool_why_not(why, ret,
				"port %u: rx queue %u of %u descriptors: %s", port_id, q, n_rxd,
				strerror(-ret));
	}
	return 0;
}

static int
queues_setup(uint16_t port_id, const struct proto_port_setup *setup,
	const struct rte_eth_dev_info *dev, struct pktpool_why *why)
{
	uint16_t n_rxd =
		descriptors(setup->n_rxd, dev->default_rxportconf.ring_size, RX_DESCRIPTORS);
	uint16_t n_txd =
		descriptors(setup->n_txd, dev->default_txportconf.ring_size, TX_DESCRIPTORS);
	int ret = rte_eth_dev_adjust_nb_rx_tx_desc(port_id, &n_rxd, &n_txd);

	if (ret != 0)
		return pktpool_why_not(why, ret,
			"port %u refuses %u tx and %u rx descriptors: %s; use another n_txd, n_rxd",
			port_id, n_txd, n_rxd, strerror(-ret));
	ret = tx_queues_setup(port_id, setup, n_txd, dev, why);
	return ret == 0 ? rx_queues_setup(port_id, setup, n_rxd, dev, why) : ret;
}

static int
ethdev_setup(void *port, const struct proto_port_setup *setup, struct pktpool_why *why)
{
	uint16_t port_id = port_id_of(port);
	struct rte_eth_dev_info dev;
	struct rte_eth_conf conf = {
		.rxmode = {.mtu = setup->mtu, .offloads = setup->rx_offloads},
		.txmode = {.offloads = setup->offloads},
		.intr_conf = {.rxq = setup->rx_intr},
	};
	int ret = rte_eth_dev_info_get(port_id, &dev);

	if (ret != 0)
		return pktpool_why_not(
			why, ret, "port %u: no information: %s", port_id, strerror(-ret));
	if (setup->n_rx_queues > 1 && (dev.flow_type_rss_offloads & RSS_WANTED) != 0) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf = dev.flow_type_rss_offloads & RSS_WANTED;
	}
	ret = rte_eth_dev_configure(port_id, setup->n_rx_queues, setup->n_queues, &conf);
	if (ret != 0 && setup->rx_intr) { /* no interrupts then: a worker that rests pauses */
		conf.intr_conf.rxq = 0;
		ret = rte_eth_dev_configure(port_id, setup->n_rx_queues, setup->n_queues, &conf);
	}
	if (ret != 0)
		return pktpool_why_not(why, ret,
			"port %u (%s) refuses %u tx queues with MTU %u: %s; the EAL log names the "
			"cause",
			port_id, dev.driver_name, setup->n_queues, setup->mtu, strerror(-ret));
	return queues_setup(port_id, setup, &dev, why);
}

static int
ethdev_start(void *port, struct pktpool_why *why)
{
	int ret = rte_eth_dev_start(port_id_of(port));

	if (ret != 0)
		return pktpool_why_not(why, ret,
			"port %u does not start: %s; the EAL log names the cause", port_id_of(port),
			strerror(-ret));
	return 0;
}

static void
ethdev_stop(void *port)
{
	port_stop(port_id_of(port));
}

/*
 * Drivers keep the mbufs of rx queues until those are released, and ethdev releases all queues that
 * a new configuration does not have (also when the driver refuses it).
 */
static void
ethdev_release(void *port)
{
	struct rte_eth_conf conf = {0};

	(void)rte_eth_dev_configure(port_id_of(port), 0, 1, &conf);
}

static int
ethdev_carrier(void *port)
{
	struct rte_eth_link link;

	return rte_eth_link_get_nowait(port_id_of(port), &link) == 0 &&
	       link.link_status == RTE_ETH_LINK_UP;
}

static uint16_t
ethdev_tx_prepare(void *port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	return rte_eth_tx_prepare(port_id_of(port), queue, pkts, n);
}

static uint16_t
ethdev_tx_burst(void *port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	return rte_eth_tx_burst(port_id_of(port), queue, pkts, n);
}

static uint16_t
ethdev_rx_burst(void *port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	return rte_eth_rx_burst(port_id_of(port), queue, pkts, n);
}

static int
ethdev_rx_event(void *port, uint16_t queue, bool on)
{
	return rte_eth_dev_rx_intr_ctl_q(port_id_of(port), queue, RTE_EPOLL_PER_THREAD,
		on ? RTE_INTR_EVENT_ADD : RTE_INTR_EVENT_DEL, NULL);
}

static void
ethdev_rx_interrupt(void *port, uint16_t queue, bool on)
{
	/* A driver that refuses has events and no switch for them, as net_tap: they always come. */
	if (on)
		(void)rte_eth_dev_rx_intr_enable(port_id_of(port), queue);
	else
		(void)rte_eth_dev_rx_intr_disable(port_id_of(port), queue);
}

static int
ethdev_tx_reclaim(void *port, uint16_t queue, uint32_t max)
{
	return rte_eth_tx_done_cleanup(port_id_of(port), queue, max);
}

static int
ethdev_set_groups(void *port, const struct rte_ether_addr *macs, uint32_t n)
{
	return port_groups_set(port_id_of(port), macs, n);
}

static int
ethdev_set_promisc(void *port)
{
	return port_promisc_set(port_id_of(port));
}

const struct proto_port_ops proto_port_ethdev = {
	.info = ethdev_info,
	.setup = ethdev_setup,
	.start = ethdev_start,
	.stop = ethdev_stop,
	.release = ethdev_release,
	.carrier = ethdev_carrier,
	.tx_prepare = ethdev_tx_prepare,
	.tx_burst = ethdev_tx_burst,
	.rx_burst = ethdev_rx_burst,
	.rx_event = ethdev_rx_event,
	.rx_interrupt = ethdev_rx_interrupt,
	.tx_reclaim = ethdev_tx_reclaim,
	.set_groups = ethdev_set_groups,
	.set_promisc = ethdev_set_promisc,
};
