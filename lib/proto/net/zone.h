/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A zone (RFC 4007): one broadcast domain, that is a link and its VLAN tags, as one number.
 * Neighbours, groups and fragments of different zones never mix.
 */
#ifndef PROTO_NET_ZONE_H
#define PROTO_NET_ZONE_H

#include <stdint.h>

/* Tags of a frame: 0 untagged (or priority-tagged), VLAN id of one tag, or both ids of QinQ. */
#define ZONE_TAGS(outer_vid, inner_vid) ((uint32_t)(outer_vid) << 12 | (uint32_t)(inner_vid))

static inline uint32_t
zone_of(uint16_t link_index, uint32_t tags)
{
	return (uint32_t)link_index << 24 | tags;
}

static inline uint16_t
zone_link(uint32_t zone)
{
	return (uint16_t)(zone >> 24);
}

static inline uint32_t
zone_tags(uint32_t zone)
{
	return zone & 0xffffff;
}

#endif
