/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PROTO_LINK_PORT_GROUPS_H
#define PROTO_LINK_PORT_GROUPS_H

#include <rte_ether.h>

/* proto_port_ops.set_groups on an ethdev port. */
int port_groups_set(uint16_t port_id, const struct rte_ether_addr *macs, uint32_t n);

/* proto_port_ops.set_promisc on an ethdev port. */
int port_promisc_set(uint16_t port_id);

#endif
