/* SPDX-License-Identifier: BSD-3-Clause */
/* A port that gives a stack its own frames back: how endpoints of one stack talk to each other. */
#ifndef PROTO_LINK_PORT_LOOP_H
#define PROTO_LINK_PORT_LOOP_H

#include "../proto_link.h"

#define PORT_LOOP_FRAMES 2048 /* in a queue, between tx and rx of one worker */

struct port_loop;

/* `name` is unique in the process. NULL: no memory. */
struct port_loop *port_loop_create(const char *name, uint16_t n_queues, uint16_t mtu, int socket);
void port_loop_destroy(struct port_loop *port);

extern const struct proto_port_ops port_loop_ops;

#endif
