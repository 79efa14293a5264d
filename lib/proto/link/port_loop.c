/* SPDX-License-Identifier: BSD-3-Clause */
#include "port_loop.h"

#include <errno.h>
#include <stdio.h>

#include <rte_ethdev.h>
#include <rte_ring.h>

#include "pktpool.h"
#include "pktpool_mem.h"

struct port_loop {
	uint16_t n_queues;
	uint16_t mtu;
	int socket;
	struct rte_ring *rings[]; /* one a queue: its worker alone sends and receives */
};

struct port_loop *
port_loop_create(const char *name, uint16_t n_queues, uint16_t mtu, int socket)
{
	struct port_loop *port = pktpool_mem_alloc(
		"PLOP", sizeof(*port) + n_queues * sizeof(port->rings[0]), 0, socket, NULL);

	if (port == NULL)
		return NULL;
	port->mtu = mtu;
	port->socket = socket;
	for (port->n_queues = 0; port->n_queues < n_queues; port->n_queues++) {
		char ring[RTE_RING_NAMESIZE];

		(void)snprintf(ring, sizeof(ring), "%s.lo%u", name, port->n_queues);
		port->rings[port->n_queues] = rte_ring_create(
			ring, PORT_LOOP_FRAMES, socket, RING_F_SP_ENQ | RING_F_SC_DEQ);
		if (port->rings[port->n_queues] == NULL) {
			port_loop_destroy(port);
			return NULL;
		}
	}
	return port;
}

void
port_loop_destroy(struct port_loop *port)
{
	if (port == NULL)
		return;
	while (port->n_queues > 0)
		rte_ring_free(port->rings[--port->n_queues]);
	(void)pktpool_mem_free(port);
}

static int
loop_info(void *arg, struct proto_port_info *info)
{
	const struct port_loop *port = arg;

	*info = (struct proto_port_info){
		.driver = "loop",
		.mac = {{0x02}},
		.mtu = port->mtu,
		.mtu_max = port->mtu,
		.segs_max = UINT16_MAX,
		.queues_max = port->n_queues,
		.rx_queues_max = port->n_queues,
		.frags_together = true,
		.offload_extra = RTE_ETH_TX_OFFLOAD_MULTI_SEGS,
		.reclaim = PROTO_RECLAIM_WITH_TRAFFIC, /* when the receiver gives them back */
		.cpu_only = true,
		.socket = port->socket,
	};
	return 0;
}

static int
loop_setup(void *port, const struct proto_port_setup *setup, struct pktpool_why *why)
{
	(void)port, (void)setup, (void)why;
	return 0;
}

static int
loop_start(void *port, struct pktpool_why *why)
{
	(void)port, (void)why;
	return 0;
}

static void
loop_stop(void *arg)
{
	struct port_loop *port = arg;

	for (unsigned q = 0; q < port->n_queues; q++) {
		struct rte_mbuf *pkt;

		while (rte_ring_sc_dequeue(port->rings[q], (void **)&pkt) == 0)
			pktpool_free(pkt);
	}
}

static int
loop_carrier(void *port)
{
	(void)port;
	return 1;
}

static uint16_t
loop_tx_burst(void *arg, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct port_loop *port = arg;

	return (uint16_t)rte_ring_sp_enqueue_burst(
		port->rings[queue], (void *const *)pkts, n, NULL);
}

static uint16_t
loop_rx_burst(void *arg, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct port_loop *port = arg;

	return (uint16_t)rte_ring_sc_dequeue_burst(port->rings[queue], (void **)pkts, n, NULL);
}

static int
loop_tx_reclaim(void *port, uint16_t queue, uint32_t max)
{
	(void)port, (void)queue, (void)max;
	return -ENOTSUP;
}

const struct proto_port_ops port_loop_ops = {
	.info = loop_info,
	.setup = loop_setup,
	.start = loop_start,
	.stop = loop_stop,
	.carrier = loop_carrier,
	.tx_burst = loop_tx_burst,
	.rx_burst = loop_rx_burst,
	.tx_reclaim = loop_tx_reclaim,
};
