/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKTPOOL_CHAIN_H
#define PKTPOOL_CHAIN_H

/** @file
 * Packets as chains of buffers: chain, unchain, query, iterate, copy, share, split, check.
 *
 * A packet is a head mbuf (descriptor, protocol headers, maybe data) and the buffers behind it.
 * Invariant, which pkt_check() tests and every function here keeps:
 *   - nb_segs of the head is the number of segments, at most 65535; the last `next` is NULL;
 *   - pkt_len of the head is the sum of all data_len;
 *   - no segment behind the head is empty (some drivers hang on one); the head may be, until the
 *     protocol put its header there (pkt_retreat());
 *   - data_off + data_len <= buf_len, and refcnt >= 1, in each segment.
 *
 * A packet's descriptors belong to its owner alone; a reference count above 1 means that others see
 * the data: a clone, a split, a mapping. (Do not hold a packet twice by rte_pktmbuf_refcnt_update()
 * and then alter it here: nobody can tell that from a clone.) Shared data bytes, and memory of a
 * client, are never written: -EBUSY where an operation would have to.
 *
 * All functions work on packets of any mempool, on any thread, without locks; the same packet must
 * not be used by two threads at once. On refusal nothing has changed. Who owns what: pktpool.h.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "pktpool_attr.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pktpool;
struct bufpool;

/** What pkt_query() tells. */
struct pkt_info {
	uint32_t pkt_len;	/**< bytes in all segments, the head's too */
	uint16_t nb_segs;	/**< segments, the head too */
	uint16_t nb_bufs;	/**< buffers behind the head */
	struct rte_mbuf *first; /**< first buffer behind the head, or NULL; stays the packet's */
};

/** Figures of a packet, O(1). */
static inline void
PKTPOOL_NONNULL() pkt_query(const struct rte_mbuf *pkt, struct pkt_info *info)
{
	info->pkt_len = pkt->pkt_len;
	info->nb_segs = pkt->nb_segs;
	info->nb_bufs = (uint16_t)(pkt->nb_segs - 1);
	info->first = pkt->next;
}

/** Visit the buffers behind the head. The body must not unchain `buf`. */
#define pkt_foreach_buf(pkt, buf) for ((buf) = (pkt)->next; (buf) != NULL; (buf) = (buf)->next)

/** Visit all segments, the head first. The body must not unchain `seg`. */
#define pkt_foreach_seg(pkt, seg) for ((seg) = (pkt); (seg) != NULL; (seg) = (seg)->next)

/**
 * Chain a buffer, or a chain of buffers, directly behind the head. O(segments of `buf`). Takes
 * ownership of `buf`, which then is part of `pkt`.
 *
 * @return 0, or with `buf` the caller's still: -EINVAL (a segment of `buf` is empty, `buf` is `pkt`
 *   or no valid chain), -EOVERFLOW (more than 65535 segments, or 4 GiB).
 */
PKTPOOL_API int pkt_chain_front(struct rte_mbuf *pkt, struct rte_mbuf *buf)
	PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/** Chain behind the last segment: as pkt_chain_front(), but O(segments of both). */
PKTPOOL_API int pkt_chain_back(struct rte_mbuf *pkt, struct rte_mbuf *buf)
	PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * Take the first buffer behind the head out of the packet. The caller owns it then, as a packet of
 * one segment. @return NULL: there is none. O(1).
 */
PKTPOOL_API struct rte_mbuf *pkt_unchain_front(struct rte_mbuf *pkt)
	PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/** Take the last buffer behind the head out: as pkt_unchain_front(), but O(segments). */
PKTPOOL_API struct rte_mbuf *pkt_unchain_back(struct rte_mbuf *pkt)
	PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * Set the data length of one segment of a packet, up to its room; pkt_len follows. Bytes that are
 * added hold whatever the memory holds.
 *
 * @return 0; -EINVAL (not a segment of `pkt`; 0 for a buffer behind the head), -ENOSPC (beyond the
 *   room), -EOVERFLOW (4 GiB).
 */
PKTPOOL_API int pkt_adjust_length(struct rte_mbuf *pkt, struct rte_mbuf *buf, uint16_t data_len)
	PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * Move the data start forward by `bytes`, over segments if need be. Buffers that become empty are
 * freed; the head stays, even when empty. @return 0; -EINVAL (longer than the packet).
 */
PKTPOOL_API int pkt_advance(struct rte_mbuf *pkt, uint32_t bytes)
	PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * Move the data start of the head back by `bytes`, into its headroom, for the caller to write
 * there. @return 0; -ENOSPC (not so much headroom), -EBUSY (the head's data is shared, or a
 * client's), -EOVERFLOW (4 GiB).
 */
PKTPOOL_API int pkt_retreat(struct rte_mbuf *pkt, uint16_t bytes)
	PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * A contiguous view of the first `bytes` of a packet: a pointer into it if they lie in one segment,
 * else `storage` (of at least `bytes`), with the bytes copied there. Read-only, valid while the
 * packet is unchanged. `pkt` stays the caller's. @return NULL: the packet is shorter.
 */
PKTPOOL_API const void *pkt_view(const struct rte_mbuf *pkt, uint32_t bytes, void *storage)
	PKTPOOL_NONNULL(1) PKTPOOL_MUST_CHECK;

/**
 * Make the first `bytes` of a packet contiguous in its head, by moving bytes from the buffers
 * behind. Buffers that become empty are freed. @return 0; -EINVAL (longer than the packet), -ENOSPC
 * (head too small), -EBUSY (bytes must move, and the head's data is shared or a client's).
 */
PKTPOOL_API int pkt_pull(struct rte_mbuf *pkt, uint16_t bytes) PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * Copy up to `bytes` data bytes from `src`, from offset `src_off`, over the data bytes of `dst` at
 * `dst_off`. Neither gets longer or shorter; both stay the caller's. Stops where either ends, and
 * before the first byte of `dst` that is shared or belongs to a client.
 *
 * @return bytes copied. 0 if `dst` and `src` are the same packet.
 */
PKTPOOL_API uint32_t pkt_copy(struct rte_mbuf *dst, uint32_t dst_off, const struct rte_mbuf *src,
	uint32_t src_off, uint32_t bytes) PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * A second packet over the same data, without copying it: a head from `pool` (with reserved bytes
 * of its own), descriptors from `bufs`, all or none. Offload and receive metadata are copied. From
 * then on the data is read-only for both; an empty head is not shared, the clone's is writable.
 * `pkt` stays the caller's; `*clone` is the caller's.
 *
 * @return 0; -ENOBUFS (a pool is dry); -EOVERFLOW (a reference count is near its end).
 */
PKTPOOL_API int pkt_share(struct pktpool *pool, struct bufpool *bufs, struct rte_mbuf *pkt,
	struct rte_mbuf **clone) PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * Cut a packet in two without copying: `pkt` keeps the first `offset` bytes, `*rest` has the others
 * behind a fresh, empty head from `pool` (its headroom is free for a header). Where the cut falls
 * into a segment, one descriptor from `bufs` shares that segment's data. All or nothing. Both are
 * the caller's.
 *
 * @return 0; -EINVAL (offset 0, or not inside the packet); -ENOBUFS; -EOVERFLOW (a reference count
 *   or the number of segments is near its end).
 */
PKTPOOL_API int pkt_split(struct pktpool *pool, struct bufpool *bufs, struct rte_mbuf *pkt,
	uint32_t offset, struct rte_mbuf **rest) PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * Check the invariant above. For tests and debugging: O(segments), never crashes on a broken count
 * or length (a wild pointer it cannot survive). @return 0, or -EINVAL with `why`.
 */
PKTPOOL_API int pkt_check(const struct rte_mbuf *pkt, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif /* PKTPOOL_CHAIN_H */
