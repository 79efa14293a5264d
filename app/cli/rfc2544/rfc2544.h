/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Measurements after RFC 2544: throughput (26.1), latency (26.2), frame loss (26.3), back-to-back
 * (26.4), between two links of the session with a device or a cable between them, or from one link
 * to a peer that sends back what it gets (`set to`).
 *
 * What differs from the RFC: payloads are measured, UDP datagrams of any size, which come in one
 * frame or in fragments of several; trials take as long as asked, and the output says when that is
 * shorter than the RFC wants; latency is taken of every payload, from when the stack gets it until
 * the receiver has it, both in this process.
 */
#ifndef RFC2544_RFC2544_H
#define RFC2544_RFC2544_H

#include <stdio.h>

#include "../session/session.h"

#define RFC2544_SIZES_MAX 24

enum rfc2544_test {
	RFC2544_THROUGHPUT,
	RFC2544_LATENCY,
	RFC2544_FRAME_LOSS,
	RFC2544_BACK_TO_BACK,
};

struct rfc2544_size {
	uint32_t bytes;
	bool is_payload; /* bytes of UDP payload; else of a frame with its FCS (RFC 2544 9.1) */
};

/* Zero in a field takes the default named there. */
struct rfc2544_conf {
	enum rfc2544_test test;
	unsigned tx_link; /* index in the session */
	bool peer;	  /* the peer of `set to` sends back; else: to rx_link */
	unsigned rx_link;
	uint8_t family; /* of addresses, between links: 4 or 6; 4 */
	uint16_t port;	/* UDP, between links: 2544 */
	unsigned n_sizes;
	/* 64, 128, 256, 512, 1024, 1280, 1518, 9000 as far as the MTU takes them, then payloads of
	 * 4096, 16384 and the longest. */
	struct rfc2544_size sizes[RFC2544_SIZES_MAX];
	double trial;	   /* seconds: 1 */
	double settle;	   /* seconds to wait for the last payloads: 2 (RFC 2544 23) */
	double resolution; /* of searches, a part of the highest rate: 0.01 */
	double tolerance;  /* a part of the payloads that may be lost: 0 */
	double rate;	   /* payloads a second at most; 0: what the link's speed lets through */
	unsigned repeat;   /* of latency's and back-to-back's trials, averaged: 1 */
	enum proto_data data;
	/* NULL, or: let workers work until `until` (TSC), as session_turn() does. Returns false: it
	 * was interrupted. */
	bool (*rest)(void *ctx, uint64_t until);
	void *rest_ctx;
};

/* The test's name in commands: "throughput", ...; NULL past the last. */
const char *rfc2544_name(unsigned test);

/*
 * Measure. Rows go to `table` as they come; then `json` and `svg` (NULL: none) are written, the
 * latter by gnuplot. Nothing may run on the session. Returns 0, or -1 with `err`: then neither file
 * has results.
 */
int rfc2544_run(struct session *session, const struct rfc2544_conf *conf, FILE *table,
	const char *json, const char *svg, struct opt_error *err);

#endif
