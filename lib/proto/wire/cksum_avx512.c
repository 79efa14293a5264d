/* SPDX-License-Identifier: BSD-3-Clause */
#include "cksum_impl.h"

#ifdef RTE_ARCH_X86_64
#include <immintrin.h>

#define AVX512	    __attribute__((target("avx512f,avx512bw")))
#define AVX512_VNNI __attribute__((target("avx512f,avx512bw,avx512vnni")))

#define VEC 64u

/* Add the pairs of signed words to the 32-bit lanes of acc. */
typedef __m512i (*mac_fn)(__m512i acc, __m512i words);

static __rte_always_inline AVX512 __m512i
mac_avx512(__m512i acc, __m512i words)
{
	return _mm512_add_epi32(acc, _mm512_madd_epi16(words, _mm512_set1_epi16(1)));
}

static __rte_always_inline AVX512_VNNI __m512i
mac_avx512_vnni(__m512i acc, __m512i words)
{
	return _mm512_dpwssd_epi32(acc, words, _mm512_set1_epi16(1));
}

static __rte_always_inline AVX512 __m512i
sum_words(__m512i acc, __m512i words, mac_fn mac)
{
	return mac(acc, _mm512_xor_si512(words, _mm512_set1_epi16(INT16_MIN)));
}

static __rte_always_inline AVX512 __m512i
step(__m512i acc, uint8_t *dst, const uint8_t *src, size_t at, mac_fn mac, const bool copy)
{
	__m512i words = _mm512_loadu_si512(src + at);

	if (copy)
		_mm512_store_si512(dst + at, words);
	return sum_words(acc, words, mac);
}

static __rte_always_inline AVX512 __mmask64
first(size_t n)
{
	return n == 0 ? 0 : UINT64_MAX >> (VEC - n);
}

/* The first or last vector: copied whole, summed only where @keep; @odd: swap its words. */
static __rte_always_inline AVX512 __m512i
edge(__m512i acc, uint8_t *dst, const uint8_t *src, size_t at, __mmask64 keep, uintptr_t odd,
	mac_fn mac, const bool copy)
{
	const __m512i lane = _mm512_broadcast_i32x4(
		_mm_setr_epi8(0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14));
	const __m512i swap = _mm512_set1_epi16((int16_t)(odd != 0 ? 0x0001 : 0x0100));
	__m512i words = _mm512_loadu_si512(src + at);

	if (copy)
		_mm512_storeu_si512(dst + at, words);
	words = _mm512_maskz_mov_epi8(keep, words);
	return sum_words(acc, _mm512_shuffle_epi8(words, _mm512_or_si512(lane, swap)), mac);
}

/* Less than one vector: the masks keep loads and stores inside. */
static __rte_always_inline AVX512 uint32_t
avx512_short(uint8_t *dst, const uint8_t *src, size_t len, mac_fn mac, const bool copy)
{
	__m512i words = _mm512_maskz_loadu_epi8(first(len), src);

	if (copy)
		_mm512_mask_storeu_epi8(dst, first(len), words);
	words = sum_words(_mm512_setzero_si512(), words, mac);
	return cksum_fold(cksum_unbias(_mm512_reduce_add_epi32(words), VEC / 2));
}

/* As in cksum_avx2.c: words paired by the parity of the address that is kept aligned. */
static __rte_always_inline AVX512 uint32_t
avx512(uint8_t *dst, const uint8_t *src, size_t len, mac_fn mac, const bool copy)
{
	const uintptr_t base = copy ? (uintptr_t)dst : (uintptr_t)src;
	__m512i acc0, acc1, acc2, acc3;
	size_t at = VEC - (base & (VEC - 1));
	size_t n_vec = 2;
	uint32_t sum;

	if (len < VEC)
		return avx512_short(dst, src, len, mac, copy);

	acc0 = acc1 = acc2 = acc3 = _mm512_setzero_si512();
	acc0 = edge(acc0, dst, src, 0, first(at), base & 1, mac, copy);
	n_vec += (len - at) / VEC;
	for (; at + 4 * VEC <= len; at += 4 * VEC) {
		for (unsigned int i = 0; i < 4; i++)
			__builtin_prefetch(src + at + CKSUM_PREFETCH + i * VEC);
		acc0 = step(acc0, dst, src, at, mac, copy);
		acc1 = step(acc1, dst, src, at + VEC, mac, copy);
		acc2 = step(acc2, dst, src, at + 2 * VEC, mac, copy);
		acc3 = step(acc3, dst, src, at + 3 * VEC, mac, copy);
	}
	for (; at + VEC <= len; at += VEC)
		acc1 = step(acc1, dst, src, at, mac, copy);
	acc2 = edge(
		acc2, dst, src, len - VEC, ~first(VEC - (len - at)), (base + len) & 1, mac, copy);

	acc0 = _mm512_add_epi32(_mm512_add_epi32(acc0, acc1), _mm512_add_epi32(acc2, acc3));
	sum = cksum_fold(cksum_unbias(_mm512_reduce_add_epi32(acc0), n_vec * VEC / 2));
	return (base & 1) != 0 ? cksum_swap(sum) : sum;
}

static AVX512 uint32_t
avx512_copy(void *restrict dst, const void *restrict src, size_t len)
{
	return avx512(dst, src, len, mac_avx512, true);
}

static AVX512 uint32_t
avx512_sum(const void *src, size_t len)
{
	return avx512(NULL, src, len, mac_avx512, false);
}

static AVX512_VNNI uint32_t
avx512_vnni_copy(void *restrict dst, const void *restrict src, size_t len)
{
	return avx512(dst, src, len, mac_avx512_vnni, true);
}

static AVX512_VNNI uint32_t
avx512_vnni_sum(const void *src, size_t len)
{
	return avx512(NULL, src, len, mac_avx512_vnni, false);
}

const struct cksum_ops cksum_ops_avx512 = {
	.name = "avx512",
	.simd_bits = 512,
	.copy = avx512_copy,
	.sum = avx512_sum,
};

const struct cksum_ops cksum_ops_avx512_vnni = {
	.name = "avx512-vnni",
	.simd_bits = 512,
	.copy = avx512_vnni_copy,
	.sum = avx512_vnni_sum,
};
#endif
