/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames and their answers. Checksums are those of DPDK; what is refused has not changed. That
 * tshark and the kernel agree is tests/cli/reflect.sh's and tests/netns's to show.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "engine/reflect_frame.h"

#define PAYLOAD 20

/* A frame in the making, and where its parts are. */
struct made {
	uint8_t bytes[256];
	uint32_t len, ip, l4;
};

static void
put(struct made *m, const void *bytes, uint32_t n)
{
	memcpy(m->bytes + m->len, bytes, n);
	m->len += n;
}

static void
put_eth(struct made *m, unsigned tags, uint16_t type)
{
	static const uint8_t macs[] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
	uint16_t be = rte_cpu_to_be_16(type);

	memset(m, 0, sizeof(*m));
	put(m, macs, sizeof(macs));
	if (tags == 2)
		put(m, "\x88\xa8\x00\x07", 4);
	if (tags > 0)
		put(m, "\x81\x00\x20\x05", 4);
	put(m, &be, 2);
	m->ip = m->len;
}

static void
put_ip4(struct made *m, uint8_t proto, uint16_t frag, uint16_t above)
{
	struct rte_ipv4_hdr ip = {
		.version_ihl = 0x45,
		.total_length = rte_cpu_to_be_16((uint16_t)(20 + above)),
		.fragment_offset = rte_cpu_to_be_16(frag),
		.time_to_live = 9,
		.next_proto_id = proto,
		.src_addr = rte_cpu_to_be_32(0xc0000201),
		.dst_addr = rte_cpu_to_be_32(0xc0000202),
	};

	ip.hdr_checksum = rte_ipv4_cksum(&ip);
	put(m, &ip, sizeof(ip));
	m->l4 = m->len;
}

static void
put_ip6(struct made *m, uint8_t proto, int frag, uint16_t above)
{
	struct rte_ipv6_hdr ip = {
		.vtc_flow = rte_cpu_to_be_32(0x60000000),
		.payload_len = rte_cpu_to_be_16((uint16_t)(above + (frag >= 0 ? 8 : 0))),
		.proto = frag >= 0 ? 44 : proto,
		.hop_limits = 9,
		.src_addr = {0x20, 1, 0xd, 0xb8, [15] = 1},
		.dst_addr = {0x20, 1, 0xd, 0xb8, [15] = 2},
	};
	uint8_t ext[8] = {proto, 0, (uint8_t)(frag >> 8), (uint8_t)frag, 1, 2, 3, 4};

	put(m, &ip, sizeof(ip));
	if (frag >= 0)
		put(m, ext, sizeof(ext));
	m->l4 = m->len;
}

static uint16_t
upper_sum(const struct made *m, bool v6, bool pseudo)
{
	/* rte_raw_cksum() of all above IP is 0xffff when the checksum within is right. */
	uint32_t sum = rte_raw_cksum(m->bytes + m->l4, m->len - m->l4);

	if (pseudo && v6)
		sum += rte_ipv6_phdr_cksum((const void *)(m->bytes + m->ip), 0);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

/* The byte at `at` of what is above IP, as checksums see it. */
static void
put_upper(struct made *m, const uint8_t *head, uint16_t cksum_at, bool v6, bool pseudo)
{
	uint16_t sum;

	put(m, head, 8);
	for (uint8_t i = 0; i < PAYLOAD; i++)
		put(m, &(uint8_t){(uint8_t)(i * 37)}, 1);
	sum = (uint16_t)~upper_sum(m, v6, pseudo);
	memcpy(m->bytes + m->l4 + cksum_at, &sum, 2);
}

static void
make_echo(struct made *m, bool v6, unsigned tags, uint8_t type, uint8_t code, uint16_t id)
{
	uint8_t head[8] = {type, code, 0, 0, (uint8_t)(id >> 8), (uint8_t)id, 0, 7};

	put_eth(m, tags, v6 ? 0x86dd : 0x0800);
	if (v6)
		put_ip6(m, 58, -1, 8 + PAYLOAD);
	else
		put_ip4(m, 1, 0x4000, 8 + PAYLOAD);
	put_upper(m, head, 2, v6, v6);
}

static void
make_udp(struct made *m, bool v6, unsigned tags)
{
	uint8_t head[8] = {0x12, 0x34, 0x56, 0x78, 0, 8 + PAYLOAD, 0, 0};

	put_eth(m, tags, v6 ? 0x86dd : 0x0800);
	if (v6)
		put_ip6(m, 17, -1, 8 + PAYLOAD);
	else
		put_ip4(m, 17, 0x4000, 8 + PAYLOAD);
	put_upper(m, head, 6, v6, v6);
}

static bool
reflect(struct made *m)
{
	return reflect_frame(m->bytes, m->len, m->len);
}

/* Addresses are the other way round, the rest of the headers is as it was. */
static void
assert_turned(const struct made *m, const struct made *was, bool v6)
{
	uint32_t n = v6 ? 16 : 4, at = m->ip + (v6 ? 8 : 12);

	assert_memory_equal(m->bytes, was->bytes + 6, 6);
	assert_memory_equal(m->bytes + 6, was->bytes, 6);
	assert_memory_equal(m->bytes + 12, was->bytes + 12, at - 12);
	assert_memory_equal(m->bytes + at, was->bytes + at + n, n);
	assert_memory_equal(m->bytes + at + n, was->bytes + at, n);
	if (!v6)
		assert_int_equal(rte_raw_cksum(m->bytes + m->ip, 20), 0xffff);
}

static void
assert_refused(struct made *m, uint32_t head, uint32_t len)
{
	struct made was = *m;

	assert_false(reflect_frame(m->bytes, head, len));
	assert_memory_equal(m->bytes, was.bytes, sizeof(was.bytes));
}

static void
test_udp(void **state)
{
	(void)state;
	for (unsigned v6 = 0; v6 < 2; v6++) {
		for (unsigned tags = 0; tags < 3; tags++) {
			struct made m, was;

			make_udp(&m, v6, tags);
			was = m;
			assert_true(reflect(&m));
			assert_turned(&m, &was, v6);
			assert_memory_equal(m.bytes + m.l4, "\x56\x78\x12\x34", 4);
			assert_memory_equal(m.bytes + m.l4 + 4, was.bytes + m.l4 + 4, 4 + PAYLOAD);
		}
	}
}

/* Every identifier, so that each carry of the checksum comes. */
static void
test_echo(void **state)
{
	(void)state;
	for (unsigned v6 = 0; v6 < 2; v6++) {
		for (uint32_t id = 0; id <= UINT16_MAX; id++) {
			struct made m, was;

			make_echo(&m, v6, 0, v6 ? 128 : 8, 0, (uint16_t)id);
			was = m;
			assert_int_equal(upper_sum(&m, v6, v6), 0xffff);
			assert_true(reflect(&m));
			assert_int_equal(upper_sum(&m, v6, v6), 0xffff);
			assert_turned(&m, &was, v6);
			assert_int_equal(m.bytes[m.l4], v6 ? 129 : 0);
			assert_memory_equal(m.bytes + m.l4 + 4, was.bytes + m.l4 + 4, 4 + PAYLOAD);
		}
	}
}

/* Fragments: the first has ports or a type, the others go back as they are. */
static void
test_fragments(void **state)
{
	struct made m, was;

	(void)state;
	for (unsigned first = 0; first < 2; first++) {
		put_eth(&m, 0, 0x0800);
		put_ip4(&m, 17, first ? 0x2000 : 0x0003, 16);
		put(&m, "abcdefghijklmnop", 16);
		was = m;
		assert_true(reflect(&m));
		assert_turned(&m, &was, false);
		assert_memory_equal(m.bytes + m.l4, first ? "cdabefgh" : "abcdefgh", 8);
		put_eth(&m, 0, 0x86dd);
		put_ip6(&m, 17, first ? 1 : 0x0018, 16);
		put(&m, "abcdefghijklmnop", 16);
		was = m;
		assert_true(reflect(&m));
		assert_turned(&m, &was, true);
		assert_memory_equal(m.bytes + m.l4, first ? "cdabefgh" : "abcdefgh", 8);
	}
	/* A later one may be short, a first one not. */
	put_eth(&m, 0, 0x0800);
	put_ip4(&m, 17, 0x0003, 3);
	put(&m, "abc", 3);
	assert_true(reflect(&m));
	put_eth(&m, 0, 0x0800);
	put_ip4(&m, 17, 0x2000, 3);
	put(&m, "abc", 3);
	assert_refused(&m, m.len, m.len);
	put_eth(&m, 0, 0x86dd);
	put_ip6(&m, 17, 1, 3);
	put(&m, "abc", 3);
	assert_refused(&m, m.len, m.len);
}

/* Every frame that is cut short, in its bytes or in its first segment. */
static void
test_truncated(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < 8; kind++) {
		struct made m;

		if (kind & 2)
			make_udp(&m, kind & 1, kind & 4 ? 2 : 0);
		else
			make_echo(&m, kind & 1, kind & 4 ? 2 : 0, kind & 1 ? 128 : 8, 0, 1);
		for (uint32_t len = 0; len < m.len; len++)
			assert_refused(&m, len, len);
		for (uint32_t head = 0; head < m.l4 + 8; head++)
			assert_refused(&m, head, m.len);
		assert_true(reflect_frame(m.bytes, m.l4 + 8, m.len));
	}
}

/* One byte of a good frame, and what it must not be. */
static void
test_others(void **state)
{
	static const struct {
		bool v6;
		int at; /* from IP on; negative: from the frame's start, -1 the first */
		uint8_t byte;
	} bad[] = {
		{false, -1, 0xff}, /* to a group */
		{false, -7, 0x01}, /* from one */
		{false, 0, 0x65},  /* version */
		{false, 0, 0x44},  /* header length */
		{false, 0, 0x4f},  /* options beyond the datagram */
		{false, 2, 0xff},  /* total length */
		{false, 9, 6},	   /* TCP */
		{false, 12, 224},  /* from a group, */
		{false, 12, 0},	   /* "this network", */
		{false, 12, 255},  /* everybody */
		{false, 16, 239},  /* to a group */
		{false, 16, 255},  /* to everybody */
		{false, 20, 0},	   /* an echo reply */
		{false, 21, 1},	   /* a code */
		{true, 0, 0x45},   /* version */
		{true, 4, 0xff},   /* payload length */
		{true, 6, 0},	   /* hop-by-hop options */
		{true, 8, 0xff},   /* from a group */
		{true, 24, 0xff},  /* to a group */
		{true, 40, 129},   /* an echo reply */
		{true, 40, 135},   /* a neighbour solicitation */
	};
	struct made m;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(bad); i++) {
		uint32_t at;

		make_echo(&m, bad[i].v6, 0, bad[i].v6 ? 128 : 8, 0, 1);
		at = bad[i].at < 0 ? (uint32_t)(-bad[i].at - 1) : m.ip + (uint32_t)bad[i].at;
		m.bytes[at] = bad[i].byte;
		assert_refused(&m, m.len, m.len);
	}
	make_echo(&m, true, 0, 128, 0, 1);
	memset(m.bytes + m.ip + 8, 0, 16); /* from nobody */
	assert_refused(&m, m.len, m.len);
	make_udp(&m, false, 0);
	memcpy(m.bytes + 12, "\x08\x06", 2); /* ARP */
	assert_refused(&m, m.len, m.len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
