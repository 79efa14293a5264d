/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program of pool and chain operations, checked by a model: steps of harness/chain_model.h on
 * packets that share each other's data and a client's memory; and takes and frees of a pool with
 * overflow, whose figures are foretold. Everything comes back, and the client hears of the end of
 * his mapping once, and not before the last packet over it has gone.
 *
 * Input: one byte a decision.
 */
#include "eal.h"
#include "fuzz.h"
#include "pktpool.h"

static struct fuzz_input decisions;

static inline uint32_t
pick(uint32_t bound)
{
	return fuzz_below(&decisions, bound);
}

#include "chain_model.h"

#define LIMIT	 20u /* of the counted pool */
#define OVERFLOW 7u
#define STEPS	 2000u

static struct pktpool *counted;
static struct rte_mbuf *taken[LIMIT + OVERFLOW];
static uint32_t n_taken;
static unsigned int n_done;
static uint64_t n_allocated, n_refused, n_entered;

static void
on_done(struct buf_map *ended, void *arg)
{
	assert_ptr_equal(ended, &map);
	assert_ptr_equal(arg, &n_done);
	n_done++;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct pktpool_conf conf = {.name = "counted",
		.n = LIMIT,
		.n_overflow = OVERFLOW,
		.reserved = 8,
		.headroom = 16,
		.room = 32,
		.cache = 8, /* so that there are more than the limit: it is what refuses */
		.socket = SOCKET_ID_ANY};

	(void)argc;
	(void)argv;
	fuzz_assertions_abort();
	if (eal_start(1, NULL) != 0 || chain_model_start() != 0)
		return 1;
	model_bytes.state = 1;
	random_bytes(memory, sizeof(memory));
	return pktpool_create(&counted, &conf, NULL) != 0;
}

/* A packet is what its pool promises, and belongs to nobody else. */
static void
fresh(struct rte_mbuf *pkt)
{
	assert_int_equal(rte_mbuf_refcnt_read(pkt), 1);
	assert_int_equal(pkt->nb_segs, 1);
	assert_null(pkt->next);
	assert_ptr_equal(pktpool_of(pkt), counted);
	memset(pkt_reserved(pkt), (int)pick(256), pkt_reserved_size(pkt));
}

static void
take(uint32_t n, bool raw)
{
	struct rte_mbuf **to = &taken[n_taken];
	int ret = raw ? pktpool_alloc_raw_bulk(counted, to, n) : pktpool_alloc_bulk(counted, to, n);

	if (n_taken + n > LIMIT + OVERFLOW) {
		assert_int_equal(ret, -ENOBUFS);
		n_refused++;
		return;
	}
	assert_int_equal(ret, 0);
	for (uint32_t i = 0; i < n; i++) {
		if (!raw)
			assert_int_equal(to[i]->pkt_len + to[i]->data_len, 0);
		fresh(to[i]);
		for (uint32_t k = 0; k < n_taken + i; k++)
			assert_ptr_not_equal(taken[k], to[i]);
	}
	n_entered += n_taken <= LIMIT && n_taken + n > LIMIT;
	n_taken += n;
	n_allocated += n;
}

/* Any of them, in any order; NULLs are skipped. */
static void
give(uint32_t n)
{
	struct rte_mbuf *back[LIMIT + OVERFLOW + 1] = {NULL};

	n = RTE_MIN(n, n_taken);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t which = pick(n_taken);

		back[i] = taken[which];
		taken[which] = taken[--n_taken];
	}
	pktpool_free_bulk(back, n + 1);
}

static void
count_step(void)
{
	static struct rte_mbuf *too_many[2 * (LIMIT + OVERFLOW)];
	uint32_t n = pick(LIMIT + OVERFLOW);

	switch (pick(4)) {
	case 0:
		take(RTE_MIN(n, LIMIT + OVERFLOW - n_taken), pick(2) == 0);
		break;
	case 1:
		give(n);
		break;
	case 2:
		n = LIMIT + OVERFLOW - n_taken + 1 + n % 3;
		assert_int_equal(pktpool_alloc_bulk(counted, too_many, n), -ENOBUFS);
		n_refused++;
		break;
	default:
		if (n_taken != 0)
			assert_int_equal(pkt_reinit(taken[pick(n_taken)]), 0);
	}
}

static void
figures_check(void)
{
	struct pktpool_usage usage;

	pktpool_usage(counted, &usage);
	assert_int_equal(usage.in_use, n_taken);
	assert_int_equal(usage.allocated, n_allocated);
	assert_int_equal(usage.refused, n_refused);
	assert_int_equal(usage.overflow_entered, n_entered);
	assert_true(usage.peak >= n_taken && usage.peak <= LIMIT + OVERFLOW);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	decisions = (struct fuzz_input){data, size};
	n_done = 0;
	model_bytes.state = 1;
	buf_map_open(&map, memory, sizeof(memory), on_done, &n_done);
	map_is_open = true;
	for (unsigned int i = 0; decisions.left != 0 && i < STEPS; i++) {
		uint32_t what = pick(16);

		if (what == 0 && map_is_open) {
			map_is_open = false;
			buf_map_close(&map);
		} else if (what < 4) {
			count_step();
			figures_check();
		} else {
			chain_model_step();
		}
		assert_true(n_done <= !map_is_open);
	}
	chain_model_end();
	give(n_taken);
	figures_check();
	if (map_is_open)
		buf_map_close(&map);
	assert_int_equal(n_done, 1);
	return 0;
}
