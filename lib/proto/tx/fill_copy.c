/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"

#include <rte_prefetch.h>

/* How far ahead of a copy its source is fetched: about the next frame. */
#define COPY_AHEAD 1536

/* Copy from one piece, with its sum or without. */
static __rte_always_inline uint32_t
copy_piece(const struct frame *frame, uint8_t *dst, const uint8_t *src, uint32_t piece_len)
{
	if (frame->sum)
		return frame->cksum->copy(dst, src, piece_len);
	for (uint32_t off = 0; off < piece_len; off += RTE_CACHE_LINE_SIZE)
		rte_prefetch0(src + COPY_AHEAD + off);
	memcpy(dst, src, piece_len);
	return 0;
}

/* Copy a frame's bytes that lie in several pieces. */
static __attribute__((noinline)) uint32_t
copy_pieces(const struct frame *frame, struct fill_cursor *cursor, uint8_t *dst)
{
	uint32_t total = 0;

	for (uint32_t done = 0; done < frame->data_len;) {
		*cursor = cursor_settle(*cursor);
		uint32_t piece_len =
			(uint32_t)RTE_MIN(cursor->left, (size_t)frame->data_len - done);

		total = cksum_add_at(
			total, copy_piece(frame, dst + done, cursor->at, piece_len), done);
		cursor->at += piece_len;
		cursor->left -= piece_len;
		done += piece_len;
	}
	return total;
}

static __rte_always_inline struct fill_cursor
put_copy(const struct frame *frame, struct fill_cursor cursor, uint32_t *sum)
{
	uint8_t *dst = (uint8_t *)frame->pkt->buf_addr + HDR_ROOM;

	pkt_set(frame, 0, frame->hdr_len + frame->data_len);
	if (unlikely(cursor.left < frame->data_len || frame->data_len == 0)) {
		const struct frame this = *frame;
		struct fill_cursor moving = cursor;

		*sum = copy_pieces(&this, &moving, dst);
		return moving;
	}
	*sum = copy_piece(frame, dst, cursor.at, frame->data_len);
	cursor.at += frame->data_len;
	cursor.left -= frame->data_len;
	return cursor;
}

void
fill_copy_ipv4(const struct fill *fill)
{
	fill_frames(fill, ABOVE_IPV4, put_copy);
}

void
fill_copy_ipv6(const struct fill *fill)
{
	fill_frames(fill, ABOVE_IPV6, put_copy);
}

void
fill_copy_ipv4_bare(const struct fill *fill)
{
	fill_frames(fill, ABOVE_IPV4_BARE, put_copy);
}

void
fill_copy_ipv6_bare(const struct fill *fill)
{
	fill_frames(fill, ABOVE_IPV6_BARE, put_copy);
}

void
fill_copy_raw(const struct fill *fill)
{
	fill_frames(fill, ABOVE_RAW, put_copy);
}
