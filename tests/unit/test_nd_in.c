/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbour discovery as a host hears it (RFC 4861 6.1, 7.1, 7.2; RFC 4862; RFC 6980). */
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

#define NS 135
#define NA 136
#define RA 134
#define RS 133

static const uint8_t source_mac[8] = {1, 1, 2, 0, 0, 0, 0, 9};
static const uint8_t target_mac[8] = {2, 1, 2, 0, 0, 0, 0, 9};

static struct rxrig rig;
static struct rxframe f, part;

/* A message with these flags, target (NULL: none) and options. */
static void
message(uint8_t type, const char *src, const char *dst, uint32_t flags, const char *target,
	const void *options, uint32_t n)
{
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	f.bytes[11] = 9;
	frame_ip(&f, 6, src, dst, IPPROTO_ICMPV6);
	f.bytes[f.l3 + 7] = 255;
	frame_icmp_type(&f, type, 0, flags);
	if (target != NULL) {
		struct proto_addr addr = addr_of(target);

		frame_put(&f, addr.bytes, 16);
	}
	frame_put(&f, options, n);
	frame_finish(&f);
}

static void
solicit(const char *src, const char *target)
{
	message(NS, src, "ff02::1:ff00:1", 0, target, source_mac, sizeof(source_mac));
	memcpy(f.bytes, "\x33\x33\xff\x00\x00\x01", 6);
}

static uint8_t
known(const char *text)
{
	struct proto_neigh_info infos[64];
	struct proto_addr addr = addr_of(text);
	unsigned int n = proto_neigh_list(rig.link, infos, RTE_DIM(infos));

	for (unsigned int i = 0; i < n; i++)
		if (proto_addr_equal(&infos[i].addr, &addr))
			return infos[i].mac.addr_bytes[5];
	return 0;
}

/* Somebody asks: an advertisement to him, solicited, with our MAC; and he is known. */
static void
test_solicited(void **state)
{
	struct reply r;

	(void)state;
	for (uint32_t i = 0; i < 5; i++) {
		solicit("2001:db8::9", OWN6);
		assert_int_equal(rx_fate(&rig, &f, i), FATE_CONSUMED);
		reply_next(&rig, &r);
		assert_int_equal(r.dst.addr_bytes[5], 9);
		assert_int_equal(r.proto, IPPROTO_ICMPV6);
		assert_int_equal(r.ttl, 255);
		assert_int_equal(r.l4_len, 32);
		assert_int_equal(r.l4[0], NA);
		assert_int_equal(r.l4[4], 0x60); /* solicited, override */
		assert_memory_equal(r.l4 + 8, addr_of(OWN6).bytes, 16);
		assert_memory_equal(r.src_ip, addr_of(OWN6).bytes, 16);
		assert_memory_equal(r.dst_ip, addr_of("2001:db8::9").bytes, 16);
		assert_memory_equal(r.l4 + 24, "\x02\x01\x02\0\0\0\0\x01", 8);
		reply_none(&rig);
	}
	assert_int_equal(known("2001:db8::9"), 9);
}

/* To the address that he gives, not where the frame came from; without one, there. */
static void
test_solicited_by_other(void **state)
{
	struct reply r;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		message(NS, "2001:db8::9", "ff02::1:ff00:1", 0, OWN6, source_mac, i == 0 ? 8 : 0);
		memcpy(f.bytes, "\x33\x33\xff\x00\x00\x01", 6);
		f.bytes[11] = 0x0b;
		assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
		reply_next(&rig, &r);
		assert_int_equal(r.dst.addr_bytes[5], i == 0 ? 9 : 0x0b);
		assert_int_equal(known("2001:db8::9"), 9); /* nothing is learnt of the frame */
	}
	reply_none(&rig);
}

/* Another one's probe for our address: we answer to all nodes, unsolicited (RFC 4862 5.4.3). */
static void
test_probed(void **state)
{
	struct reply r;

	(void)state;
	message(NS, "::", "ff02::1:ff00:1", 0, OWN6, NULL, 0);
	memcpy(f.bytes, "\x33\x33\xff\x00\x00\x01", 6);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	reply_next(&rig, &r);
	assert_memory_equal(&r.dst, "\x33\x33\0\0\0\x01", 6);
	assert_memory_equal(r.dst_ip, addr_of("ff02::1").bytes, 16);
	assert_int_equal(r.l4[4], 0x20); /* override only */
	reply_none(&rig);
}

/* What makes a message invalid, or not ours. Offsets count from the IPv6 header. */
static const struct {
	const char *what;
	uint8_t type;
	uint16_t at;
	uint8_t n;
	uint8_t bytes[16];
	int fate;
} table[] = {
	{"as it was", NS, 0, 0, {0}, FATE_CONSUMED},
	{"hop limit 254", NS, 7, 1, {254}, PROTO_DROP_ND_BAD},
	{"hop limit 0", NA, 7, 1, {0}, PROTO_DROP_ND_BAD},
	{"code 1", NS, 41, 1, {1}, PROTO_DROP_ND_BAD},
	{"code 1", NA, 41, 1, {1}, PROTO_DROP_ND_BAD},
	{"a group for target", NS, 48, 2, {0xff, 2}, PROTO_DROP_ND_BAD},
	{"a group for target", NA, 48, 2, {0xff, 2}, PROTO_DROP_ND_BAD},
	{"another's target", NS, 63, 1, {7}, PROTO_DROP_ARP_OTHER},
	{"option of length 0", NS, 65, 1, {0}, PROTO_DROP_ND_BAD},
	{"option of length 0", NA, 65, 1, {0}, PROTO_DROP_ND_BAD},
	{"option beyond the end", NS, 65, 1, {2}, PROTO_DROP_ND_BAD},
	{"unknown option", NS, 64, 1, {200}, FATE_CONSUMED},
	{"a group's MAC", NS, 66, 1, {1}, PROTO_DROP_ND_BAD},
	{"no MAC", NS, 66, 6, {0}, PROTO_DROP_ND_BAD},
	{"from ::, with a MAC", NS, 8, 16, {0}, PROTO_DROP_ND_BAD},
	{"solicited, to all nodes", NA, 24, 16, {0xff, 2, [15] = 1}, PROTO_DROP_ND_BAD},
	{"a redirect", 137, 0, 0, {0}, PROTO_DROP_ND_BAD},
};

static void
test_rules(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2 * RTE_DIM(table); i++) {
		unsigned int row = i % RTE_DIM(table);

		message(table[row].type, "2001:db8::9", NULL, 0x60000000,
			table[row].type == NS ? OWN6 : "2001:db8::9",
			table[row].type == NS ? source_mac : target_mac, 8);
		memcpy(f.bytes + f.l3 + table[row].at, table[row].bytes, table[row].n);
		frame_sum(&f);
		rx_expect(&rig, &f, table[row].fate, table[row].what);
		if (table[row].fate != FATE_CONSUMED)
			reply_none(&rig);
		reply_forget(&rig);
	}
}

/* Every prefix of each kind: only the whole, or one without its option, is taken. */
static void
test_truncated(void **state)
{
	static const uint8_t types[] = {NS, NA, RS, RA};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(types); i++) {
		uint8_t type = types[i];
		uint32_t fixed = type == RS ? 8 : type == RA ? 16 : 24;

		for (uint32_t n = 4; n <= fixed + 8; n++) {
			int fate = PROTO_DROP_ND_BAD;

			if (type == RS || type == RA)
				message(type, "fe80::9", NULL, 0, NULL, NULL, 0);
			else
				message(type, "2001:db8::9", NULL, 0, PEER6, NULL, 0);
			if (type == RA)
				frame_put(&f, (uint8_t[8]){0}, 8);
			frame_put(&f, type == NA ? target_mac : source_mac, 8);
			f.len = f.l4 + n;
			frame_finish(&f);
			if (n == fixed || n == fixed + 8)
				fate = type == NS   ? PROTO_DROP_ARP_OTHER
				       : type == RS ? PROTO_DROP_ICMP_TYPE
						    : FATE_CONSUMED;
			rx_expect(&rig, &f, fate, "truncated");
		}
	}
	reply_none(&rig);
	assert_int_equal(known(PEER6), 2); /* static */
}

/* RFC 6980: never in fragments. */
static void
test_fragments(void **state)
{
	(void)state;
	solicit("2001:db8::9", OWN6);
	frame_fragment(&part, &f, 1, 0, 16, true);
	rx_put(&rig, &part, 1);
	frame_fragment(&part, &f, 1, 16, 16, false);
	rx_put(&rig, &part, 1);
	rxrig_poll(&rig, 0);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ND_BAD), 2);
	reply_none(&rig);
}

/* An advertisement updates whom we know, enters nobody, and leaves static ones alone. */
static void
test_advertised(void **state)
{
	static char hello[] = "hello";
	struct proto_endpoint_conf conf = {.remote = addr_of("2001:db8::9"), .remote_port = 9};
	struct iovec iov = {hello, 5};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	struct proto_endpoint *ep;
	struct reply r;

	(void)state;
	message(NA, "2001:db8::9", NULL, 0x60000000, "2001:db8::9", target_mac, 8);
	rx_expect(&rig, &f, FATE_CONSUMED, "nobody asked");
	assert_int_equal(known("2001:db8::9"), 0);
	message(NA, PEER6, NULL, 0x60000000, PEER6, target_mac, 8);
	rx_expect(&rig, &f, FATE_CONSUMED, "static");
	assert_int_equal(known(PEER6), 2);

	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	assert_int_equal(proto_send(ep, &payload, 1), 1);
	rxrig_poll(&rig, 0);
	reply_next(&rig, &r); /* we ask, of its solicited-node group */
	assert_int_equal(r.l4[0], NS);
	assert_int_equal(r.ttl, 255);
	assert_memory_equal(&r.dst, "\x33\x33\xff\0\0\x09", 6);
	assert_memory_equal(r.dst_ip, addr_of("ff02::1:ff00:9").bytes, 16);
	assert_memory_equal(r.l4 + 8, conf.remote.bytes, 16);
	reply_none(&rig);
	message(NA, "2001:db8::9", NULL, 0x60000000, "2001:db8::9", target_mac, 8);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	reply_next(&rig, &r);
	assert_int_equal(r.dst.addr_bytes[5], 9);
	assert_int_equal(r.proto, IPPROTO_UDP);
	assert_memory_equal(r.l4 + 8, "hello", 5);
	assert_int_equal(proto_outstanding(ep), 0);
	assert_int_equal(known("2001:db8::9"), 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST(test_solicited, &rig),
		RX_TEST(test_solicited_by_other, &rig),
		RX_TEST(test_probed, &rig),
		RX_TEST(test_rules, &rig),
		RX_TEST(test_truncated, &rig),
		RX_TEST(test_fragments, &rig),
		RX_TEST(test_advertised, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
