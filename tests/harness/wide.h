/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_WIDE_H
#define HARNESS_WIDE_H

/* Addresses as numbers, and links as marks, for tests of routes. */

#include "proto_link.h"

/* A link as a mark: it is never looked into. */
static inline struct proto_link *
mark(uintptr_t n)
{
	return (struct proto_link *)(n << 4);
}

/* An address as a number: IPv4 in the upper 32 bits. */
struct wide {
	uint64_t hi, lo;
};

static inline struct proto_addr
addr_from(uint8_t family, struct wide bits)
{
	struct proto_addr addr = {.family = family};

	for (unsigned int i = 0; i < proto_addr_len(&addr); i++)
		addr.bytes[i] = (uint8_t)((i < 8 ? bits.hi : bits.lo) >> (56 - 8 * (i % 8)));
	return addr;
}

#endif /* HARNESS_WIDE_H */
