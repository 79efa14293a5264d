/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses that are being probed for (RFC 5227, RFC 4862 5.4): what they hear, and lose them by.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_cycles.h>

#include "eal.h"
#include "heard.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

static struct rxrig rig;
static struct heard heard;
static struct rxframe f;

/* An address that is still probed for (RFC 5227 2.1.1, RFC 4862 5.4) takes part in nothing. */
static void
test_tentative(void **state)
{
	static const uint8_t arp[28] = {
		0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 9, 192, 0, 2, 9, [24] = 192, 0, 2, 1};
	static const uint8_t ns[24] = {135, [8] = 0x20, 1, 0x0d, 0xb8, [23] = 1};

	(void)state;
	heard_listen(&heard, rig.worker, NULL);
	for (unsigned int family = 4; family <= 6; family += 2) {
		frame_datagram(&f, &rig, (uint8_t)family, 10);
		rx_expect(&rig, &f, PROTO_DROP_IP_DEST, "a datagram");
	}
	frame_eth(&f, &rig, RTE_ETHER_TYPE_ARP);
	frame_put(&f, arp, sizeof(arp));
	rx_expect(&rig, &f, PROTO_DROP_ARP_OTHER, "who has it?");
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	frame_ip(&f, 6, NULL, "ff02::1:ff00:1", IPPROTO_ICMPV6);
	f.bytes[f.l3 + 7] = 255;
	frame_put(&f, ns, sizeof(ns));
	frame_finish(&f);
	rx_expect(&rig, &f, FATE_CONSUMED, "who has it?");
	reply_none(&rig);
	heard_end(&heard);
}

/* What is known of an address of the link's. */
static struct proto_addr_info
info_of(const char *text)
{
	struct proto_addr_info infos[PROTO_ADDRS_MAX];
	struct proto_addr addr = addr_of(text);
	unsigned int n = proto_addr_list(rig.link, infos, RTE_DIM(infos));

	for (unsigned int i = 0; i < n; i++)
		if (proto_addr_equal(&infos[i].addr, &addr))
			return infos[i];
	fail_msg("%s is not there", text);
	return infos[0];
}

static void
probe6(const char *src, const char *dst, uint8_t type, uint8_t mac)
{
	static const uint8_t target[16] = {0x20, 1, 0x0d, 0xb8, [15] = 1};

	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	f.bytes[11] = mac;
	frame_ip(&f, 6, src, dst, IPPROTO_ICMPV6);
	f.bytes[f.l3 + 7] = 255;
	frame_icmp_type(&f, type, 0, type == 136 ? 0x20000000 : 0);
	frame_put(&f, target, sizeof(target));
	if (type == 136)
		frame_put(&f, (uint8_t[]){2, 1, 2, 0, 0, 0, 0, mac}, 8);
	frame_finish(&f);
}

/* Who else probes for it, or says that he has it: it is his (RFC 4862 5.4.3, 5.4.4). */
static void
test_tentative_conflict6(void **state)
{
	(void)state;
	probe6("2001:db8::9", "ff02::1:ff00:1", 135, 9); /* asks, does not probe */
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	probe6("::", "ff02::1:ff00:1", 135, 1); /* our own, come back */
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	assert_false(info_of(OWN6).conflict);
	probe6("::", "ff02::1:ff00:1", 135, 9);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	assert_true(info_of(OWN6).conflict);
}

/* The same by an advertisement, even to the address itself. */
static void
test_tentative_advertised6(void **state)
{
	(void)state;
	probe6("2001:db8::9", OWN6, 136, 9);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	assert_true(info_of(OWN6).conflict);
}

static void
arp_in(uint16_t op, uint8_t mac, const char *sender, const char *target)
{
	uint8_t arp[28] = {0, 1, 8, 0, 6, 4, 0, (uint8_t)op, 2, 0, 0, 0, 0, mac};

	memcpy(arp + 14, addr_of(sender).bytes, 4);
	memcpy(arp + 24, addr_of(target).bytes, 4);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_ARP);
	memset(f.bytes, 0xff, 6);
	f.bytes[11] = mac;
	frame_put(&f, arp, sizeof(arp));
	(void)rx_fate(&rig, &f, 1);
}

/* RFC 5227 2.1.1: another's probe for it, or any packet from it. */
static void
test_tentative_conflict4(void **state)
{
	(void)state;
	arp_in(1, 1, "0.0.0.0", OWN4); /* our own, come back */
	arp_in(2, 9, "0.0.0.0", OWN4); /* a reply is no probe */
	arp_in(1, 9, "192.0.2.9", OWN4);
	assert_false(info_of(OWN4).conflict);
	arp_in(1, 9, "0.0.0.0", OWN4);
	assert_true(info_of(OWN4).conflict);
}

static void
test_tentative_claimed4(void **state)
{
	(void)state;
	arp_in(1, 9, OWN4, "192.0.2.77");
	assert_true(info_of(OWN4).conflict);
}

/* Once it is ours, a probe for it is answered and takes nothing away (RFC 5227 2.4 is about more).
 */
static void
test_probed_when_ours(void **state)
{
	struct reply r;

	(void)state;
	for (unsigned int i = 0; i < 200; i++)
		rxrig_poll(&rig, 100);
	reply_forget(&rig);
	for (unsigned int i = 0; i < 3; i++) {
		arp_in(1, 9, "0.0.0.0", OWN4);
		reply_next(&rig, &r);
		assert_int_equal(r.l3[7], 2);
		probe6("::", "ff02::1:ff00:1", 135, 9);
		assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
		reply_next(&rig, &r);
		assert_int_equal(r.l4[0], 136);
	}
	reply_none(&rig);
	assert_true(info_of(OWN4).usable && info_of(OWN6).usable);
}

/* An IPv6 address of ours that another says is his: we say, not too often, that it is ours. */
static void
test_claimed_when_ours6(void **state)
{
	struct reply r;

	(void)state;
	for (unsigned int i = 0; i < 200; i++)
		rxrig_poll(&rig, 100);
	assert_true(info_of(OWN6).usable);
	reply_forget(&rig);
	for (unsigned int i = 0; i < 3; i++) {
		probe6("2001:db8::9", "ff02::1", 136, 9);
		memcpy(f.bytes, "\x33\x33\0\0\0\x01", 6);
		assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	}
	reply_next(&rig, &r);
	assert_int_equal(r.l4[0], 136);
	assert_int_equal(r.l4[4], 0x20); /* override, not solicited */
	assert_memory_equal(r.dst_ip, addr_of("ff02::1").bytes, 16);
	assert_memory_equal(r.l4 + 8, addr_of(OWN6).bytes, 16);
	assert_memory_equal(r.l4 + 24, "\x02\x01\x02\0\0\0\0\x01", 8);
	reply_none(&rig);
	assert_true(info_of(OWN6).usable);
}

/* Without `dad` no conflict is looked for: nothing is said, nothing is given up. */
static void
test_claimed_undefended(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		arp_in(1, 9, OWN4, "192.0.2.77");
		probe6("2001:db8::9", "ff02::1", 136, 9);
		memcpy(f.bytes, "\x33\x33\0\0\0\x01", 6);
		assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	}
	assert_true(info_of(OWN4).usable && info_of(OWN6).usable);
	reply_none(&rig);
}

static int
begin_dad(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.link_conf.dad = true;
	rig.ep_conf.local_port = 0;
	rxrig_start(&rig);
	rig.now = rte_get_tsc_cycles(); /* by which the stack has started its probes */
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST_BEGIN(test_tentative, begin_dad, &rig),
		RX_TEST_BEGIN(test_tentative_conflict6, begin_dad, &rig),
		RX_TEST_BEGIN(test_tentative_advertised6, begin_dad, &rig),
		RX_TEST_BEGIN(test_tentative_conflict4, begin_dad, &rig),
		RX_TEST_BEGIN(test_tentative_claimed4, begin_dad, &rig),
		RX_TEST_BEGIN(test_probed_when_ours, begin_dad, &rig),
		RX_TEST_BEGIN(test_claimed_when_ours6, begin_dad, &rig),
		RX_TEST(test_claimed_undefended, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
