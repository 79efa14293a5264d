/* SPDX-License-Identifier: BSD-3-Clause */
/* Path MTUs: lowered only, for ten minutes (RFC 1191, RFC 8201); the oldest of too many goes. */
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_hash.h>

#include "eal.h"
#include "net/pmtu.h"
#include "rng.h"

#define HZ  UINT64_C(1000)
#define AGE (600 * HZ)

static struct pmtu_table table;

static int
table_set_up(void **state)
{
	(void)state;
	return pmtu_table_init(&table, "pmtu", 1, HZ);
}

static int
table_tear_down(void **state)
{
	(void)state;
	pmtu_table_fini(&table);
	return 0;
}

static struct proto_addr
host(uint8_t family, uint32_t k)
{
	return (struct proto_addr){
		.family = family, .bytes = {10, (uint8_t)(k >> 16), (uint8_t)(k >> 8), (uint8_t)k}};
}

static bool
lower(uint8_t family, uint32_t k, uint16_t mtu, uint64_t now)
{
	struct proto_addr dst = host(family, k);

	return pmtu_lower(&table, &dst, mtu, 1500, 1500, now);
}

static uint16_t
find(uint8_t family, uint32_t k)
{
	struct proto_addr dst = host(family, k);

	return pmtu_find(&table, &dst, 1500);
}

/* One message to each of a fresh destination: what the estimate is afterwards. */
static const struct message {
	uint8_t family;
	uint16_t mtu, quoted_len, current, want;
} messages[] = {
	{4, 1400, 1500, 1500, 1400},
	{4, 1500, 1500, 1500, 1500}, /* no lower */
	{4, 1501, 9000, 1500, 1500},
	{4, 65535, 1500, 1500, 1500},
	{4, 1499, 1500, 1500, 1499},
	{4, 552, 1500, 1500, 552},
	{4, 551, 1500, 1500, 552}, /* the least */
	{4, 1, 1500, 1500, 552},
	{4, 68, 1500, 552, 552}, /* which is no lower */
	{4, 68, 1500, 553, 552},
	/* RFC 1191 7.1, each and its neighbours. */
	{4, 0, 65535, 65535, 32000},
	{4, 0, 32001, 65535, 32000},
	{4, 0, 32000, 65535, 17914},
	{4, 0, 17914, 65535, 8166},
	{4, 0, 9000, 9000, 8166},
	{4, 0, 8167, 9000, 8166},
	{4, 0, 8166, 9000, 4352},
	{4, 0, 4352, 9000, 2002},
	{4, 0, 2003, 9000, 2002},
	{4, 0, 2002, 9000, 1492},
	{4, 0, 1500, 1500, 1492},
	{4, 0, 1493, 1500, 1492},
	{4, 0, 1492, 1500, 1006},
	{4, 0, 1007, 1500, 1006},
	{4, 0, 1006, 1500, 552}, /* 508 is below the least */
	{4, 0, 300, 1500, 552},
	{4, 0, 68, 1500, 552},
	{4, 0, 0, 1500, 552},
	{4, 0, 65535, 1500, 1500}, /* a quote longer than anything that was sent */
	{4, 0, 1500, 1400, 1400},
	{6, 1400, 1500, 1500, 1400},
	{6, 1280, 1500, 1500, 1280},
	{6, 1279, 1500, 1500, 1500}, /* RFC 8201 4: not to be believed */
	{6, 0, 1500, 1500, 1500},
	{6, 1500, 1500, 1500, 1500},
	{6, 1300, 1500, 1300, 1300},
	{6, 9001, 9500, 9000, 9000},
};

static void
test_messages(void **state)
{
	(void)state;
	for (uint32_t k = 0; k < RTE_DIM(messages); k++) {
		const struct message *m = &messages[k];
		struct proto_addr dst = host(m->family, k);

		assert_int_equal(pmtu_lower(&table, &dst, m->mtu, m->quoted_len, m->current, 1),
			m->want != m->current);
		assert_int_equal(pmtu_find(&table, &dst, m->current), m->want);
		/* Nothing that was said of this destination is kept where it says nothing. */
		assert_int_equal(pmtu_find(&table, &dst, UINT16_MAX),
			m->want != m->current ? m->want : UINT16_MAX);
	}
}

/* Lower, never higher, of this destination alone; a link that takes less is told so. */
static void
test_lower_only(void **state)
{
	struct proto_addr dst = host(4, 1);

	(void)state;
	assert_int_equal(find(4, 1), 1500);
	assert_true(lower(4, 1, 1400, 1));
	assert_false(lower(4, 1, 1400, 2));
	assert_false(lower(4, 1, 1450, 2));
	assert_int_equal(find(4, 1), 1400);
	/* Also where the caller believes that senders use more. */
	assert_false(pmtu_lower(&table, &dst, 1450, 9000, 9000, 2));
	assert_int_equal(find(4, 1), 1400);
	assert_true(lower(4, 1, 1300, 3));
	assert_int_equal(find(4, 1), 1300);
	assert_int_equal(pmtu_find(&table, &dst, 1299), 1299);
	assert_int_equal(pmtu_find(&table, &dst, 9000), 1300);
	assert_int_equal(find(4, 2), 1500);
	assert_int_equal(find(6, 1), 1500); /* the same bytes */
	assert_int_equal(table.n, 1);
}

/* Ten minutes from the last time that it was lowered; what does not lower it keeps it no longer. */
static void
test_age(void **state)
{
	(void)state;
	assert_false(pmtu_tick(&table, UINT64_MAX));
	assert_true(lower(4, 1, 1400, 100));
	assert_true(lower(4, 2, 1400, 200));
	assert_true(lower(6, 3, 1400, 300));
	assert_true(lower(4, 1, 1300, 400));
	assert_false(lower(4, 2, 1400, 500));
	assert_false(pmtu_tick(&table, 200 + AGE - 1));
	assert_int_equal(find(4, 2), 1400);
	assert_true(pmtu_tick(&table, 200 + AGE));
	assert_false(pmtu_tick(&table, 200 + AGE));
	assert_int_equal(find(4, 1), 1300);
	assert_int_equal(find(4, 2), 1500);
	assert_int_equal(find(6, 3), 1400);
	assert_true(pmtu_tick(&table, 400 + AGE)); /* both of them */
	assert_int_equal(find(4, 1), 1500);
	assert_int_equal(find(6, 3), 1500);
	assert_int_equal(table.next_due, UINT64_MAX);
	/* Anew. */
	assert_true(lower(4, 2, 1450, 500 + AGE));
	assert_int_equal(find(4, 2), 1450);
	assert_false(pmtu_tick(&table, 500 + 2 * AGE - 1));
	assert_true(pmtu_tick(&table, 500 + 2 * AGE));
}

/* As many as there may be fit, each right; one more takes the place of the one lowered first. */
static void
test_bound(void **state)
{
	(void)state;
	for (uint32_t k = 0; k < PMTUS_MAX; k++)
		assert_true(lower(4, k, (uint16_t)(600 + k % 800), 1 + k));
	for (uint32_t k = 0; k < PMTUS_MAX; k++)
		assert_int_equal(find(4, k), 600 + k % 800);
	assert_true(lower(4, 0, 590, PMTUS_MAX + 1)); /* not the oldest now, and no new one */
	assert_int_equal(find(4, 1), 601);
	assert_true(lower(6, 0, 1300, PMTUS_MAX + 2));
	assert_int_equal(find(4, 0), 590);
	assert_int_equal(find(4, 1), 1500);
	assert_int_equal(find(4, 2), 602);
	assert_int_equal(find(6, 0), 1300);
	assert_int_equal(table.n, PMTUS_MAX);
	assert_int_equal(rte_hash_count(table.hash), PMTUS_MAX);
	assert_int_equal(table.next_due, 1 + 2 + AGE); /* that of the oldest that is left */
}

/* A model that looks at everything each time: in the order of the last lowering. */
struct model {
	struct {
		uint32_t k;
		uint16_t mtu;
		uint64_t expires;
	} of[PMTUS_MAX];
	uint32_t n;
};

static void
model_drop(struct model *model, uint32_t i)
{
	memmove(&model->of[i], &model->of[i + 1], (model->n - i - 1) * sizeof(model->of[0]));
	model->n--;
}

static uint32_t
model_find(const struct model *model, uint32_t k)
{
	uint32_t i = 0;

	while (i < model->n && model->of[i].k != k)
		i++;
	return i;
}

static bool
model_lower(struct model *model, uint32_t k, uint16_t mtu, uint64_t now)
{
	uint32_t i = model_find(model, k);

	if (mtu >= (i < model->n ? model->of[i].mtu : 1500))
		return false;
	if (i < model->n)
		model_drop(model, i);
	else if (model->n == PMTUS_MAX)
		model_drop(model, 0);
	model->of[model->n].k = k;
	model->of[model->n].mtu = mtu;
	model->of[model->n++].expires = now + AGE;
	return true;
}

static bool
model_tick(struct model *model, uint64_t now)
{
	uint32_t before = model->n;

	while (model->n > 0 && model->of[0].expires <= now)
		model_drop(model, 0);
	return model->n != before;
}

static void
test_model(void **state)
{
	static struct model model;
	struct rng rng = {.state = 1};
	uint64_t now = 1;

	(void)state;
	for (uint32_t i = 0; i < 50000; i++) {
		uint32_t k = rng_below(&rng, 2000), at;
		uint16_t mtu = (uint16_t)(552 + rng_below(&rng, 1000));

		assert_int_equal(lower(4, k, mtu, now), model_lower(&model, k, mtu, now));
		k = rng_below(&rng, 2000);
		at = model_find(&model, k);
		assert_int_equal(find(4, k), at < model.n ? model.of[at].mtu : 1500);
		if (i % 16 == 0)
			assert_int_equal(pmtu_tick(&table, now), model_tick(&model, now));
		assert_int_equal(table.n, model.n);
		now += rng_below(&rng, i < 25000 ? 400 : 2000);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, table_set_up, table_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_messages),
		TEST(test_lower_only),
		TEST(test_age),
		TEST(test_bound),
		TEST(test_model),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
