/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PROTO_LINK_PORT_STOP_H
#define PROTO_LINK_PORT_STOP_H

#include <stdint.h>

/* Stop an ethdev port, on the thread where its driver bears it. Control thread. */
void port_stop(uint16_t port_id);

#endif
