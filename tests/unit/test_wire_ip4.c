/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 headers: scapy's, all lengths against a plain model, and checksums as DPDK makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_common.h>

#include "golden_wire.h"
#include "rng.h"
#include "tight.h"
#include "wire/ip.h"

#define HDR_MAX 60u

static struct tight tight;

/* Bytes, as a person sums them with a pencil. */
static uint16_t
pencil_cksum(const uint8_t *hdr, uint32_t len)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < len; i++)
		sum += i % 2 == 0 ? (uint32_t)hdr[i] << 8 : hdr[i];
	while (sum > 0xffff)
		sum = sum % 0x10000 + sum / 0x10000;
	return (uint16_t)~sum;
}

static void
seal(uint8_t *hdr, uint32_t hdr_len)
{
	uint16_t field;

	hdr[10] = hdr[11] = 0;
	field = pencil_cksum(hdr, hdr_len);
	hdr[10] = (uint8_t)(field >> 8);
	hdr[11] = (uint8_t)field;
}

/* Check bytes that end where memory ends; both ways must say the same. */
static enum wire_fault
check(const void *bytes, uint32_t avail, uint32_t l3_len, bool cksum_good, struct ip4_view *view)
{
	const uint8_t *ip = tight_put(tight, bytes, avail);
	struct ip4_view any;
	enum wire_fault fault;

	memset(view, 0xa5, sizeof(*view));
	memset(&any, 0xa5, sizeof(any));
	fault = ip4_check(ip, avail, l3_len, cksum_good, view);
	assert_int_equal(ip4_check_any(ip, avail, l3_len, cksum_good, &any), fault);
	assert_memory_equal(&any, view, sizeof(any));
	return fault;
}

#define GOLDEN(name, ...)                              \
	{                                              \
#name, name, sizeof(name), __VA_ARGS__ \
	}

/* What scapy was told, in golden_wire.py. */
static const struct golden {
	const char *name;
	const uint8_t *bytes;
	uint32_t len;
	enum wire_fault fault;
	uint16_t hdr_len, frag_off;
	bool more, fragment;
} goldens[] = {
	GOLDEN(ip4_udp, WIRE_OK, 20, 0, false, false),
	GOLDEN(ip4_df, WIRE_OK, 20, 0, false, false),
	GOLDEN(ip4_first, WIRE_OK, 20, 0, true, true),
	GOLDEN(ip4_later, WIRE_OK, 20, 24, true, true),
	GOLDEN(ip4_last, WIRE_OK, 20, 40, false, true),
	GOLDEN(ip4_options, WIRE_OK, 36, 0, false, false),
	GOLDEN(ip4_lsrr, WIRE_OPTIONS, 28, 0, false, false),
	GOLDEN(ip4_ssrr, WIRE_OPTIONS, 28, 0, false, false),
	GOLDEN(ip6_udp, WIRE_VERSION, 0, 0, false, false),
};

static void
test_golden(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(goldens); i++) {
		const struct golden *g = &goldens[i];
		struct ip4_view view;

		/* Bytes behind the packet, as short Ethernet frames have them, change nothing. */
		for (uint32_t pad = 0; pad < 20; pad += 19) {
			uint8_t frame[128] = {0};

			memcpy(frame, g->bytes, g->len);
			if (check(frame, g->len + pad, g->len + pad, false, &view) != g->fault)
				fail_msg("%s", g->name);
			if (g->fault != WIRE_OK)
				continue;
			assert_int_equal(view.hdr_len, g->hdr_len);
			assert_int_equal(view.total_len, g->len);
			assert_int_equal(view.frag_off, g->frag_off);
			assert_int_equal(view.more, g->more);
			assert_int_equal(view.fragment, g->fragment);
		}
	}
}

/* Cut at each byte: of the contiguous memory, or of the frame. */
static void
test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(goldens) - 1; i++) {
		const struct golden *g = &goldens[i];
		struct ip4_view view;

		for (uint32_t cut = 0; cut < g->len; cut++) {
			enum wire_fault mem = check(g->bytes, cut, g->len, false, &view);
			enum wire_fault frame = check(g->bytes, cut, cut, false, &view);

			assert_int_equal(mem, cut < g->hdr_len ? WIRE_TRUNCATED : g->fault);
			assert_int_equal(frame, cut < g->hdr_len ? WIRE_TRUNCATED : WIRE_LENGTH);
		}
	}
}

/* The order of RFC 1122 3.2.1 and 791. Options are all "no operation" here. */
static enum wire_fault
model(uint32_t version, uint32_t ihl, uint32_t avail, uint32_t l3_len, uint32_t total, bool sealed)
{
	if (avail < 20 || l3_len < 20)
		return WIRE_TRUNCATED;
	if (version != 4)
		return WIRE_VERSION;
	if (ihl < 5)
		return WIRE_HDR_LEN;
	if (4 * ihl > avail || 4 * ihl > l3_len)
		return WIRE_TRUNCATED;
	if (total < 4 * ihl || total > l3_len)
		return WIRE_LENGTH;
	return sealed ? WIRE_OK : WIRE_CKSUM;
}

static void
check_lengths(uint8_t first, uint32_t total, bool sealed)
{
	static const uint32_t l3_lens[] = {0, 19, 20, 21, 24, 40, 59, 60, 61, 64, 1500, 70000};
	const uint32_t ihl = first % 16;
	uint8_t hdr[64];

	memset(hdr, 1, sizeof(hdr));
	hdr[0] = first;
	hdr[2] = (uint8_t)(total >> 8);
	hdr[3] = (uint8_t)total;
	seal(hdr, RTE_MAX(20u, 4 * ihl));
	hdr[11] ^= sealed ? 0 : 1;
	for (uint32_t avail = 0; avail <= sizeof(hdr); avail++) {
		for (size_t i = 0; i < RTE_DIM(l3_lens); i++) {
			struct ip4_view view;
			enum wire_fault want =
				model(first / 16, ihl, avail, l3_lens[i], total, sealed);

			if (check(hdr, avail, l3_lens[i], false, &view) != want)
				fail_msg("0x%02x avail %u l3_len %u total %u: want %u", first,
					avail, l3_lens[i], total, want);
			if (want == WIRE_OK)
				assert_true(view.hdr_len == 4 * ihl && view.total_len == total);
			if (want == WIRE_CKSUM)
				assert_int_equal(
					check(hdr, avail, l3_lens[i], true, &view), WIRE_OK);
		}
	}
}

static void
test_lengths(void **state)
{
	static const uint32_t totals[] = {0, 1, 19, 20, 21, 23, 24, 28, 32, 36, 40, 44, 48, 52, 56,
		59, 60, 61, 63, 64, 65, 255, 256, 1500, 1501, 65535};

	(void)state;
	for (uint32_t ihl = 0; ihl < 16; ihl++) {
		for (size_t i = 0; i < RTE_DIM(totals); i++) {
			check_lengths((uint8_t)(0x40 + ihl), totals[i], true);
			check_lengths((uint8_t)(0x40 + ihl), totals[i], false);
		}
	}
	for (uint32_t version = 0; version < 16; version++)
		check_lengths((uint8_t)(16 * version + 5), 20, true);
}

/* Headers sealed by DPDK's sum are good, and none with one bit turned is. */
static void
test_cksum(void **state)
{
	struct rng rng = {.state = 791};
	struct ip4_view view;

	(void)state;
	for (uint32_t round = 0; round < 2000; round++) {
		uint8_t hdr[HDR_MAX];
		const uint8_t ihl = (uint8_t)(5 + rng_below(&rng, 11));
		const uint32_t bit = rng_below(&rng, 32u * ihl);
		uint16_t field;

		for (uint32_t i = 0; i < sizeof(hdr); i++)
			hdr[i] = (uint8_t)rng_next(&rng);
		hdr[0] = 0x40 | ihl;
		hdr[2] = 0x03;
		memset(hdr + 20, 1, sizeof(hdr) - 20);
		hdr[10] = hdr[11] = 0;
		field = (uint16_t)~rte_raw_cksum(hdr, 4u * ihl);
		memcpy(hdr + 10, &field, sizeof(field));
		assert_int_equal(check(hdr, 4u * ihl, 1500, false, &view), WIRE_OK);
		hdr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(check(hdr, 4u * ihl, 1500, false, &view), WIRE_OK);
		if (bit >= 32)
			assert_int_equal(check(hdr, 4u * ihl, 1500, false, &view), WIRE_CKSUM);
	}
}

/* Every value of the field: the reserved and the DF bit say nothing. */
static void
test_fragment_field(void **state)
{
	uint8_t hdr[20];
	struct ip4_view view;

	(void)state;
	memcpy(hdr, ip4_udp, sizeof(hdr));
	for (uint32_t field = 0; field < 65536; field++) {
		hdr[6] = (uint8_t)(field >> 8);
		hdr[7] = (uint8_t)field;
		assert_int_equal(check(hdr, sizeof(hdr), 38, true, &view), WIRE_OK);
		assert_int_equal(view.frag_off, field % 8192 * 8);
		assert_int_equal(view.more, field / 8192 % 2);
		assert_int_equal(view.fragment, field % 16384 != 0);
	}
}

/* A header with these options, filled up with "no operation". */
static enum wire_fault
check_options(const void *options, uint32_t len, uint32_t room)
{
	uint8_t hdr[HDR_MAX];
	struct ip4_view view;

	assert_in_range(len, 0, room);
	memset(hdr, RTE_IPV4_HDR_OPT_NOP, sizeof(hdr));
	memcpy(hdr, ip4_udp, 20);
	memcpy(hdr + 20, options, len);
	hdr[0] = (uint8_t)(0x45 + room / 4);
	hdr[3] = 60;
	seal(hdr, 20 + room);
	return check(hdr, 20 + room, 60, false, &view);
}

/* All types in all lengths that a header has room for. */
static void
test_option_lengths(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < 256; type++) {
		for (uint32_t len = 0; len < 256; len++) {
			const uint8_t option[] = {(uint8_t)type, (uint8_t)len};
			bool source_route = type == 131 || type == 137;
			bool simple = type == 0 || type == 1;

			/* Behind "no operation" that `len` is the type of a second option. */
			if (type == 1)
				continue;
			for (uint32_t room = 4; room <= 40; room += 4) {
				bool fits = len >= 2 && len <= room;
				enum wire_fault want =
					simple || (fits && !source_route) ? WIRE_OK : WIRE_OPTIONS;

				assert_int_equal(check_options(option, 2, room), want);
			}
		}
	}
}

static void
test_options(void **state)
{
#define CASE(bytes, fault)                      \
	{                                       \
		bytes, sizeof(bytes) - 1, fault \
	}
	static const struct {
		const char *bytes;
		uint32_t len;
		enum wire_fault fault;
	} cases[] = {
		CASE("\x01\x01\x01\x94", WIRE_OPTIONS),			/* no length */
		CASE("\x94\x04\x00\x00\x01\x01\x07\x02", WIRE_OK),	/* to the end */
		CASE("\x94\x04\x00\x00\x01\x01\x07\x03", WIRE_OPTIONS), /* and behind */
		CASE("\x94\x04\x00\x00\x83\x03\x04\x00", WIRE_OPTIONS), /* second is LSRR */
		CASE("\x01\x01\x01\x01\x01\x89\x03\x04", WIRE_OPTIONS), /* SSRR at the end */
		CASE("\x00\x83\x00\x00\x00\x00\x00\x00", WIRE_OK),	/* behind the end */
		CASE("\x07\x04\x83\x03\x01\x01\x01\x01", WIRE_OK),	/* inside another */
		CASE("\x07\x08\x04\xff\xff\xff\xff\xff", WIRE_OK),	/* content is not read */
		CASE("\x07\x01\x01\x01\x01\x01\x01\x01", WIRE_OPTIONS), /* shorter than itself */
		CASE("\x07\x00\x01\x01\x01\x01\x01\x01", WIRE_OPTIONS), /* walks on the spot */
		CASE("\x01\x01\x01\x01\x01\x01\x01\x00", WIRE_OK),
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(cases); i++)
		if (check_options(cases[i].bytes, cases[i].len, cases[i].len) != cases[i].fault)
			fail_msg("options %zu", i);
}

/* Anything at all: no crash, and what is accepted hangs together. */
static void
test_fuzz(void **state)
{
	struct rng rng = {.state = 20220830};
	uint32_t accepted = 0;

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)rng.state);
	for (uint32_t round = 0; round < 200000; round++) {
		const struct golden *g = &goldens[rng_below(&rng, RTE_DIM(goldens))];
		uint32_t l3_len = rng_below(&rng, 100), avail = rng_below(&rng, l3_len + 1);
		uint8_t bytes[100];
		struct ip4_view view;

		for (uint32_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = i < g->len ? g->bytes[i] : (uint8_t)rng_next(&rng);
		for (uint32_t n = rng_below(&rng, 6); n > 0; n--)
			bytes[rng_below(&rng, HDR_MAX)] = (uint8_t)rng_next(&rng);
		if (check(bytes, avail, l3_len, rng_below(&rng, 2) != 0, &view) != WIRE_OK)
			continue;
		accepted++;
		assert_int_equal(view.hdr_len, bytes[0] % 16 * 4);
		assert_in_range(view.hdr_len, 20, avail);
		assert_in_range(view.total_len, view.hdr_len, l3_len);
		assert_int_equal(view.fragment, view.more || view.frag_off != 0);
	}
	assert_true(accepted > 10000);
}

static int
setup(void **state)
{
	(void)state;
	tight = tight_map();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_cksum),
		cmocka_unit_test(test_fragment_field),
		cmocka_unit_test(test_option_lengths),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
