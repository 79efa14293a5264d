/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors that come in: told to the endpoint that sent what they quote (RFC 1122 3.2.2, RFC
 * 4443 2.4, RFC 5927), path MTUs (RFC 1191, RFC 8201). What quotes nothing of ours changes nothing.
 */
#include <errno.h>
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

#define QUOTE_LEN  1500 /* L3 bytes of the datagram that errors are about, as its header says */
#define TOO_BIG(f) ((f) == 4 ? 3 : 2), ((f) == 4 ? 4 : 0)

static struct rxrig rig;
static struct rxframe f, quoted;
static unsigned int family_of_error;
static struct proto_endpoint
	*ep; /* connected, from LOCAL_PORT + 1 to the neighbour's REMOTE_PORT */

/* The datagram of ours that an error quotes: from LOCAL_PORT unless it is changed afterwards. */
static void
quote(unsigned int family, uint8_t proto)
{
	family_of_error = family;
	frame_eth(&quoted, &rig, 0);
	frame_ip(&quoted, (uint8_t)family, family == 4 ? OWN4 : OWN6, family == 4 ? PEER4 : PEER6,
		proto);
	frame_udp_ports(&quoted, LOCAL_PORT, REMOTE_PORT);
	frame_count(&quoted, QUOTE_LEN - (family == 4 ? 28 : 48));
	frame_fix(&quoted, false);
}

/* An error from a router, with `n` bytes of the quoted datagram. */
static void
error(uint8_t type, uint8_t code, uint32_t param, uint32_t n)
{
	bool ip4 = family_of_error == 4;

	frame_eth(&f, &rig, ip4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	frame_ip(&f, ip4 ? 4 : 6, ip4 ? "198.51.100.9" : "2001:db8:9::9", NULL,
		ip4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	frame_icmp_type(&f, type, code, param);
	frame_put(&f, quoted.bytes + quoted.l3, n);
	frame_finish(&f);
}

/* RFC 792, RFC 1812 5.2.7.1, RFC 4443 3; the errno as Linux has it. -1: nothing is told. */
static const struct {
	uint8_t family, type, code;
	int kind;
	int status;
} kinds[] = {
	{4, 3, 0, PROTO_ERROR_NET_UNREACH, -ENETUNREACH},
	{4, 3, 1, PROTO_ERROR_HOST_UNREACH, -EHOSTUNREACH},
	{4, 3, 2, PROTO_ERROR_PROTO_UNREACH, -ENOPROTOOPT},
	{4, 3, 3, PROTO_ERROR_PORT_UNREACH, -ECONNREFUSED}, {4, 3, 5, -1, 0},
	{4, 3, 13, PROTO_ERROR_PROHIBITED, -EACCES}, {4, 3, 16, -1, 0},
	{4, 4, 0, -1, 0}, /* source quench: RFC 6633 */
	{4, 5, 1, -1, 0}, /* redirect */
	{4, 11, 0, PROTO_ERROR_TIME_EXCEEDED, -EHOSTUNREACH},
	{4, 11, 1, PROTO_ERROR_FRAG_TIME, -EHOSTUNREACH}, {4, 12, 0, PROTO_ERROR_PARAM, -EPROTO},
	{6, 1, 0, PROTO_ERROR_NET_UNREACH, -ENETUNREACH},
	{6, 1, 1, PROTO_ERROR_PROHIBITED, -EACCES},
	{6, 1, 3, PROTO_ERROR_HOST_UNREACH, -EHOSTUNREACH},
	{6, 1, 4, PROTO_ERROR_PORT_UNREACH, -ECONNREFUSED}, {6, 1, 7, -1, 0},
	{6, 3, 0, PROTO_ERROR_TIME_EXCEEDED, -EHOSTUNREACH},
	{6, 3, 1, PROTO_ERROR_FRAG_TIME, -EHOSTUNREACH}, {6, 4, 0, PROTO_ERROR_PARAM, -EPROTO},
	{6, 4, 1, PROTO_ERROR_PROTO_UNREACH, -ENOPROTOOPT},
	{6, 100, 0, -1, 0}, /* RFC 4443 2.1: an error of an unknown type */
};

static void
test_kinds(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(kinds); i++) {
		bool told = kinds[i].kind >= 0;
		struct proto_addr from =
			addr_of(kinds[i].family == 4 ? "198.51.100.9" : "2001:db8:9::9");
		struct proto_addr remote = addr_of(kinds[i].family == 4 ? PEER4 : PEER6);

		rig.n_errors = 0;
		quote(kinds[i].family, IPPROTO_UDP);
		error(kinds[i].type, kinds[i].code, 0, 100);
		rx_expect(&rig, &f, told ? FATE_CONSUMED : PROTO_DROP_ICMP_TYPE, "a kind");
		assert_int_equal(rig.n_errors, told ? RX_WAYS : 0);
		if (!told)
			continue;
		assert_int_equal(rig.error.kind, kinds[i].kind);
		assert_int_equal(rig.error.status, kinds[i].status);
		assert_int_equal(rig.error.mtu, 0);
		assert_int_equal(rig.error.remote_port, REMOTE_PORT);
		assert_true(proto_addr_equal(&rig.error.from, &from));
		assert_true(proto_addr_equal(&rig.error.remote, &remote));
	}
	reply_none(&rig); /* an error is not answered */
}

/* What an error quotes that is nobody's, or no packet. Offsets count from the quote's IP header. */
static const struct {
	const char *what;
	uint8_t family, proto;
	uint8_t at, n;
	uint8_t bytes[8];
	int fate;
} quotes[] = {
	{"from another host", 4, IPPROTO_UDP, 15, 1, {77}, PROTO_DROP_ICMP_QUOTE},
	{"from another host", 6, IPPROTO_UDP, 23, 1, {77}, PROTO_DROP_ICMP_QUOTE},
	{"from a group", 4, IPPROTO_UDP, 12, 4, {224, 0, 0, 1}, PROTO_DROP_ICMP_QUOTE},
	{"from a port that is nobody's", 4, IPPROTO_UDP, 21, 1, {0x27}, PROTO_DROP_ICMP_QUOTE},
	{"from a port that is nobody's", 6, IPPROTO_UDP, 41, 1, {0x27}, PROTO_DROP_ICMP_QUOTE},
	{"from a connected port, to its peer", 4, IPPROTO_UDP, 20, 4, {0x23, 0x29, 0x13, 0x88},
		FATE_CONSUMED},
	{"from a connected port, to another", 4, IPPROTO_UDP, 20, 4, {0x23, 0x29, 0x13, 0x89},
		PROTO_DROP_ICMP_QUOTE},
	{"TCP", 4, IPPROTO_TCP, 0, 0, {0}, PROTO_DROP_ICMP_QUOTE},
	{"TCP", 6, IPPROTO_TCP, 0, 0, {0}, PROTO_DROP_ICMP_QUOTE},
	{"our echo reply", 4, IPPROTO_ICMP, 0, 0, {0}, PROTO_DROP_ICMP_QUOTE},
	{"a later fragment", 4, IPPROTO_UDP, 6, 2, {0x20, 1}, PROTO_DROP_ICMP_QUOTE},
	{"a first fragment", 4, IPPROTO_UDP, 6, 2, {0x20, 0}, FATE_CONSUMED},
	{"with TTL 0 and the wrong checksum", 4, IPPROTO_UDP, 8, 1, {0}, FATE_CONSUMED},
	{"version 6 in version 4", 4, IPPROTO_UDP, 0, 1, {0x65}, PROTO_DROP_ICMP_TRUNCATED},
	{"version 4 in version 6", 6, IPPROTO_UDP, 0, 1, {0x40}, PROTO_DROP_ICMP_TRUNCATED},
	{"ihl 4", 4, IPPROTO_UDP, 0, 1, {0x44}, PROTO_DROP_ICMP_TRUNCATED},
	{"total length 19", 4, IPPROTO_UDP, 2, 2, {0, 19}, PROTO_DROP_ICMP_TRUNCATED},
	{"no room for UDP", 4, IPPROTO_UDP, 2, 2, {0, 27}, PROTO_DROP_ICMP_TRUNCATED},
};

static void
test_quotes(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(quotes); i++) {
		rig.n_errors = 0;
		quote(quotes[i].family, quotes[i].proto);
		memcpy(quoted.bytes + quoted.l3 + quotes[i].at, quotes[i].bytes, quotes[i].n);
		error(quotes[i].family == 4 ? 3 : 1, quotes[i].family == 4 ? 3 : 4, 0, 100);
		rx_expect(&rig, &f, quotes[i].fate, quotes[i].what);
		assert_int_equal(rig.n_errors, quotes[i].fate == FATE_CONSUMED ? RX_WAYS : 0);
	}
	reply_none(&rig);
}

/* RFC 1122 3.2.2: at least the header and eight bytes are quoted. Every length. */
static void
test_truncated(void **state)
{
	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2)
		for (uint32_t n = 0; n < 80; n++) {
			uint32_t least = family == 4 ? 28 : 48;

			rig.n_errors = 0;
			quote(family, IPPROTO_UDP);
			error(family == 4 ? 3 : 1, family == 4 ? 3 : 4, 0, n);
			rx_expect(&rig, &f, n < least ? PROTO_DROP_ICMP_TRUNCATED : FATE_CONSUMED,
				"truncated");
			assert_int_equal(rig.n_errors, n < least ? 0 : RX_WAYS);
		}
}

/* In how many frames a payload of 1,400 bytes goes to the neighbour: 1, or more on a narrow path.
 */
static uint32_t
frames_to(unsigned int family)
{
	static uint8_t bytes[1400];
	struct iovec iov = {bytes, sizeof(bytes)};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	struct proto_peer peer = {
		.addr = addr_of(family == 4 ? PEER4 : PEER6), .port = REMOTE_PORT};
	uint32_t before = rxrig_n_sent(&rig);

	assert_int_equal(proto_send_to(rig.ep, &peer, &payload, 1), 1);
	rxrig_poll(&rig, 1);
	return rxrig_n_sent(&rig) - before;
}

/* News of a narrower path: told once, and what is sent is cut to it. */
static void
test_too_big(void **state)
{
	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		assert_int_equal(frames_to(family), 1);
		rig.n_errors = 0;
		quote(family, IPPROTO_UDP);
		error(TOO_BIG(family), 1300, 100);
		rx_expect(&rig, &f, FATE_CONSUMED, "too big");
		assert_int_equal(rig.n_errors, 1); /* the second time it is no news */
		assert_int_equal(rig.error.kind, PROTO_ERROR_TOO_BIG);
		assert_int_equal(rig.error.status, -EMSGSIZE);
		assert_int_equal(rig.error.mtu, 1300);
		assert_int_equal(frames_to(family), 2);
		error(TOO_BIG(family), 1400, 100); /* never up again by a message (RFC 1191 3) */
		rx_expect(&rig, &f, FATE_CONSUMED, "wider");
		assert_int_equal(rig.n_errors, 1);
		assert_int_equal(frames_to(family), 2);
	}
}

/* After ten minutes a wider path is tried again (RFC 1191 6.3, RFC 8201 5.3). */
static void
test_too_big_aged(void **state)
{
	(void)state;
	quote(4, IPPROTO_UDP);
	error(TOO_BIG(4), 1300, 100);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	assert_int_equal(frames_to(4), 2);
	for (unsigned int s = 0; s < 595; s++)
		rxrig_poll(&rig, 1000);
	assert_int_equal(frames_to(4), 2);
	for (unsigned int s = 0; s < 10; s++)
		rxrig_poll(&rig, 1000);
	assert_int_equal(frames_to(4), 1);
}

/* What no honest router would say (RFC 5927 7.2, RFC 8201 4), or about what nobody sent. */
static void
test_too_big_lies(void **state)
{
	(void)state;
	quote(4, IPPROTO_UDP);
	for (uint32_t mtu = QUOTE_LEN; mtu <= UINT16_MAX; mtu += mtu < 1510 ? 1 : 9999) {
		error(TOO_BIG(4), mtu, 100); /* the datagram would have fitted */
		rx_expect(&rig, &f, FATE_CONSUMED, "it fits");
	}
	for (unsigned int family = 4; family <= 6; family += 2) {
		uint32_t len = 1400; /* of a shorter datagram: narrower than the link's, too */

		quote(family, IPPROTO_UDP);
		quoted.len = quoted.l3 + len;
		frame_fix(&quoted, false);
		for (uint32_t mtu = len; mtu < QUOTE_LEN; mtu += 33) {
			error(TOO_BIG(family), mtu, 100);
			rx_expect(&rig, &f, FATE_CONSUMED, "it fits");
		}
	}
	quote(6, IPPROTO_UDP);
	for (unsigned int i = 0; i < 5; i++) {
		static const uint32_t mtus[] = {0, 1279, QUOTE_LEN, 65536 + 1300, UINT32_MAX};

		error(TOO_BIG(6), mtus[i], 100);
		rx_expect(&rig, &f, FATE_CONSUMED, "no path has it");
	}
	quote(4, IPPROTO_TCP); /* we have no TCP */
	error(TOO_BIG(4), 1300, 100);
	rx_expect(&rig, &f, PROTO_DROP_ICMP_QUOTE, "TCP");
	quote(4, IPPROTO_UDP);
	quoted.bytes[quoted.l3 + 21] = 0x27; /* nobody's port */
	error(TOO_BIG(4), 1300, 100);
	rx_expect(&rig, &f, PROTO_DROP_ICMP_QUOTE, "nobody's");
	quote(4, IPPROTO_ICMP);
	quoted.bytes[quoted.l3 + 15] = 77; /* not our address */
	error(TOO_BIG(4), 1300, 100);
	rx_expect(&rig, &f, PROTO_DROP_ICMP_QUOTE, "another's echo reply");
	assert_int_equal(frames_to(4), 1);
	assert_int_equal(frames_to(6), 1);
	assert_int_equal(rig.n_errors, 0);
}

/* A router that does not say how big: RFC 1191 5, the next plateau below what it quotes. */
static void
test_too_big_old(void **state)
{
	(void)state;
	quote(4, IPPROTO_UDP);
	error(TOO_BIG(4), 0, 100);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	assert_int_equal(rig.n_errors, 1);
	assert_int_equal(rig.error.mtu, 1492);
	error(TOO_BIG(4), 0, 100); /* about one that was on its way already */
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	assert_int_equal(rig.n_errors, 1);
	assert_int_equal(frames_to(4), 1);
}

/* What has no ports can only be the path's: nobody is told, and what is sent is cut to it. */
static void
test_too_big_without_ports(void **state)
{
	(void)state;
	quote(4, IPPROTO_UDP);
	quoted.bytes[quoted.l3 + 7] = 1; /* a later fragment of ours */
	error(TOO_BIG(4), 1300, 100);
	rx_expect(&rig, &f, FATE_CONSUMED, "a later fragment");
	assert_int_equal(frames_to(4), 2);
	quote(6, IPPROTO_ICMPV6);
	error(TOO_BIG(6), 1300, 100);
	rx_expect(&rig, &f, FATE_CONSUMED, "our echo reply");
	assert_int_equal(frames_to(6), 2);
	assert_int_equal(rig.n_errors, 0);
}

/* The same for an echo reply over IPv4. */
static void
test_too_big_echo(void **state)
{
	(void)state;
	quote(4, IPPROTO_ICMP);
	error(TOO_BIG(4), 1300, 100);
	rx_expect(&rig, &f, FATE_CONSUMED, "our echo reply");
	assert_int_equal(frames_to(4), 2);
	assert_int_equal(rig.n_errors, 0);
}

/* An error in one VLAN is not about what was sent in another, or in none. */
static void
test_vlan(void **state)
{
	uint32_t n_errors = 0;

	(void)state;
	quote(4, IPPROTO_UDP);
	for (uint16_t tci = 0; tci < 3; tci++) {
		error(3, 3, 0, 100);
		memmove(f.bytes + 18, f.bytes + 14, f.len - 14);
		memcpy(f.bytes + 12, (uint8_t[]){0x81, 0, 0, (uint8_t)tci, 8, 0}, 6);
		f.len += 4;
		rx_expect(&rig, &f, tci == 0 ? FATE_CONSUMED : PROTO_DROP_ICMP_QUOTE, "a VLAN");
		n_errors += tci == 0 ? RX_WAYS : 0;
		assert_int_equal(rig.n_errors, n_errors);
	}
}

/* An endpoint that does not want to be told: the path MTU is taken all the same. */
static void
test_untold(void **state)
{
	(void)state;
	quote(4, IPPROTO_UDP);
	error(3, 3, 0, 100);
	rx_expect(&rig, &f, FATE_CONSUMED, "untold");
	error(TOO_BIG(4), 1300, 100);
	rx_expect(&rig, &f, FATE_CONSUMED, "untold");
	assert_int_equal(rig.n_errors, 0);
	assert_int_equal(frames_to(4), 2);
}

static int
begin_untold(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.ep_conf.error = NULL;
	rig.ep_conf.cut = PROTO_FRAGMENT;
	rxrig_start(&rig);
	return 0;
}

static int
begin(void **state)
{
	struct proto_endpoint_conf conf;

	(void)state;
	rxrig_init(&rig);
	rig.ep_conf.cut = PROTO_FRAGMENT;
	rxrig_start(&rig);
	conf = rig.ep_conf;
	conf.local_port = LOCAL_PORT + 1;
	conf.remote = addr_of(PEER4);
	conf.remote_port = REMOTE_PORT;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST_BEGIN(test_kinds, begin, &rig),
		RX_TEST_BEGIN(test_quotes, begin, &rig),
		RX_TEST_BEGIN(test_truncated, begin, &rig),
		RX_TEST_BEGIN(test_too_big, begin, &rig),
		RX_TEST_BEGIN(test_too_big_aged, begin, &rig),
		RX_TEST_BEGIN(test_too_big_lies, begin, &rig),
		RX_TEST_BEGIN(test_too_big_old, begin, &rig),
		RX_TEST_BEGIN(test_too_big_without_ports, begin, &rig),
		RX_TEST_BEGIN(test_too_big_echo, begin, &rig),
		RX_TEST_BEGIN(test_vlan, begin, &rig),
		RX_TEST_BEGIN(test_untold, begin_untold, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
