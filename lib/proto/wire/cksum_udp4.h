/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The two checksums of a UDP datagram over IPv4 without options, verified together: a large part of
 * what receiving a short frame takes.
 *
 * Words of 64 bits are added, carries put in again at the low end: 65535 divides 2^64 - 1, so the
 * 16-bit sum is not lost. A sum is right if its 16 bits are all ones, that is, since none is 0, if
 * it is a multiple of 65535; the inverse of 65535 tells (Warren, Hacker's Delight, 10-16).
 */
#ifndef PROTO_WIRE_CKSUM_UDP4_H
#define PROTO_WIRE_CKSUM_UDP4_H

#include <netinet/in.h>

#include <rte_branch_prediction.h>
#include <rte_ip.h>

#include "cksum.h"

#define CKSUM_UDP4_LOOSE 15  /* bytes behind the datagram that are read */
#define CKSUM_UDP4_SHORT 192 /* of IP: above it a call of the widest loop is faster */

/* A word of 8 bytes more, and its carry at the low end. In C it takes four instructions, not two.
 */
static inline uint64_t
cksum_udp4_add(uint64_t sum, uint64_t word)
{
	__asm__("addq %1, %0\n\tadcq $0, %0" : "+r"(sum) : "rm"(word) : "cc");
	return sum;
}

static inline uint64_t
cksum_udp4_word(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* And the last `n` bytes, 0 to 15. */
static inline uint64_t
cksum_udp4_last(uint64_t sum, const uint8_t *at, size_t n)
{
	static const uint8_t keep[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	const uint8_t *mask = keep + sizeof(keep) / 2 - n;

	sum = cksum_udp4_add(sum, cksum_udp4_word(at) & cksum_udp4_word(mask));
	return cksum_udp4_add(sum, cksum_udp4_word(at + 8) & cksum_udp4_word(mask + 8));
}

static inline bool
cksum_udp4_is_whole(uint64_t sum)
{
	return sum * 0xfffefffefffeffff <= 0x0001000100010001;
}

/*
 * Are both right? The datagram has `total_len` bytes, 28 to CKSUM_UDP4_SHORT, and CKSUM_UDP4_LOOSE
 * behind them that may be read; version and IHL are good (so no sum is 0), UDP's length is the
 * rest.
 */
static inline bool
cksum_udp4_short_good(const struct rte_ipv4_hdr *hdr, uint32_t total_len)
{
	const uint8_t *ip = (const void *)hdr, *at = ip + 20, *end = ip + total_len;
	uint64_t header, udp;
	uint32_t dst;
	uint16_t udp_len;

	memcpy(&dst, ip + 16, sizeof(dst));
	memcpy(&udp_len, ip + 24, sizeof(udp_len));
	header = cksum_udp4_add(cksum_udp4_word(ip), cksum_udp4_word(ip + 8));
	header = cksum_udp4_add(header, dst);
	/* The pseudo header: protocol, length, and both addresses, which stand side by side. */
	udp = (uint64_t)RTE_BE16(IPPROTO_UDP) + udp_len;
	udp = cksum_udp4_add(udp, cksum_udp4_word(ip + 12));
	for (; end - at >= 16; at += 16) {
		udp = cksum_udp4_add(udp, cksum_udp4_word(at));
		udp = cksum_udp4_add(udp, cksum_udp4_word(at + 8));
	}
	udp = cksum_udp4_last(udp, at, (size_t)(end - at));
	return cksum_udp4_is_whole(header) && cksum_udp4_is_whole(udp);
}

/* The same of one of any length, which reads nothing behind it. */
static __rte_noinline bool
cksum_udp4_long_good(const struct cksum_ops *ops, const struct rte_ipv4_hdr *ip, uint32_t total_len)
{
	uint32_t pseudo = cksum_pseudo_ipv4(
		ip->src_addr, ip->dst_addr, IPPROTO_UDP, (uint16_t)(total_len - sizeof(*ip)));

	return ops->sum(ip, sizeof(*ip)) == 0xffff &&
	       cksum_add(pseudo, ops->sum(ip + 1, total_len - sizeof(*ip))) == 0xffff;
}

#endif
