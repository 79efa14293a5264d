/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The workers' side of a capture: what passes a queue, or is dropped, is copied into a slot and put
 * on a ring. No lock, no system call, no allocation; when no slot is free a frame is missed, which
 * is counted.
 */
#ifndef CAPTURE_NG_CAPTURE_TAP_H
#define CAPTURE_NG_CAPTURE_TAP_H

#include <stdatomic.h>

#include <rte_ethdev.h>
#include <rte_ring.h>

#include <proto.h>

#define CAPTURE_SLOTS	  4096 /* at most */
#define CAPTURE_SLOTS_MIN 64
#define CAPTURE_OCTETS	  (16 * 1024 * 1024)	/* in all slots, at most */
#define CAPTURE_IFS_MAX	  (PROTO_LINKS_MAX + 1) /* and the loop */

/* A copy of a frame. */
struct capture_slot {
	uint64_t tsc;
	uint32_t caplen;
	uint32_t len;
	uint16_t interface;
	uint16_t queue;
	int16_t drop; /* enum proto_drop; -1: passed */
	bool out;
	uint8_t bytes[];
};

struct capture_slots {
	struct rte_ring *free;
	struct rte_ring *full;
	void *memory;
	uint32_t snaplen; /* bytes that a slot has for a frame */
};

/* One queue that is listened to. Written by its worker only; others read a moment late. */
struct capture_queue {
	struct capture_slots *slots;
	const struct rte_eth_rxtx_callback *callback;
	uint16_t port_id, queue, interface;
	bool out;
	uint32_t sample;    /* one in so many */
	uint32_t countdown; /* frames until the next one */
	uint64_t seen;	    /* frames that were to be captured */
	uint64_t missed;
} __rte_cache_aligned;

/* Dropped frames, of all workers. */
struct capture_drops {
	struct capture_slots *slots;
	uint32_t sample;
	int16_t interface_of[CAPTURE_IFS_MAX]; /* by link index; -1: not listened to */
	_Atomic uint32_t count;
	struct {
		_Atomic uint64_t seen, missed;
	} of[CAPTURE_IFS_MAX]; /* by interface */
};

/* Make slots for frames of `snaplen` bytes, fewer where memory is short. Returns how many, or 0. */
unsigned capture_slots_make(struct capture_slots *slots, uint32_t snaplen);
void capture_slots_free(struct capture_slots *slots);

/* Listen to a queue from now on (its fields but `callback` are set). Returns 0 or negative errno.
 */
int capture_queue_open(struct capture_queue *queue);
/* No longer. No worker works meanwhile. */
void capture_queue_close(struct capture_queue *queue);

/* A proto_drop_fn; `arg` is a struct capture_drops. */
void capture_drop(const struct proto_dropped *frame, void *arg);

#endif
