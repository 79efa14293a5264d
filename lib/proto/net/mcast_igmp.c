/* SPDX-License-Identifier: BSD-3-Clause */
/* IGMP as a host hears it: RFC 3376 4.1 and 7.1, RFC 2236 2, RFC 1112 appendix I. */
#include <errno.h>
#include <string.h>

#include "mcast_priv.h"

#define IGMP_QUERY     0x11
#define IGMP_V1_REPORT 0x12
#define IGMP_V2_REPORT 0x16
#define IGMP_V2_LEAVE  0x17
#define IGMP_V3_REPORT 0x22

#define IGMP_LEN	  8
#define IGMP_V3_QUERY_LEN 12 /* and 4 for each source */

#define TENTH_MS	100
#define V1_DELAY_MAX_MS 10000 /* RFC 3376 7.2.1 (8.3's default), RFC 1112: 10 s */

static void
addr_read(struct proto_addr *addr, const uint8_t *bytes)
{
	*addr = (struct proto_addr){.family = PROTO_IPV4};
	memcpy(addr->bytes, bytes, 4);
}

/* The version by length and code (RFC 3376 7.1); 0: none, to be ignored silently. */
static uint8_t
query_version(const uint8_t *msg, uint32_t msg_len)
{
	if (msg_len == IGMP_LEN)
		return msg[1] == 0 ? 1 : 2;
	if (msg_len < IGMP_V3_QUERY_LEN)
		return 0;
	return msg_len - IGMP_V3_QUERY_LEN >= 4u * (((uint32_t)msg[10] << 8) | msg[11]) ? 3 : 0;
}

static int
query_parse(const struct proto_addr *dst, const uint8_t *msg, uint32_t msg_len,
	struct mcast_heard *heard)
{
	heard->version = query_version(msg, msg_len);
	if (heard->version == 0)
		return -EINVAL;
	/* RFC 1112: version 1 sends no group, and none is read. */
	heard->general = heard->version == 1 || memcmp(&msg[4], (uint8_t[4]){0}, 4) == 0;
	if (heard->general)
		memset(heard->addr.bytes, 0, sizeof(heard->addr.bytes));
	else if (!proto_addr_is_multicast(&heard->addr))
		return -EINVAL;
	if (!mcast_query_dst_ok(dst, &heard->addr))
		return -EINVAL;
	heard->delay_max_ms = msg[1] * (uint32_t)TENTH_MS;
	if (heard->version == 1)
		heard->delay_max_ms = V1_DELAY_MAX_MS;
	if (heard->version == 3) {
		heard->delay_max_ms = mcast_code_value(msg[1], 4) * TENTH_MS;
		heard->robustness = msg[8] & 7;
		heard->interval_s = mcast_code_value(msg[9], 4);
	}
	return 0;
}

static int
igmp_parse(const struct proto_addr *dst, const uint8_t *msg, uint32_t msg_len,
	struct mcast_heard *heard)
{
	if (msg_len < IGMP_LEN)
		return -EINVAL;
	*heard = (struct mcast_heard){.kind = MCAST_OTHER};
	addr_read(&heard->addr, &msg[4]);
	if (msg[0] == IGMP_QUERY) {
		heard->kind = MCAST_QUERY;
		return query_parse(dst, msg, msg_len, heard);
	}
	/* Sent to the group itself: whoever else gets it has no say (RFC 2236 9). */
	if ((msg[0] == IGMP_V1_REPORT || msg[0] == IGMP_V2_REPORT) &&
		proto_addr_equal(dst, &heard->addr))
		heard->kind = MCAST_REPORT;
	return 0;
}

const struct mcast_wire mcast_igmp = {
	.newest = 3,
	.cksum = true,
	.addr_len = 4,
	.report = IGMP_V3_REPORT,
	.older_report = IGMP_V2_REPORT,
	.older_leave = IGMP_V2_LEAVE,
	.older_addr_at = 4,
	.v1_report = IGMP_V1_REPORT,
	.resend_s = 10,
	.reports_to = {.family = PROTO_IPV4, .bytes = {224, 0, 0, 22}},
	.older_leaves_to = {.family = PROTO_IPV4, .bytes = {224, 0, 0, 2}},
	.parse = igmp_parse,
};
