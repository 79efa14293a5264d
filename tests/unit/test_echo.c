/* SPDX-License-Identifier: BSD-3-Clause */
/* Echo requests: what goes out, in how many frames, what is refused, and which replies are heard.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_ip.h>

#include "eal.h"
#include "rig.h"
#include "rxrig.h"

static struct rxrig rig;
static struct rxframe f;
static uint8_t data[70000];

/* The replies that were heard. */
static struct {
	unsigned int n;
	struct proto_echo last;
	uint8_t bytes[70000];
} heard;

static void
on_reply(const struct proto_echo *reply, const struct rte_mbuf *pkt, void *arg)
{
	uint32_t at = 0;

	assert_ptr_equal(arg, &heard);
	for (; pkt != NULL; pkt = pkt->next) {
		memcpy(&heard.bytes[at], rte_pktmbuf_mtod(pkt, const void *), pkt->data_len);
		at += pkt->data_len;
	}
	assert_int_equal(at, reply->len);
	heard.last = *reply;
	heard.n++;
}

static int
begin(void **state)
{
	(void)state;
	memset(&heard, 0, sizeof(heard));
	rxrig_init(&rig);
	rxrig_start(&rig);
	proto_echo_hear(rig.stack, on_reply, &heard);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	rxrig_stop(&rig);
	return 0;
}

static int
request(const char *to, uint32_t len)
{
	struct proto_echo echo = {.addr = addr_of(to), .id = 0x1234, .seq = 0xabcd, .len = len};

	return proto_echo_send(rig.worker, &echo, data, NULL);
}

/* A sum over all 16-bit words, folded: 0xffff when a checksum among them is right. */
static uint16_t
fold(uint32_t sum)
{
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)((sum >> 16) + (sum & 0xffff));
}

/* The frame that left last is this request, whole. */
static void
expect_request(uint8_t family, uint32_t len)
{
	const struct fault_queue *queue = &rig.port->fault.queues[0];
	const struct fault_frame *frame = &queue->frames[queue->n_frames - 1];
	const uint8_t *l3 = frame->bytes + 14, *icmp = l3 + (family == 4 ? 20 : 40);
	static const uint8_t head[4] = {0x12, 0x34, 0xab, 0xcd};
	uint32_t sum = rte_raw_cksum(icmp, len + 8);

	assert_int_equal(frame->frame_len, 14 + (family == 4 ? 20 : 40) + 8 + len);
	assert_int_equal(icmp[0], family == 4 ? 8 : 128);
	assert_int_equal(icmp[1], 0);
	assert_memory_equal(icmp + 4, head, 4);
	assert_memory_equal(icmp + 8, data, len);
	if (family == 4)
		assert_int_equal(fold(rte_raw_cksum(l3, 20)), 0xffff);
	else
		sum += rte_ipv6_phdr_cksum((const struct rte_ipv6_hdr *)l3, 0);
	assert_int_equal(fold(sum), 0xffff);
	assert_int_equal(family == 4 ? l3[9] : l3[6], family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

static void
test_request(void **state)
{
	static const uint32_t lens[] = {0, 1, 56, 1400};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(lens); i++) {
		assert_int_equal(request("192.0.2.2", lens[i]), 0);
		rxrig_poll(&rig, 1);
		expect_request(4, lens[i]);
		assert_int_equal(request("2001:db8::2", lens[i]), 0);
		rxrig_poll(&rig, 1);
		expect_request(6, lens[i]);
	}
}

/* The longest goes out as fragments; one byte more is refused, and nothing leaves. */
static void
test_longest(void **state)
{
	uint64_t before;

	(void)state;
	before = port_fault_frames(&rig.port->fault);
	assert_int_equal(request("192.0.2.2", PROTO_ECHO_MAX_IPV4 + 1), -EMSGSIZE);
	assert_int_equal(request("2001:db8::2", PROTO_ECHO_MAX_IPV6 + 1), -EMSGSIZE);
	rxrig_poll(&rig, 1);
	assert_int_equal(port_fault_frames(&rig.port->fault), before);
	assert_int_equal(request("192.0.2.2", PROTO_ECHO_MAX_IPV4), 0);
	rxrig_poll(&rig, 1);
	assert_int_equal(port_fault_frames(&rig.port->fault) - before, (65515 + 1479) / 1480);
	before = port_fault_frames(&rig.port->fault);
	assert_int_equal(request("2001:db8::2", PROTO_ECHO_MAX_IPV6), 0);
	rxrig_poll(&rig, 1);
	assert_int_equal(port_fault_frames(&rig.port->fault) - before, (65535 + 1447) / 1448);
}

static void
test_no_way(void **state)
{
	(void)state;
	assert_int_equal(request("203.0.113.1", 56), -ENETUNREACH);
	assert_int_equal(request("2001:db9::1", 56), -ENETUNREACH);
	assert_int_equal(proto_addr_del(rig.link, &(struct proto_addr){.family = 0}), -ENOENT);
	struct proto_addr own = addr_of("192.0.2.1"), prefix = addr_of("198.51.100.0");

	assert_int_equal(proto_route_add(rig.link, &prefix, 24, NULL, NULL), 0);
	assert_int_equal(proto_addr_del(rig.link, &own), 0);
	assert_int_equal(request("198.51.100.1", 56), -EADDRNOTAVAIL);
}

/* A reply with `len` bytes of data from the neighbour comes in. */
static void
reply(uint8_t family, uint32_t len)
{
	uint8_t message[1400] = {family == 4 ? 0 : 129, 0, 0, 0, 0x12, 0x34, 0xab, 0xcd};

	memcpy(message + 8, data, len);
	frame_eth(&f, &rig, family == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	if (family == 4)
		frame_ip4(&f, IPPROTO_ICMP, 0, 1);
	else
		frame_ip6(&f, IPPROTO_ICMPV6);
	frame_icmp(&f, message, len + 8);
	frame_fix(&f, false);
}

static void
test_reply(void **state)
{
	static const uint32_t lens[] = {0, 1, 56, 1392};

	(void)state;
	for (unsigned int i = 0; i < 2 * RTE_DIM(lens); i++) {
		uint8_t family = i % 2 == 0 ? 4 : 6;
		struct proto_addr from = addr_of(family == 4 ? "192.0.2.2" : "2001:db8::2");

		reply(family, lens[i / 2]);
		frame_in(&rig, &f);
		rxrig_poll(&rig, 1);
		assert_int_equal(heard.n, i + 1);
		assert_true(proto_addr_equal(&heard.last.addr, &from));
		assert_int_equal(heard.last.id, 0x1234);
		assert_int_equal(heard.last.seq, 0xabcd);
		assert_int_equal(heard.last.len, lens[i / 2]);
		assert_int_equal(heard.last.ttl, f.bytes[f.l3 + (family == 4 ? 8 : 7)]);
		assert_memory_equal(heard.bytes, data, lens[i / 2]);
	}
}

/* What is cut short, or has a wrong sum, is not heard; nor is anything when nobody hears. */
static void
test_not_heard(void **state)
{
	(void)state;
	for (uint32_t len = 4; len < 8; len++) {
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV4);
		frame_ip4(&f, IPPROTO_ICMP, 0, 1);
		frame_icmp(&f, "\0\0\0\0\0\0\0", len);
		frame_fix(&f, false);
		frame_in(&rig, &f);
		rxrig_poll(&rig, 1);
	}
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ICMP_TRUNCATED), 4);
	reply(4, 56);
	f.bytes[f.len - 1] ^= 1;
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ICMP_CKSUM), 1);
	proto_echo_hear(rig.stack, NULL, NULL);
	reply(4, 56);
	frame_in(&rig, &f);
	reply(6, 56);
	frame_in(&rig, &f);
	rxrig_poll(&rig, 1);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_ICMP_TYPE), 2);
	assert_int_equal(heard.n, 0);
}

/* To ourselves: over the loop, answered by the stack itself; 64 KiB as well. */
static void
test_self(void **state)
{
	(void)state;
	assert_int_equal(request("192.0.2.1", 56), 0);
	rxrig_poll(&rig, 1);
	assert_int_equal(heard.n, 1);
	assert_int_equal(request("2001:db8::1", 60000), 0);
	rxrig_poll(&rig, 1);
	assert_int_equal(heard.n, 2);
	assert_int_equal(heard.last.len, 60000);
	assert_memory_equal(heard.bytes, data, 60000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_request),
		TEST(test_longest),
		TEST(test_no_way),
		TEST(test_reply),
		TEST(test_not_heard),
		TEST(test_self),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	noise(data, sizeof(data), 7);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
