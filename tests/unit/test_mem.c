/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory by tag, and a client's memory made known to devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_memory.h>

#include "eal.h"
#include "pktpool.h"
#include "pktpool_mem.h"

/* The devices' DMA, in place of the real one: the k-th mapping fails, and all are counted. */
static struct {
	int maps;
	int unmaps;
	int fail_at; /* 1: the first; 0: none */
	int err;
} dma;

/* IOVA=PA as the EAL would have it, with physical pages that lie together in threes. */
static bool iova_pa;

enum rte_iova_mode __wrap_rte_eal_iova_mode(void);
rte_iova_t __wrap_rte_mem_virt2iova(const void *va);

int __wrap_rte_dev_dma_map(struct rte_device *dev, void *addr, uint64_t iova, size_t len);
int __wrap_rte_dev_dma_unmap(struct rte_device *dev, void *addr, uint64_t iova, size_t len);

static size_t
page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

enum rte_iova_mode
__wrap_rte_eal_iova_mode(void)
{
	return iova_pa ? RTE_IOVA_PA : RTE_IOVA_VA;
}

rte_iova_t
__wrap_rte_mem_virt2iova(const void *va)
{
	uintptr_t number = (uintptr_t)va / page();

	return iova_pa ? (uintptr_t)va + number / 3 * page() : (uintptr_t)va;
}

int
__wrap_rte_dev_dma_map(struct rte_device *dev, void *addr, uint64_t iova, size_t len)
{
	assert_non_null(dev);
	assert_int_equal(__wrap_rte_mem_virt2iova(addr), iova);
	assert_int_not_equal(len, 0);
	if (++dma.maps == dma.fail_at) {
		rte_errno = dma.err;
		return -1;
	}
	return 0;
}

int
__wrap_rte_dev_dma_unmap(struct rte_device *dev, void *addr, uint64_t iova, size_t len)
{
	assert_non_null(dev);
	assert_int_equal(__wrap_rte_mem_virt2iova(addr), iova);
	assert_int_not_equal(len, 0);
	dma.unmaps++;
	return 0;
}

static char *
pages(size_t n)
{
	char *va =
		mmap(NULL, n * page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(va != MAP_FAILED);
	return va;
}

static void *
take(const char *tag, size_t len, unsigned int align)
{
	struct pktpool_why why = {""};
	void *ptr = pktpool_mem_alloc(tag, len, align, SOCKET_ID_ANY, &why);

	if (ptr == NULL)
		fail_msg("%s", why.text);
	return ptr;
}

static void
counts_by_tag(void **state)
{
	struct pktpool_mem_usage u;
	void *a, *b, *c;

	(void)state;
	assert_int_equal(pktpool_mem_usage("AAAA", &u), -ENOENT);
	a = take("AAAA", 100, 0);
	b = take("AAAA", 50, 0);
	c = take("BBBB", 7, 0);
	assert_int_equal(pktpool_mem_usage("AAAA", &u), 0);
	assert_string_equal(u.tag, "AAAA");
	assert_int_equal(u.blocks, 2);
	assert_int_equal(u.bytes, 150);
	assert_int_equal(pktpool_mem_free(a), 0);
	assert_int_equal(pktpool_mem_free(b), 0);
	a = take("AAAA", 120, 0);
	assert_int_equal(pktpool_mem_usage("AAAA", &u), 0);
	assert_int_equal(u.blocks, 1);
	assert_int_equal(u.bytes, 120);
	assert_int_equal(u.peak_bytes, 150);
	assert_int_equal(u.allocs, 3);
	assert_int_equal(pktpool_mem_usage("BBBB", &u), 0);
	assert_int_equal(u.blocks, 1);
	assert_int_equal(pktpool_mem_free(a), 0);
	assert_int_equal(pktpool_mem_free(c), 0);
	assert_int_equal(pktpool_mem_usage("AAAA", &u), 0);
	assert_int_equal(u.blocks + u.bytes, 0);
}

static void
zeroed_aligned_dma_able(void **state)
{
	static const unsigned int aligns[] = {0, 1, 2, 64, 128, 512, 4096};
	static const size_t lens[] = {1, 63, 64, 65, 4097, 100000};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(aligns); i++) {
		for (unsigned int k = 0; k < RTE_DIM(lens); k++) {
			unsigned int align = aligns[i] != 0 ? aligns[i] : RTE_CACHE_LINE_SIZE;
			uint8_t *p = take("Zero", lens[k], aligns[i]);
			uint8_t bits = 0;

			assert_int_equal((uintptr_t)p % align, 0);
			assert_true(pktpool_mem_is_dma(p, lens[k]));
			for (size_t at = 0; at < lens[k]; at++)
				bits |= p[at];
			assert_int_equal(bits, 0);
			memset(p, 0xff, lens[k]);
			assert_int_equal(pktpool_mem_free(p), 0);
		}
	}
}

static void
bad_frees_are_seen(void **state)
{
	static char outside[256] __rte_cache_aligned;
	char *a = take("Free", 1000, 0);
	void *foreign = rte_malloc(NULL, 1000, 64);

	(void)state;
	memset(foreign, 0xa5, 1000);
	assert_int_equal(pktpool_mem_free(a + 64), -EINVAL);
	assert_int_equal(pktpool_mem_free(a + 1), -EINVAL);
	assert_int_equal(pktpool_mem_free(outside + 128), -EINVAL);
	assert_int_equal(pktpool_mem_free((void *)64), -EINVAL);
	assert_int_equal(pktpool_mem_free((char *)foreign + 128), -EINVAL);
	assert_int_equal(pktpool_mem_free(a), 0);
	assert_int_equal(pktpool_mem_free(a), -EINVAL);
	assert_int_equal(pktpool_mem_free(NULL), 0);
	rte_free(foreign);
}

static void
bad_requests_say_why(void **state)
{
	static const struct {
		const char *tag;
		size_t len;
		unsigned int align;
		const char *word;
	} table[] = {
		{"", 1, 0, "4 char"},
		{"abc", 1, 0, "4 char"},
		{"a\"bc", 1, 0, "letters"},
		{"good", 0, 0, "at least 1"},
		{"good", 1, 3, "power of two"},
		{"good", 1, 8192, "power of two"},
		{"good", 1ULL << 40, 0, "-m"},
		{"good", SIZE_MAX, 0, "-m"},
	};
	struct pktpool_mem_usage u;

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(table); i++) {
		struct pktpool_why why = {""};

		assert_null(pktpool_mem_alloc(
			table[i].tag, table[i].len, table[i].align, SOCKET_ID_ANY, &why));
		assert_non_null(strstr(why.text, table[i].word));
		assert_null(pktpool_mem_alloc(
			table[i].tag, table[i].len, table[i].align, SOCKET_ID_ANY, NULL));
	}
	assert_int_equal(pktpool_mem_usage("good", &u), -ENOENT);
}

static void
check_total(void *arg, const struct pktpool_mem_usage *usage)
{
	*(uint64_t *)arg += usage->blocks;
}

static void
too_many_tags(void **state)
{
	static void *blocks[PKTPOOL_MEM_TAGS_MAX];
	unsigned int before = pktpool_mem_tags(NULL, NULL);
	struct pktpool_why why = {""};
	uint64_t total = 0;
	char tag[16];

	(void)state;
	for (unsigned int i = before; i < PKTPOOL_MEM_TAGS_MAX; i++) {
		(void)snprintf(tag, sizeof(tag), "t%03u", i);
		blocks[i] = take(tag, 1, 0);
	}
	assert_null(pktpool_mem_alloc("more", 1, 0, SOCKET_ID_ANY, &why));
	assert_non_null(strstr(why.text, "256"));
	blocks[0] = take("t255", 1, 0);
	assert_int_equal(pktpool_mem_tags(check_total, &total), PKTPOOL_MEM_TAGS_MAX);
	assert_int_equal(total, PKTPOOL_MEM_TAGS_MAX - before + 1);
	for (unsigned int i = before; i < PKTPOOL_MEM_TAGS_MAX; i++)
		assert_int_equal(pktpool_mem_free(blocks[i]), 0);
	assert_int_equal(pktpool_mem_free(blocks[0]), 0);
}

static void
dma_able_is_each_page(void **state)
{
	static char mine[100];
	char *va = pages(8);

	(void)state;
	dma.fail_at = 0;
	assert_false(pktpool_mem_is_dma(mine, 1));
	assert_false(pktpool_mem_is_dma(va, 1));
	assert_false(pktpool_mem_is_dma(va, 0));
	assert_int_equal(pktpool_mem_register(va + 2 * page(), 4 * page(), NULL), 0);
	assert_true(pktpool_mem_is_dma(va + 2 * page(), 4 * page()));
	assert_true(pktpool_mem_is_dma(va + 2 * page() + 5, 3 * page()));
	assert_false(pktpool_mem_is_dma(va + 2 * page() - 1, 2));
	assert_false(pktpool_mem_is_dma(va + 6 * page() - 1, 2));
	assert_false(pktpool_mem_is_dma(va, 8 * page()));
	assert_false(pktpool_mem_is_dma(va + 2 * page(), SIZE_MAX));
	assert_int_equal(pktpool_mem_unregister(va + 2 * page(), 4 * page(), NULL), 0);
	assert_false(pktpool_mem_is_dma(va + 2 * page(), 1));
	munmap(va, 8 * page());
}

static void
register_maps_for_each_device(void **state)
{
	char *va = pages(4);
	size_t len = 4 * page();

	(void)state;
	memset(&dma, 0, sizeof(dma));
	assert_int_equal(pktpool_mem_register(va, len, NULL), 0);
	assert_int_equal(dma.maps, 2);
	assert_int_equal(pktpool_mem_map_port(1, NULL), 0);
	assert_int_equal(dma.maps, 3);
	assert_int_equal(pktpool_mem_map_port(77, NULL), -ENODEV);
	assert_int_equal(pktpool_mem_unregister(va, len, NULL), 0);
	assert_int_equal(dma.unmaps, 2);
	/* A device without DMA is fine; another error undoes all. */
	memset(&dma, 0, sizeof(dma));
	dma.fail_at = 1;
	dma.err = ENOTSUP;
	assert_int_equal(pktpool_mem_register(va, len, NULL), 0);
	assert_int_equal(dma.maps, 2);
	assert_int_equal(pktpool_mem_unregister(va, len, NULL), 0);
	for (int k = 1; k <= 2; k++) {
		struct pktpool_why why = {""};

		memset(&dma, 0, sizeof(dma));
		dma.fail_at = k;
		dma.err = ENOMEM;
		assert_int_equal(pktpool_mem_register(va, len, &why), -ENOMEM);
		assert_non_null(strstr(why.text, "DMA"));
		assert_int_equal(dma.unmaps, k - 1);
		assert_false(pktpool_mem_is_dma(va, 1));
		assert_int_equal(pktpool_mem_unregister(va, len, NULL), -ENOENT);
	}
	munmap(va, len);
}

static void
bad_regions_say_why(void **state)
{
	char *va = pages(8);
	struct pktpool_why why = {""};
	void *block;

	(void)state;
	memset(&dma, 0, sizeof(dma));
	assert_int_equal(pktpool_mem_register(NULL, page(), &why), -EINVAL);
	assert_int_equal(pktpool_mem_register(va, 0, &why), -EINVAL);
	assert_int_equal(pktpool_mem_register(va + 8, page(), &why), -EINVAL);
	assert_int_equal(pktpool_mem_register(va, page() + 1, &why), -EINVAL);
	assert_non_null(strstr(why.text, "page size"));
	assert_int_equal(pktpool_mem_register(va, 2 * page(), &why), 0);
	assert_int_equal(pktpool_mem_register(va, 2 * page(), &why), -EEXIST);
	assert_int_equal(pktpool_mem_register(va + page(), 2 * page(), &why), -EEXIST);
	block = take("Page", 4 * page(), 4096);
	assert_int_equal(pktpool_mem_register(block, page(), &why), -EEXIST);
	assert_int_equal(pktpool_mem_free(block), 0);
	assert_int_equal(pktpool_mem_unregister(va, page(), &why), -ENOENT);
	assert_int_equal(pktpool_mem_unregister(va + page(), page(), &why), -ENOENT);
	assert_int_equal(pktpool_mem_unregister(NULL, page(), &why), -ENOENT);
	assert_int_equal(dma.unmaps, 0);
	assert_int_equal(pktpool_mem_unregister(va, 2 * page(), &why), 0);
	munmap(va, 8 * page());
}

static void
many_regions(void **state)
{
	char *va = pages(2 * PKTPOOL_MEM_REGIONS_MAX + 2);
	struct pktpool_why why = {""};

	(void)state;
	memset(&dma, 0, sizeof(dma));
	for (unsigned int turn = 0; turn < 2; turn++) {
		for (unsigned int i = 0; i < PKTPOOL_MEM_REGIONS_MAX; i++) {
			int ret = pktpool_mem_register(va + 2 * i * page(), page(), &why);

			if (ret != 0)
				fail_msg("region %u: %s", i, why.text);
		}
		assert_int_equal(pktpool_mem_register(
					 va + 2 * PKTPOOL_MEM_REGIONS_MAX * page(), page(), &why),
			-ENOSPC);
		for (unsigned int i = 0; i < PKTPOOL_MEM_REGIONS_MAX; i++)
			assert_int_equal(
				pktpool_mem_unregister(va + 2 * i * page(), page(), &why), 0);
	}
	munmap(va, (2 * PKTPOOL_MEM_REGIONS_MAX + 2) * page());
}

static void
runs(void **state)
{
	static char mine[3 * 4096];
	rte_iova_t iova = 0;
	void *block;

	(void)state;
	assert_int_equal(pktpool_mem_run(mine, sizeof(mine), &iova), sizeof(mine));
	assert_int_equal(iova, (uintptr_t)mine);
	/* The long way comes to the same, here. */
	block = take("Runs", 50000, 0);
	assert_int_equal(pktpool_mem_run_pa(block, 50000, &iova), 50000);
	assert_int_equal(iova, (uintptr_t)block);
	assert_int_equal(pktpool_mem_run_pa(mine + 1, 4096 + 7, &iova), 4096 + 7);
	assert_int_equal(iova, (uintptr_t)mine + 1);
	assert_int_equal(pktpool_mem_run_pa(mine, 0, &iova), 0);
	assert_int_equal(pktpool_mem_free(block), 0);
}

static void
iova_pa_cuts_where_pages_part(void **state)
{
	struct bufpool_conf conf = {.name = "pa", .n = 32, .socket = SOCKET_ID_ANY};
	size_t len = 20 * page(), at = 0;
	struct rte_mbuf *bufs[32], *one;
	struct bufpool *pool;
	struct buf_map map;
	char *va = pages(20);
	int n;

	(void)state;
	assert_int_equal(bufpool_create(&pool, &conf, NULL), 0);
	iova_pa = true;
	memset(&dma, 0, sizeof(dma));
	assert_int_equal(pktpool_mem_register(va, len, NULL), 0);
	/* 20 pages in threes: 7 or 8 runs, for each of two devices. */
	assert_true(dma.maps == 2 * 7 || dma.maps == 2 * 8);
	buf_map_open(&map, va, len, NULL, NULL);
	n = bufpool_map_bulk(pool, &map, 100, len - 200, bufs, 32);
	assert_true(n == 7 || n == 8);
	for (int i = 0; i < n; i++) {
		const char *first = rte_pktmbuf_mtod(bufs[i], const char *);
		const char *last = first + bufs[i]->data_len - 1;

		assert_ptr_equal(first, va + 100 + at);
		assert_int_equal(rte_pktmbuf_iova(bufs[i]), __wrap_rte_mem_virt2iova(first));
		assert_int_equal(rte_pktmbuf_iova(bufs[i]) + bufs[i]->data_len - 1,
			__wrap_rte_mem_virt2iova(last));
		at += bufs[i]->data_len;
	}
	assert_int_equal(at, len - 200);
	assert_int_equal(bufpool_map(pool, &map, 0, 4 * page(), &one), -EXDEV);
	assert_int_equal(bufpool_map_bulk(pool, &map, 0, len, bufs, 3), -ENOSPC);
	pktpool_free_bulk(bufs, (unsigned int)n);
	buf_map_close(&map);
	/* The third run of a device fails: what was mapped before goes again. */
	assert_int_equal(pktpool_mem_unregister(va, len, NULL), 0);
	assert_int_equal(dma.unmaps, dma.maps);
	memset(&dma, 0, sizeof(dma));
	dma.fail_at = 3;
	dma.err = ENOMEM;
	assert_int_equal(pktpool_mem_register(va, len, NULL), -ENOMEM);
	assert_int_equal(dma.unmaps, 2);
	iova_pa = false;
	munmap(va, len);
	assert_int_equal(bufpool_destroy(pool, NULL, NULL), 0);
}

int
main(void)
{
	static const char *const vdevs[] = {"--vdev=net_null0", "--vdev=net_null1", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_by_tag),
		cmocka_unit_test(zeroed_aligned_dma_able),
		cmocka_unit_test(bad_frees_are_seen),
		cmocka_unit_test(bad_requests_say_why),
		cmocka_unit_test(dma_able_is_each_page),
		cmocka_unit_test(register_maps_for_each_device),
		cmocka_unit_test(bad_regions_say_why),
		cmocka_unit_test(many_regions),
		cmocka_unit_test(runs),
		cmocka_unit_test(iova_pa_cuts_where_pages_part),
		cmocka_unit_test(too_many_tags),
	};
	int failed;

	if (eal_start(1, vdevs) != 0)
		return 99;
	failed = cmocka_run_group_tests_name("mem", tests, NULL, NULL);
	(void)eal_stop();
	return failed != 0;
}
