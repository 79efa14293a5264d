/* SPDX-License-Identifier: BSD-3-Clause */
#include "cksum_impl.h"

#ifdef RTE_ARCH_X86_64
#include <emmintrin.h>

static __rte_always_inline __m128i
sum_words(__m128i acc, __m128i words)
{
	words = _mm_xor_si128(words, _mm_set1_epi16(INT16_MIN));
	return _mm_add_epi32(acc, _mm_madd_epi16(words, _mm_set1_epi16(1)));
}

static __rte_always_inline __m128i
step(__m128i acc, uint8_t *dst, const uint8_t *src, size_t at, const bool copy)
{
	__m128i words = _mm_loadu_si128((const void *)(src + at));

	if (copy)
		_mm_storeu_si128((void *)(dst + at), words);
	return sum_words(acc, words);
}

static __rte_always_inline int32_t
add_lanes(__m128i acc)
{
	acc = _mm_add_epi32(acc, _mm_shuffle_epi32(acc, 0x4e));
	acc = _mm_add_epi32(acc, _mm_shuffle_epi32(acc, 0xb1));
	return _mm_cvtsi128_si32(acc);
}

static __rte_always_inline uint32_t
sse(uint8_t *dst, const uint8_t *src, size_t len, const bool copy)
{
	__m128i acc[4] = {
		_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128()};
	size_t at = 0;

	for (; at + 64 <= len; at += 64)
		for (unsigned int i = 0; i < 4; i++)
			acc[i] = step(acc[i], dst, src, at + 16 * i, copy);
	for (; at + 16 <= len; at += 16)
		acc[0] = step(acc[0], dst, src, at, copy);
	acc[0] = _mm_add_epi32(_mm_add_epi32(acc[0], acc[1]), _mm_add_epi32(acc[2], acc[3]));

	uint64_t total = cksum_unbias(add_lanes(acc[0]), at / 2);

	return cksum_fold(total + cksum_short(dst, src, at, len, copy));
}

static uint32_t
sse_copy(void *restrict dst, const void *restrict src, size_t len)
{
	return sse(dst, src, len, true);
}

static uint32_t
sse_sum(const void *src, size_t len)
{
	return sse(NULL, src, len, false);
}

const struct cksum_ops cksum_ops_sse = {
	.name = "sse",
	.simd_bits = 128,
	.copy = sse_copy,
	.sum = sse_sum,
};
#endif
