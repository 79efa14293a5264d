/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Echo requests and their replies: what ping does (RFC 792, RFC 4443 4).
 *
 * The stack answers requests by itself. Who wants to send some, and hear the replies, does it here.
 */
#ifndef PROTO_ECHO_H
#define PROTO_ECHO_H

#include "proto_link.h"

#ifdef __cplusplus
extern "C" {
#endif

struct proto_worker;

/** An echo request, or a reply to one. */
struct proto_echo {
	struct proto_addr addr; /**< request: to whom; reply: from whom */
	uint16_t id;		/**< host byte order; tells one's own from others' */
	uint16_t seq;		/**< host byte order */
	uint8_t ttl;		/**< of a reply, as it came: TTL or hop limit */
	uint32_t len;		/**< bytes of data */
};

/** The most bytes of data: 65535 less the headers of IPv4 and ICMP; those of ICMPv6. */
#define PROTO_ECHO_MAX_IPV4 65507u
#define PROTO_ECHO_MAX_IPV6 65527u

/**
 * An echo reply came. `data` are the bytes behind the ICMP header, a chain: to read, and gone when
 * this returns. Called from proto_poll() of the worker that received it, which with several may be
 * another than the one that sent.
 */
typedef void (*proto_echo_fn)(
	const struct proto_echo *reply, const struct rte_mbuf *data, void *arg);

/**
 * Hear the replies, all of a stack's links; NULL: nobody does, and they are dropped (icmp_type).
 * Control thread, not while a worker polls.
 */
PKTPOOL_API void proto_echo_hear(struct proto *stack, proto_echo_fn fn, void *arg);

/**
 * Send an echo request with `request->len` bytes of `data`, which are copied, as fragments if need
 * be. Its route, source and neighbour are found; where the neighbour has to be asked, it waits. It
 * may get lost, as any message. The worker's thread.
 *
 * @return 0; -EMSGSIZE: longer than PROTO_ECHO_MAX_IPV4 or PROTO_ECHO_MAX_IPV6; -ENETUNREACH: no
 *   route; -EADDRNOTAVAIL: the link has no usable address of that family; -ENOBUFS: the port takes
 *   no more, or no descriptors are free, or the next hop did not answer.
 */
PKTPOOL_API int proto_echo_send(struct proto_worker *worker, const struct proto_echo *request,
	const void *data, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
