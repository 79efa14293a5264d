/* SPDX-License-Identifier: BSD-3-Clause */
/* Buffer pools, and mappings: `done` exactly once, whoever was last. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <rte_ethdev.h>
#include <rte_launch.h>

#include "eal.h"
#include "pktpool.h"

#define BIG   (200 * 1000)
#define DESCS 64

static struct bufpool *
make(const char *name, uint32_t n, uint16_t headroom, uint16_t room)
{
	struct bufpool_conf conf = {
		.name = name,
		.n = n,
		.headroom = headroom,
		.room = room,
		.cache = PKTPOOL_CACHE_AUTO,
		.socket = SOCKET_ID_ANY,
	};
	struct pktpool_why why = {""};
	struct bufpool *pool = NULL;
	int ret = bufpool_create(&pool, &conf, &why);

	if (ret != 0)
		fail_msg("%s", why.text);
	return pool;
}

static uint32_t
in_use(const struct bufpool *pool)
{
	struct pktpool_usage usage;

	bufpool_usage(pool, &usage);
	return usage.in_use;
}

static void
done_with(struct bufpool *pool)
{
	assert_int_equal(in_use(pool), 0);
	assert_int_equal(bufpool_destroy(pool, NULL, NULL), 0);
}

/* What `done` did. */
struct told {
	unsigned int times;
	unsigned int lcore;
	struct buf_map *map;
};

static void
tell(struct buf_map *map, void *arg)
{
	struct told *told = arg;

	__atomic_add_fetch(&told->times, 1, __ATOMIC_SEQ_CST);
	told->lcore = rte_lcore_id();
	told->map = map;
}

static void
own_room(void **state)
{
	struct rte_mbuf *bufs[100], *more;
	struct bufpool *pool = make("room", 100, 32, 500);

	(void)state;
	assert_int_equal(bufpool_headroom(pool), 32);
	assert_int_equal(bufpool_room(pool), 500);
	assert_string_equal(bufpool_name(pool), "room");
	for (unsigned int turn = 0; turn < 2; turn++) {
		assert_int_equal(bufpool_alloc_bulk(pool, bufs, 101), -ENOBUFS);
		assert_int_equal(bufpool_alloc_bulk(pool, bufs, 100), 0);
		assert_null(bufpool_alloc(pool));
		for (unsigned int i = 0; i < 100; i++) {
			assert_int_equal(bufs[i]->data_off, 32);
			assert_int_equal(rte_pktmbuf_tailroom(bufs[i]), 500);
			assert_ptr_equal(bufpool_of(bufs[i]), pool);
			assert_null(pktpool_of(bufs[i]));
			assert_int_equal(pkt_reserved_size(bufs[i]), 0);
			memset(rte_pktmbuf_append(bufs[i], 500), 1, 500);
		}
		assert_int_equal(pkt_reinit(bufs[0]), -EINVAL);
		rte_pktmbuf_free(bufs[7]);
		more = bufpool_alloc(pool);
		assert_non_null(more);
		bufs[7] = more;
		pktpool_free_bulk(bufs, 100);
	}
	assert_int_equal(bufpool_mempool(pool)->private_data_size != 0, 1);
	done_with(pool);
}

static void
done_comes_once_in_any_order(void **state)
{
	static char memory[1000];
	struct bufpool *pool = make("order", 3, 0, 0);
	struct rte_mbuf *bufs[3];
	struct buf_map map;

	(void)state;
	/* The opener lets go before the first, between, or after the last descriptor. */
	for (unsigned int close_at = 0; close_at <= 3; close_at++) {
		struct told told = {0};

		buf_map_open(&map, memory, sizeof(memory), tell, &told);
		for (unsigned int i = 0; i < 3; i++)
			assert_int_equal(bufpool_map(pool, &map, 300 * i, 400, &bufs[i]), 0);
		assert_int_equal(rte_mbuf_ext_refcnt_read(&map.shinfo), 4);
		for (unsigned int i = 0; i <= 3; i++) {
			if (i == close_at) {
				assert_int_equal(told.times, 0);
				buf_map_close(&map);
			}
			if (i < 3) {
				assert_int_equal(told.times, 0);
				rte_pktmbuf_free(bufs[i]);
			}
		}
		assert_int_equal(told.times, 1);
		assert_ptr_equal(told.map, &map);
		assert_int_equal(in_use(pool), 0);
	}
	/* Nobody to tell. */
	buf_map_open(&map, memory, sizeof(memory), NULL, NULL);
	assert_int_equal(bufpool_map(pool, &map, 0, 1, &bufs[0]), 0);
	buf_map_close(&map);
	rte_pktmbuf_free(bufs[0]);
	done_with(pool);
}

static void
a_descriptor_sees_its_part(void **state)
{
	static char memory[70000];
	struct bufpool *pool = make("part", 2, 10, 20);
	struct told told = {0};
	struct rte_mbuf *buf;
	struct buf_map map;
	const char *reason;

	(void)state;
	buf_map_open(&map, memory, sizeof(memory), tell, &told);
	for (unsigned int turn = 0; turn < 3; turn++) {
		assert_int_equal(bufpool_map(pool, &map, 4465, 65535, &buf), 0);
		assert_ptr_equal(rte_pktmbuf_mtod(buf, char *), memory + 4465);
		assert_int_equal(buf->data_len, 65535);
		assert_int_equal(buf->pkt_len, 65535);
		assert_int_equal(rte_pktmbuf_headroom(buf) + rte_pktmbuf_tailroom(buf), 0);
		assert_int_equal(rte_pktmbuf_iova(buf), (uintptr_t)memory + 4465);
		assert_int_equal(rte_mbuf_check(buf, 1, &reason), 0);
		rte_pktmbuf_free(buf);
		/* It has its own room again. */
		assert_int_equal(bufpool_alloc_bulk(pool, &buf, 1), 0);
		assert_true(RTE_MBUF_DIRECT(buf));
		assert_ptr_equal(buf->buf_addr, RTE_PTR_ADD(buf, sizeof(*buf)));
		assert_int_equal(rte_pktmbuf_tailroom(buf), 20);
		rte_pktmbuf_free(buf);
	}
	buf_map_close(&map);
	assert_int_equal(told.times, 1);
	done_with(pool);
}

static void
refusals_change_nothing(void **state)
{
	static char memory[BIG];
	static const struct {
		size_t off, len;
		int err;
	} table[] = {
		{0, 0, -EINVAL},
		{0, 65536, -EINVAL},
		{0, SIZE_MAX, -EINVAL},
		{BIG, 1, -ERANGE},
		{BIG - 10, 11, -ERANGE},
		{SIZE_MAX, 2, -ERANGE},
		{5, 10, -ENOBUFS},
	};
	struct bufpool *pool = make("refuse", 3, 0, 0);
	struct rte_mbuf *bufs[4], *buf = NULL;
	struct told told = {0};
	struct buf_map map;

	(void)state;
	buf_map_open(&map, memory, sizeof(memory), tell, &told);
	assert_int_equal(bufpool_map_bulk(pool, &map, 0, 3 * 65535, bufs, 2), -ENOSPC);
	assert_int_equal(bufpool_map_bulk(pool, &map, 0, BIG, bufs, 4), -ENOBUFS);
	assert_int_equal(rte_mbuf_ext_refcnt_read(&map.shinfo), 1);
	assert_int_equal(in_use(pool), 0);
	assert_int_equal(bufpool_map_bulk(pool, &map, 0, 3 * 65535, bufs, 4), 3);
	for (unsigned int i = 0; i < RTE_DIM(table); i++) {
		assert_int_equal(
			bufpool_map(pool, &map, table[i].off, table[i].len, &buf), table[i].err);
		assert_null(buf);
		assert_int_equal(rte_mbuf_ext_refcnt_read(&map.shinfo), 4);
	}
	pktpool_free_bulk(bufs, 3);
	buf_map_close(&map);
	assert_int_equal(told.times, 1);
	done_with(pool);
}

static void
bulk_covers_the_range_in_order(void **state)
{
	static char memory[BIG];
	static const size_t lens[] = {1, 65534, 65535, 65536, 131070, 131071, BIG - 3};
	struct bufpool *pool = make("cover", 8, 0, 0);
	struct told told = {0};
	struct rte_mbuf *bufs[8];
	struct buf_map map;

	(void)state;
	buf_map_open(&map, memory, sizeof(memory), tell, &told);
	for (unsigned int i = 0; i < RTE_DIM(lens); i++) {
		char *at = memory + 3;
		int n = bufpool_map_bulk(pool, &map, 3, lens[i], bufs, 8);

		assert_int_equal(n, (int)((lens[i] + 65534) / 65535));
		for (int k = 0; k < n; k++) {
			assert_ptr_equal(rte_pktmbuf_mtod(bufs[k], char *), at);
			assert_null(bufs[k]->next);
			at += bufs[k]->data_len;
		}
		assert_ptr_equal(at, memory + 3 + lens[i]);
		pktpool_free_bulk(bufs, (unsigned int)n);
	}
	buf_map_close(&map);
	assert_int_equal(told.times, 1);
	done_with(pool);
}

/* The count of references has 16 bits: it is refused before it wraps. */
static void
references_do_not_wrap(void **state)
{
	static char memory[16];
	const unsigned int max = BUF_MAP_REFS_MAX;
	struct bufpool *pool = make("wrap", max + 3, 0, 0);
	struct rte_mbuf **bufs = calloc(max + 1, sizeof(*bufs));
	struct told told = {0};
	struct buf_map map;

	(void)state;
	assert_non_null(bufs);
	buf_map_open(&map, memory, sizeof(memory), tell, &told);
	for (unsigned int i = 0; i < max; i++) {
		if (bufpool_map(pool, &map, 0, 16, &bufs[i]) != 0)
			fail_msg("refused at %u", i);
	}
	assert_int_equal(bufpool_map(pool, &map, 0, 16, &bufs[max]), -EOVERFLOW);
	assert_int_equal(in_use(pool), max);
	rte_pktmbuf_free(bufs[0]);
	assert_int_equal(bufpool_map(pool, &map, 0, 16, &bufs[0]), 0);
	buf_map_close(&map);
	pktpool_free_bulk(bufs, max - 1);
	assert_int_equal(told.times, 0);
	rte_pktmbuf_free(bufs[max - 1]);
	assert_int_equal(told.times, 1);
	free(bufs);
	done_with(pool);
}

static void
raw_descriptors(void **state)
{
	static char memory[4096];
	struct bufpool *pool = make("raw", 45, 0, 0);
	struct told told = {0};
	struct rte_mbuf *bufs[45];
	struct buf_map map;
	const char *reason;

	(void)state;
	for (unsigned int turn = 0; turn < 3; turn++) {
		told.times = 0;
		buf_map_open(&map, memory, sizeof(memory), tell, &told);
		assert_int_equal(bufpool_alloc_raw_bulk(pool, bufs, 45), 0);
		/* 45 references for the descriptors instead of the opener's one. */
		rte_mbuf_ext_refcnt_set(&map.shinfo, 45);
		for (unsigned int i = 0; i < 45; i++) {
			buf_attach_raw(bufs[i], memory + i, (uintptr_t)memory + i, 64, &map.shinfo);
			assert_int_equal(rte_mbuf_check(bufs[i], 1, &reason), 0);
			assert_ptr_equal(rte_pktmbuf_mtod(bufs[i], char *), memory + i);
			if (i != 0)
				assert_int_equal(rte_pktmbuf_chain(bufs[0], bufs[i]), 0);
		}
		assert_int_equal(bufs[0]->pkt_len, 45 * 64);
		rte_pktmbuf_free(bufs[0]);
		assert_int_equal(told.times, 1);
		assert_int_equal(in_use(pool), 0);
	}
	done_with(pool);
}

static int
free_it(void *arg)
{
	rte_pktmbuf_free(arg);
	return 0;
}

static void
done_on_another_lcore(void **state)
{
	static char memory[100];
	struct bufpool *pool = make("remote", 1, 0, 0);
	struct told told = {0};
	struct rte_mbuf *buf;
	struct buf_map map;

	(void)state;
	buf_map_open(&map, memory, sizeof(memory), tell, &told);
	assert_int_equal(bufpool_map(pool, &map, 0, 100, &buf), 0);
	buf_map_close(&map);
	assert_int_equal(rte_eal_remote_launch(free_it, buf, 1), 0);
	rte_eal_wait_lcore(1);
	assert_int_equal(told.times, 1);
	assert_int_equal(told.lcore, 1);
	done_with(pool);
}

/* Two lcores free the descriptors of one mapping at the same time. */
static int
free_half(void *arg)
{
	struct rte_mbuf **bufs = arg;

	for (unsigned int i = rte_lcore_id(); i < DESCS; i += 2)
		rte_pktmbuf_free(bufs[i]);
	return 0;
}

static void
done_once_in_a_race(void **state)
{
	static char memory[DESCS];
	struct bufpool *pool = make("race", DESCS, 0, 0);
	struct rte_mbuf *bufs[DESCS];
	struct buf_map map;

	(void)state;
	for (unsigned int turn = 0; turn < 500; turn++) {
		struct told told = {0};

		buf_map_open(&map, memory, sizeof(memory), tell, &told);
		for (unsigned int i = 0; i < DESCS; i++)
			assert_int_equal(bufpool_map(pool, &map, i, 1, &bufs[i]), 0);
		assert_int_equal(rte_eal_remote_launch(free_half, bufs, 1), 0);
		buf_map_close(&map);
		free_half(bufs);
		rte_eal_wait_lcore(1);
		assert_int_equal(told.times, 1);
		assert_int_equal(in_use(pool), 0);
	}
	done_with(pool);
}

/* net_ring hands the very mbuf to the receiver, which frees it. */
static int
receive_and_free(void *arg)
{
	struct rte_mbuf *pkt = NULL;

	(void)arg;
	if (rte_eth_rx_burst(0, 0, &pkt, 1) != 1)
		return -1;
	rte_pktmbuf_free(pkt);
	return 0;
}

static void
done_at_the_receiver(void **state)
{
	static char memory[1000];
	struct pktpool_conf conf = {
		.name = "heads", .n = 4, .headroom = 64, .room = 64, .socket = SOCKET_ID_ANY};
	struct bufpool *pool = make("ring", 1, 0, 0);
	struct rte_eth_conf port = {0};
	struct told told = {0};
	struct rte_mbuf *head, *buf;
	struct pktpool *heads;
	struct buf_map map;

	(void)state;
	assert_int_equal(pktpool_create(&heads, &conf, NULL), 0);
	assert_int_equal(rte_eth_dev_configure(0, 1, 1, &port), 0);
	assert_int_equal(rte_eth_rx_queue_setup(0, 0, 64, 0, NULL, pktpool_mempool(heads)), 0);
	assert_int_equal(rte_eth_tx_queue_setup(0, 0, 64, 0, NULL), 0);
	assert_int_equal(rte_eth_dev_start(0), 0);
	buf_map_open(&map, memory, sizeof(memory), tell, &told);
	assert_int_equal(bufpool_map(pool, &map, 0, 1000, &buf), 0);
	buf_map_close(&map);
	head = pktpool_alloc(heads);
	assert_non_null(rte_pktmbuf_append(head, 14));
	assert_int_equal(rte_pktmbuf_chain(head, buf), 0);
	assert_int_equal(rte_eth_tx_burst(0, 0, &head, 1), 1);
	assert_int_equal(told.times, 0);
	assert_int_equal(rte_eal_remote_launch(receive_and_free, NULL, 1), 0);
	assert_int_equal(rte_eal_wait_lcore(1), 0);
	assert_int_equal(told.times, 1);
	assert_int_equal(told.lcore, 1);
	assert_int_equal(rte_eth_dev_stop(0), 0);
	assert_int_equal(rte_eth_dev_close(0), 0);
	assert_int_equal(pktpool_destroy(heads, NULL, NULL), 0);
	done_with(pool);
}

int
main(void)
{
	static const char *const vdev[] = {"--vdev=net_ring0", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_room),
		cmocka_unit_test(done_comes_once_in_any_order),
		cmocka_unit_test(a_descriptor_sees_its_part),
		cmocka_unit_test(refusals_change_nothing),
		cmocka_unit_test(bulk_covers_the_range_in_order),
		cmocka_unit_test(references_do_not_wrap),
		cmocka_unit_test(raw_descriptors),
		cmocka_unit_test(done_on_another_lcore),
		cmocka_unit_test(done_once_in_a_race),
		cmocka_unit_test(done_at_the_receiver),
	};
	int failed;

	if (eal_start(2, vdev) != 0)
		return 99;
	failed = cmocka_run_group_tests_name("buf", tests, NULL, NULL);
	(void)eal_stop();
	return failed != 0;
}
