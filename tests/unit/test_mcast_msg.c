/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages of IGMP and MLD: the bytes that scapy 2.5.0 (scapy.contrib.igmp, igmpv3,
 * ICMPv6MLReport2, ICMPv6MLReport, ICMPv6MLDone) builds for them, and which queries are valid.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_ip.h>

#include "ip.h"
#include "net/mcast_priv.h"

#define HZ 1000000u

static struct mcast_set set;
static struct mcast_report report;

static void
join(const char *text)
{
	struct proto_addr addr = ip(text);

	assert_int_equal(mcast_join(&set, 0x123, &addr, 0), 1);
}

static void
leave(const char *text)
{
	struct proto_addr addr = ip(text);

	assert_int_equal(mcast_leave(&set, 0x123, &addr, 0), 1);
}

static int
query(const char *dst, const void *msg, uint32_t msg_len)
{
	struct proto_addr addr = ip(dst);

	return mcast_query(&set, 0x123, &addr, msg, msg_len, 0);
}

static void
expect(const char *dst, const void *msg, uint16_t msg_len)
{
	struct proto_addr addr = ip(dst);

	memset(&report, 0xa5, sizeof(report));
	assert_true(mcast_tick(&set, 0, &report));
	assert_int_equal(report.msg_len, msg_len);
	assert_memory_equal(report.msg, msg, msg_len);
	assert_true(proto_addr_equal(&report.dst, &addr));
	assert_int_equal(report.tags, 0x123);
}

static const uint8_t igmp_v3_general_now[] = {
	0x11, 0, 0xeb, 0x12, 0, 0, 0, 0, 2, 125, 0, 0}; /* (checksums are the caller's) */
static const uint8_t igmp_v2_general[] = {0x11, 0x32, 0xee, 0xcd, 0, 0, 0, 0};
static const uint8_t igmp_v1_general[] = {0x11, 0, 0xee, 0xff, 0, 0, 0, 0};
static const uint8_t mld_v1_general[24] = {0x82, 0, 0, 0, 0x13, 0x88};
static const uint8_t mld_v2_general_now[28] = {0x82, [24] = 2, 125};

static void
test_igmp_v3(void **state)
{
	static const uint8_t changes[] = {0x22, 0, 0x04, 0xfd, 0, 0, 0, 2, 4, 0, 0, 0, 0xef, 1, 2,
		3, 3, 0, 0, 0, 0xe0, 0, 0, 0xfb};
	static const uint8_t current[] = {
		0x22, 0, 0xea, 0xf9, 0, 0, 0, 1, 2, 0, 0, 0, 0xef, 1, 2, 3};

	(void)state;
	mcast_init(&set, 1, HZ);
	join("239.1.2.3");
	join("224.0.0.251");
	leave("224.0.0.251");
	expect("224.0.0.22", changes, sizeof(changes));
	assert_false(mcast_tick(&set, 0, &report));
	assert_int_equal(query("224.0.0.1", igmp_v3_general_now, 12), 0);
	expect("224.0.0.22", current, sizeof(current));
	assert_false(mcast_tick(&set, 0, &report));
}

static void
test_igmp_older(void **state)
{
	static const uint8_t v2_report[] = {0x16, 0, 0xf8, 0xfa, 0xef, 1, 2, 3};
	static const uint8_t v2_leave[] = {0x17, 0, 0xf7, 0xfa, 0xef, 1, 2, 3};
	static const uint8_t v1_report[] = {0x12, 0, 0xfc, 0xfa, 0xef, 1, 2, 3};

	(void)state;
	mcast_init(&set, 1, HZ);
	assert_int_equal(query("224.0.0.1", igmp_v2_general, 8), 0);
	join("239.1.2.3");
	expect("239.1.2.3", v2_report, sizeof(v2_report));
	leave("239.1.2.3");
	expect("224.0.0.2", v2_leave, sizeof(v2_leave));
	assert_int_equal(query("224.0.0.1", igmp_v1_general, 8), 0);
	join("239.1.2.3");
	expect("239.1.2.3", v1_report, sizeof(v1_report));
	leave("239.1.2.3");
	assert_false(mcast_tick(&set, 0, &report));
}

static void
test_mld(void **state)
{
	static const uint8_t changes[48] = {0x8f, [7] = 2, 4, 0, 0, 0, 0xff, 2, [23] = 1, 0xff, 0,
		0, 1, 3, 0, 0, 0, 0xff, 5, [45] = 1, 0, 3};
	static const uint8_t current[28] = {0x8f, [7] = 1, 2, 0, 0, 0, 0xff, 5, [25] = 1, 0, 3};
	static const uint8_t v1_report[24] = {0x83, [8] = 0xff, 5, [21] = 1, 0, 3};
	static const uint8_t v1_done[24] = {0x84, [8] = 0xff, 5, [21] = 1, 0, 3};

	(void)state;
	mcast_init(&set, 1, HZ);
	join("ff02::1:ff00:1");
	join("ff05::1:3");
	leave("ff05::1:3");
	expect("ff02::16", changes, sizeof(changes));
	mcast_init(&set, 1, HZ);
	join("ff05::1:3");
	assert_true(mcast_tick(&set, 0, &report));
	assert_int_equal(query("ff02::1", mld_v2_general_now, 28), 0);
	expect("ff02::16", current, sizeof(current));
	mcast_init(&set, 1, HZ);
	assert_int_equal(query("ff02::1", mld_v1_general, 24), 0);
	join("ff05::1:3");
	expect("ff05::1:3", v1_report, sizeof(v1_report));
	leave("ff05::1:3");
	expect("ff02::2", v1_done, sizeof(v1_done));
}

/* As many records as fit, each group once, each report of the full form. */
static void
packed(uint8_t family, uint32_t n, unsigned int record_len, uint32_t per_report)
{
	static uint8_t seen[MCAST_GROUPS_MAX];

	mcast_init(&set, 1, HZ);
	memset(seen, 0, sizeof(seen));
	for (uint32_t i = 0; i < n; i++) {
		struct proto_addr addr = {family, {family == PROTO_IPV4 ? 239 : 0xff, 5}};

		addr.bytes[record_len - 5] = (uint8_t)i;
		assert_int_equal(mcast_join(&set, 0, &addr, 0), 1);
	}
	for (uint32_t left = n; left != 0;) {
		uint32_t here = RTE_MIN(left, per_report);

		memset(&report, 0xa5, sizeof(report));
		assert_true(mcast_tick(&set, 0, &report));
		assert_int_equal(report.msg_len, 8 + here * record_len);
		assert_int_equal(report.msg[6] << 8 | report.msg[7], here);
		if (family == PROTO_IPV4)
			assert_int_equal(rte_raw_cksum(report.msg, report.msg_len), 0xffff);
		else
			assert_int_equal(report.msg[2] | report.msg[3], 0);
		for (uint32_t i = 1; i <= here; i++)
			assert_int_equal(seen[report.msg[7 + i * record_len]]++, 0);
		left -= here;
	}
	assert_false(mcast_tick(&set, 0, &report));
}

static void
test_packed(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= MCAST_GROUPS_MAX; n++) {
		packed(PROTO_IPV4, n, 8, 153);
		packed(PROTO_IPV6, n, 20, 61);
	}
}

/* Every code against RFC 3376 4.1.1 and RFC 3810 5.1.3 as they draw it. */
static void
test_codes(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < 256; code++) {
		uint32_t exp = code / 16 % 8, mant = code % 16;
		uint32_t want = code < 128 ? code : (mant + 16) * (8u << exp);

		assert_int_equal(mcast_code_value(code, 4), want);
	}
	for (uint32_t code = 0; code < 65536; code++) {
		uint32_t exp = code / 4096 % 8, mant = code % 4096;
		uint32_t want = code < 32768 ? code : (mant + 4096) * (8u << exp);

		assert_int_equal(mcast_code_value(code, 12), want);
	}
	assert_int_equal(mcast_code_value(0xff, 4), 31744);
	assert_int_equal(mcast_code_value(0xffff, 12), 8387584);
}

/* Every length, in a buffer that ends there, with 0 to 3 sources claimed. */
static void
test_lengths(void **state)
{
	(void)state;
	for (uint32_t len = 0; len <= 80; len++) {
		for (uint8_t sources = 0; sources < 4; sources++) {
			uint8_t bytes[80] = {0x11, 1, [9] = 125, [11] = sources};
			uint8_t *msg = malloc(len != 0 ? len : 1);

			assert_non_null(msg);
			memcpy(msg, bytes, len);
			mcast_init(&set, 1, HZ);
			assert_int_equal(query("224.0.0.1", msg, len),
				len == 8 || len >= 12u + 4u * sources ? 0 : -EINVAL);
			assert_int_equal(set.igmp.version, len == 8 ? 2 : 3);
			memset(bytes, 0, sizeof(bytes));
			bytes[0] = 0x82;
			bytes[27] = sources;
			memcpy(msg, bytes, len);
			mcast_init(&set, 1, HZ);
			assert_int_equal(query("ff02::1", msg, len),
				len == 24 || len >= 28u + 16u * sources ? 0 : -EINVAL);
			assert_int_equal(set.mld.version, len == 24 ? 1 : 2);
			free(msg);
		}
	}
	/* The high byte of the count. */
	uint8_t many[80] = {0x11, 1, [10] = 1};
	uint8_t many_v6[80] = {0x82, [26] = 1};

	assert_int_equal(query("224.0.0.1", many, 80), -EINVAL);
	assert_int_equal(query("ff02::1", many_v6, 80), -EINVAL);
}

static void
test_valid(void **state)
{
	static const struct {
		const char *dst, *group;
		int ret;
	} rows[] = {
		{"224.0.0.1", "0.0.0.0", 0},
		{"192.0.2.1", "0.0.0.0", 0},	   /* RFC 3376 4.1.12 */
		{"239.1.2.3", "0.0.0.0", -EINVAL}, /* 9.1 */
		{"239.1.2.3", "239.1.2.3", 0},
		{"224.0.0.1", "239.1.2.3", 0},
		{"192.0.2.1", "239.1.2.3", 0},
		{"239.1.2.4", "239.1.2.3", -EINVAL},
		{"224.0.0.1", "192.0.2.9", -EINVAL},
		{"224.0.0.1", "0.0.0.1", -EINVAL},
		{"ff02::1", "::", 0},
		{"fe80::1", "::", 0},
		{"ff02::2", "::", -EINVAL},
		{"ff05::1:3", "ff05::1:3", 0},
		{"ff02::1", "ff05::1:3", 0},
		{"ff05::1:4", "ff05::1:3", -EINVAL},
		{"ff02::1", "2001:db8::1", -EINVAL},
		{"ff02::1", "::1", -EINVAL},
	};

	(void)state;
	mcast_init(&set, 1, HZ);
	join("239.1.2.3");
	for (size_t i = 0; i < RTE_DIM(rows); i++) {
		struct proto_addr group = ip(rows[i].group);
		uint8_t msg[28] = {0x82, [24] = 2, 125};
		uint32_t len = 28;

		if (group.family == PROTO_IPV4) {
			memset(msg, 0, sizeof(msg));
			memcpy(msg, (uint8_t[2]){0x11, 9}, 2);
			len = 12;
		}
		memcpy(msg + (len == 12 ? 4 : 8), group.bytes, proto_addr_len(&group));
		if (query(rows[i].dst, msg, len) != rows[i].ret)
			fail_msg("query for %s to %s", rows[i].group, rows[i].dst);
	}
	/* MLD: code 0 */
	uint8_t code[28] = {0x82, 1};

	assert_int_equal(query("ff02::1", code, 28), -EINVAL);
	/* IGMPv1 has no group: what stands there is not read. */
	uint8_t v1[8] = {0x11, 0, 0, 0, 10, 0, 0, 1};

	assert_int_equal(query("224.0.0.1", v1, 8), 0);
	assert_int_equal(set.igmp.version, 1);
}

/* What is no query changes nothing, whatever its length; in a buffer that ends there. */
static void
test_others(void **state)
{
	static const uint8_t types[] = {0x12, 0x16, 0x17, 0x22, 0x10, 0, 131, 132, 143, 255};
	struct mcast_set before;

	(void)state;
	mcast_init(&set, 1, HZ);
	join("239.1.2.3");
	join("ff05::1:3");
	before = set;
	for (size_t i = 0; i < RTE_DIM(types); i++) {
		for (uint32_t len = 1; len <= 64; len++) {
			uint8_t *msg = calloc(1, len);

			assert_non_null(msg);
			msg[0] = types[i];
			assert_int_equal(query("239.1.2.3", msg, len), len < 8 ? -EINVAL : 0);
			assert_int_equal(query("ff05::1:3", msg, len), len < 8 ? -EINVAL : 0);
			free(msg);
		}
	}
	assert_memory_equal(&before, &set, sizeof(set));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_igmp_v3),
		cmocka_unit_test(test_igmp_older),
		cmocka_unit_test(test_mld),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
