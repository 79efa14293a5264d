/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames straight from port to port: what io, mac, macswap, reflect and loss have in common. As
 * testpmd pairs them, link 0 forwards to 1 and 1 to 0, 2 to 3..., an odd one to itself; worker i
 * works queue i of each. raw.c is the only file of the program that bursts.
 */
#ifndef ENGINE_RAW_H
#define ENGINE_RAW_H

#include <rte_ether.h>
#include <rte_mbuf.h>

#include "engine.h"

#define RAW_BURST 32u

struct raw_port {
	uint16_t port_id;
	bool has_rx;	  /* this worker has a queue of it */
	bool was_promisc; /* before raw_open() */
	bool any_mac;	  /* the link is set to take frames to any station's address */
	unsigned pair;	  /* index of the port that its frames go to */
	struct rte_ether_addr mac;
};

/* State of a worker; an engine's state begins with it. */
struct raw {
	uint16_t queue;
	bool promisc; /* it is on by this worker */
	bool quit;
	unsigned n;
	struct raw_port ports[CONFIG_LINKS_MAX];
	struct engine_figures figures;
};

/*
 * Change frames that go out on `out`. It may free some (and count them) and close the gap. Returns
 * how many are left.
 */
typedef unsigned (*raw_edit_fn)(
	struct raw *raw, const struct raw_port *out, struct rte_mbuf **pkts, unsigned n);

/* Set up the state, and (worker 0, `promisc`) let frames to any address in. 0, or -1 with `err`. */
int raw_open(struct session_worker *worker, bool promisc, struct opt_error *err);

/* Frames that came on port `in`, at most RAW_BURST. Returns how many. */
unsigned raw_receive(struct raw *raw, unsigned in, struct rte_mbuf **pkts);

/* Send; what the port does not take is freed and counted as lost, as testpmd does. */
void raw_send(struct raw *raw, unsigned out, struct rte_mbuf **pkts, unsigned n);

/* A turn: from each port to its pair (or back to itself), edited (`edit` may be NULL). */
unsigned raw_forward(struct session_worker *worker, bool to_itself, raw_edit_fn edit);

/* These members of struct engine are the same for all. */
void raw_quit(struct session_worker *worker);
void raw_stop(struct session_worker *worker);
bool raw_is_done(const struct session_worker *worker);
void raw_figures(const struct session_worker *worker, struct engine_figures *sum);

#endif
