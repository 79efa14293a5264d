/* SPDX-License-Identifier: BSD-3-Clause */
/* pkt_check() sees each way in which a packet can be broken, and says which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "eal.h"
#include "pktpool.h"
#include "pktpool_chain.h"

#define SEGS 3

static struct pktpool *pool;

/* A sound packet of three segments of 10 bytes. */
static struct rte_mbuf *
sound(void)
{
	struct rte_mbuf *pkts[SEGS];

	assert_int_equal(pktpool_alloc_bulk(pool, pkts, SEGS), 0);
	for (unsigned int i = 0; i < SEGS; i++)
		assert_non_null(rte_pktmbuf_append(pkts[i], 10));
	assert_int_equal(pkt_chain_back(pkts[0], pkts[1]), 0);
	assert_int_equal(pkt_chain_back(pkts[0], pkts[2]), 0);
	return pkts[0];
}

static void
too_many_segs(struct rte_mbuf *pkt)
{
	pkt->nb_segs = 4;
}

static void
too_few_segs(struct rte_mbuf *pkt)
{
	pkt->nb_segs = 2;
}

static void
a_loop(struct rte_mbuf *pkt)
{
	pkt->next->next->next = pkt->next;
}

static void
wrong_length(struct rte_mbuf *pkt)
{
	pkt->pkt_len = 29;
}

static void
empty_behind(struct rte_mbuf *pkt)
{
	pkt->next->data_len = 0;
	pkt->pkt_len = 20;
}

static void
beyond_the_room(struct rte_mbuf *pkt)
{
	pkt->next->data_off = (uint16_t)(pkt->next->buf_len - 9);
}

static void
freed(struct rte_mbuf *pkt)
{
	rte_mbuf_refcnt_set(pkt->next->next, 0);
}

static void
no_pool(struct rte_mbuf *pkt)
{
	pkt->pool = NULL;
}

static void
no_shinfo(struct rte_mbuf *pkt)
{
	pkt->ol_flags |= RTE_MBUF_F_EXTERNAL;
	pkt->shinfo = NULL;
}

static void
dead_shinfo(struct rte_mbuf *pkt)
{
	static struct rte_mbuf_ext_shared_info dead;

	pkt->ol_flags |= RTE_MBUF_F_EXTERNAL;
	pkt->shinfo = &dead;
}

static void
two_kinds(struct rte_mbuf *pkt)
{
	pkt->next->ol_flags |= RTE_MBUF_F_EXTERNAL | RTE_MBUF_F_INDIRECT;
}

static void
no_address(struct rte_mbuf *pkt)
{
	pkt->buf_addr = NULL;
}

static void
each_break_is_seen(void **state)
{
	static const struct {
		void (*break_it)(struct rte_mbuf *pkt);
		const char *word;
	} table[] = {
		{too_many_segs, "nb_segs says 4"},
		{too_few_segs, "more segments"},
		{a_loop, "more segments"},
		{wrong_length, "pkt_len says 29"},
		{empty_behind, "empty"},
		{beyond_the_room, "buf_len"},
		{freed, "refcnt is 0"},
		{no_pool, "pool"},
		{no_shinfo, "shinfo"},
		{dead_shinfo, "reference"},
		{two_kinds, "at once"},
		{no_address, "address"},
	};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(table); i++) {
		struct rte_mbuf *pkt = sound();
		struct rte_mbuf *segs[SEGS] = {pkt, pkt->next, pkt->next->next};
		struct rte_mbuf saved[SEGS];
		struct pktpool_why why = {""};

		assert_int_equal(pkt_check(pkt, &why), 0);
		assert_string_equal(why.text, "");
		for (unsigned int k = 0; k < SEGS; k++)
			memcpy(&saved[k], segs[k], sizeof(saved[k]));
		table[i].break_it(pkt);
		assert_int_equal(pkt_check(pkt, &why), -EINVAL);
		if (strstr(why.text, table[i].word) == NULL)
			fail_msg("%u: %s", i, why.text);
		assert_int_equal(pkt_check(pkt, NULL), -EINVAL);
		for (unsigned int k = 0; k < SEGS; k++)
			memcpy(segs[k], &saved[k], sizeof(saved[k]));
		pktpool_free(pkt);
	}
	assert_int_equal(pkt_check(NULL, NULL), -EINVAL);
}

static void
an_empty_head_is_sound(void **state)
{
	struct rte_mbuf *pkt = pktpool_alloc(pool);

	(void)state;
	assert_int_equal(pkt_check(pkt, NULL), 0);
	pktpool_free(pkt);
}

int
main(void)
{
	struct pktpool_conf conf = {
		.name = "check", .n = 16, .headroom = 32, .room = 64, .socket = SOCKET_ID_ANY};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_break_is_seen),
		cmocka_unit_test(an_empty_head_is_sound),
	};
	int failed;

	if (eal_start(1, NULL) != 0 || pktpool_create(&pool, &conf, NULL) != 0)
		return 99;
	failed = cmocka_run_group_tests_name("check", tests, NULL, NULL);
	failed |= pktpool_destroy(pool, NULL, NULL) != 0;
	(void)eal_stop();
	return failed != 0;
}
