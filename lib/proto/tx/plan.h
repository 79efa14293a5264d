/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CHAINBURST_PLAN_H
#define CHAINBURST_PLAN_H

/*
 * The planner: which bytes of a payload go into which frame. Pure arithmetic; the only place of the
 * project that subtracts headers from an MTU and rounds to the 8 bytes of RFC 791 3.2 and RFC 8200
 * 4.5. Everything here may be called on any lcore; nothing here allocates, keeps state or divides
 * (plan_path_init() alone divides).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include <rte_reciprocal.h>

/* The most frames any payload takes: 65507 bytes segmented at an MTU of 68 (RFC 791's least). */
#define PLAN_FRAMES_MAX 1638u

/* The longest client payload of each family, whatever the cut. */
#define PLAN_PAYLOAD_MAX_IPV4	   65507u /* 65535 - 20 - 8 */
#define PLAN_PAYLOAD_MAX_IPV6	   65527u /* 65535 - 8 */
#define PLAN_PAYLOAD_MAX_IPV4_BARE 65515u /* 65535 - 20 */
#define PLAN_PAYLOAD_MAX_RAW	   65535u /* also behind an IPv6 header */

/* The smallest MTU (bytes of L3, or of Ethernet payload for raw) of each family. */
#define PLAN_MTU_MIN_IPV4 68u	/* RFC 791 3.2 */
#define PLAN_MTU_MIN_IPV6 1280u /* RFC 8200 5 */
#define PLAN_MTU_MIN_RAW  46u	/* the shortest Ethernet payload */

enum plan_family {
	PLAN_IPV4,	/* a 20-byte header, no options */
	PLAN_IPV6,	/* a 40-byte header, and 8 bytes more in a fragment */
	PLAN_IPV4_BARE, /* the client's bytes follow the IP header */
	PLAN_IPV6_BARE,
	PLAN_RAW, /* the client's bytes follow the Ethernet header */
};

enum plan_cut {
	PLAN_SEGMENT,  /* many whole datagrams, each within the MTU */
	PLAN_FRAGMENT, /* one datagram, as IP fragments where it does not fit (not with PLAN_RAW) */
};

/*
 * What a path's MTU means for a payload: made once per endpoint. A "unit" is what the cut counts
 * in: client bytes when segmenting; bytes behind the IP header(s), with the UDP header, when
 * fragmenting.
 */
struct plan_path {
	struct rte_reciprocal per_frame; /* 1 / frame_units */
	uint32_t payload_max;		 /* longest payload accepted */
	uint32_t whole_max;		 /* longest payload which one unfragmented frame takes */
	uint16_t mtu;			 /* L3 bytes */
	uint16_t frame_units;		 /* units in every frame but the last */
	uint16_t last_units_max;	 /* units which the last frame may hold */
	uint8_t ip_hdr_len;		 /* 20, 40 or 0; without the fragment header */
	uint8_t udp_hdr_len;		 /* 8, or 0 for raw */
	bool fragments; /* a payload above whole_max is fragmented, not segmented */
};

/*
 * Client bytes in the first, every middle, and the last frame. One frame: all three are its bytes.
 * In a fragmented datagram every frame but the last carries a multiple of 8 bytes behind the IP
 * header(s), of which the first frame's begin with the UDP header.
 */
struct plan {
	uint32_t n_frames; /* 1..PLAN_FRAMES_MAX */
	uint32_t first_data;
	uint32_t mid_data;
	uint32_t last_data;
	bool fragmented;
};

/*
 * Fill in @path for an MTU of @mtu L3 bytes (for PLAN_RAW: bytes behind the Ethernet header).
 * -EINVAL, and nothing has changed: @mtu below the family's least or above 65535, a family or cut
 * that is none, or PLAN_RAW with PLAN_FRAGMENT.
 */
int plan_path_init(
	struct plan_path *path, enum plan_family family, uint32_t mtu, enum plan_cut cut);

/*
 * Plan the frames of a payload of @payload_len client bytes; 0 bytes take one frame.
 * -EMSGSIZE, and nothing has changed: longer than path->payload_max.
 */
int plan_make(const struct plan_path *path, uint32_t payload_len, struct plan *plan);

/*
 * The total length of @iovcnt pieces into *@payload_len. -EMSGSIZE, and nothing has changed: more
 * than
 * @payload_max bytes (also where the sum would overflow a size_t).
 */
int plan_iov_len(
	const struct iovec *iov, size_t iovcnt, uint32_t payload_max, uint32_t *payload_len);

/*
 * How many contiguous pieces the frames of @plan need in all (*@total) and the fullest frame
 * (*@max_per_frame), when each frame's bytes are mapped where they lie in @iov. Empty pieces count
 * for nothing, a frame without bytes needs none. O(frames + iovcnt).
 * -EINVAL, and nothing has changed: the pieces are not as long as the plan.
 */
int plan_count_pieces(const struct plan *plan, const struct iovec *iov, size_t iovcnt,
	uint32_t *total, uint32_t *max_per_frame);

/* Client bytes in all frames. */
static inline uint32_t
plan_payload_len(const struct plan *plan)
{
	if (plan->n_frames == 1)
		return plan->first_data;
	return plan->first_data + (plan->n_frames - 2) * plan->mid_data + plan->last_data;
}

/* Client bytes in frame @i (0 .. n_frames - 1). */
static inline uint32_t
plan_frame_len(const struct plan *plan, uint32_t i)
{
	if (i == 0)
		return plan->first_data;
	return i + 1 == plan->n_frames ? plan->last_data : plan->mid_data;
}

/* Where in the payload the bytes of frame @i begin (*@offset) and how many they are (*@data_len).
 */
static inline void
plan_frame(const struct plan *plan, uint32_t i, uint32_t *offset, uint32_t *data_len)
{
	*offset = i == 0 ? 0 : plan->first_data + (i - 1) * plan->mid_data;
	*data_len = plan_frame_len(plan, i);
}

#endif /* CHAINBURST_PLAN_H */
