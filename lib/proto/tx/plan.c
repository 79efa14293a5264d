/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include <rte_common.h>

#include "plan.h"

#define UDP_HDR_LEN	  8u
#define FRAG_UNIT	  8u /* fragment offsets count in these */
#define IPV6_FRAG_HDR_LEN 8u

/* What the families differ in. */
static const struct plan_family_facts {
	uint32_t payload_max;
	uint16_t mtu_min;
	uint8_t ip_hdr_len;
	uint8_t frag_hdr_len; /* what a fragment carries more */
	uint8_t udp_hdr_len;
} families[] = {
	[PLAN_IPV4] = {PLAN_PAYLOAD_MAX_IPV4, PLAN_MTU_MIN_IPV4, 20, 0, UDP_HDR_LEN},
	[PLAN_IPV6] = {PLAN_PAYLOAD_MAX_IPV6, PLAN_MTU_MIN_IPV6, 40, IPV6_FRAG_HDR_LEN,
		UDP_HDR_LEN},
	[PLAN_IPV4_BARE] = {PLAN_PAYLOAD_MAX_IPV4_BARE, PLAN_MTU_MIN_IPV4, 20, 0, 0},
	[PLAN_IPV6_BARE] = {PLAN_PAYLOAD_MAX_RAW, PLAN_MTU_MIN_IPV6, 40, IPV6_FRAG_HDR_LEN, 0},
	[PLAN_RAW] = {PLAN_PAYLOAD_MAX_RAW, PLAN_MTU_MIN_RAW, 0, 0, 0},
};

int
plan_path_init(struct plan_path *path, enum plan_family family, uint32_t mtu, enum plan_cut cut)
{
	const struct plan_family_facts *facts;
	uint32_t whole, frag;

	if ((unsigned int)family >= RTE_DIM(families) ||
		(cut != PLAN_SEGMENT && cut != PLAN_FRAGMENT))
		return -EINVAL;
	if (cut == PLAN_FRAGMENT && family == PLAN_RAW)
		return -EINVAL;
	facts = &families[family];
	if (mtu < facts->mtu_min || mtu > UINT16_MAX)
		return -EINVAL;

	whole = mtu - facts->ip_hdr_len - facts->udp_hdr_len;
	frag = mtu - facts->ip_hdr_len - facts->frag_hdr_len;

	path->payload_max = facts->payload_max;
	path->whole_max = RTE_MIN(whole, facts->payload_max);
	path->mtu = (uint16_t)mtu;
	path->ip_hdr_len = facts->ip_hdr_len;
	path->udp_hdr_len = facts->udp_hdr_len;
	path->fragments = cut == PLAN_FRAGMENT;
	path->frame_units = (uint16_t)(path->fragments ? RTE_ALIGN_FLOOR(frag, FRAG_UNIT) : whole);
	path->last_units_max = (uint16_t)(path->fragments ? frag : whole);
	path->per_frame = rte_reciprocal_value(path->frame_units);
	return 0;
}

int
plan_make(const struct plan_path *path, uint32_t payload_len, struct plan *plan)
{
	uint32_t in_first, units, n_full;

	if (payload_len > path->payload_max)
		return -EMSGSIZE;
	if (payload_len <= path->whole_max) {
		*plan = (struct plan){.n_frames = 1,
			.first_data = payload_len,
			.mid_data = payload_len,
			.last_data = payload_len};
		return 0;
	}

	/* The frames before the last: the least number that leaves it no more than it may hold. */
	in_first = path->fragments ? path->udp_hdr_len : 0;
	units = payload_len + in_first;
	n_full = rte_reciprocal_divide(
		units - path->last_units_max + path->frame_units - 1u, path->per_frame);
	plan->n_frames = n_full + 1;
	plan->first_data = path->frame_units - in_first;
	plan->mid_data = path->frame_units;
	plan->last_data = units - n_full * path->frame_units;
	plan->fragmented = path->fragments;
	return 0;
}

int
plan_iov_len(const struct iovec *iov, size_t iovcnt, uint32_t payload_max, uint32_t *payload_len)
{
	uint32_t left = payload_max;

	for (size_t i = 0; i < iovcnt; i++) {
		if (iov[i].iov_len > left)
			return -EMSGSIZE;
		left -= (uint32_t)iov[i].iov_len;
	}
	*payload_len = payload_max - left;
	return 0;
}

int
plan_count_pieces(const struct plan *plan, const struct iovec *iov, size_t iovcnt, uint32_t *total,
	uint32_t *max_per_frame)
{
	uint32_t frame = 0, room = plan->first_data, in_frame = 0, sum = 0, most = 0;

	if (iovcnt == 1 && iov[0].iov_len == plan_payload_len(plan)) {
		*total = iov[0].iov_len == 0 ? 0 : plan->n_frames;
		*max_per_frame = iov[0].iov_len == 0 ? 0 : 1;
		return 0;
	}
	for (size_t i = 0; i < iovcnt; i++) {
		size_t left = iov[i].iov_len;

		while (left != 0) {
			size_t part;

			if (room == 0) {
				if (++frame >= plan->n_frames)
					return -EINVAL;
				room = plan_frame_len(plan, frame);
				in_frame = 0;
			}
			part = RTE_MIN(left, (size_t)room);
			left -= part;
			room -= (uint32_t)part;
			sum++;
			in_frame++;
			most = RTE_MAX(most, in_frame);
		}
	}
	if (room != 0 || frame + 1 != plan->n_frames)
		return -EINVAL;
	*total = sum;
	*max_per_frame = most;
	return 0;
}
