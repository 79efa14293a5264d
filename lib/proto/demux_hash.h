/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The keyed hash of the endpoint table. Who does not know the seed cannot choose addresses and
 * ports that collide: MULTILINEAR-HM is strongly universal (Lemire, Kaser: "Strongly universal
 * string hashing is fast", 2014), which rte_jhash with a secret initial value is not, and it takes
 * six multiplications for a key where rte_jhash takes 7 ns more.
 */
#ifndef PROTO_DEMUX_HASH_H
#define PROTO_DEMUX_HASH_H

#include <stdint.h>
#include <string.h>

#include <rte_common.h>

#include "demux.h"

#define DEMUX_KEY_WORDS	 (sizeof(struct demux_key) / sizeof(uint32_t))
#define DEMUX_PEER_WORDS 6 /* remote address and port, and one of zeros: the number is even */

/* Random numbers, one for each word of a key and one more. */
struct demux_secret {
	uint64_t m[DEMUX_KEY_WORDS + 1];
};

/* splitmix64: each bit of the answer depends on all bits of `z`. */
static inline uint64_t
demux_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* The next number of a generator, whatever its state is. */
static inline uint64_t
demux_random(uint64_t *state)
{
	return demux_mix(*state += 0x9e3779b97f4a7c15u);
}

/* `n` is even, at most DEMUX_KEY_WORDS. */
static inline uint32_t
demux_hash_words(const struct demux_secret *secret, const uint32_t words[], unsigned n)
{
	const uint64_t *m = secret->m;
	uint64_t sum = m[0];

	for (unsigned i = 0; i < n; i += 2)
		sum += (m[i + 1] + words[i]) * (m[i + 2] + words[i + 1]);
	return (uint32_t)(sum >> 32);
}

static inline uint32_t
demux_hash_key(const struct demux_secret *secret, const struct demux_key *key)
{
	uint32_t words[DEMUX_KEY_WORDS];

	RTE_BUILD_BUG_ON(sizeof(*key) != 48);
	memcpy(words, key, sizeof(words));
	return demux_hash_words(secret, words, DEMUX_KEY_WORDS);
}

/* Of the remote address and port alone. */
static inline uint32_t
demux_hash_peer(const struct demux_secret *secret, const struct demux_key *key)
{
	uint32_t words[DEMUX_PEER_WORDS];

	memcpy(words, key->remote, sizeof(key->remote));
	words[4] = key->remote_port;
	words[5] = 0;
	return demux_hash_words(secret, words, DEMUX_PEER_WORDS);
}

#endif
