/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKTPOOL_BUF_H
#define PKTPOOL_BUF_H

/** @file
 * Buffer pools, and mappings of a client's memory.
 *
 * A buffer descriptor is an mbuf that is chained behind a packet's head. It either has a room of
 * its own or points into memory of a client. That memory is described by a mapping: one object, one
 * reference count for all descriptors that point into it, one call of `done` at the end. A mapping
 * is not a segment: one piece of memory may be in many packets in flight at once.
 *
 * Limits of buffer pools are exact in the way that pktpool.h describes. Who owns what: see there.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "pktpool_attr.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pktpool_usage;

/** A buffer pool. Its memory is part of the mempool's. */
struct bufpool;

/** What a buffer pool shall be. */
struct bufpool_conf {
	const char *name;  /**< unique among all pools, as in struct pktpool_conf */
	uint32_t n;	   /**< descriptors, at least 1 */
	uint16_t headroom; /**< bytes before the data start of a fresh buffer */
	uint16_t room;	   /**< bytes after the headroom; 0: only for mappings */
	uint16_t cache;	   /**< per-lcore cache, in descriptors; or PKTPOOL_CACHE_AUTO */
	int socket;	   /**< NUMA socket of the memory, or SOCKET_ID_ANY */
	bool track;	   /**< debug: remember who took each descriptor, and when */
};

/** Create a buffer pool: as pktpool_create(). */
PKTPOOL_API int bufpool_create(struct bufpool **pool, const struct bufpool_conf *conf,
	struct pktpool_why *why) PKTPOOL_NONNULL(1, 2) PKTPOOL_MUST_CHECK;

/** Destroy a buffer pool: as pktpool_destroy(), -EBUSY while anything is out. */
PKTPOOL_API int bufpool_destroy(
	struct bufpool *pool, pktpool_report_fn report, void *arg) PKTPOOL_MUST_CHECK;

/**
 * Take n fresh buffers, all or none: one segment each, no data, data start behind the headroom.
 * They are the caller's until freed (rte_pktmbuf_free(), pktpool_free()), chained or handed on. Any
 * thread.
 *
 * @return 0, or -ENOBUFS: nothing was taken.
 */
PKTPOOL_API int bufpool_alloc_bulk(struct bufpool *pool, struct rte_mbuf **bufs, unsigned int n)
	PKTPOOL_NONNULL(1) PKTPOOL_MUST_CHECK;

/** The same, but no buffer is touched: as pktpool_alloc_raw_bulk(); see buf_attach_raw(). */
PKTPOOL_API int bufpool_alloc_raw_bulk(struct bufpool *pool, struct rte_mbuf **bufs, unsigned int n)
	PKTPOOL_NONNULL(1) PKTPOOL_MUST_CHECK;

/** Take one fresh buffer. @return NULL where bufpool_alloc_bulk() has -ENOBUFS. */
PKTPOOL_API struct rte_mbuf *bufpool_alloc(struct bufpool *pool)
	PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/** A buffer pool's figures: as pktpool_usage(); n_overflow and reserved are 0. */
PKTPOOL_API void bufpool_usage(const struct bufpool *pool, struct pktpool_usage *usage)
	PKTPOOL_NONNULL();
/** Report figures and what is out: as pktpool_dump(). */
PKTPOOL_API int bufpool_dump(struct bufpool *pool, pktpool_report_fn report, void *arg)
	PKTPOOL_NONNULL(1, 2);

/** Bytes before the data start of a fresh buffer. */
PKTPOOL_API uint16_t bufpool_headroom(const struct bufpool *pool) PKTPOOL_NONNULL();
/** Data bytes of a buffer after the headroom. */
PKTPOOL_API uint16_t bufpool_room(const struct bufpool *pool) PKTPOOL_NONNULL();
/** The pool's name. */
PKTPOOL_API const char *bufpool_name(const struct bufpool *pool) PKTPOOL_NONNULL();
/** The mempool inside. It stays the pool's. */
PKTPOOL_API struct rte_mempool *bufpool_mempool(const struct bufpool *pool) PKTPOOL_NONNULL();
/** The buffer pool that a buffer came from, or NULL if it is from something else. */
PKTPOOL_API struct bufpool *bufpool_of(const struct rte_mbuf *buf) PKTPOOL_NONNULL();

/**
 * A mapping: memory of a client that descriptors point into.
 *
 * The client keeps this object and the memory, both unaltered, from buf_map_open() until `done`.
 * Invariant: shinfo.refcnt = descriptors that point into the memory, plus one until
 * buf_map_close().
 */
struct buf_map {
	struct rte_mbuf_ext_shared_info shinfo; /**< the one reference count */
	void *va;				/**< first byte of the memory */
	size_t map_len;				/**< bytes of the memory */
	/** Called once, when nobody refers to the memory any more, in the thread that was last. */
	void (*done)(struct buf_map *map, void *arg);
	void *arg; /**< for `done` */
};

/** Most descriptors that can point into one mapping at the same time. */
#define BUF_MAP_REFS_MAX (UINT16_MAX - 1)
/** Most bytes that one descriptor can cover. */
#define BUF_MAP_PIECE_MAX UINT16_MAX

/**
 * Open a mapping over [va, va + map_len). It holds one reference for the opener. `done` may be NULL
 * (then nobody is told), and may free `map`. `map` and the memory stay the caller's, borrowed until
 * `done`. Cannot fail. Any thread.
 */
PKTPOOL_API void buf_map_open(struct buf_map *map, void *va, size_t map_len,
	void (*done)(struct buf_map *map, void *arg), void *arg) PKTPOOL_NONNULL(1);

/**
 * Drop the opener's reference, once. Calls `done` before it returns if no descriptor is left; else
 * the thread that frees the last one does. Any thread.
 */
PKTPOOL_API void buf_map_close(struct buf_map *map) PKTPOOL_NONNULL();

/**
 * Take one descriptor over [off, off + len) of a mapping, with a reference to it. The descriptor is
 * the caller's; freeing it (alone or in a packet) drops the reference. The caller must hold a
 * reference of its own meanwhile (as the opener does). Any thread.
 *
 * @return 0, or with nothing changed: -EINVAL (len is 0 or above BUF_MAP_PIECE_MAX), -ERANGE
 *   (outside the mapping), -ENOBUFS (pool dry), -EOVERFLOW (BUF_MAP_REFS_MAX reached), -EFAULT (the
 *   memory has no IOVA: register it), -EXDEV (two pieces for a device: take bufpool_map_bulk()).
 */
PKTPOOL_API int bufpool_map(struct bufpool *pool, struct buf_map *map, size_t off, size_t len,
	struct rte_mbuf **buf) PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * Take as many descriptors as [off, off + len) of a mapping needs (it is cut at BUF_MAP_PIECE_MAX,
 * and with IOVA=PA where memory is not contiguous for a device), in order, unchained; all or none.
 * Otherwise as bufpool_map().
 *
 * @return how many of `bufs` were filled, or with nothing changed: -ENOSPC (more than `max` are
 *   needed), or an error of bufpool_map().
 */
PKTPOOL_API int bufpool_map_bulk(struct bufpool *pool, struct buf_map *map, size_t off, size_t len,
	struct rte_mbuf **bufs, unsigned int max) PKTPOOL_NONNULL(1, 2) PKTPOOL_MUST_CHECK;

/**
 * For the hot path: make a raw descriptor (bufpool_alloc_raw_bulk(): direct, refcnt 1, alone) point
 * at [va, va + len), with data_len = pkt_len = len, so that rte_pktmbuf_free() later drops one
 * reference of `shinfo` and gives the descriptor back in order. The count in `shinfo` is NOT
 * changed here: the caller adds all references at once, before the first descriptor can be freed.
 * Offload fields, port and packet type are not written. Touches two cache lines of `buf`.
 */
static inline void
buf_attach_raw(struct rte_mbuf *buf, void *va, rte_iova_t iova, uint16_t len,
	struct rte_mbuf_ext_shared_info *shinfo)
{
	buf->buf_addr = va;
	rte_mbuf_iova_set(buf, iova);
	buf->data_off = 0;
	buf->ol_flags = RTE_MBUF_F_EXTERNAL;
	buf->pkt_len = len;
	buf->data_len = len;
	buf->buf_len = len;
	buf->shinfo = shinfo;
}

#ifdef __cplusplus
}
#endif

#endif /* PKTPOOL_BUF_H */
