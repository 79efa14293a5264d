/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"

#include "pktpool.h"
#include "pktpool_mem.h"

/* Point a descriptor at bytes of a piece. */
static __rte_always_inline void
map_piece(const struct frame *frame, struct rte_mbuf *buf, const uint8_t *at, uint32_t piece_len)
{
	rte_iova_t iova = (rte_iova_t)(uintptr_t)at;

	if (unlikely(!frame->iova_is_va)) /* send.c has seen that the piece is contiguous */
		(void)pktpool_mem_run(at, piece_len, &iova);
	/* A descriptor has no const: nobody writes through one that is sent. */
	buf_attach_raw(buf, (void *)(uintptr_t)at, iova, (uint16_t)piece_len, frame->shinfo);
}

/* Map a frame's bytes that lie in several pieces, or none. */
static __attribute__((noinline)) uint32_t
map_pieces(const struct frame *frame, struct fill_cursor *cursor)
{
	struct rte_mbuf *tail = frame->pkt;
	uint32_t n_bufs = 0;
	uint32_t total = 0;

	for (uint32_t done = 0; done < frame->data_len; n_bufs++) {
		*cursor = cursor_settle(*cursor);
		uint32_t piece_len =
			(uint32_t)RTE_MIN(cursor->left, (size_t)frame->data_len - done);
		struct rte_mbuf *buf = *cursor->bufs++;

		map_piece(frame, buf, cursor->at, piece_len);
		if (frame->sum)
			total = cksum_add_at(total, frame->cksum->sum(cursor->at, piece_len), done);
		tail->next = buf;
		tail = buf;
		cursor->at += piece_len;
		cursor->left -= piece_len;
		done += piece_len;
	}
	pkt_set(frame, n_bufs, frame->hdr_len);
	return total;
}

static __rte_always_inline struct fill_cursor
put_map(const struct frame *frame, struct fill_cursor cursor, uint32_t *sum)
{
	if (unlikely(cursor.left < frame->data_len || frame->data_len == 0)) {
		const struct frame this = *frame;
		struct fill_cursor moving = cursor;

		*sum = map_pieces(&this, &moving);
		return moving;
	}
	struct rte_mbuf *buf = *cursor.bufs++;

	map_piece(frame, buf, cursor.at, frame->data_len);
	frame->pkt->next = buf;
	pkt_set(frame, 1, frame->hdr_len);
	if (frame->sum)
		*sum = frame->cksum->sum(cursor.at, frame->data_len);
	cursor.at += frame->data_len;
	cursor.left -= frame->data_len;
	return cursor;
}

void
fill_map_ipv4(const struct fill *fill)
{
	fill_frames(fill, ABOVE_IPV4, put_map);
}

void
fill_map_ipv6(const struct fill *fill)
{
	fill_frames(fill, ABOVE_IPV6, put_map);
}

void
fill_map_ipv4_bare(const struct fill *fill)
{
	fill_frames(fill, ABOVE_IPV4_BARE, put_map);
}

void
fill_map_ipv6_bare(const struct fill *fill)
{
	fill_frames(fill, ABOVE_IPV6_BARE, put_map);
}

void
fill_map_raw(const struct fill *fill)
{
	fill_frames(fill, ABOVE_RAW, put_map);
}
