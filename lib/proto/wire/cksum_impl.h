/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CHAINBURST_CKSUM_IMPL_H
#define CHAINBURST_CKSUM_IMPL_H

/* What the variants of the checksum share: private to cksum*.c. */

#include <rte_common.h>

#include "cksum.h"

extern const struct cksum_ops cksum_ops_scalar;
#ifdef RTE_ARCH_X86_64
extern const struct cksum_ops cksum_ops_sse;
extern const struct cksum_ops cksum_ops_avx2;
extern const struct cksum_ops cksum_ops_avx_vnni;
extern const struct cksum_ops cksum_ops_avx512;
extern const struct cksum_ops cksum_ops_avx512_vnni;
#endif

/*
 * How far ahead of the loads the source is prefetched: the bytes behind this chunk are most often
 * the next chunk of the same payload. Zen 5, 1472 bytes, cold source: avx-vnni 1.10..1.12 of a
 * memcpy without, 1.03..1.10 with; avx512 1.36..1.46 without, 1.06..1.16 with; hot: no difference.
 * Distances of 256, 512 and 1024 bytes were no better.
 */
#define CKSUM_PREFETCH 1536u

/*
 * In all of these @dst is NULL, and never looked at, when @copy is false; @copy is a constant.
 *
 * Sum, and copy when asked, @len bytes (1..8) at offset @at as one zero-padded word.
 */
static __rte_always_inline uint64_t
cksum_word(uint8_t *dst, const uint8_t *src, size_t at, size_t len, const bool copy)
{
	uint64_t word = 0;

	memcpy(&word, src + at, len);
	if (copy)
		memcpy(dst + at, &word, len);
	return (word & 0xffffffff) + (word >> 32);
}

/* The unfolded sum of the last bytes, @at to @len (0..31 of them): too few to fill a vector. */
static __rte_always_inline uint64_t
cksum_short(uint8_t *dst, const uint8_t *src, size_t at, size_t len, const bool copy)
{
	const size_t left = len - at;
	uint64_t total = 0;

	for (; at + 8 <= len; at += 8)
		total += cksum_word(dst, src, at, 8, copy);
	if ((left & 4) != 0) {
		total += cksum_word(dst, src, at, 4, copy);
		at += 4;
	}
	if ((left & 2) != 0) {
		total += cksum_word(dst, src, at, 2, copy);
		at += 2;
	}
	if ((left & 1) != 0)
		total += cksum_word(dst, src, at, 1, copy);
	return total;
}

/*
 * The vector variants take each word as signed, w - 32768 (a flip of its top bit), for
 * multiply-and-add knows only signed words; this many words' 32768s are then given back. Exact:
 * CKSUM_LEN_MAX bytes stay within 32 bits on either side.
 */
static __rte_always_inline uint32_t
cksum_unbias(int32_t total, size_t n_words)
{
	return (uint32_t)total + (uint32_t)n_words * 32768u;
}

#endif /* CHAINBURST_CKSUM_IMPL_H */
