/* SPDX-License-Identifier: BSD-3-Clause */
#include "reass.h"

#include <rte_prefetch.h>

#include "../net/zone.h"
#include "../tap.h"
#include "reass_table.h"

#define PREFETCH_AT_ONCE 32u
#define PREFETCH_FROM	 64u /* open datagrams: 16 KiB with their buckets */

/* A datagram leaves: its frames are no longer held. */
static void
forget(struct reass *reass, uint32_t index)
{
	struct reass_entry *entry = &reass->entries[index];

	reass->n_frames -= entry->runs.n_frames;
	reass->sources[entry->source].n_frames -= entry->runs.n_frames;
	reass_close(reass, index);
}

/* Show a chain of held fragments to the tap. */
static void
tap_held(const struct reass *reass, const struct reass_key *key, const struct rte_mbuf *chain,
	enum proto_drop why)
{
	if (chain != NULL)
		tap_chain(reass->tap, zone_link(key->zone), chain, tap_headers(chain), why);
}

static void
tap_runs(const struct reass *reass, const struct reass_entry *entry, enum proto_drop why)
{
	tap_held(reass, &entry->key, entry->runs.first, why);
	for (uint32_t i = entry->runs.closed; i != 0; i = reass->pool.runs[i].next)
		tap_held(reass, &entry->key, reass->pool.runs[i].first, why);
}

/* Count a fragment that goes by itself. */
static void
drop_one(const struct reass *reass, const struct reass_frag *frag, const struct rte_mbuf *chain,
	enum proto_drop why)
{
	count_drop(frag->counters, why, 1);
	if (tap_is_set(reass->tap))
		tap_held(reass, frag->key, chain, why);
}

/* Drop a datagram with all its fragments. */
static void
drop(struct reass *reass, uint32_t index, enum proto_drop why)
{
	struct reass_entry *entry = &reass->entries[index];

	count_drop(entry->counters, why, entry->runs.n_frames);
	if (tap_is_set(reass->tap))
		tap_runs(reass, entry, why);
	runs_free(&reass->pool, &entry->runs);
	forget(reass, index);
}

void
reass_flush(struct reass *reass)
{
	uint32_t index;

	while ((index = reass_oldest(reass)) != 0)
		drop(reass, index, PROTO_DROP_STOPPED);
}

void
reass_destroy(struct reass *reass)
{
	if (reass == NULL)
		return;
	reass_flush(reass);
	reass_release(reass);
}

/*
 * Of a fragment in several segments: count them, and free those without bytes. Frames that were
 * sent in pieces and looped back have the headers in a segment of their own; the one in front of
 * offset 0 stays, for its headers.
 */
static void
settle_segments(struct runs_frag *piece, struct rte_mbuf *pkt)
{
	struct rte_mbuf **link = &piece->first, *seg;

	piece->n_segs = 0;
	while ((seg = *link) != NULL) {
		if (seg->data_len == 0 && (seg != pkt || piece->start != 0)) {
			*link = seg->next;
			rte_pktmbuf_free_seg(seg);
			continue;
		}
		piece->n_segs++;
		piece->last = seg;
		link = &seg->next;
	}
	piece->first->nb_segs = 1;
	if (piece->start == 0) /* it may have to stand alone again: reass_expire() */
		pkt->nb_segs = (uint16_t)piece->n_segs;
}

static inline void
set_piece(struct runs_frag *piece, const struct reass_frag *frag)
{
	piece->first = frag->pkt;
	piece->last = frag->pkt;
	piece->n_segs = 1;
	piece->start = frag->offset;
	piece->end = frag->offset + frag->pkt->pkt_len;
	if (unlikely(frag->pkt->nb_segs != 1))
		settle_segments(piece, frag->pkt);
}

/*
 * Which datagram goes when the table is full. A source that has more than its part of them makes
 * room itself.
 */
static uint32_t
oldest_for(const struct reass *reass, uint32_t source)
{
	const struct reass_source *s = &reass->sources[source];

	return s->n_datagrams > reass->share_datagrams ? s->list.oldest : reass_oldest(reass);
}

/* Make sure that a datagram with this hash can be opened. */
static void
make_room(struct reass *reass, uint32_t hash, uint32_t source)
{
	uint32_t crowded;

	if (unlikely(reass->free == 0))
		drop(reass, oldest_for(reass, source), PROTO_DROP_FRAG_EVICTED);
	crowded = reass_oldest_in_bucket(reass, hash);
	if (unlikely(crowded != 0))
		drop(reass, crowded, PROTO_DROP_FRAG_EVICTED);
}

/* Open a datagram with its first-arrived fragment. */
static uint32_t
begin(struct reass *reass, const struct reass_frag *frag, const struct runs_frag *piece,
	uint32_t hash, uint64_t now)
{
	uint32_t source = reass_source_of(reass, frag->key), index;
	struct reass_entry *entry;

	make_room(reass, hash, source);
	index = reass_open(reass, frag->key, hash, source);
	entry = &reass->entries[index];
	entry->since = now;
	entry->counters = frag->counters;
	runs_begin(&entry->runs, piece, frag->more);
	return index;
}

/* Add a fragment to an open datagram. There is always a map to be had: the oldest one's. */
static inline enum runs_fit
join(struct reass *reass, uint32_t index, const struct runs_frag *piece, bool more)
{
	struct runs *runs = &reass->entries[index].runs;
	enum runs_fit fit = runs_add(&reass->pool, runs, piece, more, index);

	if (unlikely(fit == RUNS_NO_MAP)) {
		drop(reass, TAILQ_FIRST(&reass->pool.used)->owner, PROTO_DROP_FRAG_EVICTED);
		fit = runs_add(&reass->pool, runs, piece, more, index);
	}
	return fit;
}

/* A fragment does not fit: a duplicate goes alone, else its datagram goes too (RFC 5722). */
static enum reass_verdict
refuse(struct reass *reass, uint32_t index, const struct reass_frag *frag,
	const struct runs_frag *piece, enum runs_fit fit)
{
	static const enum proto_drop drops[] = {
		[RUNS_DUPLICATE] = PROTO_DROP_FRAG_DUPLICATE,
		[RUNS_OVERLAP] = PROTO_DROP_FRAG_OVERLAP,
		[RUNS_INCONSISTENT] = PROTO_DROP_FRAG_INCONSISTENT,
		[RUNS_NO_MAP] = PROTO_DROP_FRAG_EVICTED, /* join() has made room: never seen */
	};

	drop_one(reass, frag, piece->first, drops[fit]);
	runs_free_chain(piece->first);
	if (fit != RUNS_DUPLICATE)
		drop(reass, index, drops[fit]);
	return REASS_DROPPED;
}

/*
 * A datagram waits, with one fragment more. Who holds too much loses what is oldest, which may be
 * this very datagram.
 */
static inline enum reass_verdict
hold(struct reass *reass, uint32_t index)
{
	const struct reass_entry *entry = &reass->entries[index];
	const struct reass_source *source = &reass->sources[entry->source];

	reass->last = index;
	if (unlikely(source->n_frames > reass->share))
		drop(reass, source->list.oldest, PROTO_DROP_FRAG_SHARE);
	else if (unlikely(reass->n_frames > reass->frames_max))
		drop(reass, reass_oldest(reass), PROTO_DROP_FRAG_EVICTED);
	return likely(entry->runs.first != NULL) ? REASS_HELD : REASS_DROPPED;
}

static inline enum reass_verdict
hand_out(struct reass *reass, uint32_t index, struct rte_mbuf **datagram, uint32_t *n_frames)
{
	struct runs *runs = &reass->entries[index].runs;

	runs_join(&reass->pool, runs);
	runs->first->pkt_len = runs->total;
	runs->first->nb_segs = runs->n_segs;
	*datagram = runs->first;
	*n_frames = runs->n_frames;
	forget(reass, index);
	return REASS_WHOLE;
}

/* The open datagram of a key, or 0; then `hash` is set. Fragments of one mostly come together. */
static inline uint32_t
look_up(const struct reass *reass, const struct reass_frag *frag, uint32_t *hash)
{
	if (reass->last != 0 && reass_same_key(&reass->entries[reass->last].key, frag->key))
		return reass->last;
	*hash = frag->hash != 0 ? frag->hash : reass_hash(reass, frag->key);
	return reass_find(reass, frag->key, *hash);
}

static enum reass_verdict
add(struct reass *reass, const struct reass_frag *frag, uint64_t now, struct rte_mbuf **datagram,
	uint32_t *n_frames)
{
	uint32_t hash = 0, index = look_up(reass, frag, &hash);
	struct runs_frag piece;

	set_piece(&piece, frag);
	if (index == 0) {
		index = begin(reass, frag, &piece, hash, now);
	} else {
		enum runs_fit fit = join(reass, index, &piece, frag->more);

		if (unlikely(fit != RUNS_ADDED))
			return refuse(reass, index, frag, &piece, fit);
	}
	reass->n_frames++;
	reass->sources[reass->entries[index].source].n_frames++;
	if (runs_whole(&reass->entries[index].runs))
		return hand_out(reass, index, datagram, n_frames);
	return hold(reass, index);
}

/* RFC 6946 4: what is whole by itself has nothing to do with others of the same key. */
static enum reass_verdict
pass(const struct reass_frag *frag, struct rte_mbuf **datagram, uint32_t *n_frames)
{
	struct runs_frag piece;

	set_piece(&piece, frag);
	*datagram = piece.first;
	*n_frames = 1;
	return REASS_WHOLE;
}

enum reass_verdict
reass_add(struct reass *reass, const struct reass_frag *frag, uint64_t now,
	struct rte_mbuf **datagram, uint32_t *n_frames)
{
	uint32_t bytes = frag->pkt->pkt_len;

	/* RFC 8200 4.5, in its order */
	if (unlikely(frag->more && (bytes & 7) != 0))
		return REASS_BAD_LENGTH;
	if (unlikely((uint64_t)frag->offset + bytes > RUNS_BYTES_MAX))
		return REASS_BAD_OFFSET;
	if (unlikely(bytes == 0)) {
		drop_one(reass, frag, frag->pkt, PROTO_DROP_FRAG_EMPTY);
		runs_free_chain(frag->pkt);
		return REASS_DROPPED;
	}
	if (unlikely(frag->offset == 0 && !frag->more))
		return pass(frag, datagram, n_frames);
	return add(reass, frag, now, datagram, n_frames);
}

static bool
is_due(const struct reass *reass, uint32_t index, unsigned family, uint64_t now)
{
	/* signed: time may have gone back a little since */
	return index != 0 &&
	       (int64_t)(now - reass->entries[index].since - reass->timeout[family]) >= 0;
}

static void
expire(struct reass *reass, uint32_t index, struct reass_expired *expired)
{
	struct reass_entry *entry = &reass->entries[index];

	expired->key = entry->key;
	expired->counters = entry->counters;
	expired->first = runs_take_first(&reass->pool, &entry->runs);
	if (expired->first != NULL && tap_is_set(reass->tap))
		tap_held(reass, &entry->key, expired->first, PROTO_DROP_FRAG_TIMEOUT);
	drop(reass, index, PROTO_DROP_FRAG_TIMEOUT);
}

unsigned
reass_expire(struct reass *reass, uint64_t now, struct reass_expired *expired, unsigned n)
{
	unsigned done = 0;

	for (unsigned family = 0; family < RTE_DIM(reass->by_family); family++) {
		const struct reass_list *list = &reass->by_family[family];

		while (done < n && is_due(reass, list->oldest, family, now))
			expire(reass, list->oldest, &expired[done++]);
	}
	return done;
}

/* The entry that a bucket has for a hash, most likely; 0: there is none. */
static inline uint32_t
likely_entry(const struct reass *reass, uint32_t hash)
{
	const struct reass_bucket *bucket = reass_home(reass, hash);
	uint64_t match = reass_match(bucket->sig, reass_sig(hash));

	return match != 0 ? bucket->entry[(unsigned)__builtin_ctzll(match) >> 4] : 0;
}

/* What is written where fragments are chained, and in the head when the last one comes. */
static inline void
prefetch_chain(const struct runs *runs, bool more)
{
	rte_prefetch0(&runs->last->next);
	if (!more)
		rte_prefetch0(&runs->first->pkt_len);
}

static void
prefetch_some(const struct reass *reass, struct reass_frag *frags, unsigned n)
{
	uint32_t entries[PREFETCH_AT_ONCE];

	for (unsigned i = 0; i < n; i++) {
		frags[i].hash = reass_hash(reass, frags[i].key);
		rte_prefetch0(reass_home(reass, frags[i].hash));
	}
	for (unsigned i = 0; i < n; i++) {
		entries[i] = likely_entry(reass, frags[i].hash);
		rte_prefetch0(&reass->entries[entries[i]].key);
		rte_prefetch0(&reass->entries[entries[i]].runs);
	}
	for (unsigned i = 0; i < n; i++)
		if (entries[i] != 0)
			prefetch_chain(&reass->entries[entries[i]].runs, frags[i].more);
}

void
reass_prefetch_burst(const struct reass *reass, struct reass_frag *frags, unsigned n)
{
	if (reass->n_datagrams < PREFETCH_FROM)
		return;
	for (unsigned i = 0; i < n; i += PREFETCH_AT_ONCE)
		prefetch_some(reass, frags + i, RTE_MIN(n - i, PREFETCH_AT_ONCE));
}

void
reass_usage(const struct reass *reass, struct reass_usage *usage)
{
	*usage = (struct reass_usage){
		.datagrams = reass->n_datagrams,
		.frames = reass->n_frames,
		.datagrams_max = reass->datagrams_max,
		.frames_max = reass->frames_max,
	};
}
