/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKTPOOL_H
#define PKTPOOL_H

/** @file
 * Packet pools.
 *
 * # Who owns what: the law of the whole project
 *
 * 1. A packet is a `struct rte_mbuf *`: the head mbuf (protocol headers, reserved bytes) and the
 *    buffers chained behind it. Whoever holds the head holds all that is chained behind it.
 * 2. Everything has one owner at a time. A function that takes ownership says so ("Takes ownership
 *    of `pkt`"); all others leave it ("`pkt` stays the caller's").
 * 3. A refusal changes nothing: on a negative result (or NULL, or a count that is too small) what
 *    was the caller's before is the caller's still, unaltered, and nothing was taken. An allocation
 *    of n is all of n or none.
 * 4. Memory of a client is never owned by the library. A mapping (pktpool_buf.h) borrows it: the
 *    client may read it meanwhile, and neither changes nor frees it until `done` was called. `done`
 *    is called exactly once, by whichever thread drops the last reference.
 * 5. What two packets share (a clone, a split, a mapping) is read-only for both until one of them
 *    alone is left. Freeing a packet drops its references; it never alters what others hold.
 * 6. What was handed to a port's transmit burst, and accepted, is gone: the driver frees it.
 * 7. A pool outlives what was taken from it: it cannot be destroyed before all is back (-EBUSY).
 *
 * # Limits are exact
 *
 * A pool of N descriptors and M overflow descriptors hands out exactly N + M, on whichever lcore,
 * whatever the per-lcore caches hold, and whoever frees (drivers free straight to the mempool).
 * Memory for N + M + slack is committed at creation; the slack is what the caches of all lcores can
 * hold back: 1.5 x cache x (lcores of the EAL + PKTPOOL_SPARE_LCORES for threads that register
 * later). The limit is enforced when descriptors are taken: without lock or atomic while the pool
 * is comfortably below N, under a spinlock of the pool near it. Drivers that take descriptors by
 * themselves (an RX queue set up on pktpool_mempool()) are counted, but are not refused.
 *
 * A pool belongs to one process. Threads that are no lcore (LCORE_ID_ANY) may use it: they always
 * take the lock.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "pktpool_attr.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest name of a pool, in characters without the terminating zero. */
#define PKTPOOL_NAME_MAX (RTE_MEMPOOL_NAMESIZE - 1)
/** In `cache`: the library chooses (0 for small pools). */
#define PKTPOOL_CACHE_AUTO UINT16_MAX
/** In `cache`: the most that DPDK allows. */
#define PKTPOOL_CACHE_MAX RTE_MEMPOOL_CACHE_MAX_SIZE
/** Threads that may become lcores (rte_thread_register()) after a pool was made, without a loss. */
#define PKTPOOL_SPARE_LCORES 4
/** Most bytes of headroom plus room, and most reserved bytes. */
#define PKTPOOL_ROOM_MAX     UINT16_MAX
#define PKTPOOL_RESERVED_MAX 4096

/** A packet pool. Its memory is part of the mempool's; only the functions below know its inside. */
struct pktpool;

/**
 * What a packet pool shall be. Caches are used only with mempools made of rte_ring (the default of
 * most platforms); else `cache` counts as 0.
 */
struct pktpool_conf {
	const char *name;    /**< unique, 1..PKTPOOL_NAME_MAX of [A-Za-z0-9_.:-] */
	uint32_t n;	     /**< descriptors, at least 1 */
	uint32_t n_overflow; /**< more of them, handed out only while all n are out */
	uint16_t reserved;   /**< bytes for the protocol per packet; rounded up to 8 */
	uint16_t headroom;   /**< bytes before the data start of a fresh packet */
	uint16_t room;	     /**< data bytes after the headroom; may be 0 */
	uint16_t cache;	     /**< per-lcore cache, in descriptors; or PKTPOOL_CACHE_AUTO */
	int socket;	     /**< NUMA socket of the memory, or SOCKET_ID_ANY */
	bool track;	     /**< debug: remember who took each descriptor, and when */
};

/** A pool's figures. Descriptors unless said otherwise. */
struct pktpool_usage {
	uint32_t n;		   /**< limit before overflow */
	uint32_t n_overflow;	   /**< more, as overflow */
	uint32_t in_use;	   /**< out now: taken and not yet freed */
	uint32_t peak;		   /**< most that were out at once, see pktpool_usage() */
	uint32_t provisioned;	   /**< in memory: n + n_overflow + slack */
	uint16_t reserved;	   /**< bytes per packet */
	uint16_t headroom;	   /**< bytes */
	uint16_t room;		   /**< bytes */
	uint16_t cache;		   /**< per lcore */
	uint64_t overflow_entered; /**< how often in_use rose above n */
	uint64_t allocated;	   /**< handed out since creation */
	uint64_t refused;	   /**< allocation calls that were refused with -ENOBUFS */
};

/**
 * Create a packet pool.
 *
 * All memory is committed here: nothing on the data path asks for more. Registers the telemetry
 * commands /pktpool/... of this process. The pool is the caller's until pktpool_destroy(); `conf`
 * stays the caller's and is not needed afterwards. On refusal nothing has changed and `*pool` is
 * untouched. Any thread.
 *
 * @return 0; -EINVAL (a value out of its limits), -EEXIST (name in use), -ENOMEM: `why` says what.
 */
PKTPOOL_API int pktpool_create(struct pktpool **pool, const struct pktpool_conf *conf,
	struct pktpool_why *why) PKTPOOL_NONNULL(1, 2) PKTPOOL_MUST_CHECK;

/**
 * Destroy a pool that has nothing out, and free its memory.
 *
 * While anything is out: -EBUSY, nothing is freed, the pool works on, and `report` (may be NULL) is
 * called once per line for what is still out - with who took it, if the pool tracks. NULL as pool
 * is fine. No other thread may use the pool meanwhile. Any thread.
 */
PKTPOOL_API int pktpool_destroy(
	struct pktpool *pool, pktpool_report_fn report, void *arg) PKTPOOL_MUST_CHECK;

/**
 * Take n fresh packets: all or none.
 *
 * Each has one segment, no data, data start behind the headroom, no flags; its reserved bytes hold
 * what their last owner left (nobody clears them). They are the caller's until freed or handed on.
 * Any thread.
 *
 * @return 0, or -ENOBUFS: the limit would be exceeded; nothing was taken, `pkts` holds no packets.
 */
PKTPOOL_API int pktpool_alloc_bulk(struct pktpool *pool, struct rte_mbuf **pkts, unsigned int n)
	PKTPOOL_NONNULL(1) PKTPOOL_MUST_CHECK;

/**
 * The same limits, counts and ownership as pktpool_alloc_bulk(), but no packet is touched: only
 * what a mempool guarantees holds (refcnt 1, next NULL, nb_segs 1, direct). The caller writes
 * data_off, data_len, pkt_len, port, ol_flags and the offload fields that it uses. Any thread.
 */
PKTPOOL_API int pktpool_alloc_raw_bulk(struct pktpool *pool, struct rte_mbuf **pkts, unsigned int n)
	PKTPOOL_NONNULL(1) PKTPOOL_MUST_CHECK;

/** Take one fresh packet, as pktpool_alloc_bulk() does. @return NULL where that has -ENOBUFS. */
PKTPOOL_API struct rte_mbuf *pktpool_alloc(struct pktpool *pool)
	PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * Free packets with all that is chained behind them, back to the pools they came from (which may
 * differ). Takes ownership of them; NULL entries are skipped. Any thread.
 */
PKTPOOL_API void pktpool_free_bulk(struct rte_mbuf **pkts, unsigned int n);

/** Free one packet with all that is chained behind it. Takes ownership of `pkt`; NULL is fine. */
PKTPOOL_API void pktpool_free(struct rte_mbuf *pkt);

/**
 * Make a packet that one holds as good as fresh, cheaper than free and allocate: what is chained
 * behind the head is freed, data length 0, data start behind the headroom, flags and offload fields
 * cleared. The reserved bytes are not touched. `pkt` stays the caller's. Any thread.
 *
 * @return 0; -EBUSY: others hold this packet or share its data, and would see it change;
 *   -EINVAL: not from a packet pool.
 */
PKTPOOL_API int pkt_reinit(struct rte_mbuf *pkt) PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * The reserved bytes of a packet from a packet pool: aligned to 8, pkt_reserved_size() of them,
 * belonging to whoever owns the packet. They keep their content over free and allocate.
 */
static inline void *
pkt_reserved(const struct rte_mbuf *pkt)
{
	uintptr_t at = (uintptr_t)pkt + sizeof(*pkt);

	/* Else gcc 12, with -fsanitize=null, warns of a write to NULL + 128 in its own check. */
	__asm__("" : "+r"(at));
	return (void *)at;
}

/** Reserved bytes of a packet: the pool's `reserved`, rounded up to 8; 0 if from no packet pool. */
PKTPOOL_API uint16_t pkt_reserved_size(const struct rte_mbuf *pkt) PKTPOOL_NONNULL();

/** Note who holds packets or buffers of a tracking pool; else nothing. `site` must stay valid. */
PKTPOOL_API void pktpool_track_site(struct rte_mbuf *const *bufs, unsigned int n, const char *site);

/**
 * A pool's figures now. in_use is exact (it takes the pool's lock and looks into every lcore's
 * cache; while others free it is exact for a moment of the call). peak is exact while one lcore
 * uses the pool; with several it is at most too high by what the other lcores' caches held, never
 * above n + n_overflow, never too low. Any thread, not for the data path.
 */
PKTPOOL_API void pktpool_usage(const struct pktpool *pool, struct pktpool_usage *usage)
	PKTPOOL_NONNULL();

/**
 * Report a pool's figures and everything that is out, one line each. Takes all free descriptors out
 * of the pool for a moment to learn which are free: allocations wait for it. Any thread, to debug.
 *
 * @return the number of descriptors out, or -ENOMEM.
 */
PKTPOOL_API int pktpool_dump(struct pktpool *pool, pktpool_report_fn report, void *arg)
	PKTPOOL_NONNULL(1, 2);

/**
 * The ledger: one line for each pool (packet or buffer) and each memory tag of the process that has
 * something out. Any thread, not for the data path.
 *
 * @return how many lines that were: 0 means that everything is back. `report` may be NULL.
 */
PKTPOOL_API unsigned int pktpool_ledger(pktpool_report_fn report, void *arg);

/** Bytes before the data start of a fresh packet. */
PKTPOOL_API uint16_t pktpool_headroom(const struct pktpool *pool) PKTPOOL_NONNULL();
/** Data bytes of a packet after the headroom. */
PKTPOOL_API uint16_t pktpool_room(const struct pktpool *pool) PKTPOOL_NONNULL();
/** The pool's name. */
PKTPOOL_API const char *pktpool_name(const struct pktpool *pool) PKTPOOL_NONNULL();
/** The mempool inside: for RX queues, rte_pdump and the like. It stays the pool's. */
PKTPOOL_API struct rte_mempool *pktpool_mempool(const struct pktpool *pool) PKTPOOL_NONNULL();
/** The packet pool of this name, or NULL. It must not be destroyed meanwhile. */
PKTPOOL_API struct pktpool *pktpool_lookup(const char *name) PKTPOOL_NONNULL();
/** The packet pool that a packet came from, or NULL if it is from something else. */
PKTPOOL_API struct pktpool *pktpool_of(const struct rte_mbuf *pkt) PKTPOOL_NONNULL();

#ifdef __cplusplus
}
#endif

#include "pktpool_buf.h"

#endif /* PKTPOOL_H */
