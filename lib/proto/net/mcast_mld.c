/* SPDX-License-Identifier: BSD-3-Clause */
/* MLD as a host hears it: RFC 3810 5.1 and 8.1, RFC 2710 3. */
#include <errno.h>
#include <string.h>

#include "mcast_priv.h"

#define MLD_QUERY     130
#define MLD_V1_REPORT 131
#define MLD_V1_DONE   132
#define MLD_V2_REPORT 143

#define MLD_LEN		 24
#define MLD_V2_QUERY_LEN 28 /* and 16 for each source */

#define ICMPV6_HDR_LEN 8
#define GROUP_AT       8

static uint32_t
be16_read(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

static void
addr_read(struct proto_addr *addr, const uint8_t *bytes)
{
	addr->family = PROTO_IPV6;
	memcpy(addr->bytes, bytes, sizeof(addr->bytes));
}

/* The version by length (RFC 3810 8.1); 0: none, to be ignored silently. */
static uint8_t
query_version(const uint8_t *msg, uint32_t msg_len)
{
	if (msg_len == MLD_LEN)
		return 1;
	if (msg_len < MLD_V2_QUERY_LEN)
		return 0;
	return msg_len - MLD_V2_QUERY_LEN >= 16 * be16_read(&msg[26]) ? 2 : 0;
}

static int
query_parse(const struct proto_addr *dst, const uint8_t *msg, uint32_t msg_len,
	struct mcast_heard *heard)
{
	heard->version = query_version(msg, msg_len);
	if (heard->version == 0 || msg[1] != 0)
		return -EINVAL;
	addr_read(&heard->addr, &msg[GROUP_AT]);
	heard->general = memcmp(heard->addr.bytes, (uint8_t[16]){0}, 16) == 0;
	if (!heard->general && !proto_addr_is_multicast(&heard->addr))
		return -EINVAL;
	if (!mcast_query_dst_ok(dst, &heard->addr))
		return -EINVAL;
	heard->delay_max_ms = be16_read(&msg[4]);
	if (heard->version == 2) {
		heard->delay_max_ms = mcast_code_value(heard->delay_max_ms, 12);
		heard->robustness = msg[24] & 7;
		heard->interval_s = mcast_code_value(msg[25], 4);
	}
	return 0;
}

static int
mld_parse(const struct proto_addr *dst, const uint8_t *msg, uint32_t msg_len,
	struct mcast_heard *heard)
{
	if (msg_len < ICMPV6_HDR_LEN)
		return -EINVAL;
	*heard = (struct mcast_heard){.kind = MCAST_OTHER};
	if (msg[0] == MLD_QUERY) {
		heard->kind = MCAST_QUERY;
		return query_parse(dst, msg, msg_len, heard);
	}
	if (msg[0] != MLD_V1_REPORT || msg[1] != 0 || msg_len < MLD_LEN)
		return 0;
	addr_read(&heard->addr, &msg[GROUP_AT]);
	/* Sent to the group itself: whoever else gets it has no say (RFC 2710 3.6). */
	if (proto_addr_equal(dst, &heard->addr))
		heard->kind = MCAST_REPORT;
	return 0;
}

const struct mcast_wire mcast_mld = {
	.newest = 2,
	.addr_len = 16,
	.report = MLD_V2_REPORT,
	.older_report = MLD_V1_REPORT,
	.older_leave = MLD_V1_DONE,
	.older_addr_at = GROUP_AT,
	.v1_report = MLD_V1_REPORT,
	.resend_s = 10,
	.reports_to = {.family = PROTO_IPV6, .bytes = {0xff, 2, [15] = 0x16}},
	.older_leaves_to = {.family = PROTO_IPV6, .bytes = {0xff, 2, [15] = 2}},
	.parse = mld_parse,
};
