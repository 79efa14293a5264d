/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CHAINBURST_CKSUM_H
#define CHAINBURST_CKSUM_H

/*
 * The Internet checksum: RFC 1071 sums, RFC 1624 updates.
 *
 * A *sum* here is the 16-bit one's-complement sum of 16-bit words taken in memory order (no byte
 * swap: RFC 1071 section 2 (B)), not complemented, in the low half of a uint32_t. What goes on the
 * wire is cksum_finish() of a sum, stored as it is with a 16-bit store. All functions are pure and
 * may be called on any lcore.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>

/* The longest run of bytes one call may sum: more could overflow the 32-bit lanes. */
#define CKSUM_LEN_MAX 65535u

/*
 * Copy @len bytes (0..CKSUM_LEN_MAX) from @src to @dst and return the sum of them, in one pass.
 * Any alignment of both; they must not overlap. Reads and writes stay inside the two ranges. An odd
 * last byte is summed as if a zero byte followed it.
 */
typedef uint32_t (*cksum_copy_fn)(void *restrict dst, const void *restrict src, size_t len);

/* Return the sum of @len bytes (0..CKSUM_LEN_MAX) at @src; the same rules. */
typedef uint32_t (*cksum_sum_fn)(const void *src, size_t len);

struct cksum_ops {
	const char *name;
	unsigned int simd_bits; /* width of the widest register it uses */
	cksum_copy_fn copy;
	cksum_sum_fn sum;
};

/*
 * The fastest variant this CPU can run with registers of at most @max_simd_bits (what
 * rte_vect_get_max_simd_bitwidth() says). Never NULL: the scalar one always runs.
 */
const struct cksum_ops *cksum_ops_select(unsigned int max_simd_bits);

/* Variant number @idx, the slowest first, or NULL behind the last: for tests and benchmarks. */
const struct cksum_ops *cksum_ops_nth(unsigned int idx);

/* True when this CPU can run @ops. */
bool cksum_ops_usable(const struct cksum_ops *ops);

/* Fold any unsigned total of 16-bit words into 16 bits. 0 only when @total is 0. */
static inline uint32_t
cksum_fold(uint64_t total)
{
	total = (total & 0xffffffff) + (total >> 32);
	total = (total & 0xffffffff) + (total >> 32);
	total = (total & 0xffff) + (total >> 16);
	total = (total & 0xffff) + (total >> 16);
	return (uint32_t)((total & 0xffff) + (total >> 16));
}

/* The sum of two sums (each at most 16 bits wide). */
static inline uint32_t
cksum_add(uint32_t a, uint32_t b)
{
	uint32_t total = a + b;

	return (total & 0xffff) + (total >> 16);
}

/* The sum that a piece contributes when it starts at an odd offset (RFC 1071 section 2 (B)). */
static inline uint32_t
cksum_swap(uint32_t sum)
{
	return rte_bswap16((uint16_t)sum);
}

/* Add the sum of a piece which starts @offset bytes into the message. */
static inline uint32_t
cksum_add_at(uint32_t sum, uint32_t piece, size_t offset)
{
	return cksum_add(sum, (offset & 1) != 0 ? cksum_swap(piece) : piece);
}

/* The checksum field for a sum. */
static inline uint16_t
cksum_finish(uint32_t sum)
{
	return (uint16_t)~sum;
}

/* The UDP checksum field for a sum: 0 would mean "no checksum", so 0xffff stands for it (RFC 768).
 */
static inline uint16_t
cksum_finish_udp(uint32_t sum)
{
	uint16_t field = cksum_finish(sum);

	return field == 0 ? 0xffff : field;
}

/* Pseudo header of IPv4; addresses as they are on the wire, @l4_len with the UDP header. */
static inline uint32_t
cksum_pseudo_ipv4(rte_be32_t src, rte_be32_t dst, uint8_t proto, uint16_t l4_len)
{
	return cksum_fold((uint64_t)src + dst + rte_cpu_to_be_16(proto) + rte_cpu_to_be_16(l4_len));
}

/* Pseudo header of IPv6; @src and @dst point to 16 bytes each, @l4_len with the UDP header. */
static inline uint32_t
cksum_pseudo_ipv6(const void *src, const void *dst, uint8_t proto, uint32_t l4_len)
{
	uint64_t total = (uint64_t)rte_cpu_to_be_32(l4_len) + rte_cpu_to_be_16(proto);
	uint32_t word[8];

	memcpy(&word[0], src, 16);
	memcpy(&word[4], dst, 16);
	for (unsigned int i = 0; i < 8; i++)
		total += word[i];
	return cksum_fold(total);
}

/*
 * The checksum field after one 16-bit word of what it covers went from @was to @is (all three as
 * stored on the wire): HC' = ~(~HC + ~m + m'), RFC 1624 equation 3.
 */
static inline uint16_t
cksum_update(uint16_t field, uint16_t was, uint16_t is)
{
	uint32_t total = (uint32_t)(uint16_t)~field + (uint16_t)~was + is;

	return (uint16_t)~cksum_fold(total);
}

#endif /* CHAINBURST_CKSUM_H */
