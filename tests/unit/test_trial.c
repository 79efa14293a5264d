/* SPDX-License-Identifier: BSD-3-Clause */
/* A trial counts what was sent and what came of it, no more and no less; none of it is by the
 * clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench_rig.h"
#include "eal.h"
#include "rfc2544/trial.h"

/* So many payloads of 5000 bytes from link 0 to link 1. */
static struct trial
trial_to(uint64_t count)
{
	struct trial trial = {.tx = bench_session->links[0].link,
		.rx = bench_session->links[1].link,
		.to_port = 2544,
		.payload = 5000,
		.count = count,
		.settle = 1};
	struct pktpool_why why;

	assert_int_equal(proto_addr_parse("192.0.2.2", &trial.to, &why), 0);
	return trial;
}

/* What is lost is what the link in between says it has lost. */
static void
test_loss_counts(void **state)
{
	static struct trial_result result;
	struct trial trial = trial_to(2000);
	struct opt_error err;
	uint64_t lost;

	(void)state;
	trial.payload = 1000;
	trial.settle = 2;
	if (trial_run(bench_session, &trial, &result, &err) != 0)
		fail_msg("%s", err.text);
	lost = result.sent - result.received;
	assert_int_equal(result.sent, 2000);	   /* less than a ring holds */
	assert_in_range(lost, 200 - 67, 200 + 67); /* 5 standard deviations */
	assert_in_range(lost, session_rig_figures(&bench_middle).frames_lost - 5,
		session_rig_figures(&bench_middle).frames_lost); /* messages of the stacks' own */
	assert_int_equal(result.latency.n, result.received);
}

/* Frames and octets as the stack counts them are those of the shape. */
static void
test_shape(void **state)
{
	static struct trial_result result;
	struct trial trial = trial_to(100);
	struct opt_error err;

	(void)state;
	if (trial_run(bench_session, &trial, &result, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(result.sent, 100);
	assert_int_equal(result.received, 100);
	assert_in_range(result.frames, 400, 404); /* and perhaps a message of the stack's own */
	assert_in_range(result.octets, 100 * (5008 + 4 * 34), 100 * (5008 + 4 * 34) + 400);
}

/* What comes late is of the trial before, and not of the next one. */
static void
test_late(void **state)
{
	static struct trial_result result;
	struct trial trial = trial_to(100);
	struct opt_error err;
	uint64_t late;

	(void)state;
	trial.settle = 0.001; /* the link keeps them for longer */
	if (trial_run(bench_session, &trial, &result, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(result.sent, 100);
	late = result.sent - result.received;
	trial.settle = 10;
	trial.count = 1;
	if (trial_run(bench_session, &trial, &result, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(late, 100);
	assert_int_equal(result.sent, 1);
	assert_int_equal(result.received, 1);
	assert_int_equal(result.latency.n, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_loss_counts, bench_through_loss, bench_end),
		cmocka_unit_test_setup_teardown(test_shape, bench_through_io, bench_end),
		cmocka_unit_test_setup_teardown(test_late, bench_through_delay, bench_end),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, bench_wires, NULL);

	return eal_stop() != 0 || failed != 0;
}
