/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_tap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#define BURST 32

static struct rte_ring *
ring_make(const struct capture_slots *slots, const char *what, unsigned n, unsigned flags)
{
	char name[RTE_RING_NAMESIZE];

	(void)snprintf(name, sizeof(name), "cap_%s_%p", what, (const void *)slots);
	return rte_ring_create(name, n, SOCKET_ID_ANY, flags | RING_F_EXACT_SZ);
}

static size_t
slot_size(uint32_t snaplen)
{
	return RTE_ALIGN_CEIL(sizeof(struct capture_slot) + snaplen, RTE_CACHE_LINE_SIZE);
}

/* Returns whether there was memory for so many. */
static bool
slots_make(struct capture_slots *slots, unsigned n, size_t size)
{
	slots->memory = rte_malloc("capture", n * size, RTE_CACHE_LINE_SIZE);
	/* One thread, the control thread, gives free slots and takes full ones. */
	slots->free = ring_make(slots, "free", n, RING_F_SP_ENQ);
	slots->full = ring_make(slots, "full", n, RING_F_SC_DEQ);
	if (slots->memory == NULL || slots->free == NULL || slots->full == NULL) {
		capture_slots_free(slots);
		return false;
	}
	for (unsigned i = 0; i < n; i++)
		(void)rte_ring_enqueue(slots->free, (uint8_t *)slots->memory + i * size);
	return true;
}

unsigned
capture_slots_make(struct capture_slots *slots, uint32_t snaplen)
{
	size_t size = slot_size(snaplen);
	unsigned n = (unsigned)RTE_MIN((size_t)CAPTURE_SLOTS, CAPTURE_OCTETS / size);

	for (; n >= CAPTURE_SLOTS_MIN; n /= 2) {
		if (!slots_make(slots, n, size))
			continue;
		slots->snaplen = snaplen;
		return n;
	}
	return 0;
}

void
capture_slots_free(struct capture_slots *slots)
{
	rte_ring_free(slots->full);
	rte_ring_free(slots->free);
	rte_free(slots->memory);
	*slots = (struct capture_slots){.memory = NULL};
}

/* Copy up to `caplen` bytes of a chain, from `front` bytes in front of its data on. */
static void
copy(uint8_t *to, const struct rte_mbuf *seg, uint16_t front, uint32_t caplen)
{
	uint32_t at = RTE_MIN(front + (uint32_t)seg->data_len, caplen);

	memcpy(to, rte_pktmbuf_mtod(seg, const uint8_t *) - front, at);
	for (seg = seg->next; at < caplen && seg != NULL; seg = seg->next) {
		uint32_t n = RTE_MIN((uint32_t)seg->data_len, caplen - at);

		memcpy(to + at, rte_pktmbuf_mtod(seg, const void *), n);
		at += n;
	}
}

static void
fill(struct capture_slot *slot, const struct rte_mbuf *pkt, uint16_t front, uint32_t len,
	uint32_t snaplen)
{
	slot->len = len;
	slot->caplen = RTE_MIN(len, snaplen);
	copy(slot->bytes, pkt, front, slot->caplen);
}

/* The frames of a burst whose turn it is. Returns how many. */
static unsigned
sampled(struct capture_queue *queue, struct rte_mbuf *const *pkts, unsigned n,
	struct rte_mbuf **picked)
{
	unsigned n_picked = 0;

	for (unsigned i = 0; i < n; i++) {
		if (--queue->countdown != 0)
			continue;
		queue->countdown = queue->sample;
		picked[n_picked++] = pkts[i];
	}
	return n_picked;
}

static void
take(struct capture_queue *queue, struct rte_mbuf *const *pkts, unsigned n)
{
	struct rte_mbuf *picked[BURST];
	struct capture_slot *slot[BURST];
	uint64_t tsc = rte_get_tsc_cycles();
	unsigned n_slots;

	n = sampled(queue, pkts, n, picked);
	n_slots = rte_ring_mc_dequeue_burst(queue->slots->free, (void **)slot, n, NULL);
	for (unsigned i = 0; i < n_slots; i++) {
		slot[i]->tsc = tsc;
		slot[i]->interface = queue->interface;
		slot[i]->queue = queue->queue;
		slot[i]->drop = -1;
		slot[i]->out = queue->out;
		fill(slot[i], picked[i], 0, picked[i]->pkt_len, queue->slots->snaplen);
	}
	/* There is room for all slots there are. */
	(void)rte_ring_mp_enqueue_bulk(queue->slots->full, (void *const *)slot, n_slots, NULL);
	queue->seen += n;
	queue->missed += n - n_slots;
}

static void
take_all(struct capture_queue *queue, struct rte_mbuf *const *pkts, uint16_t n)
{
	for (unsigned i = 0; i < n; i += BURST)
		take(queue, pkts + i, RTE_MIN(n - i, (unsigned)BURST));
}

static uint16_t
on_rx(uint16_t port, uint16_t queue, struct rte_mbuf *pkts[], uint16_t n, uint16_t max, void *arg)
{
	(void)port, (void)queue, (void)max;
	take_all(arg, pkts, n);
	return n;
}

static uint16_t
on_tx(uint16_t port, uint16_t queue, struct rte_mbuf *pkts[], uint16_t n, void *arg)
{
	(void)port, (void)queue;
	take_all(arg, pkts, n);
	return n;
}

int
capture_queue_open(struct capture_queue *queue)
{
	queue->countdown = 1;
	queue->callback =
		queue->out ? rte_eth_add_tx_callback(queue->port_id, queue->queue, on_tx, queue)
			   : rte_eth_add_rx_callback(queue->port_id, queue->queue, on_rx, queue);
	return queue->callback != NULL ? 0 : -rte_errno;
}

void
capture_queue_close(struct capture_queue *queue)
{
	uintptr_t callback = (uintptr_t)queue->callback;

	if (queue->callback == NULL)
		return;
	if (queue->out)
		(void)rte_eth_remove_tx_callback(queue->port_id, queue->queue, queue->callback);
	else
		(void)rte_eth_remove_rx_callback(queue->port_id, queue->queue, queue->callback);
	rte_free((void *)callback); /* as ethdev says; nobody is inside */
	queue->callback = NULL;
}

/* Is this the one of so many? Workers that drop at the same moment may both have the turn. */
static bool
is_turn(struct capture_drops *drops)
{
	if (atomic_fetch_add_explicit(&drops->count, 1, memory_order_relaxed) + 1 < drops->sample)
		return false;
	atomic_store_explicit(&drops->count, 0, memory_order_relaxed);
	return true;
}

void
capture_drop(const struct proto_dropped *frame, void *arg)
{
	struct capture_drops *drops = arg;
	int interface = drops->interface_of[frame->link];
	struct capture_slot *slot;

	if (interface < 0 || !is_turn(drops))
		return;
	atomic_fetch_add_explicit(&drops->of[interface].seen, 1, memory_order_relaxed);
	if (rte_ring_mc_dequeue(drops->slots->free, (void **)&slot) != 0) {
		atomic_fetch_add_explicit(&drops->of[interface].missed, 1, memory_order_relaxed);
		return;
	}
	slot->tsc = rte_get_tsc_cycles();
	slot->interface = (uint16_t)interface;
	slot->queue = 0;
	slot->drop = (int16_t)frame->reason;
	slot->out = false;
	fill(slot, frame->pkt, frame->front, frame->front + frame->len, drops->slots->snaplen);
	(void)rte_ring_mp_enqueue(drops->slots->full, slot);
}
