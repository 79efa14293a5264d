/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frames of a payload: runs of whole datagrams, and fragments of one datagram.
 *
 * fill_copy.c and fill_map.c put a `put_data_fn` in: how client bytes get behind a header.
 * Everything here is inlined with that function and the kind of header as constants, so each of the
 * six fill functions has no branch on either. What is the same for a run of frames of one length is
 * computed once for the run.
 */
#ifndef PROTO_TX_FRAMES_H
#define PROTO_TX_FRAMES_H

#include "fill.h"

/* What stands between Ethernet and the client's bytes. */
enum above_l2 {
	ABOVE_IPV4,
	ABOVE_IPV6,
	ABOVE_IPV4_BARE, /* without UDP */
	ABOVE_IPV6_BARE,
	ABOVE_RAW
};

static __rte_always_inline bool
above_udp(enum above_l2 above)
{
	return above == ABOVE_IPV4 || above == ABOVE_IPV6;
}

static __rte_always_inline bool
above_ipv4(enum above_l2 above)
{
	return above == ABOVE_IPV4 || above == ABOVE_IPV4_BARE;
}

/* Bytes of the header between IP and the client's bytes. */
static __rte_always_inline uint32_t
l4_hdr_len(enum above_l2 above)
{
	return above_udp(above) ? (uint32_t)sizeof(struct rte_udp_hdr) : 0;
}

/* The next client byte, and the next unused descriptor. Passed by value: it lives in registers. */
struct fill_cursor {
	const uint8_t *at;
	size_t left; /* bytes in this piece */
	const struct iovec *next;
	struct rte_mbuf **bufs;
};

/* What a put_data_fn needs of the frame it works for. */
struct frame {
	const struct cksum_ops *cksum;
	struct rte_mbuf_ext_shared_info *shinfo;
	bool iova_is_va;
	struct rte_mbuf *pkt;
	uint64_t rearm;	   /* of the packet with one segment */
	uint64_t ol_flags; /* of the packet */
	uint32_t hdr_len;
	uint32_t data_len;
	bool sum; /* the sum of the client's bytes is wanted */
};

/*
 * Put the next client bytes behind the header and set the packet's lengths. Returns the cursor
 * behind them, and their sum in `*sum` if it is wanted (else 0).
 *
 * These functions hand copies of frame and cursor to what they call for several pieces, so that the
 * originals never have an address and stay in registers.
 */
typedef struct fill_cursor (*put_data_fn)(
	const struct frame *frame, struct fill_cursor cursor, uint32_t *sum);

_Static_assert(
	offsetof(struct rte_mbuf, refcnt) == offsetof(struct rte_mbuf, data_off) + 2 &&
		offsetof(struct rte_mbuf, nb_segs) == offsetof(struct rte_mbuf, data_off) + 4 &&
		offsetof(struct rte_mbuf, port) == offsetof(struct rte_mbuf, data_off) + 6,
	"rearm_data is these four fields");

/* Write all that a driver may read in the first cache line of a raw packet. */
static __rte_always_inline void
pkt_set(const struct frame *frame, uint64_t n_bufs, uint32_t seg_len)
{
	struct rte_mbuf *pkt = frame->pkt;
	uint64_t rearm = frame->rearm + n_bufs * HDR_REARM_SEGMENT;

	memcpy(RTE_PTR_ADD(pkt, offsetof(struct rte_mbuf, data_off)), &rearm, sizeof(rearm));
	pkt->ol_flags = frame->ol_flags;
	pkt->packet_type = 0;
	pkt->pkt_len = frame->hdr_len + frame->data_len;
	pkt->data_len = (uint16_t)seg_len;
}

/* Step over pieces that are used up, to where there is a byte. */
static __rte_always_inline struct fill_cursor
cursor_settle(struct fill_cursor cursor)
{
	while (cursor.left == 0) {
		cursor.at = cursor.next->iov_base;
		cursor.left = cursor.next->iov_len;
		cursor.next++;
	}
	return cursor;
}

/* At the first piece; a payload without bytes may have none. */
static __rte_always_inline struct fill_cursor
cursor_begin(const struct fill *fill)
{
	struct fill_cursor cursor = {.next = fill->iov, .bufs = fill->bufs};

	if (likely(fill->plan->first_data != 0)) {
		cursor.at = cursor.next->iov_base;
		cursor.left = cursor.next->iov_len;
		cursor.next++;
	}
	return cursor;
}

/* Bytes of a template that are copied: the longest of its kind, in 16-byte words. */
static __rte_always_inline unsigned
template_len(enum above_l2 above)
{
	return above == ABOVE_RAW ? 32 : above_ipv4(above) ? 64 : HDR_TEMPLATE;
}

static __rte_always_inline uint8_t *
header_put(struct rte_mbuf *pkt, const struct hdr_template *template, enum above_l2 above)
{
	uint8_t *header = (uint8_t *)pkt->buf_addr + HDR_ROOM - template->len;

	for (unsigned i = 0; i < template_len(above); i += 16)
		memcpy(header + i, template->bytes + i, 16);
	return header;
}

static __rte_always_inline void
udp_finish(struct rte_udp_hdr *udp, rte_be16_t udp_len, uint16_t cksum)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a plan has at least one frame */
	udp->dgram_len = udp_len;
	udp->dgram_cksum = cksum;
}

/* The UDP checksum field of a whole datagram that is not summed here. */
static __rte_always_inline uint16_t
unsummed_cksum(const struct fill_ctx *ctx, rte_be16_t udp_len)
{
	if (ctx->cksum_mode != FILL_CKSUM_OFFLOAD)
		return 0;
	/* The port adds ports, length and data to the pseudo header's sum. */
	return (uint16_t)cksum_add(ctx->hdr.phdr_sum, udp_len);
}

/* `n` frames of the same length, each a whole datagram or a raw frame; the first one's is `id`. */
static __rte_always_inline struct fill_cursor
fill_whole_run(const struct fill *fill, struct rte_mbuf **pkts, uint32_t n, uint32_t data_len,
	uint16_t id, enum above_l2 above, put_data_fn put_data, struct fill_cursor cursor)
{
	const struct fill_ctx *ctx = fill->ctx;
	const struct hdr_template *template = &ctx->hdr.whole;
	const uint32_t l4_len = data_len + l4_hdr_len(above);
	const rte_be16_t udp_len_be = rte_cpu_to_be_16((uint16_t)l4_len);
	const uint32_t udp_sum = above_udp(above) ? hdr_udp_sum(&ctx->hdr, l4_len) : 0;
	const struct hdr_ipv4_run ipv4 = hdr_ipv4_run(&ctx->hdr, l4_len, ctx->whole_df);
	uint16_t udp_cksum = unsummed_cksum(ctx, udp_len_be);
	struct frame frame = {
		.cksum = ctx->cksum,
		.shinfo = fill->shinfo,
		.iova_is_va = ctx->iova_is_va,
		.rearm = template->rearm,
		.ol_flags = ctx->offload_flags,
		.hdr_len = template->len,
		.data_len = data_len,
		.sum = above_udp(above) && ctx->cksum_mode == FILL_CKSUM_SOFTWARE,
	};

	for (uint32_t i = 0; i < n; i++) {
		frame.pkt = pkts[i];
		uint8_t *l3 = header_put(frame.pkt, template, above) + template->l2_len;
		uint32_t sum = 0;

		cursor = put_data(&frame, cursor, &sum);
		if (above == ABOVE_RAW)
			continue;
		if (above_ipv4(above))
			hdr_ipv4_finish((void *)l3, &ipv4, (uint16_t)(id + i));
		else
			hdr_ipv6((void *)l3, l4_len);
		if (!above_udp(above))
			continue;
		if (frame.sum)
			udp_cksum = cksum_finish_udp(cksum_add(udp_sum, sum));
		udp_finish((void *)(l3 + template->l3_len), udp_len_be, udp_cksum);
		if (frame.ol_flags != 0)
			frame.pkt->tx_offload = ctx->offload_lens;
	}
	return cursor;
}

/* Each frame a whole datagram, or a raw frame: all of one length, but the last. */
static __rte_always_inline void
fill_whole(const struct fill *fill, enum above_l2 above, put_data_fn put_data)
{
	const struct plan *plan = fill->plan;
	uint32_t before_last = plan->n_frames - 1;
	uint16_t id = above_ipv4(above) ? ipid_take16(&fill->ctx->ipid, plan->n_frames) : 0;
	struct fill_cursor cursor = cursor_begin(fill);

	if (before_last != 0)
		cursor = fill_whole_run(fill, fill->pkts, before_last, plan->first_data, id, above,
			put_data, cursor);
	(void)fill_whole_run(fill, fill->pkts + before_last, 1, plan->last_data,
		(uint16_t)(id + before_last), above, put_data, cursor);
}

/* One datagram, as fragments (RFC 791 3.2, RFC 8200 4.5). */
static __rte_always_inline void
fill_fragments(const struct fill *fill, enum above_l2 above, put_data_fn put_data)
{
	const struct fill_ctx *ctx = fill->ctx;
	const struct plan *plan = fill->plan;
	const struct hdr_template *template = &ctx->hdr.first;
	uint32_t udp_len = plan_payload_len(plan) + l4_hdr_len(above);
	uint32_t id = above_ipv4(above) ? ipid_take16(&ctx->ipid, 1) : ipid_take32(&ctx->ipid);
	uint64_t total = above_udp(above) ? hdr_udp_sum(&ctx->hdr, udp_len) : 0;
	struct fill_cursor cursor = cursor_begin(fill);
	struct rte_udp_hdr *udp = NULL;
	uint32_t offset = 0; /* of the frame's first byte behind the IP headers, in the datagram */
	struct frame frame = {
		.cksum = ctx->cksum,
		.shinfo = fill->shinfo,
		.iova_is_va = ctx->iova_is_va,
		.sum = above_udp(above),
	};

	for (uint32_t i = 0; i < plan->n_frames; i++, template = &ctx->hdr.rest) {
		bool more = i + 1 < plan->n_frames;
		uint32_t sum = 0;

		frame.pkt = fill->pkts[i];
		frame.rearm = template->rearm;
		frame.hdr_len = template->len;
		frame.data_len = plan_frame_len(plan, i);
		uint8_t *l3 = header_put(frame.pkt, template, above) + template->l2_len;
		uint32_t l4_len = frame.data_len;

		if (i == 0) {
			udp = (void *)(l3 + template->l3_len);
			l4_len += l4_hdr_len(above);
		}
		cursor = put_data(&frame, cursor, &sum);
		total += sum; /* frames begin at multiples of 8 bytes, so no sum needs a swap */
		if (above_ipv4(above)) {
			struct hdr_ipv4_run run = hdr_ipv4_run(&ctx->hdr, l4_len,
				(uint16_t)(offset >> 3 | (more ? RTE_IPV4_HDR_MF_FLAG : 0)));

			hdr_ipv4_finish((void *)l3, &run, (uint16_t)id);
		} else {
			hdr_ipv6((void *)l3, l4_len + HDR_IPV6_FRAG_LEN);
			hdr_ipv6_frag(l3 + sizeof(struct rte_ipv6_hdr), offset, more, id);
		}
		offset += l4_len;
	}
	if (above_udp(above))
		udp_finish(udp, rte_cpu_to_be_16((uint16_t)udp_len),
			cksum_finish_udp(cksum_fold(total)));
}

/* Every payload: whole or fragmented. */
static __rte_always_inline void
fill_frames(const struct fill *fill, enum above_l2 above, put_data_fn put_data)
{
	if (above != ABOVE_RAW && fill->plan->fragmented)
		fill_fragments(fill, above, put_data);
	else
		fill_whole(fill, above, put_data);
}

#endif
