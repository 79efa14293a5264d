/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reassembly: fragments to chains (RFC 791 3.2, RFC 815, RFC 1122 3.3.2, RFC 8200 4.5, RFC 5722).
 *
 * Knows no IP: it sees a key, an offset, a length, "more follow" and an mbuf. One table belongs to
 * one worker; no call here takes a lock or allocates, and none divides.
 *
 * Ownership: reass_add() takes the mbuf: it is held, or part of the datagram that is handed out, or
 * freed and counted. Only with REASS_BAD_LENGTH and REASS_BAD_OFFSET it stays the caller's.
 */
#ifndef PROTO_RX_REASS_H
#define PROTO_RX_REASS_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "../counters.h"

struct drop_tap;

/* Whose fragments go together; `reserved` bytes are 0. 48 bytes, compared as words. */
struct reass_key {
	uint8_t src[16]; /* IPv4 in the first four, the rest 0 */
	uint8_t dst[16];
	uint32_t id; /* as on the wire */
	uint32_t zone;
	uint8_t family; /* enum proto_family */
	uint8_t proto;	/* IPv4: the protocol; IPv6: 0 (RFC 8200 4.5: source, destination, id) */
	uint8_t reserved[6];
};

/* One fragment. */
struct reass_frag {
	const struct reass_key *key;
	/*
	 * Data starts at the first byte behind the IP headers (and fragment header); pkt_len bytes,
	 * no padding; may have several segments. The header bytes stay in the room in front of the
	 * data and, of the first fragment (offset 0), must survive until the datagram is handed
	 * out.
	 */
	struct rte_mbuf *pkt;
	uint32_t offset; /* bytes, a multiple of 8 */
	bool more;
	uint32_t hash;			 /* of the key, from reass_prefetch_burst(); 0: not known */
	struct proto_counters *counters; /* where its drop is counted; see reass_add() */
};

enum reass_verdict {
	REASS_HELD,    /* waits for others */
	REASS_WHOLE,   /* *datagram is complete */
	REASS_DROPPED, /* freed and counted: this fragment, or the whole datagram with it */

	/*
	 * The mbuf stays the caller's; nothing has changed and nothing is counted. The caller owes
	 * ICMPv6 Parameter Problem (RFC 8200 4.5) ...
	 */
	REASS_BAD_LENGTH, /* ... at the length field: not the last, and no multiple of 8 */
	REASS_BAD_OFFSET, /* ... at the offset field: it would end above 65535 bytes */
};

/*
 * Limits; zero takes the default named. Above n_frames the oldest datagram goes (FRAG_EVICTED);
 * above its share a source loses its own oldest (FRAG_SHARE). When n_datagrams are open the oldest
 * makes room (FRAG_EVICTED) - that of the newcomer's source, if this has more than its part of
 * them, by the proportion of share to n_frames. Sources that meet in a hash share one share.
 */
struct reass_conf {
	uint32_t n_datagrams;  /* open at once: 1024 */
	uint32_t n_frames;     /* fragments held in all: 4096 */
	uint32_t share;	       /* fragments of one source (IPv6: one /64): n_frames / 4 */
	uint64_t timeout_ipv4; /* TSC cycles; must be set */
	uint64_t timeout_ipv6;
	uint64_t seed; /* keys the hash: others must not choose collisions */
	int socket;
	const struct drop_tap *tap; /* may be NULL */
};

struct reass;

/* All memory is committed here: about 210 bytes for each datagram, 24 for each frame, and up to
 * 4 MiB for those in many pieces. NULL: none.
 */
struct reass *reass_create(const struct reass_conf *conf);

/* Free everything; what is held is freed and counted as STOPPED. NULL is fine. */
void reass_destroy(struct reass *reass);

/* Drop everything that is held, counted as STOPPED. */
void reass_flush(struct reass *reass);

/*
 * Take a fragment. REASS_WHOLE: `*datagram` is a chain in order, nb_segs and pkt_len right, its
 * head the first fragment's mbuf, `*n_frames` the fragments in it. No segment is empty, but for a
 * head that came so, with its headers alone. Duplicates and bytes wholly here already are dropped
 * (FRAG_DUPLICATE), the first bytes win; any other overlap drops the datagram whole (FRAG_OVERLAP)
 * and forgets its key, as does disagreement on the end (FRAG_INCONSISTENT): two ends, bytes beyond
 * it, or "more" at it. What is whole by itself is handed out at once (RFC 6946).
 *
 * What is dropped now is counted in the fragment's counters; what was held, in those of its
 * datagram's first-arrived fragment, from whose `now` on the time counts, too.
 */
enum reass_verdict reass_add(struct reass *reass, const struct reass_frag *frag, uint64_t now,
	struct rte_mbuf **datagram, uint32_t *n_frames) PKTPOOL_MUST_CHECK;

/* A datagram that was not complete in time, for ICMP time exceeded. */
struct reass_expired {
	struct reass_key key;
	struct rte_mbuf *first; /* the first fragment, the CALLER'S now; NULL: it never came */
	struct proto_counters *counters;
};

/*
 * Take out what has timed out: up to `n` datagrams, the oldest of each family first. All their
 * frames are counted as FRAG_TIMEOUT, `first` too; all are freed, save `first`: as it came, a
 * packet of its own. Cheap when nothing is due. Returns how many.
 */
unsigned reass_expire(struct reass *reass, uint64_t now, struct reass_expired *expired,
	unsigned n) PKTPOOL_MUST_CHECK;

/*
 * Fetch what reass_add() will look at and write, for `n` fragments at once: in three passes, so
 * that their cache misses overlap. Of the fragments only `key` and `more` are read; `hash` is set.
 * While few datagrams are open all of that is in the cache, and it does nothing.
 */
void reass_prefetch_burst(const struct reass *reass, struct reass_frag *frags, unsigned n);

/* Figures, for `show` and tests. */
struct reass_usage {
	uint32_t datagrams;	/* open */
	uint32_t frames;	/* held */
	uint32_t datagrams_max; /* the limits */
	uint32_t frames_max;
};

void reass_usage(const struct reass *reass, struct reass_usage *usage);

#endif
