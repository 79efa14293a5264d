/* SPDX-License-Identifier: BSD-3-Clause */
/* The search for the highest rate, on links that are functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rfc2544/search.h"

/* A link that loses above `link`, and a sender that does no more than `sender`. */
struct model {
	double link, sender;
	double lowest, highest; /* that was tried */
	unsigned trials, fail_at;
};

static int
trial(void *arg, double rate, struct search_seen *seen)
{
	struct model *model = arg;

	if (++model->trials == model->fail_at)
		return -1;
	model->lowest = rate < model->lowest ? rate : model->lowest;
	model->highest = rate > model->highest ? rate : model->highest;
	seen->reached = rate < model->sender ? rate : model->sender;
	seen->passed = seen->reached <= model->link;
	return 0;
}

static struct search_found
search(struct model *model, double max, double resolution)
{
	struct search_found found;

	model->lowest = 1e18;
	assert_int_equal(search_rate(max, resolution, trial, model, &found), 0);
	assert_int_equal(found.trials, model->trials);
	assert_true(model->highest <= max);
	return found;
}

/* Whatever the link does, what is found passed, and is within the resolution below it. */
static void
test_finds(void **state)
{
	(void)state;
	for (double link = 5; link < 1000; link += 0.7) {
		for (double resolution = 0.001; resolution < 0.5; resolution *= 3) {
			struct model model = {.link = link, .sender = 1e9};
			struct search_found found = search(&model, 1000, resolution);

			assert_true(found.rate <= link);
			assert_true(found.rate > link - resolution * 1000);
			assert_false(found.sender_bound);
		}
	}
}

static void
test_one_trial(void **state)
{
	struct model model = {.link = 2000, .sender = 1e9};
	struct search_found found = search(&model, 1000, 0.01);

	(void)state;
	assert_int_equal(found.trials, 1);
	assert_true(found.rate == 1000);
	assert_false(found.sender_bound);
}

/* The sender does not reach the rate: one trial if that passes, and says so. */
static void
test_slow_sender(void **state)
{
	struct model good = {.link = 2000, .sender = 300}, bad = {.link = 200, .sender = 300};
	struct search_found found = search(&good, 1000, 0.01);

	(void)state;
	assert_true(found.rate == 300);
	assert_true(found.sender_bound);
	assert_int_equal(found.trials, 1);
	found = search(&bad, 1000, 0.01);
	assert_true(found.rate <= 200 && found.rate > 190);
	assert_in_range(found.trials, 2, 6); /* what the sender cannot do is not tried again */
	assert_false(found.sender_bound);
}

static void
test_nothing_passes(void **state)
{
	struct model model = {.link = -1, .sender = 1e9};
	struct search_found found = search(&model, 1000, 0.01);

	(void)state;
	assert_true(found.rate == 0);
	assert_true(model.lowest <= 10);
	assert_in_range(found.trials, 7, 9); /* a binary search */
}

static void
test_fails(void **state)
{
	(void)state;
	for (unsigned at = 1; at < 5; at++) {
		struct model model = {.link = 123, .sender = 1e9, .fail_at = at};
		struct search_found found;

		assert_int_equal(search_rate(1000, 0.01, trial, &model, &found), -1);
		assert_int_equal(model.trials, at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_one_trial),
		cmocka_unit_test(test_slow_sender),
		cmocka_unit_test(test_nothing_passes),
		cmocka_unit_test(test_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
