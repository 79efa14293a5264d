/* SPDX-License-Identifier: BSD-3-Clause */
#include "pattern.h"

#include <string.h>

#include "rng.h"

#define MAGIC 0xcb57u
#define STEP  0x9e3779b97f4a7c15u /* odd: no two words of a datagram are the same */
#define WORD  8u

void
pattern_init(struct pattern *pattern, const struct pattern_id *id)
{
	pattern->head[0] = MAGIC | (uint64_t)id->length << 16 | (uint64_t)id->run << 32 |
			   (uint64_t)id->flow << 48;
	pattern->head[1] = id->seq;
	pattern->key = rng_mix(pattern->head[0] ^ rng_mix(pattern->head[1] + STEP));
}

static inline uint64_t
word(const struct pattern *pattern, uint32_t i)
{
	uint64_t w = i < 2 ? pattern->head[i] : pattern->key + i * STEP;

	return rte_cpu_to_le_64(w);
}

/* Bytes from `at` to the end of its word, at most `len`. */
static uint32_t
in_word(uint32_t at, uint32_t len)
{
	uint32_t n = WORD - at % WORD;

	return n < len ? n : len;
}

void
pattern_write(const struct pattern *pattern, uint8_t *to, uint32_t len, uint32_t at)
{
	while (len > 0) {
		uint64_t w = word(pattern, at / WORD);
		uint32_t n = in_word(at, len);

		if (n == WORD)
			memcpy(to, &w, WORD);
		else
			memcpy(to, (const uint8_t *)&w + at % WORD, n);
		to += n;
		at += n;
		len -= n;
	}
}

bool
pattern_match(const struct pattern *pattern, const uint8_t *from, uint32_t len, uint32_t at)
{
	uint64_t wrong = 0; /* bits that differ: no branch for each word */

	while (len > 0) {
		uint64_t w = word(pattern, at / WORD), is = 0;
		uint32_t n = in_word(at, len);

		if (n == WORD) {
			memcpy(&is, from, WORD);
			wrong |= is ^ w;
		} else {
			wrong |= (uint64_t)(memcmp(from, (const uint8_t *)&w + at % WORD, n) != 0);
		}
		from += n;
		at += n;
		len -= n;
	}
	return wrong == 0;
}

static bool
match_packet(const struct pattern *pattern, const struct rte_mbuf *pkt)
{
	uint32_t at = 0;

	for (const struct rte_mbuf *seg = pkt; seg != NULL; seg = seg->next) {
		if (!pattern_match(
			    pattern, rte_pktmbuf_mtod(seg, const uint8_t *), seg->data_len, at))
			return false;
		at += seg->data_len;
	}
	return true;
}

enum pattern_verdict
pattern_check(const struct rte_mbuf *pkt, struct pattern_id *id)
{
	uint64_t storage[2] = {0, 0}, head[2] = {0, 0};
	uint32_t n = RTE_MIN(pkt->pkt_len, (uint32_t)PATTERN_HEAD);
	struct pattern pattern;

	memcpy(head, rte_pktmbuf_read(pkt, 0, n, storage), n);
	*id = (struct pattern_id){
		.length = (uint16_t)pkt->pkt_len, /* what it claims is compared with what it is */
		.run = (uint16_t)(rte_le_to_cpu_64(head[0]) >> 32),
		.flow = (uint16_t)(rte_le_to_cpu_64(head[0]) >> 48),
		.seq = rte_le_to_cpu_64(head[1]),
	};
	pattern_init(&pattern, id);
	if (!match_packet(&pattern, pkt))
		return PATTERN_BAD;
	return pkt->pkt_len < PATTERN_HEAD ? PATTERN_SHORT : PATTERN_GOOD;
}
