/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Endpoints: where a client hands payloads over and hears what became of them.
 *
 * Ownership: proto_send() borrows the memory of each payload that it accepts until the payload's
 * completion; a payload that it did not accept was never borrowed and has no completion. With
 * PROTO_DATA_COPY the bytes have been copied when proto_send() returns, and may be reused then.
 * The iovec arrays themselves are the caller's again as soon as proto_send() returns.
 *
 * Threads: an endpoint belongs to the worker it was created on. All functions here are called by
 * the one thread that polls that worker (or before that thread starts, or after it has ended).
 */
#ifndef PROTO_ENDPOINT_H
#define PROTO_ENDPOINT_H

#include <sys/uio.h>

#include "proto_link.h"

#ifdef __cplusplus
extern "C" {
#endif

struct proto_worker;
struct proto_endpoint;

/** What stands above Ethernet. */
enum proto_kind {
	PROTO_UDP, /**< UDP over IPv4 or IPv6, by the family of `remote` */
	PROTO_L2,  /**< the payload behind an Ethernet header with an ethertype of one's own */
};

/** How a payload that is longer than one frame is cut. */
enum proto_cut {
	PROTO_SEGMENT,	/**< many datagrams (frames, for PROTO_L2) of at most the MTU */
	PROTO_FRAGMENT, /**< one datagram, as IP fragments (RFC 791 3.2, RFC 8200 4.5) */
};

/** How payload bytes come into frames. */
enum proto_data {
	PROTO_DATA_AUTO, /**< map where it is safe and pays, else copy; decided for each payload */
	PROTO_DATA_COPY, /**< into the frame's own room: one segment a frame */
	PROTO_DATA_MAP,	 /**< in place: a header segment and descriptors over the client's memory */
};

/** The Don't Fragment bit of IPv4 (RFC 791; IPv6 routers never fragment). */
enum proto_df {
	PROTO_DF_AUTO,	 /**< set on a datagram sent whole, clear on fragments */
	PROTO_DF_ALWAYS, /**< set; a payload that would need fragments is refused */
	PROTO_DF_NEVER,	 /**< clear */
};

/** What became of a payload. */
struct proto_done {
	void *ctx;  /**< proto_payload.ctx */
	int status; /**< 0: the port has sent it; else the negative errno of a proto_reason */
	enum proto_reason reason; /**< PROTO_REASON_NONE with status 0 */
};

/**
 * Completions, in bursts. Called from proto_poll() (or proto_stop()), never from proto_send(). The
 * memory of those payloads is the client's again. It may call proto_send() and proto_cancel(), not
 * proto_poll() nor proto_endpoint_destroy().
 */
typedef void (*proto_done_fn)(
	struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg);

/** How to make an endpoint. Zero is a good default for all but the addresses. */
struct proto_endpoint_conf {
	enum proto_kind kind;
	struct proto_link *link;   /**< NULL: by route (PROTO_UDP); needed for PROTO_L2 */
	struct proto_addr local;   /**< family 0: the link's own address of that family */
	struct proto_addr remote;  /**< PROTO_UDP */
	uint16_t local_port;	   /**< host byte order, 1..65535 */
	uint16_t remote_port;	   /**< host byte order, 1..65535 */
	struct rte_ether_addr mac; /**< PROTO_L2: destination */
	uint16_t ethertype;	   /**< PROTO_L2: host byte order, 0x0600 or above */
	enum proto_cut cut;	   /**< PROTO_L2 knows PROTO_SEGMENT only */
	enum proto_data data;
	enum proto_df df;
	uint16_t mtu;	     /**< L3 bytes, at most the link's; 0: the link's */
	uint8_t dscp;	     /**< 0..63 (RFC 2474) */
	uint8_t ttl;	     /**< TTL or hop limit; 0: 64 */
	uint32_t flow_label; /**< IPv6, 20 bits */
	bool vlan;	     /**< frames carry an 802.1Q tag */
	uint16_t vlan_tci;   /**< the tag: priority << 13 | drop eligible << 12 | VLAN id */
	bool no_udp_cksum;   /**< UDP checksum 0 where RFC 768 lets it: IPv4 datagrams sent whole */
	proto_done_fn done;  /**< NULL: completions are counted only */
	void *arg;	     /**< for `done` */
};

/**
 * Create an endpoint on a worker of a started stack.
 *
 * The neighbour need not be known yet: until it is, proto_send() refuses with NO_NEIGH.
 *
 * @return 0; -EINVAL: a field out of range, named in `why`; -ENETUNREACH: no route;
 *   -EADDRNOTAVAIL: the link has no address of that family and `local` is not set; -ENOTSUP:
 *   PROTO_DATA_MAP on a port that takes one segment a frame, or copy_only; -ENOMEM.
 */
PKTPOOL_API int proto_endpoint_create(struct proto_worker *worker,
	const struct proto_endpoint_conf *conf, struct proto_endpoint **ep,
	struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/**
 * Destroy an endpoint.
 *
 * @return 0; -EBUSY: payloads are outstanding: proto_cancel(), then poll until they have completed.
 */
PKTPOOL_API int proto_endpoint_destroy(struct proto_endpoint *ep) PKTPOOL_MUST_CHECK;

/** One payload: bytes in pieces, in order. */
struct proto_payload {
	const struct iovec *iov; /**< pieces; empty ones are skipped */
	uint32_t iovcnt;	 /**< 0 pieces, or only empty ones: an empty datagram */
	void *ctx;		 /**< the client's, handed back in struct proto_done */
};

/** The longest payloads, in bytes, that a UDP endpoint takes; for both ways of cutting. */
#define PROTO_PAYLOAD_MAX_IPV4 65507u
#define PROTO_PAYLOAD_MAX_IPV6 65527u

/** The longest payload, in bytes, that this endpoint takes now. */
PKTPOOL_API uint32_t proto_payload_max(const struct proto_endpoint *ep);

/**
 * Send payloads.
 *
 * Each payload is taken whole or not at all: when any descriptor it needs is missing, nothing of it
 * is sent. Frames are staged; they leave at the latest with the next proto_poll() of the worker,
 * and stay staged, in order, while the port takes no more.
 *
 * @return how many were accepted, from the first on. Each of those completes exactly once, later.
 *   When it is less than `n`, payloads[return value] was refused for proto_refused(ep), and it and
 *   all behind it are the caller's as before. After BACKLOG, NO_RECORD, NO_PACKET or NO_BUFFER:
 *   proto_poll(), then try again.
 */
PKTPOOL_API uint16_t proto_send(struct proto_endpoint *ep, const struct proto_payload *payloads,
	uint16_t n) PKTPOOL_MUST_CHECK;

/** Why the last proto_send() of this endpoint returned short; NONE if it did not. */
PKTPOOL_API enum proto_reason proto_refused(const struct proto_endpoint *ep);

/**
 * Cancel what can be: accepted payloads of which the port has no frame yet complete with -ECANCELED
 * (at the next poll). What has begun goes on: half a datagram is never sent.
 *
 * @return how many were canceled.
 */
PKTPOOL_API unsigned proto_cancel(struct proto_endpoint *ep);

/** Payloads accepted and not yet completed. */
PKTPOOL_API uint32_t proto_outstanding(const struct proto_endpoint *ep);

#ifdef __cplusplus
}
#endif
#endif
