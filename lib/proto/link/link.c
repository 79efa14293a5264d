/* SPDX-License-Identifier: BSD-3-Clause */
#include "link.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_ethdev.h>

#include "pktpool_mem.h"

#define STAGE_DEFAULT 4096
#define STAGE_MIN     64
#define STAGE_MAX     (1u << 20)
#define MTU_MIN	      68 /* RFC 791 3.2 */

/* Behind the MTU: Ethernet header and tag of a received frame, and what wide stores spill. */
#define ROOM_SPARE 96
/* An mbuf's room has 16 bits; the header room comes off, and the rounding to cache lines. */
#define MTU_MAX (UINT16_MAX - LINK_HEADROOM - ROOM_SPARE - RTE_CACHE_LINE_SIZE)

static int
conf_check(
	struct proto_link_conf *conf, const struct proto_port_info *port, struct pktpool_why *why)
{
	if (conf->mtu == 0)
		conf->mtu = port->mtu;
	if (conf->n_rxd == 0)
		conf->n_rxd = port->n_rxd;
	if (conf->stage == 0)
		conf->stage = STAGE_DEFAULT;
	if (conf->mtu < MTU_MIN)
		return pktpool_why_not(why, -EINVAL,
			"MTU %u is below %u, the least that RFC 791 allows", conf->mtu, MTU_MIN);
	if (conf->mtu > MTU_MAX)
		return pktpool_why_not(why, -EINVAL,
			"MTU %u is above %u, the most that one mbuf holds with its headers",
			conf->mtu, MTU_MAX);
	if (conf->mtu > port->mtu_max)
		return pktpool_why_not(why, -EINVAL,
			"MTU %u is above %u, the most on a %s port%s%s", conf->mtu, port->mtu_max,
			port->driver, port->mtu_max_why != NULL ? ": " : "",
			port->mtu_max_why != NULL ? port->mtu_max_why : "");
	if (conf->stage < STAGE_MIN || conf->stage > STAGE_MAX)
		return pktpool_why_not(why, -EINVAL, "stage %u frames: expected %u to %u",
			conf->stage, STAGE_MIN, STAGE_MAX);
	return 0;
}

/* A port without an address (net_ring) gets a locally administered one, by its number. */
static void
mac_complete(struct proto_link *link)
{
	uintptr_t port = (uintptr_t)link->conf.port;

	if (!rte_is_zero_ether_addr(&link->port.mac))
		return;
	link->port.mac = (struct rte_ether_addr){{0x02, 0xcb, (uint8_t)(port >> 24),
		(uint8_t)(port >> 16), (uint8_t)(port >> 8), (uint8_t)port}};
}

int
link_create(const struct proto_link_conf *conf, struct proto_link **out, struct pktpool_why *why)
{
	struct proto_link_conf own = *conf;
	struct proto_port_info port = {0};

	if (own.ops == NULL)
		own.ops = &proto_port_ethdev;
	int ret = own.ops->info(own.port, &port);

	if (ret != 0)
		return pktpool_why_not(why, ret,
			"port %ju: %s; expected one of the %u ports there are",
			(uintmax_t)(uintptr_t)own.port, strerror(-ret), rte_eth_dev_count_avail());
	ret = conf_check(&own, &port, why);
	if (ret != 0)
		return ret;
	struct proto_link *link = pktpool_mem_alloc("PLNK", sizeof(*link), 0, port.socket, why);

	if (link == NULL)
		return -ENOMEM;
	link->conf = own;
	link->port = port;
	mac_complete(link);
	*out = link;
	return 0;
}

void
link_release(struct proto_link *link)
{
	if (link->conf.ops->release != NULL)
		link->conf.ops->release(link->conf.port);
}

void
link_destroy(struct proto_link *link)
{
	(void)pktpool_mem_free(link);
}

uint16_t
link_frame_room(const struct proto_link *link)
{
	return (uint16_t)RTE_ALIGN(link->conf.mtu + ROOM_SPARE, RTE_CACHE_LINE_SIZE);
}

/* What of the advertised offloads is asked of the port. */
static uint64_t
offloads_wanted(const struct proto_link *link)
{
	uint64_t wanted = link->conf.copy_only ? RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE
					       : RTE_ETH_TX_OFFLOAD_MULTI_SEGS;

	if (!link->conf.no_offload)
		wanted |= RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
	return wanted & link->port.offload_capa;
}

/* Checksums that the port looks at while it receives. */
static uint64_t
rx_offloads_wanted(const struct proto_link *link)
{
	if (link->conf.no_offload)
		return 0;
	return link->port.rx_offload_capa &
	       (RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM);
}

int
link_setup(struct proto_link *link, uint16_t n_workers, struct rte_mempool *const *rx_pools,
	bool rx_intr, struct pktpool_why *why)
{
	struct proto_port_setup setup = {
		.n_queues = n_workers,
		.n_rx_queues = (uint16_t)RTE_MIN(
			link->conf.send_only ? 1 : n_workers, link->port.rx_queues_max),
		.n_txd = link->conf.n_txd,
		.n_rxd = link->conf.n_rxd,
		.mtu = link->conf.mtu,
		.offloads = offloads_wanted(link),
		.rx_offloads = rx_offloads_wanted(link),
		.rx_pools = rx_pools,
		.rx_intr = rx_intr,
	};

	if (setup.n_queues > link->port.queues_max)
		return pktpool_why_not(why, -EINVAL,
			"%u workers need as many tx queues, and port %ju (%s) has %u: use fewer "
			"workers",
			setup.n_queues, (uintmax_t)(uintptr_t)link->conf.port, link->port.driver,
			link->port.queues_max);
	int ret = link->conf.ops->setup(link->conf.port, &setup, why);

	if (ret == 0) {
		link->offloads = setup.offloads;
		if (link->conf.ops->rx_burst != NULL && !link->conf.send_only)
			link->n_rx_queues = setup.n_rx_queues;
	}
	return ret;
}

bool
link_one_segment(const struct proto_link *link)
{
	return link->port.segs_max < 2 || link->conf.copy_only;
}

void
proto_link_info(const struct proto_link *link, struct proto_link_info *info)
{
	*info = (struct proto_link_info){
		.port = link->port,
		.mtu = link->conf.mtu,
		.offloads = link->offloads,
		.started = link->started,
		.carrier = link->started && link->conf.ops->carrier(link->conf.port) == 1,
		.can_map = !link_one_segment(link),
	};
	if (link->conf.copy_only)
		info->auto_copies = "the link was made copy_only";
	else if (link->port.segs_max < 2)
		info->auto_copies = "the port takes one segment a frame";
	else if (link->port.reclaim == PROTO_RECLAIM_WITH_TRAFFIC)
		info->auto_copies =
			"the driver gives sent frames back only with later traffic, so a "
			"mapped payload could wait for its completion for ever";
}

static struct proto_offload
offload_row(const struct proto_link *link, const char *name, uint64_t flag, const char *software)
{
	return (struct proto_offload){
		.name = name,
		.advertised = (link->port.offload_capa & flag) != 0,
		.granted = (link->offloads & flag) != 0,
		.software = software,
	};
}

void
proto_link_offloads(const struct proto_link *link, struct proto_offload rows[PROTO_OFFLOAD_ROWS])
{
	rows[0] = offload_row(link, "udp_cksum", RTE_ETH_TX_OFFLOAD_UDP_CKSUM,
		"in one pass with the copy; always for fragments, whose sum no port can know");
	rows[1] = offload_row(link, "ipv4_cksum", RTE_ETH_TX_OFFLOAD_IPV4_CKSUM,
		"from the template's sum, a few additions: less than telling the port");
	rows[2] = offload_row(link, "vlan_insert", RTE_ETH_TX_OFFLOAD_VLAN_INSERT,
		"the tag is in the header template and costs nothing");
	rows[3] = offload_row(
		link, "multi_segs", RTE_ETH_TX_OFFLOAD_MULTI_SEGS, "copied into one segment");
	rows[4] = offload_row(link, "mbuf_fast_free", RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE,
		"not asked unless copy_only: mapped frames take descriptors of two pools");
	if ((link->port.offload_extra & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) != 0 &&
		!link->conf.copy_only) {
		rows[3].granted = true;
		rows[3].software = "not needed: the driver takes chains without advertising it";
	}
}
