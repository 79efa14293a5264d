/* SPDX-License-Identifier: BSD-3-Clause */
#include "cksum_impl.h"

#ifdef RTE_ARCH_X86_64
#include <immintrin.h>

/* The target attribute is per function, so that no file needs flags of its own. */
#define AVX2	 __attribute__((target("avx2")))
#define AVX_VNNI __attribute__((target("avx2,avxvnni")))

#define VEC 32u

/* Add the pairs of signed words to the 32-bit lanes of acc. */
typedef __m256i (*mac_fn)(__m256i acc, __m256i words);

static __rte_always_inline AVX2 __m256i
mac_avx2(__m256i acc, __m256i words)
{
	return _mm256_add_epi32(acc, _mm256_madd_epi16(words, _mm256_set1_epi16(1)));
}

static __rte_always_inline AVX_VNNI __m256i
mac_avx_vnni(__m256i acc, __m256i words)
{
	return _mm256_dpwssd_avx_epi32(acc, words, _mm256_set1_epi16(1));
}

/* A window of VEC bytes in here keeps the first n bytes (at 2 * VEC - n) or the last n (at n). */
#define ONES_8 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
/* clang-format off */
static const uint8_t keep[3 * VEC] = {[VEC] = ONES_8, ONES_8, ONES_8, ONES_8};
/* clang-format on */

static __rte_always_inline AVX2 __m256i
load(const void *p)
{
	return _mm256_loadu_si256(p);
}

static __rte_always_inline AVX2 __m256i
sum_words(__m256i acc, __m256i words, mac_fn mac)
{
	return mac(acc, _mm256_xor_si256(words, _mm256_set1_epi16(INT16_MIN)));
}

static __rte_always_inline AVX2 __m256i
step(__m256i acc, uint8_t *dst, const uint8_t *src, size_t at, mac_fn mac, const bool copy)
{
	__m256i words = load(src + at);

	if (copy)
		_mm256_store_si256((void *)(dst + at), words);
	return sum_words(acc, words, mac);
}

/* The first or last vector: copied whole, summed only where @window keeps; @odd: swap its words. */
static __rte_always_inline AVX2 __m256i
edge(__m256i acc, uint8_t *dst, const uint8_t *src, size_t at, const uint8_t *window, uintptr_t odd,
	mac_fn mac, const bool copy)
{
	const __m256i swap = _mm256_set1_epi16((int16_t)(odd != 0 ? 0x0001 : 0x0100));
	const __m256i lane = _mm256_setr_epi8(0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14,
		0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14);
	__m256i words = load(src + at);

	if (copy)
		_mm256_storeu_si256((void *)(dst + at), words);
	words = _mm256_and_si256(words, load(window));
	return sum_words(acc, _mm256_shuffle_epi8(words, _mm256_or_si256(lane, swap)), mac);
}

static __rte_always_inline AVX2 int32_t
add_lanes(__m256i acc)
{
	__m128i half = _mm_add_epi32(_mm256_castsi256_si128(acc), _mm256_extracti128_si256(acc, 1));

	half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
	half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
	return _mm_cvtsi128_si32(half);
}

/*
 * Words are paired by the parity of the address that is kept aligned (dst when copying, else src),
 * so the loop never depends on it; an odd start swaps the result. The first and last vector overlap
 * the aligned ones between them.
 */
static __rte_always_inline AVX2 uint32_t
avx2(uint8_t *dst, const uint8_t *src, size_t len, mac_fn mac, const bool copy)
{
	const uintptr_t base = copy ? (uintptr_t)dst : (uintptr_t)src;
	__m256i acc0, acc1, acc2, acc3;
	size_t at = VEC - (base & (VEC - 1));
	size_t n_vec = 2;
	uint32_t sum;

	if (len < VEC)
		return cksum_fold(cksum_short(dst, src, 0, len, copy));

	acc0 = acc1 = acc2 = acc3 = _mm256_setzero_si256();
	acc0 = edge(acc0, dst, src, 0, keep + 2 * VEC - at, base & 1, mac, copy);
	n_vec += (len - at) / VEC;
	for (; at + 4 * VEC <= len; at += 4 * VEC) {
		__builtin_prefetch(src + at + CKSUM_PREFETCH);
		__builtin_prefetch(src + at + CKSUM_PREFETCH + 2 * VEC);
		acc0 = step(acc0, dst, src, at, mac, copy);
		acc1 = step(acc1, dst, src, at + VEC, mac, copy);
		acc2 = step(acc2, dst, src, at + 2 * VEC, mac, copy);
		acc3 = step(acc3, dst, src, at + 3 * VEC, mac, copy);
	}
	for (; at + VEC <= len; at += VEC)
		acc1 = step(acc1, dst, src, at, mac, copy);
	acc2 = edge(acc2, dst, src, len - VEC, keep + (len - at), (base + len) & 1, mac, copy);

	acc0 = _mm256_add_epi32(_mm256_add_epi32(acc0, acc1), _mm256_add_epi32(acc2, acc3));
	sum = cksum_fold(cksum_unbias(add_lanes(acc0), n_vec * VEC / 2));
	return (base & 1) != 0 ? cksum_swap(sum) : sum;
}

static AVX2 uint32_t
avx2_copy(void *restrict dst, const void *restrict src, size_t len)
{
	return avx2(dst, src, len, mac_avx2, true);
}

static AVX2 uint32_t
avx2_sum(const void *src, size_t len)
{
	return avx2(NULL, src, len, mac_avx2, false);
}

static AVX_VNNI uint32_t
avx_vnni_copy(void *restrict dst, const void *restrict src, size_t len)
{
	return avx2(dst, src, len, mac_avx_vnni, true);
}

static AVX_VNNI uint32_t
avx_vnni_sum(const void *src, size_t len)
{
	return avx2(NULL, src, len, mac_avx_vnni, false);
}

const struct cksum_ops cksum_ops_avx2 = {
	.name = "avx2",
	.simd_bits = 256,
	.copy = avx2_copy,
	.sum = avx2_sum,
};

const struct cksum_ops cksum_ops_avx_vnni = {
	.name = "avx-vnni",
	.simd_bits = 256,
	.copy = avx_vnni_copy,
	.sum = avx_vnni_sum,
};
#endif
