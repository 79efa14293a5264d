/* SPDX-License-Identifier: BSD-3-Clause */
/* Chains: put together, take apart, lengths, contiguous views, copies. */
#include <errno.h>
#include <string.h>

#include "pktpool_chain.h"
#include "seg.h"

/* A chain that was looked at from end to end. */
struct measure {
	struct rte_mbuf *tail;
	uint32_t segs;
	uint64_t bytes;
};

/* -EINVAL: an empty segment, or nb_segs is wrong. */
static int
measure(struct rte_mbuf *buf, struct measure *m)
{
	struct rte_mbuf *seg;

	*m = (struct measure){.tail = buf};
	pkt_foreach_seg(buf, seg)
	{
		if (seg->data_len == 0 || m->segs == buf->nb_segs)
			return -EINVAL;
		m->tail = seg;
		m->segs++;
		m->bytes += seg->data_len;
	}
	return m->segs == buf->nb_segs ? 0 : -EINVAL;
}

static int
can_grow(const struct rte_mbuf *pkt, const struct measure *m)
{
	if (pkt->nb_segs + m->segs > RTE_MBUF_MAX_NB_SEGS || pkt->pkt_len + m->bytes > UINT32_MAX)
		return -EOVERFLOW;
	return 0;
}

/* A segment counts for itself only. */
static void
make_single(struct rte_mbuf *seg)
{
	seg->nb_segs = 1;
	seg->pkt_len = seg->data_len;
}

static void
insert(struct rte_mbuf *pkt, struct rte_mbuf *after, struct rte_mbuf *buf, const struct measure *m)
{
	m->tail->next = after->next;
	after->next = buf;
	make_single(buf);
	pkt->nb_segs = (uint16_t)(pkt->nb_segs + m->segs);
	pkt->pkt_len += (uint32_t)m->bytes;
}

int
pkt_chain_front(struct rte_mbuf *pkt, struct rte_mbuf *buf)
{
	struct measure m;
	int ret;

	if (pkt == buf || measure(buf, &m) != 0)
		return -EINVAL;
	ret = can_grow(pkt, &m);
	if (ret == 0)
		insert(pkt, pkt, buf, &m);
	return ret;
}

int
pkt_chain_back(struct rte_mbuf *pkt, struct rte_mbuf *buf)
{
	struct rte_mbuf *seg, *tail = pkt;
	struct measure m;
	int ret;

	if (measure(buf, &m) != 0)
		return -EINVAL;
	pkt_foreach_seg(pkt, seg)
	{
		if (seg == buf)
			return -EINVAL;
		tail = seg;
	}
	ret = can_grow(pkt, &m);
	if (ret == 0)
		insert(pkt, tail, buf, &m);
	return ret;
}

static struct rte_mbuf *
unchain_after(struct rte_mbuf *pkt, struct rte_mbuf *prev)
{
	struct rte_mbuf *seg = prev->next;

	if (seg == NULL)
		return NULL;
	prev->next = seg->next;
	seg->next = NULL;
	make_single(seg);
	pkt->nb_segs--;
	pkt->pkt_len -= seg->data_len;
	return seg;
}

struct rte_mbuf *
pkt_unchain_front(struct rte_mbuf *pkt)
{
	return unchain_after(pkt, pkt);
}

struct rte_mbuf *
pkt_unchain_back(struct rte_mbuf *pkt)
{
	struct rte_mbuf *prev = pkt;

	while (prev->next != NULL && prev->next->next != NULL)
		prev = prev->next;
	return unchain_after(pkt, prev);
}

int
pkt_adjust_length(struct rte_mbuf *pkt, struct rte_mbuf *buf, uint16_t data_len)
{
	uint64_t pkt_len = (uint64_t)pkt->pkt_len - buf->data_len + data_len;
	struct rte_mbuf *seg;

	pkt_foreach_seg(pkt, seg)
	{
		if (seg == buf)
			break;
	}
	if (seg == NULL || (data_len == 0 && buf != pkt))
		return -EINVAL;
	if (data_len > buf->buf_len - buf->data_off)
		return -ENOSPC;
	if (pkt_len > UINT32_MAX)
		return -EOVERFLOW;
	buf->data_len = data_len;
	if (buf != pkt)
		buf->pkt_len = data_len;
	pkt->pkt_len = (uint32_t)pkt_len;
	return 0;
}

/* Drop the first bytes behind the head; they are there. */
static void
drop_behind(struct rte_mbuf *pkt, uint32_t bytes)
{
	while (bytes != 0) {
		struct rte_mbuf *seg = pkt->next;

		if (seg->data_len <= bytes) {
			bytes -= seg->data_len;
			rte_pktmbuf_free_seg(unchain_after(pkt, pkt));
			continue;
		}
		seg->data_off = (uint16_t)(seg->data_off + bytes);
		seg->data_len = (uint16_t)(seg->data_len - bytes);
		seg->pkt_len = seg->data_len;
		pkt->pkt_len -= bytes;
		bytes = 0;
	}
}

int
pkt_advance(struct rte_mbuf *pkt, uint32_t bytes)
{
	uint16_t in_head = (uint16_t)RTE_MIN(bytes, (uint32_t)pkt->data_len);

	if (bytes > pkt->pkt_len)
		return -EINVAL;
	pkt->data_off = (uint16_t)(pkt->data_off + in_head);
	pkt->data_len = (uint16_t)(pkt->data_len - in_head);
	pkt->pkt_len -= in_head;
	drop_behind(pkt, bytes - in_head);
	return 0;
}

int
pkt_retreat(struct rte_mbuf *pkt, uint16_t bytes)
{
	if (bytes > pkt->data_off)
		return -ENOSPC;
	if (!seg_writable(pkt))
		return -EBUSY;
	if (pkt->pkt_len > UINT32_MAX - bytes)
		return -EOVERFLOW;
	pkt->data_off = (uint16_t)(pkt->data_off - bytes);
	pkt->data_len = (uint16_t)(pkt->data_len + bytes);
	pkt->pkt_len += bytes;
	return 0;
}

const void *
pkt_view(const struct rte_mbuf *pkt, uint32_t bytes, void *storage)
{
	const struct rte_mbuf *seg = pkt;

	if (bytes > pkt->pkt_len)
		return NULL;
	while (seg->data_len == 0 && seg->next != NULL)
		seg = seg->next;
	if (bytes <= seg->data_len)
		return rte_pktmbuf_mtod(seg, const void *);
	return storage != NULL ? rte_pktmbuf_read(pkt, 0, bytes, storage) : NULL;
}

int
pkt_pull(struct rte_mbuf *pkt, uint16_t bytes)
{
	uint32_t tailroom = (uint32_t)pkt->buf_len - pkt->data_off - pkt->data_len;
	char *data = rte_pktmbuf_mtod(pkt, char *);
	uint16_t need, shift;
	const void *more;

	if (bytes > pkt->pkt_len)
		return -EINVAL;
	if (bytes <= pkt->data_len)
		return 0;
	need = (uint16_t)(bytes - pkt->data_len);
	if (need > tailroom + pkt->data_off)
		return -ENOSPC;
	if (!seg_writable(pkt))
		return -EBUSY;
	shift = (uint16_t)(need > tailroom ? need - tailroom : 0);
	if (shift != 0)
		memmove(data - shift, data, pkt->data_len);
	pkt->data_off = (uint16_t)(pkt->data_off - shift);
	data = rte_pktmbuf_mtod_offset(pkt, char *, pkt->data_len);
	more = rte_pktmbuf_read(pkt, pkt->data_len, need, data);
	if (more != data)
		memcpy(data, more, need);
	drop_behind(pkt, need);
	pkt->data_len = bytes;
	pkt->pkt_len += need;
	return 0;
}

/* The segment in which the byte at `*off` lies, with `*off` inside it; NULL: behind the end. */
static struct rte_mbuf *
seek(const struct rte_mbuf *pkt, uint32_t *off)
{
	const struct rte_mbuf *seg;

	pkt_foreach_seg(pkt, seg)
	{
		if (*off < seg->data_len)
			return (struct rte_mbuf *)(uintptr_t)seg;
		*off -= seg->data_len;
	}
	return NULL;
}

uint32_t
pkt_copy(struct rte_mbuf *dst, uint32_t dst_off, const struct rte_mbuf *src, uint32_t src_off,
	uint32_t bytes)
{
	struct rte_mbuf *to = seek(dst, &dst_off);
	const struct rte_mbuf *from = seek(src, &src_off);
	uint32_t done = 0, n;

	if (dst == src)
		return 0;
	while (done < bytes && to != NULL && from != NULL && seg_writable(to)) {
		n = RTE_MIN(to->data_len - dst_off, from->data_len - src_off);
		n = RTE_MIN(n, bytes - done);
		memcpy(rte_pktmbuf_mtod_offset(to, char *, dst_off),
			rte_pktmbuf_mtod_offset(from, const char *, src_off), n);
		done += n;
		dst_off += n;
		src_off += n;
		if (dst_off == to->data_len) {
			to = to->next;
			dst_off = 0;
		}
		if (src_off == from->data_len) {
			from = from->next;
			src_off = 0;
		}
	}
	return done;
}
