/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Queries for groups as they come in: IGMP (RFC 3376, RFC 2236) and MLD (RFC 3810, RFC 2710). What
 * breaks a rule is dropped as group_bad and makes no answer due.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "eal.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

#define GROUP4 "239.1.2.3"
#define GROUP6 "ff02::77"

static struct rxrig rig;
static struct rxframe f;

/* A version 3 query of all groups (RFC 3376 4.1): answers within one second. */
static void
query4(void)
{
	static const uint8_t msg[12] = {0x11, 10, [8] = 2, 125};

	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	memcpy(f.bytes, (uint8_t[]){1, 0, 0x5e, 0, 0, 1}, 6);
	frame_ip(&f, 4, "192.0.2.254", "224.0.0.1", IPPROTO_IGMP);
	f.bytes[f.l3 + 8] = 1;
	frame_put(&f, msg, sizeof(msg));
	frame_finish(&f);
}

/* Version 2 of MLD (RFC 3810 5.1), behind a Router Alert (RFC 2711). */
static void
query6(void)
{
	static const uint8_t alert[8] = {0, 0, 5, 2, 0, 0, 1, 0};
	static const uint8_t msg[28] = {130, [4] = 0x03, 0xe8, [24] = 2, 125};

	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	memcpy(f.bytes, (uint8_t[]){0x33, 0x33, 0, 0, 0, 1}, 6);
	frame_ip(&f, 6, "fe80::9", "ff02::1", IPPROTO_HOPOPTS);
	f.bytes[f.l3 + 7] = 1;
	frame_ext(&f, IPPROTO_ICMPV6, alert, sizeof(alert));
	frame_put(&f, msg, sizeof(msg));
	frame_finish(&f);
}

static void
query(unsigned int family)
{
	if (family == 4)
		query4();
	else
		query6();
}

/* Let so much time pass, as workers do. */
static void
wait_ms(uint32_t ms)
{
	for (uint32_t i = 0; i < ms; i += 50)
		rxrig_poll(&rig, 50);
}

/* One report of a family has left, and it names the group alone that we are members of. */
static void
reported(unsigned int family)
{
	struct proto_addr group = addr_of(family == 4 ? GROUP4 : GROUP6);
	struct proto_addr to = addr_of(family == 4 ? "224.0.0.22" : "ff02::16");
	uint32_t len = family == 4 ? 4 : 16;
	struct reply r;

	reply_next(&rig, &r);
	assert_int_equal(r.family, family);
	assert_int_equal(r.ttl, 1);
	assert_memory_equal(r.dst_ip, to.bytes, len);
	assert_int_equal(r.l4[0], family == 4 ? 0x22 : 143);
	assert_int_equal(r.l4[7], 1); /* one record: mode is exclude, of no sources */
	assert_memory_equal(r.l4 + 8, "\x02\0\0\0", 4);
	assert_memory_equal(r.l4 + 12, group.bytes, len);
	assert_int_equal(r.l4_len, 12 + len);
	if (family == 4) /* Router Alert: RFC 2113 */
		assert_memory_equal(r.l3 + 20, "\x94\x04\0\0", 4);
	else /* RFC 2711, and from :: as there is no link-local address (RFC 3590) */
		assert_memory_equal(r.l3 + 40, "\x3a\0\x05\x02\0\0", 6);
	if (family == 6)
		assert_memory_equal(r.src_ip, addr_of("::").bytes, 16);
	reply_none(&rig);
}

static int
begin(void **state)
{
	static const char *const groups[] = {GROUP4, GROUP6};

	(void)rxrig_begin(state);
	for (unsigned int i = 0; i < RTE_DIM(groups); i++) {
		struct proto_addr group = addr_of(groups[i]);

		assert_int_equal(proto_join(rig.ep, &group, rig.link, NULL), 0);
	}
	wait_ms(10000); /* what is said of joining */
	reply_forget(&rig);
	return 0;
}

static void
test_answered(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 8; i++) {
		unsigned int family = i % 2 == 0 ? 4 : 6;

		query(family);
		assert_int_equal(rx_fate(&rig, &f, i / 2), FATE_CONSUMED);
		wait_ms(1050);
		reported(family);
	}
}

/* Offsets count from the IP header; the checksums are put right afterwards unless `keep`. */
static const struct {
	const char *what;
	uint8_t family;
	uint8_t at, n;
	uint8_t bytes[16];
	bool keep;
	int fate;
} rules[] = {
	{"TTL 2", 4, 8, 1, {2}, false, PROTO_DROP_GROUP_BAD},
	{"TTL 0", 4, 8, 1, {0}, false, PROTO_DROP_GROUP_BAD},
	{"TTL 255", 4, 8, 1, {255}, false, PROTO_DROP_GROUP_BAD},
	{"a wrong checksum", 4, 22, 2, {0x12, 0x34}, true, PROTO_DROP_GROUP_BAD},
	{"all groups, sent to one", 4, 16, 4, {239, 1, 2, 3}, false, PROTO_DROP_GROUP_BAD},
	{"of no group", 4, 24, 4, {192, 0, 2, 1}, false, PROTO_DROP_GROUP_BAD},
	{"hop limit 2", 6, 7, 1, {2}, false, PROTO_DROP_GROUP_BAD},
	{"hop limit 255", 6, 7, 1, {255}, false, PROTO_DROP_GROUP_BAD},
	{"no Router Alert", 6, 42, 4, {1, 4, 0, 0}, false, PROTO_DROP_GROUP_BAD},
	{"from a global address", 6, 8, 16, {0x20, 1, 0x0d, 0xb8, [15] = 9}, false,
		PROTO_DROP_GROUP_BAD},
	{"from fec0::", 6, 8, 2, {0xfe, 0xc0}, false, PROTO_DROP_GROUP_BAD},
	{"from ::", 6, 8, 16, {0}, false, PROTO_DROP_GROUP_BAD},
	{"a wrong checksum", 6, 50, 2, {0x12, 0x34}, true, PROTO_DROP_ICMP_CKSUM},
	{"all groups, sent to one", 6, 24, 16, {0xff, 2, [15] = 0x77}, false, PROTO_DROP_GROUP_BAD},
	{"of no group", 6, 56, 16, {0xfe, 0x80, [15] = 1}, false, PROTO_DROP_GROUP_BAD},
};

static void
test_rules(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(rules); i++) {
		query(rules[i].family);
		memcpy(f.bytes + f.l3 + rules[i].at, rules[i].bytes, rules[i].n);
		if (!rules[i].keep)
			frame_finish(&f);
		rx_expect(&rig, &f, rules[i].fate, rules[i].what);
	}
	wait_ms(2000);
	reply_none(&rig);
}

/* Every prefix: IGMP of 8 bytes and MLD of 24 are older versions' queries, other ones are none. */
static void
test_truncated(void **state)
{
	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2)
		for (uint32_t n = 4; n < (family == 4 ? 12u : 28u); n++) {
			if (n == (family == 4 ? 8 : 24))
				continue;
			query(family);
			f.len = f.l4 + n;
			frame_finish(&f);
			rx_expect(&rig, &f, PROTO_DROP_GROUP_BAD, "truncated");
		}
	wait_ms(2000);
	reply_none(&rig);
}

/* Ask for one group (RFC 3376 4.1.9: of itself), or for all of them (NULL). */
static void
query_in(bool vlan, const char *group)
{
	query4();
	if (group != NULL) {
		memcpy(f.bytes + f.l4 + 4, addr_of(group).bytes, 4);
		memcpy(f.bytes + f.l3 + 16, addr_of(group).bytes, 4);
		frame_finish(&f);
	}
	if (vlan) {
		memmove(f.bytes + 18, f.bytes + 14, f.len - 14);
		memcpy(f.bytes + 12, (uint8_t[]){0x81, 0, 0, 5, 8, 0}, 6);
		f.len += 4;
	}
}

/* A group is joined in a VLAN: asked for there, and reported there. */
static void
test_vlan(void **state)
{
	static const char *const tagged = "239.9.9.9";
	struct proto_endpoint_conf conf = rig.ep_conf;
	struct proto_addr group = addr_of(tagged);
	struct proto_endpoint *ep;
	uint32_t n_tagged = 0;
	struct reply r;

	(void)state;
	conf.vlan = true;
	conf.vlan_tci = 5;
	conf.link = rig.link;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	assert_int_equal(proto_join(ep, &group, rig.link, NULL), 0);
	wait_ms(10000);
	reply_forget(&rig);
	query_in(false, tagged);
	assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_IP_DEST);
	wait_ms(2000);
	reply_none(&rig);
	query_in(true, tagged);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	wait_ms(2000);
	reply_next(&rig, &r);
	assert_int_equal(r.n_tags, 1);
	assert_memory_equal(r.l4 + 12, group.bytes, 4);
	reply_none(&rig);
	query_in(true, NULL);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	wait_ms(2000);
	while (rig.looked_at < rxrig_n_sent(&rig)) {
		bool of_vlan;

		reply_next(&rig, &r);
		of_vlan = memcmp(r.l4 + 12, group.bytes, 4) == 0;
		assert_int_equal(r.n_tags, of_vlan ? 1 : 0);
		n_tagged += of_vlan;
	}
	assert_int_equal(n_tagged, 1);
}

/*
 * What is no query: another's report is heard, and silences nobody while the newest version is
 * spoken (RFC 3376 7.2.1, RFC 3810 8.2.1); types of routers and unknown ones are let be.
 */
static void
test_others(void **state)
{
	static const uint8_t types4[] = {0x12, 0x16, 0x17, 0x22, 0x13, 0x30};
	static const uint8_t types6[] = {131, 132, 143};

	(void)state;
	query4();
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	for (unsigned int i = 0; i < RTE_DIM(types4); i++) {
		query4();
		f.bytes[f.l4] = types4[i];
		memcpy(f.bytes + f.l4 + 4, addr_of(GROUP4).bytes, 4);
		memcpy(f.bytes + f.l3 + 16, addr_of(GROUP4).bytes, 4);
		frame_finish(&f);
		rx_expect(&rig, &f, FATE_CONSUMED, "a type");
	}
	wait_ms(1050);
	reported(4);
	query6();
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	for (unsigned int i = 0; i < RTE_DIM(types6); i++) {
		query6();
		f.bytes[f.l4] = types6[i];
		memcpy(f.bytes + f.l4 + 8, addr_of(GROUP6).bytes, 16);
		memcpy(f.bytes + f.l3 + 24, addr_of(GROUP6).bytes, 16);
		frame_finish(&f);
		rx_expect(&rig, &f, FATE_CONSUMED, "a type");
	}
	wait_ms(1050);
	reported(6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST_BEGIN(test_answered, begin, &rig),
		RX_TEST_BEGIN(test_rules, begin, &rig),
		RX_TEST_BEGIN(test_truncated, begin, &rig),
		RX_TEST_BEGIN(test_vlan, begin, &rig),
		RX_TEST_BEGIN(test_others, begin, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
