/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments on their way into reassembly and out of it, both families.
 *
 * STYLE.md: rte_ip_frag's duplicate that destroys the datagram, protocol not in the key, oversize
 * that wraps, nine fragments never delivered; grout ip_fragment's segments misread.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_ether.h>

#include "eal.h"
#include "heard.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

static struct rxrig rig;
static struct heard heard;
static struct rxframe whole, f;

static int
begin(void **state)
{
	(void)heard_begin(state);
	heard_listen(&heard, rig.worker, NULL);
	return 0;
}

static int
end(void **state)
{
	heard_end(&heard);
	return rxrig_end(state);
}

/* Put in one fragment of `whole`. */
static void
piece(uint32_t id, uint32_t offset, uint32_t n, bool more, uint32_t n_segs)
{
	frame_fragment(&f, &whole, id, offset, n, more);
	rx_put(&rig, &f, n_segs);
}

/* The fate of one fragment. */
static int
fate_of(uint32_t id, uint32_t offset, uint32_t n, bool more)
{
	frame_fragment(&f, &whole, id, offset, n, more);
	return rx_fate(&rig, &f, 1);
}

static uint32_t
open_frames(void)
{
	struct proto_reassembly figures;

	proto_worker_reassembly(rig.worker, &figures);
	return figures.frames;
}

/* Any payload, any size of fragments, any order, any number of segments: the same bytes. */
static void
test_delivered(void **state)
{
	static const uint32_t sizes[] = {8, 16, 1000, 1480};
	struct proto_rx_info info;
	struct rng rng = {.state = 11};
	uint32_t order[2048];

	(void)state;
	for (uint32_t round = 0; round < 2 * 64; round++) {
		uint32_t size = sizes[round % 4], n = 1 + rng_below(&rng, size * 30), total = n + 8;
		uint32_t count = (total + size - 1) / size;

		frame_datagram(&whole, &rig, round / 4 % 2 == 0 ? 4 : 6, n);
		for (uint32_t i = 0; i < count; i++)
			order[i] = i;
		for (uint32_t i = 0; round / 8 % 4 != 0 && i < count; i++) {
			uint32_t k = rng_below(&rng, count), was = order[i];

			order[i] = round / 8 % 4 == 1 ? count - 1 - i : order[k];
			if (round / 8 % 4 != 1)
				order[k] = was;
		}
		for (uint32_t i = 0; i < count; i++) {
			uint32_t at = order[i] * size, len = RTE_MIN(size, total - at);

			piece(round, at, len, at + len < total, round / 32);
		}
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n, 1);
		heard_expect(&heard, 0, n);
		proto_rx_info(heard.ep, heard.pkts[0], &info);
		assert_int_equal(info.n_frames, count);
		assert_int_equal(info.ttl, 64);
		assert_int_equal(info.peer.port, REMOTE_PORT);
		heard_return(&heard);
		assert_int_equal(open_frames(), 0);
	}
	reply_none(&rig);
}

/* The longest datagrams there can be, and one byte more. */
static void
test_longest(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		uint32_t n = i % 2 == 0 ? 65507 : 65527, size = 1400;
		uint64_t too_long = rxrig_dropped(&rig, PROTO_DROP_FRAG_TOO_LONG);

		frame_datagram(&whole, &rig, i % 2 == 0 ? 4 : 6, n);
		for (uint32_t at = 0; at < n + 8; at += size)
			piece(i, at, RTE_MIN(size, n + 8 - at), at + size < n + 8, 1);
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n, 1);
		heard_expect(&heard, 0, n);
		heard_return(&heard);
		assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_TOO_LONG), too_long);
	}
	/* IPv4: header and data together are above 65535. */
	frame_datagram(&whole, &rig, 4, 65520);
	for (uint32_t at = 0; at < 65528; at += 1400)
		piece(99, at, RTE_MIN(1400u, 65528 - at), at + 1400 < 65528, 1);
	rxrig_poll(&rig, 0);
	assert_int_equal(heard.n, 0);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_TOO_LONG), 47);
	reply_none(&rig);
}

/* Each rule alone; what is dropped with it. */
static void
test_rules(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4; i++) { /* both families, twice */
		uint8_t family = i % 2 == 0 ? 4 : 6;
		uint64_t was = rxrig_count(&rig, PROTO_C_FRAMES_DISCARDED);

		frame_datagram(&whole, &rig, family, 500);
		assert_int_equal(fate_of(i, 0, 57, true), PROTO_DROP_FRAG_LENGTH);
		if (family == 6)
			reply_error(&rig, &f, 4, 0, 4); /* at the payload length */
		assert_int_equal(fate_of(i, 0, 0, true),
			family == 4 ? PROTO_DROP_FRAG_EMPTY : PROTO_DROP_FRAG_FIRST_SHORT);
		if (family == 6)
			reply_error(&rig, &f, 4, 3, 0);
		assert_int_equal(fate_of(i, 8, 0, false), PROTO_DROP_FRAG_EMPTY);
		frame_fragment(&f, &whole, i, 0, 64, false); /* ends above 65535 */
		if (family == 4) {
			f.bytes[f.l3 + 6] = 0x1f;
			f.bytes[f.l3 + 7] = 0xff;
			frame_sum_ip4(&f);
		} else {
			f.bytes[f.l3 + 42] = 0xff;
			f.bytes[f.l3 + 43] = 0xf8;
		}
		assert_int_equal(rx_fate(&rig, &f, 1), PROTO_DROP_FRAG_TOO_LONG);
		if (family == 6)
			reply_error(&rig, &f, 4, 0, 42); /* at the offset */
		reply_none(&rig);

		assert_int_equal(fate_of(i, 0, 64, true), FATE_HELD);
		assert_int_equal(fate_of(i, 0, 64, true), PROTO_DROP_FRAG_DUPLICATE);
		assert_int_equal(fate_of(i, 8, 16, true), PROTO_DROP_FRAG_DUPLICATE);
		assert_int_equal(fate_of(i, 64, 64, true), FATE_HELD);
		assert_int_equal(open_frames(), 2);
		piece(i, 120, 16, true, 1); /* an overlap: all three go */
		rxrig_poll(&rig, 0);
		assert_int_equal(open_frames(), 0);
		assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_OVERLAP), 3 * (i + 1));

		assert_int_equal(fate_of(i, 128, 16, false), FATE_HELD);
		piece(i, 256, 8, false, 1); /* another end */
		rxrig_poll(&rig, 0);
		assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_INCONSISTENT), 2 * (i + 1));
		assert_int_equal(open_frames(), 0);
		assert_int_equal(rxrig_count(&rig, PROTO_C_FRAMES_DISCARDED) - was, 4 + 2 + 3 + 2);
	}
	reply_none(&rig);
	assert_int_equal(heard.n, 0);
}

/* A duplicate of every fragment destroys nothing. */
static void
test_duplicates(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		frame_datagram(&whole, &rig, i % 2 == 0 ? 4 : 6, 500);
		for (uint32_t at = 0; at < 508; at += 64)
			for (unsigned int twice = 0; twice < (at < 448 ? 2 : 1); twice++)
				piece(i, at, RTE_MIN(64u, 508 - at), at < 448, 1);
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n, 1);
		heard_expect(&heard, 0, 500);
		heard_return(&heard);
	}
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_FRAG_DUPLICATE), 4 * 7);
}

/* Addresses, identification, protocol (IPv4), VLAN: each keeps datagrams apart. */
static void
test_key(void **state)
{
	struct heard vlan;
	struct proto_endpoint_conf conf = {.vlan = true, .vlan_tci = 5, .link = rig.link};

	(void)state;
	heard_listen(&vlan, rig.worker, &conf);
	frame_datagram(&whole, &rig, 4, 56);
	assert_int_equal(fate_of(1, 0, 32, true), FATE_HELD);
	assert_int_equal(fate_of(2, 32, 32, false), FATE_HELD); /* another id */
	frame_fragment(&f, &whole, 1, 32, 32, false);
	f.bytes[f.l3 + 9] = IPPROTO_ICMP;
	frame_sum_ip4(&f);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_HELD); /* another protocol */
	frame_fragment(&f, &whole, 1, 32, 32, false);
	f.bytes[f.l3 + 15] = 77;
	frame_sum_ip4(&f);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_HELD); /* another source */
	frame_fragment(&f, &whole, 1, 32, 32, false);
	memmove(f.bytes + 18, f.bytes + 14, f.len - 14);
	memcpy(f.bytes + 12, "\x81\x00\x00\x05\x08\x00", 6);
	f.len += 4;
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_HELD); /* another VLAN */
	assert_int_equal(open_frames(), 5);
	assert_int_equal(heard.n, 0);
	piece(1, 32, 32, false, 1);
	rxrig_poll(&rig, 0);
	assert_int_equal(heard.n, 1);
	heard_expect(&heard, 0, 56);
	heard_end(&vlan);
}

/* RFC 8200 4.5: the protocol of later fragments is no part of the key. */
static void
test_key6(void **state)
{
	(void)state;
	frame_datagram(&whole, &rig, 6, 56);
	piece(1, 0, 32, true, 1);
	frame_fragment(&f, &whole, 1, 32, 32, false);
	f.bytes[f.l3 + 40] = IPPROTO_TCP;
	rx_put(&rig, &f, 1);
	rxrig_poll(&rig, 0);
	assert_int_equal(heard.n, 1);
	heard_expect(&heard, 0, 56);
}

/* Headers in front of the fragment header, and behind it. */
static void
test_extensions(void **state)
{
	static const uint8_t pad[8] = {0, 0, 1, 4};
	uint8_t frag[8] = {0, 0, 0, 1, 9, 9, 9, 9};
	struct proto_rx_info info;

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		frame_eth(&whole, &rig, RTE_ETHER_TYPE_IPV6);
		frame_ip(&whole, 6, NULL, NULL, IPPROTO_UDP);
		frame_udp_ports(&whole, REMOTE_PORT, LOCAL_PORT);
		frame_count(&whole, 56);
		frame_finish(&whole);
		frag[2] = 0;
		frag[3] = 1;
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
		frame_ip(&f, 6, NULL, NULL, IPPROTO_HOPOPTS);
		frame_ext(&f, IPPROTO_FRAGMENT, pad, 8);
		frame_ext(&f, i < 2 ? IPPROTO_DSTOPTS : IPPROTO_UDP, frag, 8);
		if (i < 2) /* the fragmentable part begins with an extension header */
			frame_ext(&f, IPPROTO_UDP, pad, 8);
		frame_put(&f, whole.bytes + whole.l4, 32);
		f.proto = 0;
		frame_finish(&f);
		rx_put(&rig, &f, i % 2 * 3);
		f.len = f.l3 + 48 + 8;
		frag[3] = i < 2 ? 40 : 32;
		memcpy(f.bytes + f.l3 + 48, frag, 8);
		f.bytes[f.l3 + 48] = i < 2 ? IPPROTO_DSTOPTS : IPPROTO_UDP;
		frame_put(&f, whole.bytes + whole.l4 + 32, 32);
		frame_finish(&f);
		rx_put(&rig, &f, i % 2 * 3);
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n, 1);
		heard_expect(&heard, 0, 56);
		proto_rx_info(heard.ep, heard.pkts[0], &info);
		assert_int_equal(info.n_frames, 2);
		assert_int_equal(info.ttl, 64);
		heard_return(&heard);
	}
}

/* More headers in front of the fragment header than an mbuf can say: never held. */
static void
test_headers_too_long(void **state)
{
	static uint8_t options[480] = {0, 59, 1, 238, [242] = 1, 236}; /* PadN, twice */
	uint8_t frag[8] = {0, 0, 0, 1, 9, 9, 9, 0};

	(void)state;
	for (uint32_t len = 448; len <= 480; len += 8) {
		options[1] = (uint8_t)(len / 8 - 1);
		options[243] = (uint8_t)(len - 244);
		frag[7]++; /* another datagram */
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
		frame_ip(&f, 6, NULL, NULL, IPPROTO_DSTOPTS);
		frame_ext(&f, IPPROTO_FRAGMENT, options, len);
		frame_ext(&f, IPPROTO_UDP, frag, sizeof(frag));
		frame_count(&f, 32);
		frame_fix(&f, false);
		assert_int_equal(rx_fate(&rig, &f, 1),
			40 + len + 8 <= 511 ? FATE_HELD : PROTO_DROP_EXT_TOO_MANY);
	}
}

/* The first fragment alone has options: the datagram begins behind its header, not the last's. */
static void
test_first_longer(void **state)
{
	static const uint8_t nops[8] = {1, 1, 1, 1, 1, 1, 1, 0}, pad[8] = {0, 0, 1, 4};

	(void)state;
	for (uint32_t i = 0; i < 8; i++) {
		uint8_t family = i % 2 == 0 ? 4 : 6;

		frame_datagram(&whole, &rig, family, 56);
		for (uint32_t k = 0; k < 2; k++) {
			uint32_t at = (k ^ (i / 2 % 2)) * 32; /* in either order */

			frame_fragment(&f, &whole, i, at, 32, at == 0);
			if (at == 0) {
				uint32_t end = f.l3 + (family == 4 ? 20 : 40);

				memmove(f.bytes + end + 8, f.bytes + end, f.len - end);
				memcpy(f.bytes + end, family == 4 ? nops : pad, 8);
				f.len += 8;
				if (family == 4)
					f.bytes[f.l3] = 0x47;
				else
					f.bytes[f.l3 + 6] = IPPROTO_DSTOPTS;
				if (family == 6)
					f.bytes[end] = IPPROTO_FRAGMENT;
				frame_fix(&f, false);
			}
			rx_put(&rig, &f, i / 4);
		}
		rxrig_poll(&rig, 0);
		assert_int_equal(heard.n, 1);
		heard_expect(&heard, 0, 56);
		heard_return(&heard);
	}
}

/* RFC 7112: a first fragment that ends inside its headers, at every byte. */
static void
test_first_short(void **state)
{
	static const uint8_t pad[8] = {0, 0, 1, 4}, frag[8] = {0, 0, 0, 1, 1, 1, 1, 1};

	(void)state;
	for (uint32_t n = 0; n < 16; n++) {
		frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
		frame_ip(&f, 6, NULL, NULL, IPPROTO_FRAGMENT);
		frame_ext(&f, IPPROTO_DSTOPTS, frag, 8);
		frame_put(&f, (const uint8_t[8]){IPPROTO_UDP, pad[1], pad[2], pad[3]},
			RTE_MIN(n, 8u));
		frame_count(&f, n > 8 ? n - 8 : 0);
		f.proto = 0;
		frame_finish(&f);
		rx_expect(&rig, &f, PROTO_DROP_FRAG_FIRST_SHORT, "short");
		for (unsigned int i = 0; i < 5; i++)
			reply_error(&rig, &f, 4, 3, 0);
		reply_none(&rig);
	}
}

/* A frame that brings its datagram whole may be of any endpoint's, or of nobody's. */
static void
test_no_endpoint(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		frame_datagram(&whole, &rig, i == 0 ? 4 : 6, 1000);
		whole.bytes[whole.l4 + 3] ^= 1; /* the port */
		frame_sum(&whole);
		for (uint32_t at = 0; at < 1008; at += 504)
			piece(i, at, 504, at == 0, 1);
		rxrig_poll(&rig, 0);
		assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_NO_ENDPOINT), 2 * (i + 1));
		struct reply r;

		reply_next(&rig, &r);
		assert_int_equal(r.l4[0], i == 0 ? 3 : 1);
		assert_int_equal(r.l4[1], i == 0 ? 3 : 4);
		reply_none(&rig);
	}
}

/* What is held when the stack stops is counted as that. */
static void
test_stopped(void **state)
{
	(void)state;
	frame_datagram(&whole, &rig, 4, 1000);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(fate_of(i, 0, 504, true), FATE_HELD);
	assert_int_equal(proto_stop(rig.stack), 0);
	assert_int_equal(rxrig_dropped(&rig, PROTO_DROP_STOPPED), 5);
	assert_int_equal(open_frames(), 0);
	assert_int_equal(proto_start(rig.stack, NULL), 0);
	assert_int_equal(fate_of(0, 504, 504, false), FATE_HELD); /* nothing is remembered */
}

#define TEST(test) cmocka_unit_test_prestate_setup_teardown(test, begin, end, &rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_delivered),
		TEST(test_longest),
		TEST(test_rules),
		TEST(test_duplicates),
		TEST(test_key),
		TEST(test_key6),
		TEST(test_extensions),
		TEST(test_headers_too_long),
		TEST(test_first_longer),
		TEST(test_first_short),
		TEST(test_no_endpoint),
		TEST(test_stopped),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
