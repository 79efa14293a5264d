/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reassembler, against the model of harness/reass_model.h: each verdict, each count, each byte
 * is foretold. Or, in tables that are far too small, against the law alone: no more is held than
 * the limits say, every frame is in a whole datagram, dropped or held, and what is whole is right.
 *
 * Input: which of the two, the small table's limits, then fragments of 7 bytes each, or time.
 */
#include "eal.h"
#include "fuzz.h"
#include "reass_model.h"

#define ROOM	2048u
#define PACKETS 16000u /* more than a run can hold in pieces */
#define TIMEOUT 1000u

/* Fragments of a run. */
#define FRAGMENTS_MAX 1000u
/* How far behind the last byte of the longest datagram a fragment may end. */
#define BEYOND 2000u

static struct reass *big;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct reass_conf conf = {
		.n_datagrams = KEYS,
		.n_frames = PIECES_MAX,
		.share = PIECES_MAX,
		.timeout_ipv4 = TIMEOUT,
		.timeout_ipv6 = TIMEOUT,
		.seed = 1,
		.socket = SOCKET_ID_ANY,
	};
	struct rng bytes = {.state = 77};

	(void)argc;
	(void)argv;
	fuzz_assertions_abort();
	if (eal_start(1, NULL) != 0)
		return 1;
	for (size_t i = 0; i < RTE_DIM(noise); i++)
		noise[i] = rng_next(&bytes);
	pool = fragments_pool(PACKETS, ROOM);
	big = reass_create(&conf);
	return big == NULL;
}

/* What a fragment is, besides where. */
#define F_MORE	   1u
#define F_WRONG	   2u
#define F_LONG	   4u /* the length is 16 bits, else 8 times as many bits of 8 */
#define F_ODD	   8u /* the length need not be a multiple of 8 */
#define F_PIECES   16u
#define F_BARE	   32u
#define F_PREFETCH 64u
#define F_TIME	   128u

static struct piece
piece_of(struct fuzz_input *in, uint8_t flags)
{
	struct piece p = {
		.key = fuzz_below(in, KEYS),
		.offset = (fuzz_u16(in) & 8191u) * 8,
		.more = (flags & F_MORE) != 0,
		.wrong = (flags & F_WRONG) != 0,
	};

	p.len = (flags & F_LONG) != 0 ? fuzz_u16(in) : fuzz_u8(in) * 8u;
	if ((flags & F_ODD) == 0)
		p.len &= ~7u;
	else
		p.len += fuzz_u8(in) & 7;
	p.len = RTE_MIN(p.len, BYTES_MAX + BEYOND - RTE_MIN(p.offset, BYTES_MAX));
	p.len = RTE_MIN(p.len, BYTES_MAX);
	return p;
}

static const uint8_t *
bytes_of(const struct piece *p)
{
	static uint8_t other[BYTES_MAX + 64];
	const uint8_t *bytes = datagram_bytes(p->key) + RTE_MIN(p->offset, BYTES_MAX);

	if (!p->wrong)
		return bytes;
	for (uint32_t i = 0; i < p->len; i++)
		other[i] = (uint8_t)~bytes[i];
	return other;
}

static struct rte_mbuf *
packet_of(const struct piece *p, const uint8_t *bytes, uint8_t flags)
{
	uint32_t seg_len = ROOM - FRAGMENT_HEADERS;

	if ((flags & F_PIECES) != 0 && p->len < 4000)
		seg_len = p->len < 60 ? 7 : 100;
	return fragment_packet(pool, bytes, p->len, seg_len, (flags & F_BARE) != 0, p->offset);
}

/* Everything that is open goes, at once. */
static void
expire_all(uint64_t now, enum proto_drop drop)
{
	struct reass_expired expired[3];
	unsigned int n;

	while ((n = reass_expire(reass, now, expired, RTE_DIM(expired))) != 0)
		for (unsigned int i = 0; i < n; i++)
			pktpool_free(expired[i].first);
	model_forget_all(drop);
}

static void
against_model(struct fuzz_input *in)
{
	uint64_t now = 1;

	reass = big;
	memset(&counters, 0, sizeof(counters));
	memset(foretold, 0, sizeof(foretold));
	for (unsigned int i = 0; in->left != 0 && i < FRAGMENTS_MAX; i++) {
		uint8_t flags = fuzz_u8(in);
		struct piece p;

		if ((flags & F_TIME) != 0) {
			now += TIMEOUT; /* that long is too long */
			expire_all(now, PROTO_DROP_FRAG_TIMEOUT);
			continue;
		}
		p = piece_of(in, flags);
		model_check(&p, bytes_of(&p), packet_of(&p, bytes_of(&p), flags), now,
			(flags & F_PREFETCH) != 0);
	}
	check_figures();
	reass_flush(reass);
	model_forget_all(PROTO_DROP_STOPPED);
	check_figures();
	assert_int_equal(in_use(), 0);
}

static uint64_t
dropped(void)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < PROTO_DROP_MAX; i++)
		n += counters.drop[i];
	assert_int_equal(counters.count[PROTO_C_FRAMES_DISCARDED], n);
	return n;
}

static void
law_holds(const struct reass_conf *conf, uint64_t n_added, uint64_t n_whole)
{
	struct reass_usage usage;

	reass_usage(reass, &usage);
	assert_in_range(usage.frames, 0, conf->n_frames);
	assert_in_range(usage.datagrams, 0, conf->n_datagrams);
	assert_int_equal(n_added, n_whole + dropped() + usage.frames);
}

/* Add one fragment. Returns the frames of the datagram that is whole now. */
static uint32_t
add_to_small(const struct piece *p, uint8_t flags, uint64_t now, uint64_t *n_added)
{
	struct reass_key key = key_of(p->key, KEYS);
	struct rte_mbuf *datagram = NULL;
	uint32_t n_frames = 0;
	struct reass_frag frag = {
		.key = &key,
		.pkt = packet_of(p, bytes_of(p), flags),
		.offset = p->offset,
		.more = p->more,
		.counters = &counters,
	};
	enum reass_verdict got = reass_add(reass, &frag, now, &datagram, &n_frames);

	if (got == REASS_BAD_LENGTH || got == REASS_BAD_OFFSET) {
		assert_true((p->more && p->len % 8 != 0) || p->offset + p->len > BYTES_MAX);
		pktpool_free(frag.pkt);
		return 0;
	}
	++*n_added;
	if (got != REASS_WHOLE)
		return 0;
	fragments_check(datagram, p->offset == 0 && !p->more ? bytes_of(p) : datagram_bytes(p->key),
		datagram->pkt_len);
	fragments_check_headers(datagram, 0);
	pktpool_free(datagram);
	return n_frames;
}

static void
expire_some(uint64_t now, unsigned int most)
{
	struct reass_expired expired[4];
	unsigned int n = reass_expire(reass, now, expired, RTE_MIN(most, 4u));

	for (unsigned int i = 0; i < n; i++) {
		if (expired[i].first != NULL)
			fragments_check_headers(expired[i].first, 0);
		pktpool_free(expired[i].first);
	}
}

static void
in_small_table(struct fuzz_input *in)
{
	struct reass_conf conf = {
		.n_datagrams = 1 + fuzz_below(in, 20),
		.n_frames = 1 + fuzz_below(in, 256),
		.share = fuzz_u8(in),
		.timeout_ipv4 = 1 + fuzz_u16(in),
		.timeout_ipv6 = 1 + fuzz_u16(in),
		.seed = 1 + fuzz_u8(in),
		.socket = SOCKET_ID_ANY,
	};
	uint64_t now = UINT64_MAX - 2000, n_added = 0, n_whole = 0; /* it wraps on the way */

	memset(&counters, 0, sizeof(counters));
	reass = reass_create(&conf);
	assert_non_null(reass);
	for (unsigned int i = 0; in->left != 0 && i < FRAGMENTS_MAX; i++) {
		uint8_t flags = fuzz_u8(in);

		if ((flags & F_TIME) != 0) {
			now += fuzz_u16(in);
			expire_some(now, flags & 7);
		} else {
			struct piece p = piece_of(in, (uint8_t)(flags & ~F_WRONG));

			n_whole += add_to_small(&p, flags, now, &n_added);
		}
		law_holds(&conf, n_added, n_whole);
	}
	reass_destroy(reass);
	assert_int_equal(n_added, n_whole + dropped());
	assert_int_equal(in_use(), 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};

	if (fuzz_u8(&in) % 4 != 0)
		against_model(&in);
	else
		in_small_table(&in);
	return 0;
}
