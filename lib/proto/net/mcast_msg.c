/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages of hosts: IGMP and MLD write the same shapes with other types and address lengths. */
#include <string.h>

#include "../wire/cksum.h"
#include "mcast_priv.h"

#define RECORD_HDR_LEN 4 /* type, auxiliary data length 0, 16 bits of number of sources 0 */
#define CKSUM_AT       2
#define N_RECORDS_AT   6

uint32_t
mcast_code_value(uint32_t code, unsigned mant_bits)
{
	uint32_t mant = code & ((1u << mant_bits) - 1);
	uint32_t exp = code >> mant_bits & 7;

	if (code < 1u << (mant_bits + 3))
		return code;
	return (mant | 1u << mant_bits) << (exp + 3);
}

bool
mcast_query_dst_ok(const struct proto_addr *dst, const struct proto_addr *group)
{
	return !proto_addr_is_multicast(dst) || mcast_is_all_nodes(dst) ||
	       proto_addr_equal(dst, group);
}

void
mcast_msg_begin(struct mcast_report *report, const struct mcast_wire *wire, uint32_t tags)
{
	report->dst = wire->reports_to;
	report->tags = tags;
	report->msg_len = MCAST_MSG_HDR_LEN;
	memset(report->msg, 0, MCAST_MSG_HDR_LEN);
	report->msg[0] = wire->report;
}

bool
mcast_msg_add(struct mcast_report *report, const struct mcast_wire *wire, enum mcast_record type,
	const struct proto_addr *group)
{
	uint8_t *to = report->msg + report->msg_len;

	if (report->msg_len + RECORD_HDR_LEN + wire->addr_len > MCAST_MSG_MAX)
		return false;
	memset(to, 0, RECORD_HDR_LEN);
	to[0] = (uint8_t)type;
	memcpy(to + RECORD_HDR_LEN, group->bytes, wire->addr_len);
	report->msg_len = (uint16_t)(report->msg_len + RECORD_HDR_LEN + wire->addr_len);
	/* One byte counts them: MCAST_MSG_MAX has room for 153. */
	report->msg[N_RECORDS_AT + 1]++;
	return true;
}

void
mcast_msg_end(struct mcast_report *report, const struct mcast_wire *wire)
{
	uint16_t cksum;

	if (!wire->cksum)
		return;
	cksum = cksum_finish(cksum_ops_nth(0)->sum(report->msg, report->msg_len));
	memcpy(report->msg + CKSUM_AT, &cksum, sizeof(cksum));
}

void
mcast_msg_older(struct mcast_report *report, const struct mcast_wire *wire, uint8_t version,
	bool leave, const struct mcast_group *group)
{
	report->dst = leave ? wire->older_leaves_to : group->addr;
	report->tags = group->tags;
	report->msg_len = (uint16_t)(wire->older_addr_at + wire->addr_len);
	memset(report->msg, 0, wire->older_addr_at);
	report->msg[0] = version == 1 ? wire->v1_report : wire->older_report;
	if (leave)
		report->msg[0] = wire->older_leave;
	memcpy(report->msg + wire->older_addr_at, group->addr.bytes, wire->addr_len);
	mcast_msg_end(report, wire);
}
