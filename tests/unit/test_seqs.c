/* SPDX-License-Identifier: BSD-3-Clause */
/* Sequence numbers of a flow: by cases, and against a model that remembers everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/rng.h"
#include "engine/seqs.h"

static struct seqs_figures
run(const uint64_t *seq, unsigned n)
{
	struct seqs_figures figures = {0};
	struct seqs seqs;

	seqs_init(&seqs, seq[0]);
	for (unsigned i = 1; i < n; i++)
		seqs_take(&seqs, seq[i], &figures);
	return figures;
}

static void
check(const uint64_t *seq, unsigned n, uint64_t lost, uint64_t reordered, uint64_t duplicate)
{
	struct seqs_figures figures = run(seq, n);

	if (figures.lost != lost || figures.reordered != reordered ||
		figures.duplicate != duplicate)
		fail_msg("from %llu: lost %llu, reordered %llu, duplicate %llu",
			(unsigned long long)seq[0], (unsigned long long)figures.lost,
			(unsigned long long)figures.reordered,
			(unsigned long long)figures.duplicate);
}

#define CHECK(lost, reordered, duplicate, ...)                                              \
	check((const uint64_t[]){__VA_ARGS__}, sizeof((uint64_t[]){__VA_ARGS__}) / 8, lost, \
		reordered, duplicate)

static void
test_cases(void **state)
{
	(void)state;
	CHECK(0, 0, 0, 0, 1, 2, 3);
	CHECK(1, 0, 0, 0, 2, 3);
	CHECK(0, 1, 0, 0, 2, 1, 3);	  /* late is not lost */
	CHECK(0, 0, 2, 0, 1, 1, 1, 2);	  /* the highest again */
	CHECK(0, 1, 1, 0, 2, 1, 1, 3);	  /* a late one again */
	CHECK(0, 0, 1, 5, 6, 5, 7);	  /* the first again */
	CHECK(0, 1, 0, 5, 4, 6);	  /* before the first: not missed */
	CHECK(0, 1, 1, 5, 4, 4, 6);	  /* and again */
	CHECK(1023, 0, 0, 0, 1024, 1025); /* a gap as wide as the window */
	CHECK(1024, 0, 0, 0, 1025, 1026);
	CHECK(1022, 1, 0, 0, 1024, 1); /* the oldest in the window is told apart */
	CHECK(1024, 1, 0, 0, 1025, 1); /* one older: it stays lost */
	CHECK(0, 0, 0, UINT64_MAX - 3, UINT64_MAX - 2);
}

/* Numbers 0..N-1 with losses, delays below the window and duplicates, against plain counting. */
static void
test_model(void **state)
{
	enum {
		N = 20000
	};
	static uint8_t times[N]; /* that it came */

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct seqs_figures figures = {0}, model = {0};
		uint64_t rng = seed, next = 1, step = seed * 20;
		struct seqs seqs;

		memset(times, 0, sizeof(times));
		seqs_init(&seqs, 0);
		times[0] = 1;
		while (next < N - SEQS_WINDOW) {
			uint64_t seq = rng_below(&rng, 4) == 0
					       ? next + rng_below(&rng, (uint32_t)step)
					       : next - 1 - rng_below(&rng, SEQS_WINDOW);

			if (seq >= N) /* of a "before the first" too: it wrapped */
				continue;
			seqs_take(&seqs, seq, &figures);
			model.duplicate += seq < next && times[seq] != 0;
			model.reordered += seq < next && times[seq] == 0;
			times[seq]++;
			next = seq >= next ? seq + 1 : next;
		}
		for (uint64_t i = 0; i < next; i++)
			model.lost += times[i] == 0;
		assert_int_equal(figures.lost, model.lost);
		assert_int_equal(figures.reordered, model.reordered);
		assert_int_equal(figures.duplicate, model.duplicate);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
