/* SPDX-License-Identifier: BSD-3-Clause */
/* loss: each frame fares as its fate says, none early, none forgotten, and again with its seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include <pktpool.h>

#include "eal.h"
#include "engine/lossy.h"
#include "engine/rng.h"
#include "raw_rig.h"

#define N 1000u

static void
set_loss(double loss, double reorder, double duplicate, uint32_t delay_us)
{
	raw_middle.session.settings.loss = loss;
	raw_middle.session.settings.reorder = reorder;
	raw_middle.session.settings.duplicate = duplicate;
	raw_middle.session.settings.delay_us = delay_us;
}

/* Send N from end 0; what comes at end 1, in order. All of it within the longest hold. */
static uint32_t
run_loss(uint32_t *numbers, uint32_t max, struct engine_figures *figures)
{
	uint32_t n;

	raw_start(&engine_loss);
	raw_send_frames(0, 0, N);
	raw_turn();
	raw_now += rte_get_tsc_hz();
	raw_turn();
	n = raw_receive_frames(1, numbers, max, 0);
	*figures = raw_finish();
	return n;
}

/* Each frame comes as often as its fate says, the figures say so, and again with the same seed. */
static void
test_loss_fates(void **state)
{
	static uint32_t numbers[2 * N], again[2 * N];
	unsigned times[N] = {0}, lost = 0, duplicated = 0, out_of_order = 0;
	struct engine_figures figures, figures_again;
	struct lossy lossy;
	uint32_t n;

	(void)state;
	set_loss(0.1, 0.1, 0.1, 0);
	n = run_loss(numbers, RTE_DIM(numbers), &figures);
	for (uint32_t i = 0; i < n; i++) {
		times[numbers[i]]++;
		out_of_order += i > 0 && numbers[i] < numbers[i - 1];
	}
	lossy_init(&lossy, 0.1, 0.1, 0.1, rng_mix(raw_middle.session.settings.seed));
	for (uint32_t i = 0; i < N; i++) {
		struct lossy_fate fate = lossy_next(&lossy);

		assert_int_equal(times[i], fate.lost ? 0 : fate.duplicated ? 2 : 1);
		lost += fate.lost;
		duplicated += fate.duplicated;
	}
	assert_int_equal(figures.frames_lost, lost);
	assert_int_equal(figures.frames_duplicated, duplicated);
	assert_int_equal(figures.frames_out, n);
	assert_in_range(figures.frames_reordered, N / 25, N / 8);
	assert_in_range(out_of_order, N / 50, figures.frames_reordered);
	assert_int_equal(run_loss(again, RTE_DIM(again), &figures_again), n);
	assert_memory_equal(again, numbers, n * sizeof(numbers[0]));
	assert_memory_equal(&figures_again, &figures, sizeof(figures));
}

static void
test_loss_none(void **state)
{
	struct engine_figures figures;
	static uint32_t numbers[N];

	(void)state;
	set_loss(0, 0, 0, 0);
	assert_int_equal(run_loss(numbers, N, &figures), N);
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(numbers[i], i);
	assert_int_equal(figures.frames_lost + figures.frames_reordered, 0);
}

/* The last one waits to be overtaken, and nobody comes: it goes on by itself. */
static void
test_loss_held(void **state)
{
	uint32_t number;

	(void)state;
	set_loss(0, 1, 0, 0);
	raw_start(&engine_loss);
	raw_send_frames(0, 5, 1);
	raw_turn();
	assert_int_equal(raw_receive_frames(1, &number, 1, 0), 0);
	raw_now += rte_get_tsc_hz() / 100 + 1;
	raw_turn();
	assert_int_equal(raw_receive_frames(1, &number, 1, 0), 1);
	/* Stopped meanwhile it still goes on. */
	raw_send_frames(0, 6, 1);
	raw_turn();
	session_rig_quit(&raw_middle);
	raw_turn();
	assert_false(session_rig_is_drained(&raw_middle));
	raw_now += rte_get_tsc_hz() / 100 + 1;
	raw_turn();
	assert_int_equal(raw_receive_frames(1, &number, 1, 0), 1);
	(void)raw_finish();
}

/* Not a cycle early; and all of those that came together go together. */
static void
test_loss_delay(void **state)
{
	uint64_t delay = (uint64_t)(0.25 * (double)rte_get_tsc_hz());

	(void)state;
	set_loss(0, 0, 0, 250000);
	raw_start(&engine_loss);
	raw_send_frames(0, 0, N);
	raw_turn();
	raw_now += delay - 1;
	raw_turn();
	raw_expect_all(1, 0, 0, 0);
	raw_now += 1;
	raw_turn();
	raw_expect_all(1, 0, N, 0);
	(void)raw_finish();
}

/* A link holds so much; more is lost. What is under way at the end goes with the engine. */
static void
test_loss_bound(void **state)
{
	struct engine_figures figures;
	static uint32_t numbers[5000];

	(void)state;
	set_loss(0, 0, 0, 1000000);
	raw_start(&engine_loss);
	for (unsigned i = 0; i < 5; i++) {
		raw_send_frames(0, i * N, N);
		raw_turn();
	}
	figures = session_rig_figures(&raw_middle);
	assert_int_equal(figures.frames_lost, 5 * N - 4096);
	raw_now += rte_get_tsc_hz();
	raw_turn();
	(void)raw_receive_frames(1, numbers, RTE_DIM(numbers), 0);
	raw_send_frames(0, 0, N);
	raw_turn();
	engine_loss.stop(
		&raw_middle.workers[0]); /* undrained: the pools say whether it was freed */
	assert_int_equal(raw_receive_frames(1, numbers, RTE_DIM(numbers), 0), 0);
	free(raw_middle.workers[0].engine);
}

static void
test_loss_refusals(void **state)
{
	struct opt_error err = {""};

	(void)state;
	set_loss(1.5, 0, 0, 0);
	assert_int_equal(session_rig_start(&raw_middle, &engine_loss, &err), -1);
	assert_non_null(strstr(err.text, "loss 1.5: expected a probability"));
	set_loss(0, 0, -1, 0);
	assert_int_equal(session_rig_start(&raw_middle, &engine_loss, &err), -1);
	assert_non_null(strstr(err.text, "duplicate -1"));
	assert_int_equal(rte_eth_promiscuous_get(raw_port(0)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_loss_fates, raw_two_links, raw_close),
		cmocka_unit_test_setup_teardown(test_loss_none, raw_two_links, raw_close),
		cmocka_unit_test_setup_teardown(test_loss_held, raw_two_links, raw_close),
		cmocka_unit_test_setup_teardown(test_loss_delay, raw_two_links, raw_close),
		cmocka_unit_test_setup_teardown(test_loss_bound, raw_two_links, raw_close),
		cmocka_unit_test_setup_teardown(test_loss_refusals, raw_two_links, raw_close),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, raw_wires, NULL);

	return eal_stop() != 0 || failed != 0;
}
