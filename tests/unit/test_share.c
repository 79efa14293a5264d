/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that share data: clones and splits, and what they do when pools run dry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chains.h"
#include "eal.h"

static void
share_is_all_or_nothing(void **state)
{
	struct rte_mbuf *pkt = packet(4, 3, 4), *hold[N_BUFS], *clone;
	unsigned int spare = N_BUFS - 3;

	(void)state;
	/* Leave k descriptors in the pool. */
	for (unsigned int k = 0; k <= 4; k++) {
		uint32_t before;

		clone = NULL;
		assert_int_equal(bufpool_alloc_bulk(bufs, hold, spare - k), 0);
		before = out();
		if (k < 3) {
			assert_int_equal(pkt_share(heads, bufs, pkt, &clone), -ENOBUFS);
			assert_null(clone);
		} else {
			assert_int_equal(pkt_share(heads, bufs, pkt, &clone), 0);
			assert_int_equal(out(), before + 4);
			holds_from(clone, 0, 16);
			pktpool_free(clone);
		}
		assert_int_equal(out(), before);
		for (struct rte_mbuf *seg = pkt; seg != NULL; seg = seg->next)
			assert_int_equal(rte_mbuf_refcnt_read(seg), 1);
		holds_from(pkt, 0, 16);
		pktpool_free_bulk(hold, spare - k);
	}
	/* No head left. */
	assert_int_equal(pktpool_alloc_bulk(heads, hold, N_HEADS - 1), 0);
	assert_int_equal(pkt_share(heads, bufs, pkt, &clone), -ENOBUFS);
	assert_int_equal(pkt_split(heads, bufs, pkt, 6, &clone), -ENOBUFS);
	holds_from(pkt, 0, 16);
	pktpool_free_bulk(hold, N_HEADS - 1);
	/* A count of references at its end. */
	rte_mbuf_refcnt_set(pkt->next->next, UINT16_MAX - 3);
	assert_int_equal(pkt_share(heads, bufs, pkt, &clone), -EOVERFLOW);
	assert_int_equal(pkt_split(heads, bufs, pkt, 9, &clone), -EOVERFLOW);
	assert_int_equal(rte_mbuf_refcnt_read(pkt->next), 1);
	assert_int_equal(rte_mbuf_refcnt_read(pkt), 1);
	rte_mbuf_refcnt_set(pkt->next->next, 1);
	holds_from(pkt, 0, 16);
	pktpool_free(pkt);
}

static void
clones_of_clones(void **state)
{
	static uint8_t memory[6] = {8, 9, 10, 11, 12, 13};
	struct rte_mbuf *pkt = packet(4, 1, 4), *one, *two, *seg;
	struct buf_map map;

	(void)state;
	buf_map_open(&map, memory, sizeof(memory), NULL, NULL);
	assert_int_equal(bufpool_map(bufs, &map, 0, 6, &seg), 0);
	assert_int_equal(pkt_chain_back(pkt, seg), 0);
	pkt->ol_flags |= RTE_MBUF_F_TX_VLAN;
	pkt->vlan_tci = 42;
	memset(pkt_reserved(pkt), 1, pkt_reserved_size(pkt));
	assert_int_equal(pkt_share(heads, bufs, pkt, &one), 0);
	assert_int_equal(pkt_share(heads, bufs, one, &two), 0);
	assert_int_equal(rte_mbuf_refcnt_read(pkt), 3);
	assert_int_equal(rte_mbuf_ext_refcnt_read(&map.shinfo), 4);
	holds_from(two, 0, 14);
	assert_int_equal(two->vlan_tci, 42);
	assert_true((two->ol_flags & RTE_MBUF_F_TX_VLAN) != 0);
	assert_int_equal(pkt_reserved_size(two), pkt_reserved_size(pkt));
	memset(pkt_reserved(two), 2, pkt_reserved_size(two));
	assert_int_equal(*(uint8_t *)pkt_reserved(pkt), 1);
	/* The first may go first. */
	pktpool_free(pkt);
	holds_from(one, 0, 14);
	pktpool_free(one);
	holds_from(two, 0, 14);
	assert_int_equal(rte_mbuf_ext_refcnt_read(&map.shinfo), 2);
	pktpool_free(two);
	assert_int_equal(rte_mbuf_ext_refcnt_read(&map.shinfo), 1);
	buf_map_close(&map);
}

static void
splits_at_each_offset(void **state)
{
	struct rte_mbuf *rest = NULL, *clone;

	(void)state;
	for (uint32_t at = 0; at <= 16; at++) {
		for (unsigned int order = 0; order < 2; order++) {
			struct rte_mbuf *pkt = packet(4, 3, 4);
			uint32_t before = out();

			if (at == 0 || at == 16) {
				assert_int_equal(pkt_split(heads, bufs, pkt, at, &rest), -EINVAL);
				holds_from(pkt, 0, 16);
				pktpool_free(pkt);
				continue;
			}
			assert_int_equal(pkt_split(heads, bufs, pkt, at, &rest), 0);
			holds_from(pkt, 0, at);
			holds_from(rest, at, 16 - at);
			/* A descriptor only where a segment was cut. */
			assert_int_equal(out(), before + 1 + (at % 4 != 0));
			assert_int_equal(rest->data_len, 0);
			/* The rest's head is its own: a header fits, also in its clone. */
			assert_int_equal(pkt_share(heads, bufs, rest, &clone), 0);
			assert_int_equal(pkt_retreat(clone, HEAD_ROOM), 0);
			assert_int_equal(pkt_advance(clone, HEAD_ROOM), 0);
			holds_from(clone, at, 16 - at);
			pktpool_free(clone);
			assert_int_equal(pkt_retreat(rest, 1), 0);
			rte_pktmbuf_mtod(rest, uint8_t *)[0] = (uint8_t)(at - 1);
			holds_from(rest, at - 1, 17 - at);
			holds_from(pkt, 0, at);
			pktpool_free(order == 0 ? pkt : rest);
			if (order == 0)
				holds_from(rest, at - 1, 17 - at);
			else
				holds_from(pkt, 0, at);
			pktpool_free(order == 0 ? rest : pkt);
		}
	}
}

static void
split_without_a_descriptor(void **state)
{
	struct rte_mbuf *pkt = packet(4, 3, 4), *hold[N_BUFS], *rest = NULL;
	uint32_t before;

	(void)state;
	assert_int_equal(bufpool_alloc_bulk(bufs, hold, N_BUFS - 3), 0);
	before = out();
	assert_int_equal(pkt_split(heads, bufs, pkt, 7, &rest), -ENOBUFS);
	assert_null(rest);
	assert_int_equal(out(), before);
	holds_from(pkt, 0, 16);
	/* Between two segments it needs none. */
	assert_int_equal(pkt_split(heads, bufs, pkt, 8, &rest), 0);
	holds_from(pkt, 0, 8);
	holds_from(rest, 8, 8);
	pktpool_free_bulk(hold, N_BUFS - 3);
	pktpool_free(rest);
	pktpool_free(pkt);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(share_is_all_or_nothing, nothing_out),
		cmocka_unit_test_teardown(clones_of_clones, nothing_out),
		cmocka_unit_test_teardown(splits_at_each_offset, nothing_out),
		cmocka_unit_test_teardown(split_without_a_descriptor, nothing_out),
	};
	int failed;

	if (eal_start(1, NULL) != 0 || chains_start() != 0)
		return 99;
	failed = cmocka_run_group_tests_name("share", tests, NULL, NULL);
	failed |= chains_stop() != 0;
	(void)eal_stop();
	return failed != 0;
}
