/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The stack: it owns links, workers and what they share.
 *
 * Order of use: proto_create(), proto_link_add() for each port, proto_addr_add() and friends,
 * proto_start(), then on each worker's thread proto_endpoint_create(), proto_send() and
 * proto_poll(), and at the end proto_stop() and proto_destroy(). Several stacks live in one
 * process.
 *
 * A worker is a share of everything a payload needs: one queue on each link, packet and buffer
 * descriptors, send records, counters. Workers share nothing on the data path, so one thread (an
 * lcore, as a rule) works a worker without a lock, and no two threads may work the same one.
 *
 * Nothing here prints, aborts or logs; errors are negative errno with a text in `why`.
 */
#ifndef PROTO_H
#define PROTO_H

#include "proto_addr.h"
#include "proto_drop.h"
#include "proto_echo.h"
#include "proto_endpoint.h"
#include "proto_link.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest name of a stack, without the NUL. */
#define PROTO_NAME_MAX 15

/** What a worker on an lcore does after some hundred polls that had no work. */
enum proto_idle {
	PROTO_IDLE_SPIN,  /**< poll on: the least latency */
	PROTO_IDLE_PAUSE, /**< rte_power_pause() for 20 us at most, or pause instructions */
	/** Sleep on rx interrupts, 1 ms at most, where every port has them; else as PAUSE. */
	PROTO_IDLE_INTERRUPT,
};

/** How to make a stack. Zero in a field takes the default named there. */
struct proto_conf {
	const char *name;	     /**< unique in the process; NULL: "proto" */
	uint16_t n_workers;	     /**< 1 */
	uint32_t n_payloads;	     /**< payloads outstanding at once, each worker: 1024 */
	uint32_t n_packets;	     /**< packet descriptors (frames), each worker: 8192 */
	uint32_t n_packets_overflow; /**< more of them, taken only when all are out: 0 */
	uint32_t n_buffers;	     /**< descriptors over mapped memory, each worker: 8192 */
	uint16_t cache;		     /**< per-lcore cache of both pools: PKTPOOL_CACHE_AUTO */
	uint64_t seed; /**< of IP identifications, hashes, ports; 0: from the kernel, unpredictable
			*/

	uint32_t n_rx_packets; /**< receive buffers besides those in the ports' rings, each worker:
				  4096 */
	uint32_t n_endpoints;  /**< connected UDP endpoints: 1024 */
	uint32_t n_routes;     /**< 1024; above that tables of 128 MiB, whose lookups are O(1) */
	uint32_t reass_datagrams; /**< datagrams in reassembly at once, each worker: 1024 */
	uint32_t reass_frames;	  /**< fragments held in all: half of n_rx_packets */
	/** Of them from one source (IPv6: one /64): a quarter of reass_frames, or up to 1536. */
	uint32_t reass_share;
	uint32_t reass_timeout_ipv4_s; /**< seconds: 30 (RFC 1122 3.3.2) */
	uint32_t reass_timeout_ipv6_s; /**< seconds: 60 (RFC 8200 4.5) */
	uint32_t icmp_rate;   /**< ICMP errors a second, each worker: 1000; UINT32_MAX: no limit */
	enum proto_idle idle; /**< what proto_run()'s workers do when there is nothing to do */
};

/** Least and most of the fields that have a bound of their own. */
#define PROTO_ENDPOINTS_MAX (1u << 24)

/** Least and most that proto_conf takes. */
#define PROTO_WORKERS_MAX  64
#define PROTO_PAYLOADS_MAX 65536

/**
 * Create a stack. EAL must be up. Control thread.
 *
 * @return 0; -EINVAL: a field out of range, named in `why`; -EEXIST: the name is taken; -ENOMEM.
 */
PKTPOOL_API int proto_create(struct proto **stack, const struct proto_conf *conf,
	struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/**
 * Start a stack: pools are made (their room fits the largest MTU), ports set up and started. A
 * stack that proto_stop() has stopped starts again, with its pools and endpoints. Control thread.
 *
 * @return 0; -EINVAL: no link, or pools too small for one payload; -ENOMEM; a driver's errno. On
 *   failure the stack is as before and may be started again.
 */
PKTPOOL_API int proto_start(struct proto *stack, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/**
 * Stop a stack: links stop, everything outstanding completes (with -ENETDOWN what the port had not
 * sent); `done` is called from here. No worker may be polled meanwhile, nor until the stack is
 * started again.
 *
 * @return 0; -EBUSY: mapped frames are held by somebody else (a peer on net_ring that has not freed
 *   them): let it free them, then call again.
 */
PKTPOOL_API int proto_stop(struct proto *stack) PKTPOOL_MUST_CHECK;

/**
 * Destroy a stack, its endpoints, pools and links. The ports are closed for it, not for DPDK: they
 * stay configured and stopped. Calls proto_stop() if that has not been done. A driver that keeps
 * mbufs when it is stopped (net_virtio) gives them back when its port is closed: proto_stop(),
 * rte_eth_dev_close(), then this.
 *
 * @param report called once for each line about what is still out; may be NULL
 * @return 0; -EBUSY: something is still out, see proto_stop(): call again when it is back.
 */
PKTPOOL_API int proto_destroy(
	struct proto *stack, pktpool_report_fn report, void *arg) PKTPOOL_MUST_CHECK;

/** A worker by index; NULL past the last, or before proto_start(). */
PKTPOOL_API struct proto_worker *proto_worker_at(const struct proto *stack, unsigned index);

/**
 * Let a worker work: frames come up from the ports, timers run, staged frames go down, completions
 * to their endpoints. The thread that calls it is the worker's thread.
 *
 * @param now rte_get_tsc_cycles() or a test's own clock, in TSC cycles; never runs backwards
 * @return frames received and sent plus payloads completed; 0: there was nothing to do.
 */
PKTPOOL_API unsigned proto_poll(struct proto_worker *worker, uint64_t now);

/**
 * Let the stack run its workers: worker i is polled on lcores[i] until proto_halt(). Endpoints of
 * those workers are then made and used in their callbacks or through proto_call(). Control thread.
 *
 * @param lcores one for each worker: of EAL's, not the main one, waiting
 * (rte_eal_get_lcore_state())
 * @return 0; -EBUSY: not started, or running already; -EINVAL: such an lcore is not there.
 */
PKTPOOL_API int proto_run(
	struct proto *stack, const unsigned *lcores, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/** Stop the loops of proto_run() and wait until they have ended. Before proto_stop(). */
PKTPOOL_API void proto_halt(struct proto *stack);

/** A function that runs on a worker's thread. */
typedef void (*proto_call_fn)(struct proto_worker *worker, void *arg);

/**
 * Have a worker call a function at its next poll, once. Any thread. What was called before
 * proto_halt() has run when that returns; what waits at proto_stop() is run from there.
 *
 * @return 0; -ENOBUFS: 255 calls wait already.
 */
PKTPOOL_API int proto_call(
	struct proto_worker *worker, proto_call_fn fn, void *arg) PKTPOOL_MUST_CHECK;

/** Reassembly of a worker: what is open and held, and the limits. */
struct proto_reassembly {
	uint32_t datagrams;	/**< begun and not complete */
	uint32_t frames;	/**< fragments held for them */
	uint32_t datagrams_max; /**< above it the oldest goes */
	uint32_t frames_max;
};

/** Figures of a worker's reassembly. The worker's thread; others may see them a moment late. */
PKTPOOL_API void proto_worker_reassembly(
	const struct proto_worker *worker, struct proto_reassembly *figures);

/** Counters of one worker, all links. Any thread, any time. */
PKTPOOL_API void proto_worker_counters(
	const struct proto_worker *worker, struct proto_counters *sum);

/** Counters of the whole stack. Any thread, any time. */
PKTPOOL_API void proto_counters(const struct proto *stack, struct proto_counters *sum);

/** A received frame that is being dropped. */
struct proto_dropped {
	enum proto_drop reason;
	uint16_t link; /**< index; PROTO_LINKS_MAX: the stack's own, to its own addresses */
	/** The frame begins `front` bytes in front of this packet's data, in its first segment, and
	 * has `len` bytes from the data on, in this segment and those behind it. */
	const struct rte_mbuf *pkt;
	uint16_t front;
	uint32_t len;
};

/** Looks at a frame that is being dropped; it stays the stack's, and is freed afterwards. */
typedef void (*proto_drop_fn)(const struct proto_dropped *frame, void *arg);

/**
 * Have a function look at each received frame that is dropped, before it is freed: a capture, a
 * trace. It is called on the worker's thread, each fragment of a datagram by itself; Ethernet's
 * padding may be cut off already. What the stack made copies of for several members of a group may
 * be seen more than once. Not while a worker polls.
 *
 * @param fn NULL: nobody looks any more, which costs a branch for each drop
 */
PKTPOOL_API void proto_drop_tap(struct proto *stack, proto_drop_fn fn, void *arg);

/** Pools of a worker, for their usage; the worker's as long as the stack is started. */
PKTPOOL_API struct pktpool *proto_worker_pktpool(const struct proto_worker *worker);
PKTPOOL_API struct pktpool *proto_worker_rx_pool(const struct proto_worker *worker);
PKTPOOL_API struct bufpool *proto_worker_bufpool(const struct proto_worker *worker);

/** Payloads accepted and not yet completed, all endpoints of a worker, and the stack's messages. */
PKTPOOL_API uint32_t proto_worker_outstanding(const struct proto_worker *worker);

#ifdef __cplusplus
}
#endif
#endif
