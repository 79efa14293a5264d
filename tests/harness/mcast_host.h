/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_MCAST_HOST_H
#define HARNESS_MCAST_HOST_H

/* A host with groups on a clock of the test's own, and what others on its link say. */

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "ip.h"
#include "net/mcast.h"

#define HZ    1000000ull
#define TENTH (HZ / 10)

#define G1 "239.1.2.3"
#define G2 "239.9.9.9"
#define S1 "ff02::1:ff00:1"

/* There is one in a program. */
static struct mcast_set set;
static struct mcast_report report;

static inline void
join(const char *text, uint64_t now)
{
	struct proto_addr addr = ip(text);

	assert_int_equal(mcast_join(&set, 0, &addr, now), 1);
}

static inline void
leave(const char *text, uint64_t now)
{
	struct proto_addr addr = ip(text);

	assert_int_equal(mcast_leave(&set, 0, &addr, now), 1);
}

/* A query of IGMP; version 1 has code 0. */
static inline void
igmp_query(unsigned int version, uint8_t code, const char *group, uint8_t qrv, uint64_t now)
{
	struct proto_addr addr = ip(group);
	uint8_t msg[12] = {0x11, code, [8] = qrv, 125};
	struct proto_addr dst = ip("224.0.0.1");

	memcpy(&msg[4], addr.bytes, 4);
	assert_int_equal(mcast_query(&set, 0, &dst, msg, version == 3 ? 12 : 8, now), 0);
}

static inline void
mld_query(unsigned int version, uint16_t ms, const char *group, uint64_t now)
{
	struct proto_addr addr = ip(group);
	uint8_t msg[28] = {130, [4] = (uint8_t)(ms >> 8), (uint8_t)ms, [24] = 2, 125};
	struct proto_addr dst = ip("ff02::1");

	memcpy(&msg[8], addr.bytes, 16);
	assert_int_equal(mcast_query(&set, 0, &dst, msg, version == 2 ? 28 : 24, now), 0);
}

/* Another host's report of an older version. */
static inline void
heard(uint8_t type, const char *dst, const char *group, uint64_t now)
{
	struct proto_addr to = ip(dst), addr = ip(group);
	uint8_t msg[24] = {type};
	uint32_t at = addr.family == PROTO_IPV4 ? 4 : 8;

	memcpy(&msg[at], addr.bytes, proto_addr_len(&addr));
	assert_int_equal(mcast_query(&set, 0, &to, msg, at == 4 ? 8 : 24, now), 0);
}

/*
 * Nothing before `from`, and then a message of one type (for the newest versions: of one record of
 * that type) by `to`. Returns when it came; the set is asked only when it says that it is due, and
 * is asked in vain just before.
 */
static inline uint64_t
expect(uint64_t from, uint64_t to, unsigned int type, unsigned int record, const char *group)
{
	struct proto_addr addr = ip(group);
	uint64_t now;

	do {
		now = set.next_due;
		if (now > to)
			fail_msg("nothing was sent by %lu", to);
		if (now != 0)
			assert_false(mcast_tick(&set, now - 1, &report));
	} while (!mcast_tick(&set, now, &report));
	assert_in_range(now, from, to);
	assert_int_equal(report.msg[0], type);
	if (record != 0) {
		assert_int_equal(report.msg[8], record);
		assert_int_equal(report.msg[7], 1);
	}
	assert_memory_equal(&report.msg[report.msg_len - proto_addr_len(&addr)], addr.bytes,
		proto_addr_len(&addr));
	return now;
}

/* Nothing more, ever. */
static inline void
expect_silence(void)
{
	while (set.next_due != UINT64_MAX)
		assert_false(mcast_tick(&set, set.next_due, &report));
	assert_false(mcast_tick(&set, UINT64_MAX - 1, &report));
}

/* Join, and let the reports of it go. Returns the time after them. */
static inline uint64_t
joined(const char *text, uint64_t now)
{
	join(text, now);
	while (mcast_tick(&set, now, &report))
		;
	now += HZ + 2;
	while (mcast_tick(&set, now, &report))
		;
	return now;
}

#endif /* HARNESS_MCAST_HOST_H */
