/* SPDX-License-Identifier: BSD-3-Clause */
#include "cksum_impl.h"

#ifdef RTE_ARCH_X86_64
#include <cpuid.h>
#endif

static __rte_always_inline uint32_t
scalar(uint8_t *dst, const uint8_t *src, size_t len, const bool copy)
{
	uint64_t total[4] = {0};
	size_t at = 0;

	for (; at + 32 <= len; at += 32)
		for (unsigned int i = 0; i < 4; i++)
			total[i] += cksum_word(dst, src, at + 8 * i, 8, copy);
	total[0] += cksum_short(dst, src, at, len, copy);
	return cksum_fold(total[0] + total[1] + total[2] + total[3]);
}

static uint32_t
scalar_copy(void *restrict dst, const void *restrict src, size_t len)
{
	return scalar(dst, src, len, true);
}

static uint32_t
scalar_sum(const void *src, size_t len)
{
	return scalar(NULL, src, len, false);
}

const struct cksum_ops cksum_ops_scalar = {
	.name = "scalar",
	.simd_bits = 0,
	.copy = scalar_copy,
	.sum = scalar_sum,
};

/* The slowest first: the last usable one is the choice. */
static const struct cksum_ops *const variants[] = {
	&cksum_ops_scalar,
#ifdef RTE_ARCH_X86_64
	&cksum_ops_sse,
	&cksum_ops_avx2,
	&cksum_ops_avx_vnni,
	&cksum_ops_avx512,
	&cksum_ops_avx512_vnni,
#endif
};

const struct cksum_ops *
cksum_ops_nth(unsigned int idx)
{
	return idx < RTE_DIM(variants) ? variants[idx] : NULL;
}

#ifdef RTE_ARCH_X86_64
/* rte_cpuflags of 22.11 does not know AVX-VNNI: leaf 7, sub-leaf 1, EAX bit 4. */
static bool
cpu_has_avx_vnni(void)
{
	unsigned int eax, ebx, ecx, edx;

	return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & (1u << 4)) != 0;
}

/* The compiler's test, unlike rte_cpu_get_flag_enabled(), asks whether the OS saves the registers.
 */
bool
cksum_ops_usable(const struct cksum_ops *ops)
{
	const bool avx2 = __builtin_cpu_supports("avx2") != 0;
	const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") != 0 &&
			    __builtin_cpu_supports("avx512bw") != 0;

	if (ops == &cksum_ops_avx2)
		return avx2;
	if (ops == &cksum_ops_avx_vnni)
		return avx2 && cpu_has_avx_vnni();
	if (ops == &cksum_ops_avx512)
		return avx512;
	if (ops == &cksum_ops_avx512_vnni)
		return avx512 && __builtin_cpu_supports("avx512vnni") != 0;
	return true;
}
#else
bool
cksum_ops_usable(const struct cksum_ops *ops)
{
	return ops == &cksum_ops_scalar;
}
#endif

const struct cksum_ops *
cksum_ops_select(unsigned int max_simd_bits)
{
	const struct cksum_ops *best = variants[0];

	for (unsigned int i = 1; i < RTE_DIM(variants); i++)
		if (variants[i]->simd_bits <= max_simd_bits && cksum_ops_usable(variants[i]))
			best = variants[i];
	return best;
}
