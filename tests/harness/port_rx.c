/* SPDX-License-Identifier: BSD-3-Clause */
#include "port_rx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void
port_rx_init(struct port_rx *port, uint16_t n_rx_queues)
{
	memset(port, 0, sizeof(*port));
	port_fault_init(&port->fault);
	port->fault.info.rx_queues_max = n_rx_queues;
	port->fault.info.n_rxd = 64;
}

static int
rx_setup(void *arg, const struct proto_port_setup *setup, struct pktpool_why *why)
{
	struct port_rx *port = arg;

	for (uint16_t q = 0; q < setup->n_rx_queues; q++)
		port->pools[q] = setup->rx_pools[q];
	return port_fault_ops.setup(arg, setup, why);
}

static void
rx_stop(void *arg)
{
	struct port_rx *port = arg;

	for (unsigned int q = 0; q < PORT_FAULT_QUEUES; q++)
		while (port->rx[q].head != port->rx[q].tail)
			rte_pktmbuf_free(port->rx[q].frames[port->rx[q].head++ % PORT_RX_FRAMES]);
	port_fault_ops.stop(arg);
}

static uint16_t
rx_burst(void *arg, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct port_rx *port = arg;
	uint16_t most = port->burst != 0 && port->burst < n ? port->burst : n;
	uint16_t i = 0;

	while (i < most && port->rx[queue].head != port->rx[queue].tail)
		pkts[i++] = port->rx[queue].frames[port->rx[queue].head++ % PORT_RX_FRAMES];
	return i;
}

static int
set_groups(void *arg, const struct rte_ether_addr *macs, uint32_t n)
{
	struct port_rx *port = arg;

	if (port->groups_error != 0)
		return port->groups_error;
	assert_true(n <= RTE_DIM(port->macs));
	memcpy(port->macs, macs, n * sizeof(*macs));
	port->n_macs = n;
	return 0;
}

const struct proto_port_ops *
port_rx_ops(void)
{
	static struct proto_port_ops ops;

	ops = port_fault_ops;
	ops.setup = rx_setup;
	ops.stop = rx_stop;
	ops.rx_burst = rx_burst;
	ops.set_groups = set_groups;
	return &ops;
}

static void
put(struct port_rx *port, uint16_t queue, struct rte_mbuf *pkt)
{
	assert_true(port->rx[queue].tail - port->rx[queue].head < PORT_RX_FRAMES);
	port->rx[queue].frames[port->rx[queue].tail++ % PORT_RX_FRAMES] = pkt;
}

bool
port_rx_offer(struct port_rx *port, uint16_t queue, const void *bytes, uint32_t frame_len,
	uint32_t pieces)
{
	const uint8_t *from = bytes;
	struct rte_mbuf *head = NULL, **link = &head;
	uint32_t left = frame_len;

	assert_true(port->rx[queue].tail - port->rx[queue].head < PORT_RX_FRAMES);
	for (uint32_t i = 0; i < pieces; i++) {
		struct rte_mbuf *seg = rte_pktmbuf_alloc(port->pools[queue]);
		uint32_t len = i + 1 == pieces ? left : frame_len / pieces;

		if (seg == NULL) {
			rte_pktmbuf_free(head);
			return false;
		}
		memcpy(rte_pktmbuf_append(seg, (uint16_t)len), from, len);
		from += len;
		left -= len;
		*link = seg;
		link = &seg->next;
		head->nb_segs = (uint16_t)(i + 1);
	}
	head->pkt_len = frame_len;
	/* What a NIC says, and nobody here relies on. */
	head->ol_flags = port->ol_flags;
	head->packet_type = UINT32_MAX;
	head->port = UINT16_MAX - 1;
	put(port, queue, head);
	return true;
}

void
port_rx_inject(struct port_rx *port, uint16_t queue, const void *bytes, uint32_t frame_len,
	uint32_t pieces)
{
	assert_true(port_rx_offer(port, queue, bytes, frame_len, pieces));
}

static void
exact_free(void *addr, void *shinfo)
{
	free(addr);
	free(shinfo);
}

void
port_rx_inject_exact(struct port_rx *port, uint16_t queue, const void *bytes, uint32_t frame_len)
{
	struct rte_mbuf *pkt = rte_pktmbuf_alloc(port->pools[queue]);
	struct rte_mbuf_ext_shared_info *shinfo = malloc(sizeof(*shinfo));
	uint8_t *room = malloc(frame_len);

	assert_true(pkt != NULL && shinfo != NULL && (room != NULL || frame_len == 0));
	assert_true(frame_len <= UINT16_MAX);
	shinfo->free_cb = exact_free;
	shinfo->fcb_opaque = shinfo;
	rte_mbuf_ext_refcnt_set(shinfo, 1);
	if (frame_len != 0)
		memcpy(room, bytes, frame_len);
	rte_pktmbuf_attach_extbuf(
		pkt, room, (rte_iova_t)(uintptr_t)room, (uint16_t)frame_len, shinfo);
	pkt->data_len = (uint16_t)frame_len;
	pkt->pkt_len = frame_len;
	put(port, queue, pkt);
}

struct rte_mbuf *
port_rx_last(struct port_rx *port, uint16_t queue)
{
	assert_true(port->rx[queue].tail != port->rx[queue].head);
	return port->rx[queue].frames[(port->rx[queue].tail - 1) % PORT_RX_FRAMES];
}
