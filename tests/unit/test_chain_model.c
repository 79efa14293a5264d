/* SPDX-License-Identifier: BSD-3-Clause */
/* Chains at random, against the model of harness/chain_model.h. The pools are small, so that steps
 * run dry in every place.
 *
 * CHAIN_MODEL_SEED and CHAIN_MODEL_STEPS in the environment: to run one again, or for longer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "eal.h"
#include "rng.h"

static struct rng rng;

static inline uint32_t
pick(uint32_t bound)
{
	return rng_below(&rng, bound);
}

#include "chain_model.h"

static void
run(uint64_t seed, unsigned long steps)
{
	rng.state = seed;
	model_bytes.state = seed;
	random_bytes(memory, sizeof(memory));
	for (unsigned long i = 0; i < steps; i++)
		chain_model_step();
	chain_model_end();
	assert_int_equal(rte_mbuf_ext_refcnt_read(&map.shinfo), 1);
}

static unsigned long
setting(const char *name, unsigned long other)
{
	const char *text = getenv(name);

	return text != NULL ? strtoul(text, NULL, 10) : other;
}

static void
like_the_model(void **state)
{
	unsigned long seed = setting("CHAIN_MODEL_SEED", 1);
	unsigned long steps = setting("CHAIN_MODEL_STEPS", 20000);

	(void)state;
	buf_map_open(&map, memory, sizeof(memory), NULL, NULL);
	map_is_open = true;
	for (unsigned long s = seed; s < seed + 10; s++) {
		print_message("# seed %lu\n", s);
		run(s, steps);
	}
	buf_map_close(&map);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(like_the_model)};
	int failed;

	if (eal_start(1, NULL) != 0 || chain_model_start() != 0)
		return 99;
	failed = cmocka_run_group_tests_name("chain_model", tests, NULL, NULL);
	failed |= chain_model_stop();
	(void)eal_stop();
	return failed != 0;
}
