/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_CHAIN6_H
#define HARNESS_CHAIN6_H

/* IPv6 packets that are put together header by header. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <netinet/in.h>

#define HDR_LEN 40u

struct chain {
	uint8_t bytes[65535 + HDR_LEN];
	uint32_t len;
	uint32_t nh_at; /* of the byte that says what comes next */
};

static inline void
chain_start(struct chain *chain)
{
	memset(chain->bytes, 0, HDR_LEN);
	chain->bytes[0] = 0x60;
	chain->len = HDR_LEN;
	chain->nh_at = 6;
	chain->bytes[6] = IPPROTO_UDP;
}

/* Add `len` bytes of something that is of type `proto`; NULL: zeros. */
static inline uint8_t *
chain_add(struct chain *chain, uint8_t proto, const void *bytes, uint32_t len)
{
	uint8_t *at = chain->bytes + chain->len;

	chain->bytes[chain->nh_at] = proto;
	chain->nh_at = chain->len;
	if (bytes != NULL)
		memcpy(at, bytes, len);
	else
		memset(at, 0, len);
	chain->len += len;
	return at;
}

/* An extension header of `units` of 8 bytes, all of it Pad1 (or no segments left). */
static inline uint8_t *
chain_ext(struct chain *chain, uint8_t proto, uint32_t units)
{
	uint8_t *at = chain_add(chain, proto, NULL, 8 * units);

	at[1] = (uint8_t)(units - 1);
	return at;
}

static inline uint8_t *
chain_fragment(struct chain *chain, uint32_t offset, bool more)
{
	const uint8_t hdr[8] = {0, 0, (uint8_t)(offset >> 8), (uint8_t)(offset | more), 1, 2, 3, 4};

	return chain_add(chain, IPPROTO_FRAGMENT, hdr, sizeof(hdr));
}

/* Say how long it is. */
static inline void
chain_seal(struct chain *chain)
{
	chain->bytes[4] = (uint8_t)((chain->len - HDR_LEN) >> 8);
	chain->bytes[5] = (uint8_t)(chain->len - HDR_LEN);
}

#endif /* HARNESS_CHAIN6_H */
