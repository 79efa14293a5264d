/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Internet addresses, as bytes and as text.
 *
 * Every function here is pure: any thread may call it at any time.
 */
#ifndef PROTO_ADDR_H
#define PROTO_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pktpool.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which Internet protocol; the values are the IP version numbers. */
enum proto_family {
	PROTO_IPV4 = 4,
	PROTO_IPV6 = 6,
};

/** An IPv4 or IPv6 address. */
struct proto_addr {
	uint8_t family;	   /**< enum proto_family, 0 = no address */
	uint8_t bytes[16]; /**< network byte order; IPv4 uses the first four, the rest is zero */
};

/** Room for any text that proto_addr_format() writes, with its NUL. */
#define PROTO_ADDR_STR_MAX 46

/**
 * Read an address: "192.0.2.1" or "2001:db8::1".
 *
 * @return 0; -EINVAL: neither form (`addr` is unchanged, `why` says what was expected).
 */
PKTPOOL_API int proto_addr_parse(
	const char *text, struct proto_addr *addr, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/**
 * Read an address and a UDP port: "192.0.2.1:4789" or "[2001:db8::1]:4789".
 *
 * @param port set to the port in host byte order; where the text has none: left as it was
 * @return 0; -EINVAL: not of that form, or a port that is not 1..65535 (nothing is changed).
 */
PKTPOOL_API int proto_addr_port_parse(const char *text, struct proto_addr *addr, uint16_t *port,
	struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/**
 * Write an address as text (RFC 5952 for IPv6).
 *
 * @param text at least PROTO_ADDR_STR_MAX bytes
 * @return `text`; "-" is written for no address.
 */
PKTPOOL_API const char *proto_addr_format(const struct proto_addr *addr, char *text, size_t size);

/** Bytes of an address of this family: 4 or 16. */
static inline size_t
proto_addr_len(const struct proto_addr *addr)
{
	return addr->family == PROTO_IPV4 ? 4 : 16;
}

/** Bytes of an IP header without options or extension headers: 20 or 40. */
static inline uint8_t
proto_ip_hdr_len(const struct proto_addr *addr)
{
	return addr->family == PROTO_IPV4 ? 20 : 40;
}

/** Is this a multicast address (224.0.0.0/4, ff00::/8)? */
PKTPOOL_API bool proto_addr_is_multicast(const struct proto_addr *addr);

/** How many leading bits two addresses of the same family have in common. */
PKTPOOL_API unsigned proto_addr_common(const struct proto_addr *a, const struct proto_addr *b);

/** Are two addresses the same? */
PKTPOOL_API bool proto_addr_equal(const struct proto_addr *a, const struct proto_addr *b);

#ifdef __cplusplus
}
#endif
#endif
