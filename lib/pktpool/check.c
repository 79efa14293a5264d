/* SPDX-License-Identifier: BSD-3-Clause */
/* The invariant of a packet. */
#include <errno.h>

#include "pktpool_chain.h"

static int
check_refs(const struct rte_mbuf *seg, unsigned int i, struct pktpool_why *why)
{
	if (rte_mbuf_refcnt_read(seg) == 0)
		return pktpool_why_not(why, -EINVAL, "segment %u: refcnt is 0: it was freed", i);
	if (RTE_MBUF_CLONED(seg) && RTE_MBUF_HAS_EXTBUF(seg))
		return pktpool_why_not(
			why, -EINVAL, "segment %u: indirect and external at once", i);
	if (RTE_MBUF_HAS_EXTBUF(seg) && seg->shinfo == NULL)
		return pktpool_why_not(why, -EINVAL, "segment %u: external data without shinfo", i);
	if (RTE_MBUF_HAS_EXTBUF(seg) && rte_mbuf_ext_refcnt_read(seg->shinfo) == 0)
		return pktpool_why_not(
			why, -EINVAL, "segment %u: its mapping has no reference left", i);
	if (RTE_MBUF_CLONED(seg) && rte_mbuf_refcnt_read(rte_mbuf_from_indirect(
					    (struct rte_mbuf *)(uintptr_t)seg)) == 0)
		return pktpool_why_not(
			why, -EINVAL, "segment %u: the mbuf with its data was freed", i);
	return 0;
}

static int
check_seg(const struct rte_mbuf *seg, unsigned int i, struct pktpool_why *why)
{
	if (seg->pool == NULL)
		return pktpool_why_not(why, -EINVAL, "segment %u: it belongs to no pool", i);
	if (i != 0 && seg->data_len == 0)
		return pktpool_why_not(why, -EINVAL,
			"segment %u: empty behind the head: some drivers hang on it", i);
	if ((uint32_t)seg->data_off + seg->data_len > seg->buf_len)
		return pktpool_why_not(why, -EINVAL,
			"segment %u: data_off %u + data_len %u > buf_len %u", i, seg->data_off,
			seg->data_len, seg->buf_len);
	if (seg->buf_len != 0 && seg->buf_addr == NULL)
		return pktpool_why_not(why, -EINVAL, "segment %u: no data address", i);
	return check_refs(seg, i, why);
}

int
pkt_check(const struct rte_mbuf *pkt, struct pktpool_why *why)
{
	const struct rte_mbuf *seg;
	uint64_t bytes = 0;
	unsigned int n = 0;
	int ret;

	if (pkt == NULL)
		return pktpool_why_not(why, -EINVAL, "no packet");
	pkt_foreach_seg(pkt, seg)
	{
		if (n == pkt->nb_segs)
			return pktpool_why_not(
				why, -EINVAL, "more segments than nb_segs says: %u", pkt->nb_segs);
		ret = check_seg(seg, n++, why);
		if (ret != 0)
			return ret;
		bytes += seg->data_len;
	}
	if (n != pkt->nb_segs)
		return pktpool_why_not(
			why, -EINVAL, "%u segments, but nb_segs says %u", n, pkt->nb_segs);
	if (bytes != pkt->pkt_len)
		return pktpool_why_not(why, -EINVAL, "%" PRIu64 " bytes, but pkt_len says %u",
			bytes, pkt->pkt_len);
	return 0;
}
