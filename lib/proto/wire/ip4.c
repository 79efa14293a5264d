/* SPDX-License-Identifier: BSD-3-Clause */
#include "ip.h"

#include <netinet/in.h>

/* Copied flag, class and number of an option (RFC 791 3.1). */
#define OPT_LSRR 131
#define OPT_SSRR 137

/* Any header: at most 15 words, of which the first five have been there. */
static bool
cksum_good_any(const void *ip, uint16_t hdr_len)
{
	uint64_t total = 0;

	for (uint16_t at = 0; at < hdr_len; at = (uint16_t)(at + 4)) {
		uint32_t word;

		memcpy(&word, (const uint8_t *)ip + at, sizeof(word));
		total += word;
	}
	return cksum_fold(total) == 0xffff;
}

/* Lengths must lead to the end; source routes are refused (RFC 7126 4.3, 4.4). */
static enum wire_fault
options_check(const uint8_t *opt, uint16_t len)
{
	uint16_t at = 0;

	while (at < len && opt[at] != RTE_IPV4_HDR_OPT_EOL) {
		if (opt[at] == RTE_IPV4_HDR_OPT_NOP) {
			at++;
			continue;
		}
		if (opt[at] == OPT_LSRR || opt[at] == OPT_SSRR)
			return WIRE_OPTIONS;
		if (at + 1 >= len || opt[at + 1] < 2 || opt[at + 1] > len - at)
			return WIRE_OPTIONS;
		at = (uint16_t)(at + opt[at + 1]);
	}
	return WIRE_OK;
}

enum wire_fault
ip4_check_any(
	const void *ip, uint32_t avail, uint32_t l3_len, bool cksum_good, struct ip4_view *view)
{
	const struct rte_ipv4_hdr *hdr = ip;
	enum wire_fault fault;
	uint16_t hdr_len, total_len;

	if (avail < sizeof(*hdr) || l3_len < sizeof(*hdr))
		return WIRE_TRUNCATED;
	if (hdr->version_ihl >> 4 != IPVERSION)
		return WIRE_VERSION;
	hdr_len = rte_ipv4_hdr_len(hdr);
	if (hdr_len < sizeof(*hdr))
		return WIRE_HDR_LEN;
	if (hdr_len > avail || hdr_len > l3_len)
		return WIRE_TRUNCATED;
	total_len = rte_be_to_cpu_16(hdr->total_length);
	if (total_len < hdr_len || total_len > l3_len)
		return WIRE_LENGTH;
	if (!cksum_good && !cksum_good_any(ip, hdr_len))
		return WIRE_CKSUM;
	fault = options_check(
		(const uint8_t *)ip + sizeof(*hdr), (uint16_t)(hdr_len - sizeof(*hdr)));
	if (fault == WIRE_OK)
		ip4_view_fill(ip, hdr_len, total_len, view);
	return fault;
}
