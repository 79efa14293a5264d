/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP for IPv4 over Ethernet (RFC 826). Pure. */
#ifndef PROTO_WIRE_ARP_H
#define PROTO_WIRE_ARP_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_arp.h>

#define ARP_LEN 28

struct arp_view {
	bool request; /* else a reply */
	struct rte_ether_addr sender_mac, target_mac;
	rte_be32_t sender_ip, target_ip;
};

/* Check the bytes behind the Ethernet header. Returns 0 or -EINVAL: short, not Ethernet/IPv4, an
 * opcode other than 1 and 2, or a sender MAC that is multicast or zero. */
int arp_check(const void *arp, uint32_t avail, struct arp_view *view);

/* Write ARP_LEN bytes: every one. */
void arp_build(uint8_t *to, const struct arp_view *arp);

#endif
