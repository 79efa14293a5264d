/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_PORT_FAULT_H
#define HARNESS_PORT_FAULT_H

/*
 * A port that stands on nothing and misbehaves as told: it takes as much of a burst as it is told,
 * holds what it took as long as it is told, and poisons what it frees, so that whoever reads a sent
 * mbuf goes wrong. It logs the bytes of every frame, and notes what is wrong with an mbuf it gets.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "proto_link.h"
#include "rng.h"

#define PORT_FAULT_QUEUES   4
#define PORT_FAULT_PATTERN  8
#define PORT_FAULT_REFUSALS 8
#define PORT_FAULT_HOLD_ALL UINT32_MAX

/* One frame as the port got it. */
struct fault_frame {
	uint8_t *bytes; /* all segments */
	uint32_t frame_len;
	uint16_t nb_segs;
	uint64_t ol_flags;
	uint64_t tx_offload;
	bool in_room; /* no segment points outside its own mbuf */
};

struct fault_queue {
	struct fault_frame *frames;
	uint32_t n_frames;
	uint32_t size;
	uint64_t taken; /* frames and their bytes since the start */
	uint64_t octets;
	uint32_t bursts;
	pthread_mutex_t lock; /* held and n_held: port_fault_release() may come from any thread */
	struct rte_mbuf **held;
	uint32_t n_held;
	uint32_t size_held;
};

struct port_fault {
	struct proto_port_info info;

	/* How much of a burst it takes: pattern[] in turn, or at random up to random_max; else all.
	 */
	uint32_t pattern[PORT_FAULT_PATTERN];
	uint32_t n_pattern;
	uint32_t at_pattern;
	bool random;
	uint32_t random_max;
	struct rng rng;

	/* Frames it holds before the oldest are freed: a ring's slots. 0: it frees inside the
	 * burst. */
	uint32_t hold;
	uint32_t reclaim_max; /* frames that one tx_reclaim() frees; 0: all */
	bool no_reclaim;      /* tx_reclaim() says -ENOTSUP */

	/* Frames that tx_prepare() refuses, each once: how many have gone out before it. */
	uint32_t refuse[PORT_FAULT_REFUSALS];
	uint32_t n_refuse;
	uint32_t at_refuse;

	/* What setup() and start() return, for as many calls as told. */
	int setup_error;
	uint32_t setup_errors;
	int start_error;
	uint32_t start_errors;

	bool down; /* no carrier */

	/* What was seen. */
	struct proto_port_setup setup;
	uint32_t setups;
	uint32_t starts;
	uint32_t stops;
	uint32_t prepared;
	uint32_t reclaims;
	bool started;
	_Atomic uint32_t n_wrong;
	char wrong[256]; /* the first thing that was wrong */
	struct fault_queue queues[PORT_FAULT_QUEUES];
};

extern const struct proto_port_ops port_fault_ops;

/* An obedient port: MTU 1500, any memory, many segments, everything freed inside the burst. */
void port_fault_init(struct port_fault *port);

/* Forget the log. What is held must have been released. */
void port_fault_fini(struct port_fault *port);

/* Forget the frames logged so far, of all queues; counts stay. */
void port_fault_forget(struct port_fault *port);

/* Free up to n held frames of a queue, the oldest first. Any thread. Returns how many. */
uint32_t port_fault_release(struct port_fault *port, uint16_t queue, uint32_t n);

/* The port takes these many frames of the next bursts, in turn, over and over. */
void port_fault_takes(struct port_fault *port, uint32_t n, const uint32_t *pattern);

/* The port takes all of each burst again. */
void port_fault_takes_all(struct port_fault *port);

/* The port takes 0..most frames of each burst, at random. */
void port_fault_takes_random(struct port_fault *port, uint64_t seed, uint32_t most);

/* Frames taken since the start, all queues, and their bytes. */
uint64_t port_fault_frames(const struct port_fault *port);
uint64_t port_fault_octets(const struct port_fault *port);

#endif /* HARNESS_PORT_FAULT_H */
