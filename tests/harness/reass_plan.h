/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_REASS_PLAN_H
#define HARNESS_REASS_PLAN_H

/*
 * What arrives in one round of a random test of reassembly: datagrams of any size, cut at random
 * multiples of 8, in one disorder or another, with duplicates and what is worse, interleaved.
 */

#include <string.h>

#include <rte_common.h>

#include "rng.h"

#define BYTES_MAX  65535u
#define KEYS	   12u
#define PIECES_MAX 10000u

/* A fragment to come. */
struct piece {
	uint32_t key;
	uint32_t offset;
	uint32_t len;
	bool more;
	bool wrong; /* the bytes are others than the datagram's: they must never be seen */
};

static struct rng rng;
static struct piece pieces[PIECES_MAX];
static uint32_t n_pieces;

static inline void
plan(uint32_t key, uint32_t offset, uint32_t len, bool more, bool wrong)
{
	if (n_pieces < PIECES_MAX)
		pieces[n_pieces++] = (struct piece){key, offset, len, more, wrong};
}

static inline uint32_t
random_length(void)
{
	switch (rng_below(&rng, 4)) {
	case 0:
		return 1 + rng_below(&rng, 64);
	case 1:
		return 1 + rng_below(&rng, 4000);
	case 2:
		return BYTES_MAX - rng_below(&rng, 20);
	default:
		return 1 + rng_below(&rng, BYTES_MAX);
	}
}

/* The most blocks in a fragment: 8-byte pieces, those of a 1500-byte link, or any size. */
static inline uint32_t
random_blocks(uint32_t length)
{
	switch (rng_below(&rng, 4)) {
	case 0:
		return length < 6000 ? 1 : 60;
	case 1:
		return 185;
	case 2:
		return 2 + length / 8 / (1 + rng_below(&rng, 9));
	default:
		return 1 + length / 8 / 40;
	}
}

/* Cut [0, length) at multiples of 8, the sizes all alike or at random. */
static inline void
plan_cuts(uint32_t key, uint32_t length, uint32_t blocks)
{
	bool even = rng_below(&rng, 2) == 0;

	for (uint32_t at = 0; at < length;) {
		uint32_t len = 8 * (even ? blocks : 1 + rng_below(&rng, blocks));

		len = RTE_MIN(len, length - at);
		plan(key, at, len, at + len < length, false);
		at += len;
	}
}

static inline void
swap(struct piece *a, struct piece *b)
{
	struct piece keep = *a;

	*a = *b;
	*b = keep;
}

static inline void
reverse(struct piece *from, uint32_t n)
{
	for (uint32_t i = 0; i < n / 2; i++)
		swap(&from[i], &from[n - 1 - i]);
}

static inline void
shuffle(struct piece *from, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--)
		swap(&from[i - 1], &from[rng_below(&rng, i)]);
}

static inline void
evens_first(struct piece *from, uint32_t n)
{
	static struct piece copy[PIECES_MAX];

	memcpy(copy, from, n * sizeof(copy[0]));
	for (uint32_t i = 0; i < n; i++)
		from[i] = copy[i < (n + 1) / 2 ? 2 * i : 2 * (i - (n + 1) / 2) + 1];
}

/* In order, reversed, every other first, a few swapped, or no order at all. */
static inline void
disorder(struct piece *from, uint32_t n)
{
	switch (rng_below(&rng, 5)) {
	case 0:
		return;
	case 1:
		reverse(from, n);
		return;
	case 2:
		evens_first(from, n);
		return;
	case 3:
		for (uint32_t i = 0; i < n / 8; i++) {
			uint32_t at = rng_below(&rng, n - 1);

			swap(&from[at], &from[at + 1]);
		}
		return;
	default:
		shuffle(from, n);
	}
}

/* The same again, or a part of it; with other bytes, which come too late. */
static inline void
plan_duplicates(uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; i < 1 + n / 10; i++) {
		struct piece p = pieces[first + rng_below(&rng, n)];
		uint32_t part = p.len / 8 > 1 ? 8 * rng_below(&rng, p.len / 8) : 0;

		if (part != 0 && p.more && rng_below(&rng, 2) == 0)
			plan(p.key, p.offset + part, p.len - part, true, true);
		else
			plan(p.key, p.offset, p.len, p.more, true);
	}
}

/* What no honest sender sends: overlaps, other ends, odd lengths, too far, empty. */
static inline void
plan_evil(uint32_t key, uint32_t length)
{
	uint32_t offset = 8 * rng_below(&rng, length / 8 + 1);

	switch (rng_below(&rng, 6)) {
	case 0:
		plan(key, offset, 8 * (1 + rng_below(&rng, 50)), true, true);
		return;
	case 1:
		plan(key, 8 * rng_below(&rng, 8192), 1 + rng_below(&rng, 9), false, true);
		return;
	case 2:
		plan(key, offset, 1 + rng_below(&rng, 100), true, true);
		return;
	case 3:
		plan(key, 65528 - 8 * rng_below(&rng, 3), 8 * (1 + rng_below(&rng, 4)), true, true);
		return;
	case 4:
		plan(key, offset, 0, rng_below(&rng, 2) == 0, true);
		return;
	default:
		plan(key, 0, 1 + rng_below(&rng, 1400), false, true);
	}
}

static inline void
plan_datagram(uint32_t key, bool honest)
{
	uint32_t length = random_length(), first = n_pieces;

	plan_cuts(key, length, random_blocks(length));
	disorder(&pieces[first], n_pieces - first);
	/* A duplicate that comes first would be the one that counts: these come behind. */
	plan_duplicates(first, n_pieces - first);
	if (!honest)
		for (uint32_t i = rng_below(&rng, 4); i > 0; i--) {
			plan_evil(key, length);
			swap(&pieces[n_pieces - 1],
				&pieces[first + rng_below(&rng, n_pieces - first)]);
		}
}

/* Deal the planned datagrams' pieces out so that they arrive interleaved, each in its order. */
static inline void
interleave(void)
{
	static struct piece dealt[PIECES_MAX];
	uint32_t at[KEYS] = {0}, left = n_pieces, n = 0;

	for (uint32_t k = 0; k < KEYS; k++)
		while (at[k] < n_pieces && pieces[at[k]].key != k)
			at[k]++;
	while (left > 0) {
		uint32_t k = rng_below(&rng, KEYS), run = 1 + rng_below(&rng, 6);

		while (run-- > 0 && at[k] < n_pieces && pieces[at[k]].key == k) {
			dealt[n++] = pieces[at[k]++];
			left--;
		}
	}
	memcpy(pieces, dealt, n * sizeof(dealt[0]));
}

static inline void
plan_round(bool honest)
{
	n_pieces = 0;
	for (uint32_t k = 0; k < KEYS; k++)
		plan_datagram(k, honest || rng_below(&rng, 3) == 0);
	interleave();
}

#endif /* HARNESS_REASS_PLAN_H */
