/* SPDX-License-Identifier: BSD-3-Clause */
/* MAC addresses as bytes. Pure. */
#ifndef PROTO_WIRE_MAC_H
#define PROTO_WIRE_MAC_H

#include <stdbool.h>

#include <rte_ether.h>

/*
 * May this be the address of one host: not a group, not zero? (By bytes: DPDK's own test reads them
 * as words, which the compiler may do before it has stored them.)
 */
static inline bool
mac_is_host(const struct rte_ether_addr *mac)
{
	uint8_t any = 0;

	for (unsigned int i = 0; i < RTE_ETHER_ADDR_LEN; i++)
		any |= mac->addr_bytes[i];
	return any != 0 && (mac->addr_bytes[0] & RTE_ETHER_GROUP_ADDR) == 0;
}

#endif
