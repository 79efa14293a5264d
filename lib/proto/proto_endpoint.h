/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Endpoints: where a client hands payloads over, hears what became of them, and gets datagrams.
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
	PROTO_IP,  /**< the payload behind an IP header with a protocol of one's own; sends only */
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

/**
 * Datagrams, in bursts: each a packet whose data is the UDP payload (of a PROTO_L2 endpoint: what
 * follows the Ethernet header), in order, as a chain of the frames' own buffers, never copied.
 *
 * The client holds them from now on: it reads, and gives each back with proto_return(), at once or
 * later, or takes it over with proto_take(). What is held counts against rx_held of the endpoint;
 * above it datagrams are dropped (endpoint_full), so a client that returns nothing starves only
 * itself. Called from proto_poll(). It may call proto_send(), proto_send_to(), proto_return(), not
 * proto_poll() nor proto_endpoint_destroy().
 */
typedef void (*proto_recv_fn)(
	struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg);

/** What an ICMP error says. */
enum proto_error_kind {
	PROTO_ERROR_NET_UNREACH,   /**< no route at a router */
	PROTO_ERROR_HOST_UNREACH,  /**< a router cannot reach the host */
	PROTO_ERROR_PROHIBITED,	   /**< a filter's word */
	PROTO_ERROR_PROTO_UNREACH, /**< the host has no UDP */
	PROTO_ERROR_PORT_UNREACH,  /**< nobody listens there */
	PROTO_ERROR_TOO_BIG,	   /**< `mtu` is the path's from now on; sends are cut to it */
	PROTO_ERROR_TIME_EXCEEDED, /**< the hop limit ran out on the way */
	PROTO_ERROR_FRAG_TIME,	   /**< the peer did not get all fragments in time */
	PROTO_ERROR_PARAM,	   /**< a header that somebody did not like */
};

/** An ICMP error about something that this endpoint sent. */
struct proto_error {
	enum proto_error_kind kind;
	int status;		/**< as Linux maps it: -ECONNREFUSED, -EHOSTUNREACH, -EMSGSIZE... */
	struct proto_addr from; /**< who says so */
	struct proto_addr remote; /**< where the datagram was going */
	uint16_t remote_port;	  /**< host byte order */
	uint16_t mtu;		  /**< TOO_BIG: L3 bytes */
};

/**
 * An ICMP error came. It has been matched to a datagram that this endpoint may have sent (RFC
 * 5927), but anybody on the path may have made it: a hint, not a fact. From proto_poll(), as
 * proto_recv_fn.
 */
typedef void (*proto_error_fn)(
	struct proto_endpoint *ep, const struct proto_error *error, void *arg);

/** How to make an endpoint. Zero is a good default for all but the addresses. */
struct proto_endpoint_conf {
	enum proto_kind kind;
	struct proto_link *link; /**< NULL: by route (PROTO_UDP); needed for PROTO_L2 */
	/** Family 0: connected, chosen by remote (RFC 6724); bound, any address of both families.
	 */
	struct proto_addr local;
	/** The peer of a *connected* endpoint. Family 0: the endpoint is *bound*, hears every peer
	 * and sends with proto_send_to(). */
	struct proto_addr remote;
	uint16_t local_port;	   /**< host byte order; 0: an unpredictable one (RFC 6056) */
	uint16_t remote_port;	   /**< host byte order, 1..65535; not of a bound endpoint */
	uint8_t ip_proto;	   /**< PROTO_IP: the protocol above IP */
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
	bool qinq;	     /**< with `vlan`: an 802.1ad tag stands before that one */
	uint16_t outer_tci;  /**< the 802.1ad tag */
	bool no_udp_cksum;   /**< UDP checksum 0 where RFC 768 lets it: IPv4 datagrams sent whole */
	proto_done_fn done;  /**< NULL: completions are counted only */
	proto_recv_fn recv; /**< NULL: datagrams go to the ring if there is one, else are dropped */
	proto_error_fn error; /**< NULL: ICMP errors are counted only */
	void *arg;	      /**< for `done`, `recv` and `error` */
	uint32_t rx_ring; /**< datagrams that wait for proto_recv(), 1..65535; 0: no ring, `recv` */
	uint32_t rx_held; /**< frames the client may hold, ring included; 0: a quarter of the pool,
			     or up to 1536 */
	/** Bound: several share address and port (PROTO_L2: link and ethertype), each peer stays
	 * with one. Connected: several send from the same to the same, as on several workers; the
	 * first of them hears. */
	bool reuse_port;
	/** With `link`: what goes to an address of our own goes out on it, too, instead of around
	 * within the stack: for a device or a cable between two ports that is to be tested. */
	bool no_loop;
};

/**
 * Create an endpoint on a worker of a started stack.
 *
 * The neighbour need not be known yet: what is sent to it waits, whole payloads, until it has
 * answered or has not (UNREACHABLE).
 *
 * @return 0; -EINVAL: a field out of range, named in `why`; -ENETUNREACH: no route; -EADDRINUSE:
 *   another endpoint has this address and port, or receives this ethertype on this link (both need
 *   reuse_port), or no port is free; -ENOSPC: more endpoints than proto_conf.n_endpoints;
 *   -EADDRNOTAVAIL: the link has no address of that family and `local` is not set; -ENOTSUP:
 *   PROTO_DATA_MAP on a port that takes one segment a frame, or copy_only; -ENOMEM.
 */
PKTPOOL_API int proto_endpoint_create(struct proto_worker *worker,
	const struct proto_endpoint_conf *conf, struct proto_endpoint **ep,
	struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/**
 * Destroy an endpoint. What waits in its ring is dropped.
 *
 * @return 0; -EBUSY: payloads are outstanding (proto_cancel(), then poll until they have
 * completed), or the client holds datagrams of it: return them.
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

/** Where a datagram goes, or came from. */
struct proto_peer {
	struct proto_addr addr;	 /**< the other side */
	uint16_t port;		 /**< host byte order */
	struct proto_link *link; /**< NULL: by route */
	struct proto_addr local; /**< this side; family 0: chosen (RFC 6724) */
};

/**
 * Send payloads of a bound endpoint to a peer, as proto_send() does. The way to the last peers is
 * remembered, so answering the same ones costs little more.
 *
 * @return as proto_send(); refusals besides: NO_ROUTE also when there is no address to send from,
 *   BAD_PAYLOAD when the peer's family is none or its port is 0.
 */
PKTPOOL_API uint16_t proto_send_to(struct proto_endpoint *ep, const struct proto_peer *peer,
	const struct proto_payload *payloads, uint16_t n) PKTPOOL_MUST_CHECK;

/** What the headers of a received datagram say. */
struct proto_rx_info {
	struct proto_peer peer; /**< from whom, to which of our addresses, on which link */
	uint8_t ttl;		/**< TTL or hop limit */
	uint8_t tos;		/**< DSCP << 2 | ECN */
	uint32_t n_frames;	/**< frames that it came in: above 1 it was fragmented */
};

/**
 * Read the headers of a datagram that `recv` or proto_recv() gave. They stand in front of its data
 * in the first buffer: valid as long as the client holds the packet and has written nothing there.
 * Any thread that holds the packet.
 */
PKTPOOL_API void proto_rx_info(const struct proto_endpoint *ep, const struct rte_mbuf *pkt,
	struct proto_rx_info *info) PKTPOOL_NONNULL();

/**
 * Take datagrams from the ring of an endpoint that has one. They are held by the client, as those
 * of `recv`. One thread at a time; it need not be the worker's.
 *
 * @return how many of `pkts` were filled.
 */
PKTPOOL_API unsigned proto_recv(
	struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n) PKTPOOL_MUST_CHECK;

/** Give datagrams back: they are freed. Takes ownership of `pkts`. Any thread. */
PKTPOOL_API void proto_return(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n);

/**
 * Take datagrams over: they no longer count as held by the client, and are the caller's until it
 * frees them with pktpool_free(). The receive pool has those buffers less until then. Any thread.
 */
PKTPOOL_API void proto_take(struct proto_endpoint *ep, struct rte_mbuf *const *pkts, unsigned n);

/** Frames of datagrams that the client holds, those in the ring included. Any thread. */
PKTPOOL_API uint32_t proto_held(const struct proto_endpoint *ep);

/** The local port, host byte order: also one that was chosen. */
PKTPOOL_API uint16_t proto_local_port(const struct proto_endpoint *ep);

/**
 * Join a multicast group on a link: reports go out (IGMPv3, MLDv2), the port's filter lets it in,
 * and bound endpoints on `ep`'s port and address (any, or the group's) that joined hear it.
 *
 * @param link NULL: the endpoint's, or the first
 * @return 0; -EINVAL: no multicast address, or a connected endpoint; -EEXIST; -ENOSPC; or the
 * port's error.
 */
PKTPOOL_API int proto_join(struct proto_endpoint *ep, const struct proto_addr *group,
	struct proto_link *link, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/** Leave a group. Destroying an endpoint leaves all of its groups. @return 0; -ENOENT. */
PKTPOOL_API int proto_leave(struct proto_endpoint *ep, const struct proto_addr *group,
	struct proto_link *link) PKTPOOL_MUST_CHECK;

/**
 * Cancel what can be: accepted payloads of which the port has no frame yet complete with -ECANCELED
 * (at the next poll). What has begun goes on: half a datagram is never sent.
 *
 * @return how many were canceled.
 */
PKTPOOL_API unsigned proto_cancel(struct proto_endpoint *ep);

/** Payloads accepted and not yet completed. */
PKTPOOL_API uint32_t proto_outstanding(const struct proto_endpoint *ep);

/** An endpoint, as lists show it. */
struct proto_endpoint_info {
	enum proto_kind kind;
	struct proto_link *link; /**< NULL: by route */
	struct proto_addr local; /**< family 0: bound to any */
	struct proto_addr remote;
	uint16_t local_port;  /**< host byte order */
	uint16_t remote_port; /**< host byte order */
	uint16_t ethertype;   /**< PROTO_L2: host byte order */
	uint32_t outstanding; /**< payloads accepted and not yet completed */
	uint32_t held;	      /**< frames that its client holds, those in the ring included */
	uint64_t frames;      /**< frames of datagrams delivered to it so far */
};

/** List the endpoints of a worker, at most `n`. The worker's thread. @return how many. */
PKTPOOL_API unsigned proto_endpoint_list(
	const struct proto_worker *worker, struct proto_endpoint_info *infos, unsigned n);

#ifdef __cplusplus
}
#endif
#endif
