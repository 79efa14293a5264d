/* SPDX-License-Identifier: BSD-3-Clause */
#include "rx_port.h"

#include <string.h>

#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_udp.h>

struct headers {
	struct rte_ether_hdr eth;
	struct rte_ipv4_hdr ip;
	struct rte_udp_hdr udp;
	uint16_t host_made_up; /* of the payload: these two keep the UDP checksum constant */
	uint16_t port_made_up;
} __rte_packed __rte_aligned(2);

_Static_assert(sizeof(struct headers) <= RX_FRAME_LEN, "the headers and two words fit");

uint8_t
rx_peer_host(uint32_t peer)
{
	return (uint8_t)(RX_HOST_FIRST + peer / RX_PORTS_A_PEER);
}

uint16_t
rx_peer_port(uint32_t peer)
{
	return (uint16_t)(RX_PORT_FIRST + peer % RX_PORTS_A_PEER);
}

static void
source_write(struct headers *h, uint32_t peer)
{
	uint16_t host = (uint16_t)(2u << 8 | rx_peer_host(peer)), port = rx_peer_port(peer);

	h->ip.src_addr = rte_cpu_to_be_32(RTE_IPV4(192, 0, 0, 0) | host);
	h->ip.packet_id = rte_cpu_to_be_16((uint16_t)~host);
	h->udp.src_port = rte_cpu_to_be_16(port);
	h->host_made_up = rte_cpu_to_be_16((uint16_t)~host);
	h->port_made_up = rte_cpu_to_be_16((uint16_t)~port);
}

void
rx_port_template(struct rx_port *port, const struct rte_ether_addr *mac)
{
	static const struct rte_ether_addr peer_mac = {{0x02, 0, 0, 0, 0, 2}};
	struct headers h = {
		.eth = {.dst_addr = *mac,
			.src_addr = peer_mac,
			.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4)},
		.ip = {.version_ihl = RTE_IPV4_VHL_DEF,
			.total_length = RTE_BE16(RX_FRAME_LEN - sizeof(struct rte_ether_hdr)),
			.time_to_live = 64,
			.next_proto_id = IPPROTO_UDP,
			.dst_addr = RTE_BE32(RTE_IPV4(192, 0, 2, 1))},
		.udp = {.dst_port = RTE_BE16(RX_LOCAL_PORT),
			.dgram_len = RTE_BE16(RX_FRAME_LEN - offsetof(struct headers, udp))},
	};

	memset(port->frame, 0x5a, sizeof(port->frame));
	source_write(&h, 0);
	memcpy(port->frame, &h, sizeof(h));

	struct headers *in = (void *)port->frame;

	in->ip.hdr_checksum = rte_ipv4_cksum(&in->ip);
	in->udp.dgram_cksum = rte_ipv4_udptcp_cksum(&in->ip, &in->udp);
}

uint16_t
rx_port_burst(void *arg, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct rx_port *port = arg;

	(void)queue;
	n = (uint16_t)RTE_MIN(n, port->left);
	if (n == 0 || rte_pktmbuf_alloc_bulk(port->pool, pkts, n) != 0)
		return 0;
	for (uint16_t i = 0; i < n; i++) {
		uint8_t *frame = rte_pktmbuf_mtod(pkts[i], uint8_t *);

		memcpy(frame, port->frame, RX_FRAME_LEN);
		source_write((struct headers *)frame, port->peers[port->at]);
		port->at = port->at + 1 == port->n_peers ? 0 : port->at + 1;
		pkts[i]->data_len = RX_FRAME_LEN;
		pkts[i]->pkt_len = RX_FRAME_LEN;
	}
	port->left -= n;
	return n;
}

/* What is not receiving is the port's beneath. */
static void *
beneath(void *arg)
{
	const struct rx_port *port = arg;

	return PROTO_PORT(port->port_id);
}

static int
rx_info(void *port, struct proto_port_info *info)
{
	int rc = proto_port_ethdev.info(beneath(port), info);

	info->rx_queues_max = 1;
	return rc;
}

static int
rx_setup(void *arg, const struct proto_port_setup *setup, struct pktpool_why *why)
{
	struct rx_port *port = arg;

	port->pool = setup->rx_pools[0];
	return proto_port_ethdev.setup(beneath(arg), setup, why);
}

static int
rx_start(void *port, struct pktpool_why *why)
{
	return proto_port_ethdev.start(beneath(port), why);
}

static void
rx_stop(void *port)
{
	proto_port_ethdev.stop(beneath(port));
}

static void
rx_release(void *port)
{
	proto_port_ethdev.release(beneath(port));
}

static int
rx_carrier(void *port)
{
	return proto_port_ethdev.carrier(beneath(port));
}

static uint16_t
rx_tx_burst(void *port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	return proto_port_ethdev.tx_burst(beneath(port), queue, pkts, n);
}

static int
rx_tx_reclaim(void *port, uint16_t queue, uint32_t max)
{
	return proto_port_ethdev.tx_reclaim(beneath(port), queue, max);
}

const struct proto_port_ops rx_port_ops = {
	.info = rx_info,
	.setup = rx_setup,
	.start = rx_start,
	.stop = rx_stop,
	.release = rx_release,
	.carrier = rx_carrier,
	.tx_burst = rx_tx_burst,
	.rx_burst = rx_port_burst,
	.tx_reclaim = rx_tx_reclaim,
};
