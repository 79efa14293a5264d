/* SPDX-License-Identifier: BSD-3-Clause */
#include "arp.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_ether.h>

#include "mac.h"

/* RFC 826: "?Do I have the hardware type", and so on down to the opcode. */
static bool
is_ether_ipv4(const struct rte_arp_hdr *hdr)
{
	return hdr->arp_hardware == RTE_BE16(RTE_ARP_HRD_ETHER) &&
	       hdr->arp_protocol == RTE_BE16(RTE_ETHER_TYPE_IPV4) &&
	       hdr->arp_hlen == RTE_ETHER_ADDR_LEN && hdr->arp_plen == sizeof(rte_be32_t);
}

int
arp_check(const void *arp, uint32_t avail, struct arp_view *view)
{
	struct rte_arp_hdr hdr;

	static_assert(sizeof(hdr) == ARP_LEN, "the header of DPDK is the one on the wire");
	if (avail < sizeof(hdr))
		return -EINVAL;
	memcpy(&hdr, arp, sizeof(hdr)); /* at any alignment */
	if (!is_ether_ipv4(&hdr))
		return -EINVAL;
	if (hdr.arp_opcode != RTE_BE16(RTE_ARP_OP_REQUEST) &&
		hdr.arp_opcode != RTE_BE16(RTE_ARP_OP_REPLY))
		return -EINVAL;
	/* Neither zero nor a group: RFC 1812 3.3.2 forbids to believe the latter. */
	if (!mac_is_host(&hdr.arp_data.arp_sha))
		return -EINVAL;
	*view = (struct arp_view){
		.request = hdr.arp_opcode == RTE_BE16(RTE_ARP_OP_REQUEST),
		.sender_mac = hdr.arp_data.arp_sha,
		.target_mac = hdr.arp_data.arp_tha,
		.sender_ip = hdr.arp_data.arp_sip,
		.target_ip = hdr.arp_data.arp_tip,
	};
	return 0;
}

void
arp_build(uint8_t *to, const struct arp_view *arp)
{
	const struct rte_arp_hdr hdr = {
		.arp_hardware = RTE_BE16(RTE_ARP_HRD_ETHER),
		.arp_protocol = RTE_BE16(RTE_ETHER_TYPE_IPV4),
		.arp_hlen = RTE_ETHER_ADDR_LEN,
		.arp_plen = sizeof(rte_be32_t),
		.arp_opcode =
			arp->request ? RTE_BE16(RTE_ARP_OP_REQUEST) : RTE_BE16(RTE_ARP_OP_REPLY),
		.arp_data.arp_sha = arp->sender_mac,
		.arp_data.arp_sip = arp->sender_ip,
		.arp_data.arp_tha = arp->target_mac,
		.arp_data.arp_tip = arp->target_ip,
	};

	memcpy(to, &hdr, sizeof(hdr));
}
