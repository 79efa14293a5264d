/* SPDX-License-Identifier: BSD-3-Clause */
#include "shape.h"

#include <proto.h>

#include "trial.h"

#define UDP_HDR	  8u
#define FRAG_HDR  8u /* IPv6 (RFC 8200 4.5) */
#define ETH_HDR	  14u
#define ETH_FCS	  4u
#define FRAME_MIN 64u /* with FCS */
#define GAP	  20u /* preamble, start of frame, and the gap between frames (IEEE 802.3 4.2) */

static uint32_t
ip_hdr(uint8_t family)
{
	return family == 6 ? 40 : 20;
}

static uint32_t
frame_octets(uint32_t ip_len)
{
	uint32_t octets = ETH_HDR + ip_len + ETH_FCS;

	return octets < FRAME_MIN ? FRAME_MIN : octets;
}

/* Frames of a datagram that is longer than the MTU. */
static void
fragment(struct shape *shape, uint8_t family, uint16_t mtu)
{
	uint32_t hdr = ip_hdr(family) + (family == 6 ? FRAG_HDR : 0);
	uint32_t room = (mtu - hdr) & ~7u; /* offsets count in 8 bytes (RFC 791 3.1) */
	uint32_t left = shape->payload + UDP_HDR;

	for (; left > 0; shape->frames++) {
		uint32_t n = left < room ? left : room;

		shape->octets += frame_octets(hdr + n);
		left -= n;
	}
}

int
shape_of(struct shape *shape, const struct rfc2544_size *size, uint8_t family, uint16_t mtu,
	struct opt_error *err)
{
	uint32_t headers = ip_hdr(family) + UDP_HDR, frame = ETH_HDR + ETH_FCS;
	uint32_t max = family == 6 ? PROTO_PAYLOAD_MAX_IPV6 : PROTO_PAYLOAD_MAX_IPV4;
	uint32_t least = size->is_payload ? TRIAL_PAYLOAD_MIN : frame + headers + TRIAL_PAYLOAD_MIN;

	if (!size->is_payload && mtu + frame < max)
		max = mtu + frame;
	if (size->bytes < least || size->bytes > max)
		return opt_fail(err, -1, "%s of %u bytes: expected %u to %u with IPv%u and MTU %u",
			size->is_payload ? "payload" : "frame", size->bytes, least, max, family,
			mtu);
	*shape = (struct shape){
		.payload = size->is_payload ? size->bytes : size->bytes - frame - headers};
	if (shape->payload + headers > mtu) {
		fragment(shape, family, mtu);
		return 0;
	}
	shape->frames = 1;
	shape->octets = frame_octets(headers + shape->payload);
	return 0;
}

double
shape_line_rate(const struct shape *shape, uint32_t mbits)
{
	return mbits * 1e6 / (8.0 * (shape->octets + shape->frames * GAP));
}

unsigned
shape_defaults(struct rfc2544_size *sizes, uint8_t family, uint16_t mtu)
{
	/* RFC 2544 9.1, and a jumbo frame; then what must be cut. */
	static const struct rfc2544_size all[] = {
		{64, false},
		{128, false},
		{256, false},
		{512, false},
		{1024, false},
		{1280, false},
		{1518, false},
		{9000, false},
		{4096, true},
		{16384, true},
		{PROTO_PAYLOAD_MAX_IPV4, true},
	};
	unsigned n = 0;

	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct opt_error err;
		struct shape shape;

		if (shape_of(&shape, &all[i], family, mtu, &err) == 0)
			sizes[n++] = all[i];
	}
	return n;
}
