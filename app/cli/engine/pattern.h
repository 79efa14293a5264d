/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What txonly sends and rxonly checks: each datagram says what it is in its first 16 bytes (little
 * endian: magic, length, run, flow: 2 bytes each; sequence number: 8), and all other bytes follow
 * from these, 8 at a time: word i is key + i * an odd constant, the key a mix of the 16 bytes. So a
 * bit that changed, bytes that moved, and bytes of another datagram are all seen.
 *
 * A datagram shorter than that has what fits, and no sequence number.
 */
#ifndef ENGINE_PATTERN_H
#define ENGINE_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#define PATTERN_HEAD 16

/* Which datagram. */
struct pattern_id {
	uint16_t length; /* bytes, at most 65527 */
	uint16_t run;	 /* of the sender: a start of txonly */
	uint16_t flow;
	uint64_t seq;
};

/* A datagram's bytes, to be written or compared. */
struct pattern {
	uint64_t head[2];
	uint64_t key;
};

enum pattern_verdict {
	PATTERN_GOOD,
	PATTERN_SHORT, /* right as far as it goes, and too short for a sequence number */
	PATTERN_BAD,
};

void pattern_init(struct pattern *pattern, const struct pattern_id *id);

/* Write `len` of its bytes, from byte `at` on. */
void pattern_write(const struct pattern *pattern, uint8_t *to, uint32_t len, uint32_t at);

/* Are these its bytes? */
bool pattern_match(const struct pattern *pattern, const uint8_t *from, uint32_t len, uint32_t at);

/* Check a whole datagram. GOOD fills `id`. */
enum pattern_verdict pattern_check(const struct rte_mbuf *pkt, struct pattern_id *id);

#endif
