/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKTPOOL_SEG_H
#define PKTPOOL_SEG_H

/* One segment: whose data it is. */

#include <stdbool.h>

#include <rte_mbuf.h>

/* Clones are refused beyond this, so that every lcore may be between look and increment. */
#define SEG_REFS_MAX (UINT16_MAX - RTE_MAX_LCORE)

/* Whether the data bytes may be written: nobody else sees them, and they are no client's. */
static inline bool
seg_writable(const struct rte_mbuf *seg)
{
	if (rte_mbuf_refcnt_read(seg) != 1)
		return false;
	if (RTE_MBUF_DIRECT(seg))
		return true;
	return RTE_MBUF_HAS_EXTBUF(seg) && RTE_MBUF_HAS_PINNED_EXTBUF(seg) &&
	       rte_mbuf_ext_refcnt_read(seg->shinfo) == 1;
}

/* The references to the data: on the mapping, on the mbuf that has the room, or on this one. */
static inline uint16_t
seg_refs(struct rte_mbuf *seg)
{
	if (RTE_MBUF_HAS_EXTBUF(seg))
		return rte_mbuf_ext_refcnt_read(seg->shinfo);
	if (RTE_MBUF_CLONED(seg))
		return rte_mbuf_refcnt_read(rte_mbuf_from_indirect(seg));
	return rte_mbuf_refcnt_read(seg);
}

#endif /* PKTPOOL_SEG_H */
