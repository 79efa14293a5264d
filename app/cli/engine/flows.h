/* SPDX-License-Identifier: BSD-3-Clause */
/* The flows that a sink sees: a table of fixed size, by peer, run and flow number. */
#ifndef ENGINE_FLOWS_H
#define ENGINE_FLOWS_H

#include <proto_endpoint.h>

#include "pattern.h"
#include "seqs.h"

#define FLOWS_SLOTS 4096u		  /* a power of two */
#define FLOWS_MAX   (FLOWS_SLOTS / 4 * 3) /* so that a search ends soon */

struct flows_flow {
	bool used;
	uint16_t port, run, flow;
	struct proto_addr addr;
	struct seqs seqs;
};

struct flows {
	unsigned n;
	struct seqs_figures figures; /* of all flows */
	uint64_t untracked;	     /* datagrams of flows for which there was no room */
	struct flows_flow slots[FLOWS_SLOTS];
};

/* A datagram came from this peer. */
void flows_take(struct flows *flows, const struct proto_peer *peer, const struct pattern_id *id);

#endif
