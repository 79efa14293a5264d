/* SPDX-License-Identifier: BSD-3-Clause */
/* Chains, case by case; test_chain_model.c does the same at random, against a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chains.h"
#include "eal.h"

static void
front_and_back(void **state)
{
	struct rte_mbuf *pkt = packet(2, 0, 0), *chain, *buf;
	struct pkt_info info;

	(void)state;
	pkt_query(pkt, &info);
	assert_int_equal(info.nb_segs, 1);
	assert_int_equal(info.nb_bufs, 0);
	assert_null(info.first);
	assert_null(pkt_unchain_front(pkt));
	assert_null(pkt_unchain_back(pkt));
	assert_int_equal(pkt_chain_back(pkt, buf_of(3, 7)), 0);
	assert_int_equal(pkt_chain_front(pkt, buf_of(1, 6)), 0);
	/* A chain goes in whole: 2 3 4 5 before 6. */
	chain = buf_of(2, 2);
	assert_int_equal(pkt_chain_back(chain, buf_of(2, 4)), 0);
	assert_int_equal(pkt_chain_front(pkt, chain), 0);
	chain = buf_of(2, 10);
	assert_int_equal(pkt_chain_back(chain, buf_of(3, 12)), 0);
	assert_int_equal(pkt_chain_back(pkt, chain), 0);
	holds_from(pkt, 0, 15);
	pkt_query(pkt, &info);
	assert_int_equal(info.pkt_len, 15);
	assert_int_equal(info.nb_segs, 7);
	assert_int_equal(info.nb_bufs, 6);
	assert_ptr_equal(info.first, pkt->next);
	info.nb_bufs = 0;
	pkt_foreach_buf (pkt, buf)
		info.nb_bufs++;
	assert_int_equal(info.nb_bufs, 6);
	buf = pkt_unchain_back(pkt);
	holds_from(buf, 12, 3);
	rte_pktmbuf_free(buf);
	buf = pkt_unchain_front(pkt);
	holds_from(buf, 2, 2);
	assert_int_equal(pkt_chain_front(pkt, buf), 0);
	holds_from(pkt, 0, 12);
	while ((buf = pkt_unchain_back(pkt)) != NULL)
		rte_pktmbuf_free(buf);
	holds_from(pkt, 0, 2);
	pktpool_free(pkt);
}

static void
chaining_refuses(void **state)
{
	struct rte_mbuf *pkt = packet(2, 2, 2), *buf = buf_of(1, 6), *empty;

	(void)state;
	assert_int_equal(bufpool_alloc_bulk(bufs, &empty, 1), 0);
	assert_int_equal(pkt_chain_front(pkt, empty), -EINVAL);
	assert_int_equal(pkt_chain_back(pkt, empty), -EINVAL);
	assert_int_equal(pkt_chain_front(pkt, pkt), -EINVAL);
	assert_int_equal(pkt_chain_back(pkt, pkt), -EINVAL);
	assert_int_equal(pkt_chain_back(pkt, pkt->next), -EINVAL);
	/* An empty one in the middle of a chain; a count that is wrong. */
	assert_int_equal(pkt_chain_back(buf, buf_of(1, 7)), 0);
	buf->next->data_len = 0;
	assert_int_equal(pkt_chain_back(pkt, buf), -EINVAL);
	buf->next->data_len = 1;
	buf->nb_segs = 3;
	assert_int_equal(pkt_chain_front(pkt, buf), -EINVAL);
	buf->nb_segs = 1;
	assert_int_equal(pkt_chain_back(pkt, buf), -EINVAL);
	buf->nb_segs = 2;
	holds_from(pkt, 0, 6);
	holds_from(buf, 6, 2);
	/* 65535 segments and 4 GiB are the end: said of the head, for who could make them? */
	pkt->nb_segs = 65534;
	assert_int_equal(pkt_chain_front(pkt, buf), -EOVERFLOW);
	pkt->nb_segs = 3;
	pkt->pkt_len = UINT32_MAX - 1;
	assert_int_equal(pkt_chain_back(pkt, buf), -EOVERFLOW);
	assert_int_equal(pkt_retreat(pkt, 2), -EOVERFLOW);
	assert_int_equal(pkt_adjust_length(pkt, pkt, 4), -EOVERFLOW);
	pkt->pkt_len = 6;
	assert_int_equal(pkt_chain_back(pkt, buf), 0);
	holds_from(pkt, 0, 8);
	rte_pktmbuf_free(empty);
	pktpool_free(pkt);
}

static void
lengths(void **state)
{
	struct rte_mbuf *pkt = packet(4, 2, 4), *other = buf_of(1, 0);

	(void)state;
	assert_int_equal(pkt_adjust_length(pkt, pkt->next->next, 1), 0);
	holds_from(pkt, 0, 9);
	assert_int_equal(pkt_adjust_length(pkt, pkt->next->next, 4), 0);
	holds_from(pkt, 0, 12);
	assert_int_equal(pkt_adjust_length(pkt, pkt->next->next, ROOM), 0);
	assert_int_equal(pkt->pkt_len, 8 + ROOM);
	assert_int_equal(pkt_adjust_length(pkt, pkt->next->next, ROOM + 1), -ENOSPC);
	assert_int_equal(pkt_adjust_length(pkt, pkt->next->next, 0), -EINVAL);
	assert_int_equal(pkt_adjust_length(pkt, other, 1), -EINVAL);
	assert_int_equal(pkt->pkt_len, 8 + ROOM);
	assert_int_equal(pkt_adjust_length(pkt, pkt->next->next, 4), 0);
	assert_int_equal(pkt_adjust_length(pkt, pkt, 0), 0);
	holds_from(pkt, 4, 8);
	rte_pktmbuf_free(other);
	pktpool_free(pkt);
}

static void
advance_and_retreat(void **state)
{
	(void)state;
	for (uint32_t by = 0; by <= 12; by++) {
		struct rte_mbuf *pkt = packet(4, 2, 4);
		uint32_t before = out();

		assert_int_equal(pkt_advance(pkt, 13), -EINVAL);
		holds_from(pkt, 0, 12);
		assert_int_equal(pkt_advance(pkt, by), 0);
		holds_from(pkt, by, 12 - by);
		/* Emptied buffers are gone, the head never. */
		assert_int_equal(out(), before - (by >= 8) - (by >= 12));
		assert_int_equal(pkt_retreat(pkt, (uint16_t)RTE_MIN(by, 4U)), 0);
		if (by <= 4)
			holds_from(pkt, 0, 12);
		assert_int_equal(pkt_retreat(pkt, HEAD_ROOM + 1), -ENOSPC);
		assert_int_equal(pkt_retreat(pkt, HEAD_ROOM), 0);
		assert_int_equal(pkt->data_off, 0);
		assert_int_equal(pkt_retreat(pkt, 1), -ENOSPC);
		assert_int_equal(pkt_check(pkt, NULL), 0);
		pktpool_free(pkt);
	}
}

static void
views(void **state)
{
	struct rte_mbuf *pkt = packet(4, 3, 4), *rest;
	uint8_t storage[16], up[16];
	const uint8_t *view;

	(void)state;
	for (unsigned int i = 0; i < 16; i++)
		up[i] = (uint8_t)i;
	for (uint32_t n = 0; n <= 16; n++) {
		memset(storage, 0xa5, sizeof(storage));
		view = pkt_view(pkt, n, storage);
		assert_ptr_equal(view, n <= 4 ? rte_pktmbuf_mtod(pkt, const uint8_t *) : storage);
		assert_memory_equal(view, up, n);
		/* It copies only when it must, and no byte too many. */
		for (uint32_t i = n <= 4 ? 0 : n; i < 16; i++)
			assert_int_equal(storage[i], 0xa5);
	}
	assert_null(pkt_view(pkt, 17, storage));
	assert_null(pkt_view(pkt, 5, NULL));
	/* Behind an empty head, nothing need be copied. */
	assert_int_equal(pkt_split(heads, bufs, pkt, 4, &rest), 0);
	assert_int_equal(rest->data_len, 0);
	view = pkt_view(rest, 4, NULL);
	assert_ptr_equal(view, rte_pktmbuf_mtod(rest->next, const uint8_t *));
	assert_int_equal(view[0], 4);
	pktpool_free(rest);
	pktpool_free(pkt);
}

static void
pulls(void **state)
{
	struct rte_mbuf *pkt, *clone;

	(void)state;
	for (uint16_t n = 0; n <= 16; n++) {
		pkt = packet(4, 3, 4);
		assert_int_equal(pkt_pull(pkt, 17), -EINVAL);
		assert_int_equal(pkt_pull(pkt, n), 0);
		holds_from(pkt, 0, 16);
		assert_int_equal(pkt->data_len, RTE_MAX(n, 4));
		pktpool_free(pkt);
	}
	/* 60 bytes of data in front of 4 bytes of room: the headroom helps out. */
	pkt = packet(60, 2, 40);
	assert_int_equal(pkt_pull(pkt, 70), 0);
	holds_from(pkt, 0, 140);
	assert_int_equal(pkt->data_off, HEAD_ROOM - 6);
	assert_int_equal(pkt_pull(pkt, HEAD_ROOM + ROOM + 1), -ENOSPC);
	holds_from(pkt, 0, 140);
	assert_int_equal(pkt_pull(pkt, HEAD_ROOM + ROOM), 0);
	holds_from(pkt, 0, 140);
	assert_int_equal(pkt->data_off, 0);
	pktpool_free(pkt);
	/* What a clone sees is not moved. */
	pkt = packet(4, 2, 4);
	assert_int_equal(pkt_share(heads, bufs, pkt, &clone), 0);
	assert_int_equal(pkt_pull(pkt, 4), 0);
	assert_int_equal(pkt_pull(pkt, 5), -EBUSY);
	assert_int_equal(pkt_pull(clone, 5), -EBUSY);
	assert_int_equal(pkt_retreat(pkt, 1), -EBUSY);
	assert_int_equal(pkt_retreat(clone, 1), -EBUSY);
	holds_from(pkt, 0, 12);
	holds_from(clone, 0, 12);
	pktpool_free(clone);
	assert_int_equal(pkt_pull(pkt, 5), 0);
	holds_from(pkt, 0, 12);
	pktpool_free(pkt);
}

static void
copies_stop_at_either_end(void **state)
{
	struct rte_mbuf *src = packet(3, 3, 5), *dst;
	uint8_t expect[20];

	(void)state;
	for (uint32_t dst_off = 0; dst_off <= 21; dst_off++) {
		for (uint32_t src_off = 0; src_off <= 19; src_off++) {
			for (uint32_t n = 0; n <= 21; n += 3) {
				uint32_t fits =
					RTE_MIN(n, RTE_MIN(dst_off < 20 ? 20 - dst_off : 0,
							   src_off < 18 ? 18 - src_off : 0));

				dst = packet(2, 3, 6);
				for (unsigned int i = 0; i < 20; i++)
					expect[i] = (uint8_t)i;
				for (uint32_t i = 0; i < fits; i++)
					expect[dst_off + i] = (uint8_t)(src_off + i);
				assert_int_equal(pkt_copy(dst, dst_off, src, src_off, n), fits);
				holds(dst, expect, 20);
				pktpool_free(dst);
			}
		}
	}
	assert_int_equal(pkt_copy(src, 0, src, 1, 5), 0);
	holds_from(src, 0, 18);
	pktpool_free(src);
}

static void
copies_never_write_shared_data(void **state)
{
	static const uint8_t left[8] = {0, 1, 2, 3, 8, 9, 10, 11};
	static uint8_t memory[8];
	struct rte_mbuf *src = packet(20, 0, 0), *dst = packet(4, 2, 4), *clone, *seg;
	struct buf_map map;

	(void)state;
	memset(rte_pktmbuf_mtod(src, void *), 0xee, 20);
	assert_int_equal(pkt_share(heads, bufs, dst, &clone), 0);
	assert_int_equal(pkt_copy(dst, 0, src, 0, 12), 0);
	assert_int_equal(pkt_copy(clone, 0, src, 0, 12), 0);
	holds_from(dst, 0, 12);
	/* Only the last segment is the clone's still: writing stops in front of it. */
	seg = pkt_unchain_front(clone);
	rte_pktmbuf_free(seg);
	assert_int_equal(pkt_copy(dst, 4, src, 0, 8), 4);
	holds(clone, left, sizeof(left));
	pktpool_free(clone);
	pktpool_free(dst);
	/* A client's memory is never written, even if nobody else sees it. */
	dst = packet(4, 0, 0);
	buf_map_open(&map, memory, sizeof(memory), NULL, NULL);
	assert_int_equal(bufpool_map(bufs, &map, 0, 8, &seg), 0);
	buf_map_close(&map);
	assert_int_equal(pkt_chain_back(dst, seg), 0);
	assert_int_equal(pkt_copy(dst, 0, src, 0, 12), 4);
	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(memory[i], 0);
	pktpool_free(dst);
	pktpool_free(src);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(front_and_back, nothing_out),
		cmocka_unit_test_teardown(chaining_refuses, nothing_out),
		cmocka_unit_test_teardown(lengths, nothing_out),
		cmocka_unit_test_teardown(advance_and_retreat, nothing_out),
		cmocka_unit_test_teardown(views, nothing_out),
		cmocka_unit_test_teardown(pulls, nothing_out),
		cmocka_unit_test_teardown(copies_stop_at_either_end, nothing_out),
		cmocka_unit_test_teardown(copies_never_write_shared_data, nothing_out),
	};
	int failed;

	if (eal_start(1, NULL) != 0 || chains_start() != 0)
		return 99;
	failed = cmocka_run_group_tests_name("chain", tests, NULL, NULL);
	failed |= chains_stop() != 0;
	(void)eal_stop();
	return failed != 0;
}
