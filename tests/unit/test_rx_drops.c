/* SPDX-License-Identifier: BSD-3-Clause */
/* Hostile frames: each rule has a frame in, and a counter or an answer out. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_cycles.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "eal.h"
#include "rig.h"
#include "rxrig.h"

static struct rxrig rig;
static struct rxframe f;

static void
test_good(void **state)
{
	static const uint8_t families[] = {4, 6};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		frame_datagram(&f, &rig, families[i], 100);
		frame_in(&rig, &f);
		rxrig_poll(&rig, 1);
		assert_int_equal(rig.n, i + 1);
		assert_int_equal(rig.len, 100);
		assert_memory_equal(rig.bytes, f.bytes + f.l4 + 8, 100);
		assert_int_equal(rig.info.peer.port, 5000);
		assert_int_equal(rig.info.peer.addr.family, families[i]);
		assert_int_equal(rig.info.ttl, 64);
		assert_ptr_equal(rig.info.peer.link, rig.link);
	}
}

static void
test_ethernet(void **state)
{
	(void)state;
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	f.len = 13;
	rxrig_expect_drop(&rig, &f, PROTO_DROP_RUNT);
	frame_datagram(&f, &rig, 4, 10);
	f.bytes[5] ^= 1;
	rxrig_expect_drop(&rig, &f, PROTO_DROP_OTHER_MAC);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	for (unsigned int i = 0; i < 3; i++)
		frame_tag(&f, i == 0 ? RTE_ETHER_TYPE_QINQ : RTE_ETHER_TYPE_VLAN, 7);
	frame_put(&f, NULL, 60);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_VLAN_DEPTH);
	frame_eth(&f, &rig, 0x88b5);
	frame_put(&f, NULL, 60);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_ETHERTYPE);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_ARP);
	frame_put(&f, NULL, 60);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_ARP_BAD);
	static const uint8_t other[28] = {0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2, 192, 0, 2,
		2, [24] = 192, [26] = 2, [27] = 77};
	frame_eth(&f, &rig, RTE_ETHER_TYPE_ARP);
	frame_put(&f, other, sizeof(other));
	rxrig_expect_drop(&rig, &f, PROTO_DROP_ARP_OTHER);
	assert_int_equal(rxrig_n_sent(&rig), 0);
}

static void
test_ipv4_header(void **state)
{
	(void)state;
	frame_datagram(&f, &rig, 4, 10);
	f.len = f.l3 + 19;
	rxrig_expect_drop(&rig, &f, PROTO_DROP_IP_TRUNCATED);
	frame_datagram(&f, &rig, 4, 10);
	f.bytes[f.l3] = 0x65;
	rxrig_expect_drop(&rig, &f, PROTO_DROP_IP_VERSION);
	frame_datagram(&f, &rig, 4, 10);
	f.bytes[f.l3] = 0x44;
	rxrig_expect_drop(&rig, &f, PROTO_DROP_IP_HDR_LEN);
	frame_datagram(&f, &rig, 4, 10);
	frame_ip4_hdr(&f)->total_length = rte_cpu_to_be_16(39);
	f.len--; /* and the frame is shorter still */
	f.len -= 2;
	rxrig_expect_drop(&rig, &f, PROTO_DROP_IP_LENGTH);
	frame_datagram(&f, &rig, 4, 10);
	frame_ip4_hdr(&f)->hdr_checksum ^= 1;
	rxrig_expect_drop(&rig, &f, PROTO_DROP_IP_CKSUM);
	frame_datagram(&f, &rig, 4, 10);
	frame_ip4_hdr(&f)->dst_addr = rte_cpu_to_be_32(0xc0000263);
	frame_fix(&f, true);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_IP_DEST);
	static const uint32_t bad[] = {
		0xe0000001, 0xffffffff, 0x7f000001, 0, 0xc0000201, 0xc00002ff};
	for (unsigned int i = 0; i < RTE_DIM(bad); i++) {
		frame_datagram(&f, &rig, 4, 10);
		frame_ip4_hdr(&f)->src_addr = rte_cpu_to_be_32(bad[i]);
		frame_fix(&f, true);
		rxrig_expect_drop(&rig, &f, PROTO_DROP_IP_SOURCE);
	}
	/* Loose source route to 0.0.0.0 (RFC 7126). */
	static const uint8_t lsrr[8] = {131, 7, 4, 0, 0, 0, 0, 0};
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_UDP, 0, 1);
	f.bytes[f.l3] = 0x47;
	frame_put(&f, lsrr, sizeof(lsrr));
	frame_udp(&f, 10);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_IP_OPTIONS);
	assert_int_equal(rxrig_n_sent(&rig), 0);
	/* Other options are stepped over. */
	static const uint8_t nops[4] = {1, 1, 1, 0};
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_UDP, 0, 1);
	f.bytes[f.l3] = 0x46;
	frame_put(&f, nops, sizeof(nops));
	frame_udp(&f, 10);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n, 1);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, 99, 0, 1);
	frame_put(&f, NULL, 20);
	frame_fix(&f, false);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_IP_PROTO);
	(void)rxrig_answered(&rig, 3, 2);
}

static void
test_ipv6_headers(void **state)
{
	static const uint8_t hbh[8] = {IPPROTO_DSTOPTS, 0, 1, 4};
	static const uint8_t dst[8] = {IPPROTO_UDP, 0, 1, 4};
	static const uint8_t late[8] = {IPPROTO_HOPOPTS, 0, 1, 4};
	static const uint8_t unknown[8] = {IPPROTO_UDP, 0, 0x80 | 30, 4};
	static const uint8_t routing[8] = {IPPROTO_UDP, 0, 0, 1};
	static const uint8_t longer[8] = {IPPROTO_UDP, 200};

	(void)state;
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	frame_ip6(&f, IPPROTO_HOPOPTS);
	frame_put(&f, hbh, sizeof(hbh));
	frame_put(&f, dst, sizeof(dst));
	uint32_t l4 = f.len;
	struct rxframe plain;

	frame_datagram(&plain, &rig, 6, 30);
	frame_put(&f, plain.bytes + plain.l4, plain.len - plain.l4);
	frame_fix(&f, false);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n, 1);
	assert_int_equal(rig.len, 30);
	assert_memory_equal(rig.bytes, f.bytes + l4 + 8, 30);

#define EXT(next, header, drop)                                              \
	do {                                                                 \
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);                    \
		frame_ip6(&f, next);                                         \
		frame_put(&f, header, sizeof(header));                       \
		frame_put(&f, plain.bytes + plain.l4, plain.len - plain.l4); \
		frame_fix(&f, false);                                        \
		rxrig_expect_drop(&rig, &f, drop);                           \
	} while (0)
	EXT(IPPROTO_DSTOPTS, longer, PROTO_DROP_EXT_TRUNCATED);
	EXT(IPPROTO_DSTOPTS, late, PROTO_DROP_EXT_ORDER);
	assert_int_equal(rxrig_answered(&rig, 4, 1), 40);
	EXT(IPPROTO_DSTOPTS, unknown, PROTO_DROP_EXT_OPTION);
	assert_int_equal(rxrig_answered(&rig, 4, 2), 42);
	EXT(IPPROTO_ROUTING, routing, PROTO_DROP_EXT_ROUTING);
	assert_int_equal(rxrig_answered(&rig, 4, 0), 42);
	EXT(IPPROTO_NONE, longer, PROTO_DROP_NO_NEXT_HEADER);
	EXT(99, longer, PROTO_DROP_IP_PROTO);
	assert_int_equal(rxrig_answered(&rig, 4, 1), 6);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	frame_ip6(&f, IPPROTO_DSTOPTS);
	for (unsigned int i = 0; i < 20; i++) {
		frame_put(&f, dst, sizeof(dst));
		f.bytes[f.len - 8] = IPPROTO_DSTOPTS;
	}
	frame_fix(&f, false);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_EXT_TOO_MANY);
}

static void
test_udp(void **state)
{
	(void)state;
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_UDP, 0, 1);
	frame_put(&f, NULL, 7);
	frame_fix(&f, false);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_UDP_TRUNCATED);
	static const uint16_t lengths[] = {0, 7, 19, 65535};
	for (unsigned int i = 0; i < RTE_DIM(lengths); i++) {
		frame_datagram(&f, &rig, 4, 10);
		frame_udp_hdr(&f)->dgram_len = rte_cpu_to_be_16(lengths[i]);
		rxrig_expect_drop(&rig, &f, PROTO_DROP_UDP_LENGTH);
	}
	for (unsigned int family = 4; family <= 6; family += 2) {
		frame_datagram(&f, &rig, (uint8_t)family, 33);
		f.bytes[f.len - 1] ^= 0x10;
		rxrig_expect_drop(&rig, &f, PROTO_DROP_UDP_CKSUM);
		frame_datagram(&f, &rig, (uint8_t)family, 33);
		frame_udp_hdr(&f)->dgram_cksum = 0;
		if (family == 6)
			rxrig_expect_drop(&rig, &f, PROTO_DROP_UDP_NO_CKSUM);
		else
			frame_in(&rig, &f);
		rxrig_poll(&rig, 1);
	}
	assert_int_equal(rig.n, 1); /* RFC 768: no checksum over IPv4 */
	frame_datagram(&f, &rig, 4, 10);
	frame_udp_hdr(&f)->dst_port = rte_cpu_to_be_16(9001);
	frame_fix(&f, true);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_NO_ENDPOINT);
	(void)rxrig_answered(&rig, 3, 3);
	frame_datagram(&f, &rig, 6, 10);
	frame_udp_hdr(&f)->dst_port = rte_cpu_to_be_16(9001);
	frame_fix(&f, true);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_NO_ENDPOINT);
	(void)rxrig_answered(&rig, 1, 4);
	/* Bytes behind the UDP length, and behind the IP length, are padding. */
	frame_datagram(&f, &rig, 4, 10);
	frame_put(&f, NULL, 18);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n, 2);
	assert_int_equal(rig.len, 10);
}

static void
test_icmp(void **state)
{
	static const uint8_t redirect[28 + 8] = {5, 0, [8] = 0x45, [11] = 28, [16] = 64, [17] = 17};
	uint8_t unreach[8 + 28] = {3, 3, [8] = 0x45, [11] = 28, [16] = 64, [17] = 17, [20] = 192,
		[22] = 2, [23] = 1, [24] = 192, [26] = 2, [27] = 2, [28] = 0x23, [29] = 0x28,
		[30] = 0x13, [31] = 0x88, [33] = 8};

	(void)state;
#define ICMP(bytes, n)                                    \
	do {                                              \
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4); \
		frame_ip4(&f, IPPROTO_ICMP, 0, 1);        \
		frame_icmp(&f, bytes, n);                 \
	} while (0)
	ICMP(unreach, 4);
	f.len -= 1;
	frame_fix(&f, false);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_ICMP_TRUNCATED);
	ICMP(unreach, sizeof(unreach));
	f.bytes[f.l4 + 2] ^= 1;
	rxrig_expect_drop(&rig, &f, PROTO_DROP_ICMP_CKSUM);
	ICMP(((uint8_t[]){13, 0, 0, 0, 0, 0, 0, 0}), 8);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_ICMP_TYPE);
	ICMP(redirect, sizeof(redirect));
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n_errors, 0);
	/* About a datagram from port 9000, which is ours: told. From another: not. */
	ICMP(unreach, sizeof(unreach));
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rig.n_errors, 1);
	assert_int_equal(rig.error.kind, PROTO_ERROR_PORT_UNREACH);
	assert_int_equal(rig.error.status, -ECONNREFUSED);
	assert_int_equal(rig.error.remote_port, 5000);
	unreach[29] ^= 1;
	ICMP(unreach, sizeof(unreach));
	rxrig_expect_drop(&rig, &f, PROTO_DROP_ICMP_QUOTE);
	unreach[29] ^= 1;
	unreach[23] = 77; /* we never had this address */
	ICMP(unreach, sizeof(unreach));
	rxrig_expect_drop(&rig, &f, PROTO_DROP_ICMP_QUOTE);
	assert_int_equal(rig.n_errors, 1);
	static const uint8_t na[24] = {136, 0, [4] = 0x20, [8] = 0x20, 1, 0xd, 0xb8, [23] = 9};
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	frame_ip6(&f, IPPROTO_ICMPV6); /* hop limit 64, not 255 */
	frame_icmp(&f, na, sizeof(na));
	rxrig_expect_drop(&rig, &f, PROTO_DROP_ND_BAD);
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_IGMP, 0, 1); /* TTL 64, not 1 */
	frame_icmp(&f, (uint8_t[]){0x11, 10, 0, 0, 0, 0, 0, 0}, 8);
	rxrig_expect_drop(&rig, &f, PROTO_DROP_GROUP_BAD);
}

/* A client that holds all it may starves only itself. */
static void
test_held(void **state)
{
	struct rte_mbuf *pkt;
	uint32_t held;

	(void)state;
	rig.hold = true;
	frame_datagram(&f, &rig, 4, 10);
	for (unsigned int i = 0; i < 8; i++)
		frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(proto_held(rig.ep), 8);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ENDPOINT_FULL), 1);
	assert_int_equal(proto_endpoint_destroy(rig.ep), -EBUSY);
	assert_int_equal(proto_destroy(rig.stack, NULL, NULL), -EBUSY);
	pkt = rig.held[0];
	proto_take(rig.ep, &pkt, 1); /* the client's own now */
	assert_int_equal(proto_held(rig.ep), 7);
	pktpool_free(pkt);
	held = rig.n_held;
	proto_return(rig.ep, &rig.held[1], held - 1);
	assert_int_equal(proto_held(rig.ep), 0);
}

static int
begin_held(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.ep_conf.rx_held = 8;
	rxrig_start(&rig);
	return 0;
}

/* An answer is due and the port has all the descriptors for answers: counted, nothing is lost. */
static void
test_echo_refused(void **state)
{
	(void)state;
	port_fault_takes(&rig.port->fault, 1, (uint32_t[]){0});
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
	frame_ip4(&f, IPPROTO_ICMP, 0, 1);
	frame_icmp(&f, (uint8_t[]){8, 0, 0, 0, 0, 1, 0, 1, 2, 3}, 10);
	for (unsigned int i = 0; i < 600; i++)
		frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_true(rxrig_dropped(&rig, PROTO_DROP_REPLY_REFUSED) > 0);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_REPLY_REFUSED),
		rxrig_count(&rig, PROTO_C_CONTROL_FAILED));
	port_fault_takes_all(&rig.port->fault);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_n_sent(&rig) + rxrig_dropped(&rig, PROTO_DROP_REPLY_REFUSED), 600);
	assert_int_equal(rxrig_answered(&rig, 0, 0), 0x00010001);
}

/* ICMP errors are limited, and counted when they are not sent (RFC 1812 4.3.2.8). */
static void
test_limited(void **state)
{
	(void)state;
	frame_datagram(&f, &rig, 4, 10);
	frame_udp_hdr(&f)->dst_port = rte_cpu_to_be_16(9001);
	frame_fix(&f, true);
	for (unsigned int i = 0; i < 200; i++)
		frame_in(&rig, &f);
	rxrig_poll(&rig, 0);
	assert_int_equal(rxrig_count(&rig, PROTO_C_CONTROL_SENT), rxrig_n_sent(&rig));
	assert_true(rxrig_n_sent(&rig) >= 10 && rxrig_n_sent(&rig) <= 60);
	assert_int_equal(rxrig_count(&rig, PROTO_C_CONTROL_LIMITED), 200 - rxrig_n_sent(&rig));
}

static int
begin_limited(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.conf.icmp_rate = 10;
	rxrig_start(&rig);
	return 0;
}

/* Last: every reason of the list was raised by a test above, or is raised where it says. */
static void
test_every_drop(void **state)
{
	/* Several workers, several members of a group: test_handover.c. */
	const uint64_t elsewhere =
		UINT64_C(1) << PROTO_DROP_HANDOVER_FULL | UINT64_C(1) << PROTO_DROP_NO_MEMORY |
		/* test_rx_fragments.c */
		UINT64_C(1) << PROTO_DROP_FRAG_LENGTH | UINT64_C(1) << PROTO_DROP_FRAG_TOO_LONG |
		UINT64_C(1) << PROTO_DROP_FRAG_EMPTY | UINT64_C(1) << PROTO_DROP_FRAG_FIRST_SHORT |
		UINT64_C(1) << PROTO_DROP_FRAG_DUPLICATE | UINT64_C(1) << PROTO_DROP_FRAG_OVERLAP |
		UINT64_C(1) << PROTO_DROP_FRAG_INCONSISTENT |
		UINT64_C(1) << PROTO_DROP_FRAG_TIMEOUT | UINT64_C(1) << PROTO_DROP_FRAG_EVICTED |
		UINT64_C(1) << PROTO_DROP_FRAG_SHARE | UINT64_C(1) << PROTO_DROP_STOPPED;

	(void)state;
	for (unsigned int i = 0; i < PROTO_DROP_MAX; i++)
		if (((rxrig_drops | elsewhere) >> i & 1) == 0)
			fail_msg("no test has raised %s", proto_drop_name(i));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST(test_good, &rig),
		RX_TEST(test_ethernet, &rig),
		RX_TEST(test_ipv4_header, &rig),
		RX_TEST(test_ipv6_headers, &rig),
		RX_TEST(test_udp, &rig),
		RX_TEST(test_icmp, &rig),
		RX_TEST_BEGIN(test_held, begin_held, &rig),
		RX_TEST(test_echo_refused, &rig),
		RX_TEST_BEGIN(test_limited, begin_limited, &rig),
		cmocka_unit_test(test_every_drop),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
