/* SPDX-License-Identifier: BSD-3-Clause */
#include "port_fault.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "pktpool.h"
#include "pktpool_chain.h"

#define KEPT_FLAGS (RTE_MBUF_F_EXTERNAL | RTE_MBUF_F_INDIRECT)

static void __attribute__((format(printf, 2, 3)))
complain(struct port_fault *port, const char *format, ...)
{
	va_list args;

	if (atomic_fetch_add(&port->n_wrong, 1) != 0)
		return;
	va_start(args, format);
	(void)vsnprintf(port->wrong, sizeof(port->wrong), format, args);
	va_end(args);
}

/* Make room for one more element of an array that grows. */
static void *
grown(void *array, uint32_t n, uint32_t *size, size_t element)
{
	if (n < *size)
		return array;
	*size = *size == 0 ? 64 : *size * 2;
	array = realloc(array, *size * element);
	if (array == NULL)
		abort();
	return array;
}

/* What the port needs to be true of each mbuf that it gets. */
static void
inspect(struct port_fault *port, const struct rte_mbuf *pkt)
{
	struct pktpool_why why = {""};

	if (pkt_check(pkt, &why) != 0)
		complain(port, "pkt_check: %s", why.text);
	if (pkt->nb_segs > port->info.segs_max)
		complain(port, "%u segments, the port takes %u", pkt->nb_segs, port->info.segs_max);
	if (pkt->pkt_len > (uint32_t)port->setup.mtu + RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN)
		complain(port, "a frame of %u bytes, the MTU is %u", pkt->pkt_len, port->setup.mtu);
	if (pkt->pool == NULL || pkt->data_len == 0)
		complain(port, "a head of %u bytes", pkt->data_len);
	if ((pkt->ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK) != 0 && port->info.offload_capa == 0)
		complain(port, "offload flags 0x%" PRIx64 " for a port that can do nothing",
			pkt->ol_flags);
	for (const struct rte_mbuf *seg = pkt; seg != NULL; seg = seg->next) {
		if (seg != pkt && seg->data_len == 0)
			complain(port, "an empty segment behind the head");
		if (rte_mbuf_iova_get(seg) == 0 || rte_mbuf_iova_get(seg) == RTE_BAD_IOVA)
			complain(port, "a segment without an IOVA");
		if (rte_eal_iova_mode() == RTE_IOVA_VA &&
			rte_pktmbuf_iova(seg) != (uintptr_t)rte_pktmbuf_mtod(seg, char *))
			complain(port, "the IOVA is not the address");
	}
}

static void
log_frame(struct fault_queue *q, const struct rte_mbuf *pkt)
{
	struct fault_frame *frame;
	uint32_t at = 0;

	q->frames = grown(q->frames, q->n_frames, &q->size, sizeof(*q->frames));
	frame = &q->frames[q->n_frames++];
	*frame = (struct fault_frame){
		.bytes = malloc(pkt->pkt_len),
		.frame_len = pkt->pkt_len,
		.nb_segs = pkt->nb_segs,
		.ol_flags = pkt->ol_flags,
		.tx_offload = pkt->tx_offload,
		.in_room = true,
	};
	if (frame->bytes == NULL)
		abort();
	for (const struct rte_mbuf *seg = pkt; seg != NULL; seg = seg->next) {
		if (at + seg->data_len <= pkt->pkt_len)
			memcpy(frame->bytes + at, rte_pktmbuf_mtod(seg, void *), seg->data_len);
		at += seg->data_len;
		frame->in_room &= RTE_MBUF_DIRECT(seg);
	}
	q->taken++;
	q->octets += frame->frame_len;
}

/* Overwrite what the next owner may not read, and free. */
static void
poison_and_free(struct rte_mbuf *pkt)
{
	for (struct rte_mbuf *seg = pkt; seg != NULL; seg = seg->next) {
		if (RTE_MBUF_DIRECT(seg))
			memset(seg->buf_addr, 0xa5, seg->buf_len);
		seg->pkt_len = 0xdeadbeef;
		seg->data_len = 0xdead;
		seg->data_off = 0xbeef;
		seg->packet_type = 0xdeadbeef;
		seg->tx_offload = 0xdeadbeefdeadbeef;
		seg->ol_flags = (seg->ol_flags & KEPT_FLAGS) | RTE_MBUF_F_TX_UDP_CKSUM |
				RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_VLAN;
	}
	rte_pktmbuf_free(pkt);
}

uint32_t
port_fault_release(struct port_fault *port, uint16_t queue, uint32_t n)
{
	struct fault_queue *q = &port->queues[queue];

	(void)pthread_mutex_lock(&q->lock);
	n = RTE_MIN(n, q->n_held);
	for (uint32_t i = 0; i < n; i++)
		poison_and_free(q->held[i]);
	q->n_held -= n;
	if (n != 0)
		memmove(q->held, q->held + n, q->n_held * sizeof(struct rte_mbuf *));
	(void)pthread_mutex_unlock(&q->lock);
	return n;
}

static void
hold(struct port_fault *port, uint16_t queue, struct rte_mbuf *pkt)
{
	struct fault_queue *q = &port->queues[queue];
	uint32_t over;

	if (port->hold == 0) {
		poison_and_free(pkt);
		return;
	}
	(void)pthread_mutex_lock(&q->lock);
	q->held = grown(q->held, q->n_held, &q->size_held, sizeof(struct rte_mbuf *));
	q->held[q->n_held++] = pkt;
	over = q->n_held > port->hold ? q->n_held - port->hold : 0;
	(void)pthread_mutex_unlock(&q->lock);
	(void)port_fault_release(port, queue, over);
}

static uint32_t
taken_of(struct port_fault *port, uint32_t n)
{
	if (port->random)
		return RTE_MIN(n, rng_below(&port->rng, port->random_max + 1));
	if (port->n_pattern != 0)
		return RTE_MIN(n, port->pattern[port->at_pattern++ % port->n_pattern]);
	return n;
}

static uint16_t
fault_tx_burst(void *arg, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct port_fault *port = arg;
	struct fault_queue *q = &port->queues[queue];
	uint32_t taken;

	if (!port->started || queue >= port->setup.n_queues || n == 0)
		complain(port, "a burst of %u on queue %u, started %d", n, queue, port->started);
	q->bursts++;
	taken = taken_of(port, n);
	for (uint32_t i = 0; i < taken; i++) {
		inspect(port, pkts[i]);
		log_frame(q, pkts[i]);
		hold(port, queue, pkts[i]);
	}
	return (uint16_t)taken;
}

static uint16_t
fault_tx_prepare(void *arg, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct port_fault *port = arg;
	uint64_t gone = port->queues[queue].taken;

	for (uint32_t i = 0; i < n; i++)
		inspect(port, pkts[i]);
	port->prepared += n;
	if (port->at_refuse >= port->n_refuse || port->refuse[port->at_refuse] >= gone + n)
		return n;
	if (port->refuse[port->at_refuse] <= gone) {
		port->at_refuse++;
		rte_errno = EINVAL;
		return 0;
	}
	rte_errno = EINVAL;
	return (uint16_t)(port->refuse[port->at_refuse] - gone);
}

static int
fault_tx_reclaim(void *arg, uint16_t queue, uint32_t max)
{
	struct port_fault *port = arg;
	uint32_t n = max != 0 ? max : UINT32_MAX;

	if (port->no_reclaim)
		return -ENOTSUP;
	port->reclaims++;
	if (port->reclaim_max != 0)
		n = RTE_MIN(n, port->reclaim_max);
	return (int)port_fault_release(port, queue, n);
}

static int
fault_info(void *arg, struct proto_port_info *info)
{
	*info = ((struct port_fault *)arg)->info;
	return 0;
}

static int
fault_setup(void *arg, const struct proto_port_setup *setup, struct pktpool_why *why)
{
	struct port_fault *port = arg;

	port->setups++;
	port->setup = *setup;
	if ((setup->offloads & ~port->info.offload_capa) != 0)
		complain(port, "asked for offloads that it does not have");
	if (port->setup_errors == 0)
		return 0;
	port->setup_errors--;
	if (why != NULL)
		(void)snprintf(why->text, sizeof(why->text), "told to fail at setup");
	return port->setup_error;
}

static int
fault_start(void *arg, struct pktpool_why *why)
{
	struct port_fault *port = arg;

	port->starts++;
	if (port->start_errors != 0) {
		port->start_errors--;
		if (why != NULL)
			(void)snprintf(why->text, sizeof(why->text), "told to fail at start");
		return port->start_error;
	}
	if (port->started)
		complain(port, "started twice");
	port->started = true;
	return 0;
}

static void
fault_stop(void *arg)
{
	struct port_fault *port = arg;

	port->stops++;
	if (!port->started)
		complain(port, "stopped twice");
	port->started = false;
	if (port->hold == PORT_FAULT_HOLD_ALL && port->info.reclaim == PROTO_RECLAIM_WITH_TRAFFIC)
		return; /* a peer has the frames, as on net_ring */
	for (uint16_t q = 0; q < PORT_FAULT_QUEUES; q++)
		(void)port_fault_release(port, q, UINT32_MAX);
}

static int
fault_carrier(void *arg)
{
	return ((struct port_fault *)arg)->down ? 0 : 1;
}

const struct proto_port_ops port_fault_ops = {
	.info = fault_info,
	.setup = fault_setup,
	.start = fault_start,
	.stop = fault_stop,
	.carrier = fault_carrier,
	.tx_prepare = fault_tx_prepare,
	.tx_burst = fault_tx_burst,
	.tx_reclaim = fault_tx_reclaim,
};

void
port_fault_init(struct port_fault *port)
{
	memset(port, 0, sizeof(*port));
	port->info = (struct proto_port_info){
		.driver = "fault",
		.mac = {{0x02, 0, 0, 0, 0, 0x01}},
		.mtu = 1500,
		.mtu_max = 65000,
		.segs_max = UINT16_MAX,
		.queues_max = PORT_FAULT_QUEUES,
		.reclaim = PROTO_RECLAIM_IN_BURST,
		.cpu_only = true,
		.socket = SOCKET_ID_ANY,
	};
	for (unsigned int i = 0; i < PORT_FAULT_QUEUES; i++)
		(void)pthread_mutex_init(&port->queues[i].lock, NULL);
}

void
port_fault_forget(struct port_fault *port)
{
	for (unsigned int i = 0; i < PORT_FAULT_QUEUES; i++) {
		struct fault_queue *q = &port->queues[i];

		for (uint32_t k = 0; k < q->n_frames; k++)
			free(q->frames[k].bytes);
		q->n_frames = 0;
	}
}

void
port_fault_fini(struct port_fault *port)
{
	port_fault_forget(port);
	for (unsigned int i = 0; i < PORT_FAULT_QUEUES; i++) {
		free(port->queues[i].frames);
		free(port->queues[i].held);
		(void)pthread_mutex_destroy(&port->queues[i].lock);
	}
}

void
port_fault_takes(struct port_fault *port, uint32_t n, const uint32_t *pattern)
{
	port->random = false;
	port->at_pattern = 0;
	port->n_pattern = RTE_MIN(n, (uint32_t)PORT_FAULT_PATTERN);
	for (uint32_t i = 0; i < port->n_pattern; i++)
		port->pattern[i] = pattern[i];
}

void
port_fault_takes_all(struct port_fault *port)
{
	port_fault_takes(port, 0, NULL);
}

void
port_fault_takes_random(struct port_fault *port, uint64_t seed, uint32_t most)
{
	port->random = true;
	port->random_max = most;
	port->rng.state = seed;
}

uint64_t
port_fault_frames(const struct port_fault *port)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < PORT_FAULT_QUEUES; i++)
		sum += port->queues[i].taken;
	return sum;
}

uint64_t
port_fault_octets(const struct port_fault *port)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < PORT_FAULT_QUEUES; i++)
		sum += port->queues[i].octets;
	return sum;
}
