/* SPDX-License-Identifier: BSD-3-Clause */
/* The Internet checksum, each variant by name, against rte_raw_cksum and a byte-wise model. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_ip.h>

#include "wire/cksum.h"

#define LEN_MAX 2100u
#define GUARD	128u
#define POISON	0xa5

static uint8_t src_room[CKSUM_LEN_MAX + 2 * GUARD] __rte_aligned(64);
static uint8_t dst_room[CKSUM_LEN_MAX + 2 * GUARD] __rte_aligned(64);

/* Byte by byte, most significant first, as RFC 1071 words it; back to memory order at the end. */
static uint32_t
model_sum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++) {
		sum += (i & 1) == 0 ? (uint32_t)p[i] << 8 : p[i];
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return rte_cpu_to_be_16((uint16_t)sum);
}

static void
fill_random(uint8_t *p, size_t len, unsigned int seed)
{
	uint64_t x = seed * 2654435761u + 88172645463325252ull;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (uint8_t)(x >> 32);
	}
}

static const struct cksum_ops *
ops_of(void **state)
{
	const struct cksum_ops *ops = *state;

	if (!cksum_ops_usable(ops)) {
		print_message("this CPU cannot run variant %s\n", ops->name);
		skip();
	}
	return ops;
}

/* One copy: the sum, every byte of the copy, and not a byte beside it. */
static void
check_copy(
	const struct cksum_ops *ops, const uint8_t *src, size_t dst_at, size_t len, uint32_t want)
{
	uint8_t *dst = dst_room + GUARD + dst_at;
	uint32_t got;

	memset(dst - GUARD, POISON, len + 2 * GUARD - dst_at);
	got = ops->copy(dst, src, len);
	if (got != want)
		fail_msg("%s: copy of %zu bytes to +%zu: sum %04x, want %04x", ops->name, len,
			dst_at, got, want);
	assert_memory_equal(dst, src, len);
	for (size_t i = 1; i <= GUARD; i++)
		if (dst[-(ptrdiff_t)i] != POISON ||
			(i <= GUARD - dst_at && dst[len + i - 1] != POISON))
			fail_msg("%s: copy of %zu bytes to +%zu wrote beside it", ops->name, len,
				dst_at);
}

static void
test_lengths_and_alignments(void **state)
{
	const struct cksum_ops *ops = ops_of(state);

	fill_random(src_room, sizeof(src_room), 1);
	for (size_t len = 0; len <= LEN_MAX; len++)
		for (size_t i = 0; i < 64; i += len < 300 ? 1 : 7) {
			const uint8_t *src = src_room + (i * 37 + len * 11) % 64;
			uint32_t want = rte_raw_cksum(src, len);

			if (i % 8 == 0 && want != model_sum(src, len))
				fail_msg("rte_raw_cksum and the model differ at %zu", len);
			if (ops->sum(src, len) != want)
				fail_msg("%s: sum of %zu bytes", ops->name, len);
			check_copy(ops, src, i, len, want);
		}
}

/* Every pair of alignments, at lengths around the widths of the vectors. */
static void
test_alignment_pairs(void **state)
{
	static const size_t lens[] = {1, 15, 31, 32, 33, 63, 64, 65, 127, 129, 191, 1471, 1472};
	const struct cksum_ops *ops = ops_of(state);

	fill_random(src_room, sizeof(src_room), 2);
	for (size_t l = 0; l < RTE_DIM(lens); l++)
		for (size_t s = 0; s < 64; s++) {
			uint32_t want = rte_raw_cksum(src_room + s, lens[l]);

			for (size_t d = 0; d < 64; d += lens[l] < 200 ? 1 : 3)
				check_copy(ops, src_room + s, d, lens[l], want);
		}
}

/* What could overflow a lane, and the two zeros of one's complement. */
static void
test_extremes(void **state)
{
	static const uint8_t fill[] = {0x00, 0xff, 0x7f, 0x80};
	const struct cksum_ops *ops = ops_of(state);

	for (size_t f = 0; f < RTE_DIM(fill); f++)
		for (size_t len = 0; len <= CKSUM_LEN_MAX; len += len < 700 ? 1 : 1237) {
			memset(src_room, fill[f], sizeof(src_room));
			check_copy(ops, src_room + len % 3, len % 5, len, model_sum(src_room, len));
			assert_int_equal(
				ops->sum(src_room + len % 7, len), model_sum(src_room, len));
		}
	for (size_t f = 0; f < RTE_DIM(fill); f++) {
		memset(src_room, fill[f], sizeof(src_room));
		for (size_t at = 0; at < 4; at++)
			check_copy(ops, src_room + at, at, CKSUM_LEN_MAX,
				model_sum(src_room, CKSUM_LEN_MAX));
	}
}

/* A message summed in two pieces, cut anywhere, is the message summed in one. */
static void
test_splits(void **state)
{
	const struct cksum_ops *ops = ops_of(state);
	const size_t len = 333;
	uint32_t whole;

	fill_random(src_room, len, 3);
	whole = model_sum(src_room, len);
	for (size_t cut = 0; cut <= len; cut++) {
		uint32_t sum = ops->sum(src_room, cut);
		uint32_t rest = ops->copy(dst_room + 1, src_room + cut, len - cut);

		assert_int_equal(cksum_add_at(sum, rest, cut), whole);
	}
}

/* The source ends where a page that cannot be read begins, the copy where one that cannot be
 * written. */
static void
test_page_edges(void **state)
{
	const struct cksum_ops *ops = ops_of(state);
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *map =
		mmap(NULL, 6 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* A page that faults, one of source, one that faults, one of copy, one that faults. */
	assert_true(map != MAP_FAILED);
	assert_int_equal(mprotect(map, page, PROT_NONE), 0);
	assert_int_equal(mprotect(map + 2 * page, page, PROT_NONE), 0);
	assert_int_equal(mprotect(map + 4 * page, page, PROT_NONE), 0);
	fill_random(map + page, page, 4);
	for (size_t len = 0; len <= 600; len++) {
		uint8_t *src_end = map + 2 * page - len, *dst_end = map + 4 * page - len;
		uint32_t want = model_sum(src_end, len);

		assert_int_equal(ops->sum(src_end, len), want);
		assert_int_equal(ops->copy(dst_end, src_end, len), want);
		assert_memory_equal(dst_end, src_end, len);
		want = model_sum(map + page, len);
		assert_int_equal(ops->sum(map + page, len), want);
		assert_int_equal(ops->copy(map + 3 * page, map + page, len), want);
	}
	assert_int_equal(munmap(map, 6 * page), 0);
}

static void
test_select(void **state)
{
	static const unsigned int widths[] = {0, 64, 128, 256, 512, UINT16_MAX};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(widths); i++) {
		const struct cksum_ops *ops = cksum_ops_select(widths[i]), *other;

		assert_non_null(ops);
		assert_true(cksum_ops_usable(ops));
		assert_true(ops->simd_bits <= widths[i]);
		for (unsigned int n = 0; (other = cksum_ops_nth(n)) != NULL; n++)
			if (cksum_ops_usable(other) && other->simd_bits <= widths[i])
				assert_true(other->simd_bits <= ops->simd_bits);
	}
	assert_string_equal(cksum_ops_select(0)->name, "scalar");
}

static void
test_fold(void **state)
{
	(void)state;
	assert_int_equal(cksum_fold(0), 0);
	assert_int_equal(cksum_fold(0xffff), 0xffff);
	assert_int_equal(cksum_fold(0x10000), 1);
	assert_int_equal(cksum_fold(UINT64_MAX), 0xffff);
	assert_int_equal(cksum_fold(0xfffffffffffffffeull), 0xfffe);
	assert_int_equal(cksum_fold(0xffff0000ffffull), 0xffff);
	for (uint64_t i = 0, x = 1; i < 100000; i++, x = x * 6364136223846793005ull + 1)
		assert_int_equal(cksum_fold(x), x == 0 ? 0 : (x - 1) % 0xffff + 1);
	assert_int_equal(cksum_finish(0xffff), 0);
	assert_int_equal(cksum_finish_udp(0xffff), 0xffff);
	assert_int_equal(cksum_finish_udp(0x1234), 0xedcb);
}

static void
test_pseudo_headers(void **state)
{
	struct rte_ipv4_hdr ip4;
	struct rte_ipv6_hdr ip6;

	(void)state;
	for (unsigned int seed = 0; seed < 200; seed++) {
		fill_random((uint8_t *)&ip4, sizeof(ip4), seed);
		fill_random((uint8_t *)&ip6, sizeof(ip6), seed + 1000);
		ip4.version_ihl = 0x45;
		ip4.total_length = rte_cpu_to_be_16((uint16_t)(20 + seed * 300));
		ip6.proto &= 0x7f; /* rte_ipv6_phdr_cksum() of 22.11 shifts an int by 24 */
		ip6.payload_len = rte_cpu_to_be_16((uint16_t)(seed * 321));
		assert_int_equal(cksum_pseudo_ipv4(ip4.src_addr, ip4.dst_addr, ip4.next_proto_id,
					 (uint16_t)(seed * 300)),
			rte_ipv4_phdr_cksum(&ip4, 0));
		assert_int_equal(
			cksum_pseudo_ipv6(ip6.src_addr, ip6.dst_addr, ip6.proto, seed * 321),
			rte_ipv6_phdr_cksum(&ip6, 0));
	}
	memset(&ip6, 0xff, sizeof(ip6));
	assert_int_equal(cksum_pseudo_ipv6(ip6.src_addr, ip6.dst_addr, 17, 65536 + 8),
		cksum_add(0xffff, rte_cpu_to_be_16(17 + 1 + 8)));
}

/* RFC 1624: an update is what summing everything again would give, at 0 and 0xffff too. */
static void
test_update(void **state)
{
	(void)state;
	for (unsigned int seed = 0; seed < 20000; seed++) {
		struct rte_ipv4_hdr ip;
		uint16_t was, is;

		if (seed % 4 == 0)
			memset(&ip, seed % 8 == 0 ? 0 : 0xff, sizeof(ip));
		else
			fill_random((uint8_t *)&ip, sizeof(ip), seed);
		ip.version_ihl = 0x45;
		ip.hdr_checksum = 0;
		ip.hdr_checksum = rte_ipv4_cksum(&ip);
		was = ip.packet_id;
		fill_random((uint8_t *)&is, sizeof(is), seed + 7);
		if (seed % 3 == 0)
			is = seed % 2 == 0 ? 0 : 0xffff;
		ip.hdr_checksum = cksum_update(ip.hdr_checksum, was, is);
		ip.packet_id = is;
		assert_int_equal(model_sum((const uint8_t *)&ip, sizeof(ip)), 0xffff);
		was = ip.hdr_checksum;
		ip.hdr_checksum = 0;
		assert_int_equal(was, rte_ipv4_cksum(&ip));
	}
	/* The example of RFC 1624 section 4: 0x0000, where the equation of RFC 1141 gives 0xffff.
	 */
	assert_int_equal(cksum_update(0xdd2f, 0x5555, 0x3285), 0x0000);
}

#define PER_VARIANT 5

static void
add_variant(struct CMUnitTest *tests, const struct cksum_ops *ops)
{
	static const struct CMUnitTest each[PER_VARIANT] = {
		cmocka_unit_test(test_lengths_and_alignments),
		cmocka_unit_test(test_alignment_pairs),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_splits),
		cmocka_unit_test(test_page_edges),
	};

	for (unsigned int i = 0; i < PER_VARIANT; i++) {
		static char names[64][64];
		static unsigned int n_names;
		char *name = names[n_names++];

		snprintf(name, sizeof(names[0]), "%s %s", ops->name, each[i].name);
		tests[i] = each[i];
		tests[i].name = name;
		tests[i].initial_state = RTE_PTR_ADD(ops, 0);
	}
}

int
main(void)
{
	struct CMUnitTest tests[PER_VARIANT * 8 + 4] = {
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_pseudo_headers),
		cmocka_unit_test(test_update),
	};
	const struct cksum_ops *ops;
	size_t n = 4;

	for (unsigned int i = 0; (ops = cksum_ops_nth(i)) != NULL && i < 8; i++, n += PER_VARIANT)
		add_variant(&tests[n], ops);
	return _cmocka_run_group_tests("cksum", tests, n, NULL, NULL);
}
