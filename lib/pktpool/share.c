/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that share data: clone and split. */
#include <errno.h>

#include "pktpool.h"
#include "pktpool_chain.h"
#include "seg.h"

/* Descriptors are taken so many at a time. */
#define TAKE_MAX 64U

/* Let a fresh descriptor see all data of a segment. */
static int
attach(struct rte_mbuf *desc, struct rte_mbuf *seg)
{
	if (seg_refs(seg) >= SEG_REFS_MAX)
		return -EOVERFLOW;
	rte_pktmbuf_attach(desc, seg);
	return 0;
}

/* Attach one descriptor to each of the segments behind a head, and chain them to `clone`. `*seg`
 * goes on; on failure it is undefined. Unused descriptors are freed here.
 */
static int
attach_some(struct rte_mbuf **seg, struct rte_mbuf **descs, unsigned int n, struct rte_mbuf **tail)
{
	for (unsigned int i = 0; i < n; i++, *seg = (*seg)->next) {
		int ret = attach(descs[i], *seg);

		if (ret != 0) {
			pktpool_free_bulk(&descs[i], n - i);
			return ret;
		}
		/* Only the head's metadata counts. */
		descs[i]->ol_flags &= RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
		(*tail)->next = descs[i];
		*tail = descs[i];
	}
	return 0;
}

static int
share_behind(struct bufpool *bufs, struct rte_mbuf *pkt, struct rte_mbuf *clone)
{
	struct rte_mbuf *descs[TAKE_MAX];
	struct rte_mbuf *seg = pkt->next;
	struct rte_mbuf *tail = clone;
	unsigned int left = pkt->nb_segs - 1U, n;
	int ret = 0;

	for (; left != 0 && ret == 0; left -= n) {
		n = RTE_MIN(left, TAKE_MAX);
		ret = bufpool_alloc_bulk(bufs, descs, n);
		if (ret == 0)
			ret = attach_some(&seg, descs, n, &tail);
	}
	return ret;
}

/* An empty head has nothing to share: the clone's stays writable. */
static int
share_head(struct rte_mbuf *pkt, struct rte_mbuf *clone)
{
	if (pkt->data_len != 0)
		return attach(clone, pkt);
	__rte_pktmbuf_copy_hdr(clone, pkt);
	clone->ol_flags = pkt->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL);
	return 0;
}

int
pkt_share(struct pktpool *pool, struct bufpool *bufs, struct rte_mbuf *pkt, struct rte_mbuf **clone)
{
	struct rte_mbuf *made = pktpool_alloc(pool);
	int ret;

	if (made == NULL)
		return -ENOBUFS;
	ret = share_head(pkt, made);
	if (ret == 0)
		ret = share_behind(bufs, pkt, made);
	if (ret != 0) {
		/* The chain is whole as far as it goes. */
		pktpool_free(made);
		return ret;
	}
	made->nb_segs = pkt->nb_segs;
	made->pkt_len = pkt->pkt_len;
	*clone = made;
	return 0;
}

/* Where a packet is cut: in front of byte `inside` of `seg`. */
struct cut {
	struct rte_mbuf *prev;
	struct rte_mbuf *seg;
	uint16_t inside;
	uint16_t segs_before; /* segments that stay, without `seg` */
};

static struct cut
find_cut(struct rte_mbuf *pkt, uint32_t offset)
{
	struct cut cut = {.seg = pkt};

	while (offset >= cut.seg->data_len) {
		offset -= cut.seg->data_len;
		cut.prev = cut.seg;
		cut.seg = cut.seg->next;
		cut.segs_before++;
	}
	cut.inside = (uint16_t)offset;
	return cut;
}

/* Take what the other half needs: a head, and a descriptor if the cut is inside a segment. */
static int
take_for_cut(struct pktpool *pool, struct bufpool *bufs, const struct cut *cut,
	struct rte_mbuf **head, struct rte_mbuf **desc)
{
	int ret = 0;

	*desc = NULL;
	*head = pktpool_alloc(pool);
	if (*head == NULL)
		return -ENOBUFS;
	if (cut->inside != 0) {
		*desc = bufpool_alloc(bufs);
		ret = *desc != NULL ? attach(*desc, cut->seg) : -ENOBUFS;
	}
	if (ret != 0) {
		pktpool_free(*desc);
		pktpool_free(*head);
	}
	return ret;
}

/* Give the descriptor the second part of the segment. */
static void
divide(const struct cut *cut, struct rte_mbuf *desc)
{
	struct rte_mbuf *seg = cut->seg;

	desc->ol_flags &= RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
	desc->data_off = (uint16_t)(seg->data_off + cut->inside);
	desc->data_len = (uint16_t)(seg->data_len - cut->inside);
	desc->pkt_len = desc->data_len;
	desc->next = seg->next;
	seg->data_len = cut->inside;
	seg->next = NULL;
}

int
pkt_split(struct pktpool *pool, struct bufpool *bufs, struct rte_mbuf *pkt, uint32_t offset,
	struct rte_mbuf **rest)
{
	struct rte_mbuf *head, *desc;
	uint32_t segs;
	struct cut cut;
	int ret;

	if (offset == 0 || offset >= pkt->pkt_len)
		return -EINVAL;
	cut = find_cut(pkt, offset);
	segs = 1U + pkt->nb_segs - cut.segs_before;
	if (segs > RTE_MBUF_MAX_NB_SEGS)
		return -EOVERFLOW;
	ret = take_for_cut(pool, bufs, &cut, &head, &desc);
	if (ret != 0)
		return ret;
	if (desc != NULL) {
		divide(&cut, desc);
		head->next = desc;
		cut.segs_before++;
	} else {
		head->next = cut.seg;
		cut.prev->next = NULL;
	}
	head->nb_segs = (uint16_t)segs;
	head->pkt_len = pkt->pkt_len - offset;
	pkt->nb_segs = cut.segs_before;
	pkt->pkt_len = offset;
	if (cut.seg != pkt)
		cut.seg->pkt_len = cut.seg->data_len;
	*rest = head;
	return 0;
}
