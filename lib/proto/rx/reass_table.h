/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which datagrams are open: found by key, ordered by age, and by age within each source.
 *
 * A bucket is one cache line with a signature for each entry, an entry two: that is all a fragment
 * touches. There are as many buckets as entries, each with room for eight, and nobody outside can
 * choose what meets there. When one is full after all, its neighbour takes what comes; when both
 * are, the oldest in it goes.
 */
#ifndef PROTO_RX_REASS_TABLE_H
#define PROTO_RX_REASS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "reass.h"
#include "../proto_addr.h"
#include "reass_runs.h"

#define REASS_SLOTS	8 /* of a bucket */
#define REASS_AWAY	(1u << 31)
#define REASS_KEY_WORDS 12 /* of 32 bits */

enum reass_order {
	REASS_BY_FAMILY,
	REASS_BY_SOURCE,
	REASS_ORDERS,
};

/* A place in a list of entries by age, by index; 0 is no entry. */
struct reass_place {
	uint32_t older;
	uint32_t newer;
};

struct reass_list {
	uint32_t oldest;
	uint32_t newest;
};

/* An open datagram. The first line tells which, the second what of it is here. */
struct reass_entry {
	struct reass_key key;
	struct reass_place place[REASS_ORDERS];

	struct runs runs;
	uint64_t since; /* TSC cycles: when its first-arrived fragment came */
	struct proto_counters *counters;
	uint32_t source; /* index of its source */
	uint32_t slot;	 /* of all buckets', and REASS_AWAY */
} __rte_cache_aligned;

_Static_assert(sizeof(struct reass_key) == REASS_KEY_WORDS * sizeof(uint32_t), "no padding");
_Static_assert(offsetof(struct reass_entry, runs) == 64, "key and places: one line");
_Static_assert(sizeof(struct reass_entry) == 128, "two lines");

struct reass_bucket {
	uint16_t sig[REASS_SLOTS]; /* 0: the slot is free */
	uint32_t entry[REASS_SLOTS];
	uint32_t n_away; /* entries of this bucket that are in its neighbour */
} __rte_cache_aligned;

/* What one source holds - or several, if they meet here: then they share a share. */
struct reass_source {
	uint32_t n_frames;
	uint32_t n_datagrams;
	struct reass_list list;
};

struct reass {
	struct reass_bucket *buckets;
	struct reass_entry *entries; /* [0] is nobody's */
	struct reass_source *sources;
	uint32_t bucket_mask;
	uint32_t source_mask;
	uint32_t last; /* entry that was found last; 0: none */
	uint32_t free; /* list, by place[BY_FAMILY].newer */
	uint32_t n_datagrams;
	uint32_t n_frames;
	uint32_t datagrams_max;
	uint32_t frames_max;
	uint32_t share;		  /* frames of a source */
	uint32_t share_datagrams; /* the same part of datagrams_max */
	struct reass_list by_family[2];
	uint64_t timeout[2];
	uint64_t hash_keys[REASS_KEY_WORDS + 1];
	struct runs_map *maps; /* memory of the pool's */
	struct runs_pool pool;
	const struct drop_tap *tap;
};

static inline unsigned
reass_family(const struct reass_key *key)
{
	return key->family == PROTO_IPV6;
}

/* By words, not wider: the key has just been written so, and wider loads would wait for that. */
static inline uint32_t
reass_key_word(const struct reass_key *key, unsigned i)
{
	uint32_t word;

	memcpy(&word, (const uint8_t *)key + i * sizeof(word), sizeof(word));
	return word;
}

/* A bijection that leaves nothing of a sequence: MurmurHash3's last step, for 32 bits. */
static inline uint32_t
reass_mix(uint32_t x)
{
	x = (x ^ x >> 16) * 0x85ebca6bu;
	x = (x ^ x >> 13) * 0xc2b2ae35u;
	return x ^ x >> 16;
}

/*
 * MULTILINEAR-HM (Lemire and Kaser, "Strongly universal string hashing is fast", 2014): over secret
 * random keys any two different inputs meet in all 32 bits, or in any of them, no more often than
 * chance has it. So whoever does not know the keys cannot do better than to guess. It is linear in
 * each word, though, and identifications count up: for some keys many would meet. Hence the mix.
 */
static inline uint32_t
reass_hash(const struct reass *reass, const struct reass_key *key)
{
	const uint64_t *k = reass->hash_keys;
	uint64_t sum = k[REASS_KEY_WORDS];

	for (unsigned i = 0; i < REASS_KEY_WORDS; i += 2)
		sum += (k[i] + reass_key_word(key, i)) * (k[i + 1] + reass_key_word(key, i + 1));
	return reass_mix((uint32_t)(sum >> 32));
}

static inline uint16_t
reass_sig(uint32_t hash)
{
	return (uint16_t)(hash >> 16 | 1); /* never 0 */
}

static inline bool
reass_same_key(const struct reass_key *a, const struct reass_key *b)
{
	uint32_t differ = 0;

	for (unsigned i = 0; i < REASS_KEY_WORDS; i++)
		differ |= reass_key_word(a, i) ^ reass_key_word(b, i);
	return differ == 0;
}

/*
 * The slots of half a bucket that have a signature: the top bit of each one's 16. The lowest bit is
 * right always, one above a right one may be wrong: the key tells.
 */
static inline uint64_t
reass_match(const uint16_t sig[REASS_SLOTS / 2], uint16_t wanted)
{
	const uint64_t ones = 0x0001000100010001u;
	uint64_t lanes;

	memcpy(&lanes, sig, sizeof(lanes));
	lanes ^= ones * wanted;
	return (lanes - ones) & ~lanes & (ones << 15);
}

static inline uint32_t
reass_find_in_half(const struct reass *reass, const struct reass_bucket *bucket, unsigned half,
	const struct reass_key *key, uint16_t sig)
{
	uint64_t match = reass_match(&bucket->sig[half], sig);

	for (; match != 0; match &= match - 1) {
		uint32_t entry = bucket->entry[half + ((unsigned)__builtin_ctzll(match) >> 4)];

		if (likely(reass_same_key(&reass->entries[entry].key, key)))
			return entry;
	}
	return 0;
}

static inline uint32_t
reass_find_in(const struct reass *reass, const struct reass_bucket *bucket,
	const struct reass_key *key, uint16_t sig)
{
	uint32_t entry = reass_find_in_half(reass, bucket, 0, key, sig);

	if (unlikely(entry == 0))
		entry = reass_find_in_half(reass, bucket, REASS_SLOTS / 2, key, sig);
	return entry;
}

static inline struct reass_bucket *
reass_home(const struct reass *reass, uint32_t hash)
{
	return &reass->buckets[hash & reass->bucket_mask];
}

static inline struct reass_bucket *
reass_neighbour(const struct reass *reass, uint32_t hash)
{
	return &reass->buckets[(hash & reass->bucket_mask) ^ 1];
}

/* The open datagram with this key, or 0. */
static inline uint32_t
reass_find(const struct reass *reass, const struct reass_key *key, uint32_t hash)
{
	const struct reass_bucket *home = reass_home(reass, hash);
	uint32_t entry = reass_find_in(reass, home, key, reass_sig(hash));

	if (unlikely(entry == 0 && home->n_away != 0))
		entry = reass_find_in(reass, reass_neighbour(reass, hash), key, reass_sig(hash));
	return entry;
}

/* Free the memory, whatever of it there is. Nothing may be held. */
void reass_release(struct reass *reass);

/* Set up what an all-zero table needs, for its sizes and seed. */
void reass_table_init(struct reass *reass, uint64_t seed);

/* The index of a key's source: an IPv4 address, or an IPv6 /64. */
uint32_t reass_source_of(const struct reass *reass, const struct reass_key *key);

/* The oldest datagram, or 0. */
uint32_t reass_oldest(const struct reass *reass);

/* The oldest datagram in the bucket of a hash if there is no slot for one more; else 0. */
uint32_t reass_oldest_in_bucket(const struct reass *reass, uint32_t hash);

/* Open a datagram. There must be a free entry and room in its bucket. Returns its index. */
uint32_t reass_open(
	struct reass *reass, const struct reass_key *key, uint32_t hash, uint32_t source);

/* Forget a datagram. Its fragments must have been taken out of it. */
void reass_close(struct reass *reass, uint32_t index);

#endif
