/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A link: one port, the addresses and neighbours on it, and what its driver can do.
 *
 * Threads: all functions of this page are control-path calls. One thread at a time may make them,
 * and those marked "not while a worker polls" may not run while any worker of the stack is inside
 * proto_poll() or proto_send(). The others may.
 */
#ifndef PROTO_LINK_H
#define PROTO_LINK_H

#include <rte_ether.h>
#include <rte_mbuf.h>

#include "proto_addr.h"
#include "proto_drop.h"

#ifdef __cplusplus
extern "C" {
#endif

struct proto;
struct proto_link;

/** Most links of a stack. */
#define PROTO_LINKS_MAX 16

/** When a driver gives sent frames back, which decides when a mapped payload completes. */
enum proto_reclaim {
	PROTO_RECLAIM_IN_BURST,	    /**< inside tx_burst: it has copied or written the bytes */
	PROTO_RECLAIM_ON_DEMAND,    /**< when asked (rte_eth_tx_done_cleanup), or with traffic */
	PROTO_RECLAIM_WITH_TRAFFIC, /**< only as later frames reuse the ring, or never: `auto`
				       copies */
};

/** What a port is and can do. */
struct proto_port_info {
	const char *driver;	   /**< "net_pcap", ...; lives as long as the port */
	struct rte_ether_addr mac; /**< the port's own address */
	uint16_t mtu;		   /**< L3 bytes, as set in the port now */
	uint16_t mtu_max;	   /**< L3 bytes; above it the driver refuses, or cuts frames */
	const char *mtu_max_why;   /**< where a bound of ours is below the driver's own word */
	uint16_t segs_max;	   /**< mbuf segments a frame may have */
	uint16_t queues_max;	   /**< tx queues */
	uint16_t rx_queues_max;	   /**< rx queues; 0: it receives nothing */
	uint16_t n_rxd;		   /**< rx descriptors of a queue when nobody says how many */
	bool frags_together; /**< all fragments of a datagram come on one rx queue (2-tuple RSS) */
	uint64_t offload_capa;	    /**< RTE_ETH_TX_OFFLOAD_*, as the driver advertises them */
	uint64_t rx_offload_capa;   /**< RTE_ETH_RX_OFFLOAD_*, likewise */
	uint64_t offload_extra;	    /**< what it does without saying so (net_pcap: MULTI_SEGS) */
	enum proto_reclaim reclaim; /**< see there */
	bool cpu_only;		    /**< reads frames by CPU: any memory may be mapped */
	int socket;		    /**< NUMA node, SOCKET_ID_ANY where there is none */
};

/** How a stack wants a port set up. */
struct proto_port_setup {
	uint16_t n_queues;    /**< tx queues, one for each worker */
	uint16_t n_rx_queues; /**< at most rx_queues_max */
	uint16_t n_rxd;	      /**< rx descriptors a queue, 0: the driver's choice */
	uint16_t n_txd;	      /**< tx descriptors a queue, 0: the driver's choice */
	uint16_t mtu;	      /**< L3 bytes */
	uint64_t offloads;    /**< RTE_ETH_TX_OFFLOAD_* wanted: a part of offload_capa */
	uint64_t rx_offloads; /**< RTE_ETH_RX_OFFLOAD_* wanted */
	struct rte_mempool *const *rx_pools; /**< one for each rx queue; the first also where a
						driver insists on a queue that nobody reads */
	bool rx_intr;			     /**< rx interrupts are wanted, if the port has them */
};

/**
 * The seam between the stack and a port.
 *
 * proto_port_ethdev is the real one. A test, a fuzzer or a benchmark gives its own: it may wrap
 * proto_port_ethdev or stand on nothing. `port` is proto_link_conf.port with the ops. The burst
 * functions keep the contract of rte_eth_tx_burst(): the port takes a prefix, a taken mbuf is gone.
 */
struct proto_port_ops {
	/** Describe the port. @return 0 or negative errno. */
	int (*info)(void *port, struct proto_port_info *info);
	/** Configure MTU, offloads and queues. @return 0 or negative errno, `why` filled. */
	int (*setup)(void *port, const struct proto_port_setup *setup, struct pktpool_why *why);
	/** Start. @return 0 or negative errno, `why` filled. */
	int (*start)(void *port, struct pktpool_why *why);
	/** Stop, and free every mbuf that the port still has. */
	void (*stop)(void *port);
	/** NULL, or: the stack goes. Let go of the queues and of every mbuf of setup's rx_pool. */
	void (*release)(void *port);
	/** Is the carrier there? @return 1 up, 0 down. */
	int (*carrier)(void *port);
	/** NULL, or as rte_eth_tx_prepare(): called for frames that use offloads. */
	uint16_t (*tx_prepare)(void *port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n);
	/** As rte_eth_tx_burst(). */
	uint16_t (*tx_burst)(void *port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n);
	/** NULL (nothing is ever received), or as rte_eth_rx_burst(). */
	uint16_t (*rx_burst)(void *port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n);
	/**
	 * NULL, or: while rx_interrupt has it on, a frame that comes on this rx queue wakes this
	 * thread's rte_epoll_wait() from now on (`on`), or no longer. An edge: what came before is
	 * not told. @return 0 or negative errno: the port cannot.
	 */
	int (*rx_event)(void *port, uint16_t queue, bool on);
	/** Switch the interrupt of a queue on or off; called only after rx_event has returned 0. */
	void (*rx_interrupt)(void *port, uint16_t queue, bool on);
	/** As rte_eth_tx_done_cleanup(): free sent mbufs. @return how many, or -ENOTSUP. */
	int (*tx_reclaim)(void *port, uint16_t queue, uint32_t max);
	/**
	 * NULL, or: receive frames to these group addresses besides the port's own; n 0: none.
	 * `macs` is read during the call only. A port that cannot choose may receive more. Called
	 * while the port is started, again after each start. @return 0 or negative errno.
	 */
	int (*set_groups)(void *port, const struct rte_ether_addr *macs, uint32_t n);
	/**
	 * NULL (it hears everything anyway), or: receive frames to any address, group addresses
	 * too. Called instead of set_groups for a link with `promisc`. @return 0 or negative errno.
	 */
	int (*set_promisc)(void *port);
};

/** A DPDK ethdev port. `port` is PROTO_PORT(port_id). */
PKTPOOL_API extern const struct proto_port_ops proto_port_ethdev;

/** The `port` argument of proto_port_ethdev for an ethdev port id. */
#define PROTO_PORT(port_id) ((void *)(uintptr_t)(port_id))

/** How to make a link. Zero everywhere else is a good default. */
struct proto_link_conf {
	const struct proto_port_ops *ops; /**< NULL: proto_port_ethdev */
	void *port;			  /**< PROTO_PORT(port_id), or what `ops` wants */
	uint16_t mtu;			  /**< L3 bytes; 0: the port's own */
	uint16_t n_txd;			  /**< tx descriptors a queue; 0: the driver's choice */
	uint16_t n_rxd;			  /**< rx descriptors a queue; 0: the driver's choice */
	uint32_t stage;	 /**< frames staged for each worker before back-pressure; 0: 4096 */
	bool no_offload; /**< do everything in software although the port could */
	bool copy_only;	 /**< no endpoint will map: asks for FAST_FREE where it is offered */
	bool send_only;	 /**< the rx queues are not read: neighbours must be static */
	/** Take frames to any station's Ethernet address as if it were ours: for captures that were
	 * made elsewhere. On a network that others share it takes, and answers, what they were sent
	 * for an IP address of ours. */
	bool promisc;
	bool dad; /**< probe addresses before use, announce and defend them (RFC 5227, RFC 4862) */
	bool slaac; /**< IPv6: link-local address, router solicitation, addresses and default route
		       from advertisements (RFC 4862) */
};

/**
 * Add a port to a stack that has not been started.
 *
 * The port must not be started; while the stack has it nothing else may configure it.
 *
 * @return 0; -EBUSY: the stack has been started; -EEXIST: a link has this port already; -ENODEV: no
 *   such port; -EINVAL: the MTU is below 68, or above what the port takes or is known to cut;
 *   -ENOMEM. On refusal nothing has changed.
 */
PKTPOOL_API int proto_link_add(struct proto *stack, const struct proto_link_conf *conf,
	struct proto_link **link, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/** Number of links of a stack, and one of them (NULL past the end). */
PKTPOOL_API unsigned proto_link_count(const struct proto *stack);
PKTPOOL_API struct proto_link *proto_link_at(const struct proto *stack, unsigned index);

/**
 * Stop a link: its port stops, what was staged or in its rings completes with -ENETDOWN (at the
 * worker's next poll), and sends to it are refused. Not while a worker polls.
 */
PKTPOOL_API void proto_link_stop(struct proto_link *link);

/**
 * Start a link that was stopped (proto_start() starts all of them). Not while a worker polls.
 *
 * @return 0 (also when it runs already); the driver's negative errno.
 */
PKTPOOL_API int proto_link_start(
	struct proto_link *link, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/** What a link is now. */
struct proto_link_info {
	struct proto_port_info port;
	uint16_t mtu;	   /**< L3 bytes, in force */
	uint64_t offloads; /**< RTE_ETH_TX_OFFLOAD_* that the port has been asked to do */
	bool started;
	bool carrier;		 /**< the port says that the link is up */
	bool can_map;		 /**< frames of several segments are possible */
	const char *auto_copies; /**< why PROTO_DATA_AUTO copies always here; NULL: it may map */
};

/** Describe a link. */
PKTPOOL_API void proto_link_info(const struct proto_link *link, struct proto_link_info *info);

/** One row of the offload table. */
struct proto_offload {
	const char *name;     /**< "udp_cksum", ... */
	bool advertised;      /**< by the driver */
	bool granted;	      /**< the port does it for this link */
	const char *software; /**< how it is done where the port does not, or why it is not asked */
};

/** Rows of the offload table. */
#define PROTO_OFFLOAD_ROWS 5

/** Fill the offload table of a link: what is advertised, granted, done in software. */
PKTPOOL_API void proto_link_offloads(
	const struct proto_link *link, struct proto_offload rows[PROTO_OFFLOAD_ROWS]);

/** Sum of the counters of all workers for this link. Any thread, any time. */
PKTPOOL_API void proto_link_counters(const struct proto_link *link, struct proto_counters *sum);

/**
 * Give a link an address of its own, with the prefix that is reached directly on it.
 *
 * @return 0; -EINVAL: no address, multicast, or prefix_len too long; -EEXIST; -ENOMEM.
 */
PKTPOOL_API int proto_addr_add(struct proto_link *link, const struct proto_addr *addr,
	uint8_t prefix_len, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/** Take an address away; its prefix's route goes with the last address in it. @return 0; -ENOENT.
 */
PKTPOOL_API int proto_addr_del(
	struct proto_link *link, const struct proto_addr *addr) PKTPOOL_MUST_CHECK;

/** An address of a link. */
struct proto_addr_info {
	struct proto_addr addr;
	uint8_t prefix_len;
	bool usable;   /**< not being probed, and nobody else's */
	bool conflict; /**< somebody else has it: it is not used */
	bool autoconf; /**< made from a router's advertisement, or link-local */
};

/** Most addresses of one link. */
#define PROTO_ADDRS_MAX 16

/** List the addresses of a link: at most `n` (PROTO_ADDRS_MAX is enough). @return how many. */
PKTPOOL_API unsigned proto_addr_list(
	const struct proto_link *link, struct proto_addr_info *infos, unsigned n);

/**
 * Add a route. The longest prefix wins.
 *
 * @param gateway the next hop, of the same family; NULL: the prefix is on the link itself
 * @return 0; -EINVAL: families differ or prefix_len too long; -EEXIST; -ENOMEM.
 */
PKTPOOL_API int proto_route_add(struct proto_link *link, const struct proto_addr *prefix,
	uint8_t prefix_len, const struct proto_addr *gateway,
	struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/** Remove a route. Endpoints that used it resolve again. @return 0; -ENOENT. */
PKTPOOL_API int proto_route_del(struct proto_link *link, const struct proto_addr *prefix,
	uint8_t prefix_len) PKTPOOL_MUST_CHECK;

/** A route. */
struct proto_route_info {
	struct proto_addr prefix;
	uint8_t prefix_len;
	struct proto_addr gateway; /**< family 0: the prefix is on the link itself */
	struct proto_link *link;
};

/** List the routes of a stack, at most `n`, IPv4's first. @return how many. */
PKTPOOL_API unsigned proto_route_list(
	struct proto *stack, struct proto_route_info *infos, unsigned n);

/**
 * Set the Ethernet address of a neighbour (static: it does not age). One that is there is replaced;
 * endpoints use the new one from their next proto_send() on.
 *
 * @return 0; -EINVAL: a multicast or zero MAC, or a multicast IP address; -ENOSPC: table full.
 */
PKTPOOL_API int proto_neigh_add(struct proto_link *link, const struct proto_addr *addr,
	const struct rte_ether_addr *mac, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/** What is known of a neighbour (RFC 4861 7.3.2; ARP's entries have the same states). */
enum proto_neigh_state {
	PROTO_NEIGH_INCOMPLETE, /**< being asked for */
	PROTO_NEIGH_FAILED,	/**< did not answer, less than a second ago */
	PROTO_NEIGH_REACHABLE,
	PROTO_NEIGH_STALE,
	PROTO_NEIGH_DELAY,
	PROTO_NEIGH_PROBE,
	PROTO_NEIGH_STATIC, /**< proto_neigh_add() */
};

/** A neighbour of a link. */
struct proto_neigh_info {
	struct proto_addr addr;
	struct rte_ether_addr mac; /**< zero while it is not known */
	enum proto_neigh_state state;
	uint16_t outer_vid; /**< 802.1ad VLAN id, 0: none */
	uint16_t vid;	    /**< 802.1Q VLAN id, 0: none */
};

/** List the neighbours of a link, at most `n`. @return how many. */
PKTPOOL_API unsigned proto_neigh_list(
	const struct proto_link *link, struct proto_neigh_info *infos, unsigned n);

/** The path MTU to `dst`, L3 bytes: the link's, or less where a router said so (RFC 1191, 8201). */
PKTPOOL_API uint16_t proto_pmtu(const struct proto_link *link, const struct proto_addr *dst);

/** Forget a neighbour. @return 0; -ENOENT. */
PKTPOOL_API int proto_neigh_del(
	struct proto_link *link, const struct proto_addr *addr) PKTPOOL_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
