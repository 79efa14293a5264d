/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_SESSION_RIG_H
#define HARNESS_SESSION_RIG_H

/*
 * A session whose workers all run on the test's thread, to drive engines with. Ports are pairs of
 * net_ring: what one sends the other gets, queue by queue.
 */

#include "engine/engine.h"

#define SESSION_RIG_WORKERS 4

struct session_rig {
	struct session session;
	struct session_worker workers[SESSION_RIG_WORKERS];
};

/* Make two ports that are connected, with this many queues. */
void session_rig_wire(const char *name, unsigned queues, uint16_t ports[2]);

/* A stack on these ports. Link i has addresses 192.0.2.HOST and 2001:db8::HOST, of network i. */
void session_rig_open(struct session_rig *rig, const char *name, const uint16_t *ports,
	unsigned n_ports, unsigned n_workers, unsigned host);

/* What a shell sets when nobody says otherwise; `to` and `from` of this family and host. */
void session_rig_peer(struct session_rig *rig, unsigned family, unsigned to_host);

/* Start the engine of the settings: 0, or -1 with `err`, and then it has been stopped. */
int session_rig_start(struct session_rig *rig, const struct engine *engine, struct opt_error *err);

/* A turn of each worker. Returns how much was done. */
unsigned session_rig_turn(struct session_rig *rig);

bool session_rig_is_done(const struct session_rig *rig);
bool session_rig_is_drained(const struct session_rig *rig);

struct engine_figures session_rig_figures(const struct session_rig *rig);

/* Quit has been asked for; stop, and let the state go. Returns its figures. */
void session_rig_quit(struct session_rig *rig);
struct engine_figures session_rig_stop(struct session_rig *rig);

/* Destroy the stack; nothing may be left behind. */
void session_rig_close(struct session_rig *rig);

#endif
