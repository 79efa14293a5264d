/* SPDX-License-Identifier: BSD-3-Clause */
/* Buffer pools, and mappings of a client's memory. */
#include <errno.h>

#include "core.h"
#include "pktpool_buf.h"
#include "pktpool_mem.h"

struct bufpool {
	struct pool_core core;
};

int
bufpool_create(struct bufpool **pool, const struct bufpool_conf *conf, struct pktpool_why *why)
{
	struct core_conf c = {
		.kind = CORE_BUFFERS,
		.c =
			{
				.name = conf->name,
				.n = conf->n,
				.headroom = conf->headroom,
				.room = conf->room,
				.cache = conf->cache,
				.socket = conf->socket,
				.track = conf->track,
			},
	};
	struct pool_core *core;
	int ret = core_create(&core, &c, why);

	if (ret == 0)
		*pool = (struct bufpool *)core;
	return ret;
}

int
bufpool_destroy(struct bufpool *pool, pktpool_report_fn report, void *arg)
{
	return core_destroy((struct pool_core *)pool, report, arg);
}

static inline int
take(struct bufpool *pool, struct rte_mbuf **bufs, unsigned int n, const void *site)
{
	int ret = core_take(&pool->core, bufs, n);

	if (unlikely(pool->core.track) && ret == 0)
		core_note(&pool->core, bufs, n, site, false);
	return ret;
}

int
bufpool_alloc_raw_bulk(struct bufpool *pool, struct rte_mbuf **bufs, unsigned int n)
{
	return take(pool, bufs, n, __builtin_return_address(0));
}

int
bufpool_alloc_bulk(struct bufpool *pool, struct rte_mbuf **bufs, unsigned int n)
{
	int ret = take(pool, bufs, n, __builtin_return_address(0));

	if (unlikely(ret != 0))
		return ret;
	for (unsigned int i = 0; i < n; i++)
		core_fresh(bufs[i], pool->core.headroom);
	return 0;
}

struct rte_mbuf *
bufpool_alloc(struct bufpool *pool)
{
	struct rte_mbuf *buf;

	if (unlikely(take(pool, &buf, 1, __builtin_return_address(0)) != 0))
		return NULL;
	core_fresh(buf, pool->core.headroom);
	return buf;
}

void
bufpool_usage(const struct bufpool *pool, struct pktpool_usage *usage)
{
	core_usage((struct pool_core *)(uintptr_t)&pool->core, usage);
}

int
bufpool_dump(struct bufpool *pool, pktpool_report_fn report, void *arg)
{
	return core_dump(&pool->core, report, arg);
}

uint16_t
bufpool_headroom(const struct bufpool *pool)
{
	return pool->core.headroom;
}

uint16_t
bufpool_room(const struct bufpool *pool)
{
	return pool->core.room;
}

const char *
bufpool_name(const struct bufpool *pool)
{
	return pool->core.mp->name;
}

struct rte_mempool *
bufpool_mempool(const struct bufpool *pool)
{
	return pool->core.mp;
}

struct bufpool *
bufpool_of(const struct rte_mbuf *buf)
{
	return (struct bufpool *)core_of_mbuf(buf, CORE_BUFFERS);
}

static void
map_unreferenced(void *va, void *opaque)
{
	struct buf_map *map = opaque;

	RTE_SET_USED(va);
	if (map->done != NULL)
		map->done(map, map->arg);
}

void
buf_map_open(struct buf_map *map, void *va, size_t map_len,
	void (*done)(struct buf_map *map, void *arg), void *arg)
{
	map->shinfo.free_cb = map_unreferenced;
	map->shinfo.fcb_opaque = map;
	map->va = va;
	map->map_len = map_len;
	map->done = done;
	map->arg = arg;
	rte_mbuf_ext_refcnt_set(&map->shinfo, 1);
}

void
buf_map_close(struct buf_map *map)
{
	if (rte_mbuf_ext_refcnt_update(&map->shinfo, -1) == 0)
		map_unreferenced(map->va, map);
}

/* Add n references, unless the count would reach its end. */
static int
map_reference(struct buf_map *map, unsigned int n)
{
	uint16_t *count = &map->shinfo.refcnt;
	uint16_t old = __atomic_load_n(count, __ATOMIC_RELAXED);

	do {
		if ((uint32_t)old + n > BUF_MAP_REFS_MAX + 1U)
			return -EOVERFLOW;
	} while (!__atomic_compare_exchange_n(
		count, &old, (uint16_t)(old + n), true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	return 0;
}

/* How many descriptors the range needs; more than max: -ENOSPC. */
static int
map_pieces(const char *va, size_t len, unsigned int max)
{
	unsigned int n = 0;
	rte_iova_t iova;
	size_t run;

	for (; len != 0; va += run, len -= run) {
		run = pktpool_mem_run(va, RTE_MIN(len, (size_t)BUF_MAP_PIECE_MAX), &iova);
		if (run == 0)
			return -EFAULT;
		if (n++ == max)
			return -ENOSPC;
	}
	return (int)n;
}

static void
map_attach(struct buf_map *map, char *va, size_t len, struct rte_mbuf **bufs)
{
	rte_iova_t iova;
	size_t run;

	for (; len != 0; va += run, len -= run) {
		run = pktpool_mem_run(va, RTE_MIN(len, (size_t)BUF_MAP_PIECE_MAX), &iova);
		core_fresh(*bufs, 0);
		buf_attach_raw(*bufs++, va, iova, (uint16_t)run, &map->shinfo);
	}
}

static int
map_range(struct bufpool *pool, struct buf_map *map, size_t off, size_t len, struct rte_mbuf **bufs,
	unsigned int max, const void *site)
{
	int n, ret;
	char *va;

	if (len == 0)
		return -EINVAL;
	if (off > map->map_len || len > map->map_len - off)
		return -ERANGE;
	va = (char *)map->va + off;
	n = map_pieces(va, len, max);
	if (n < 0)
		return n;
	ret = map_reference(map, (unsigned int)n);
	if (ret != 0)
		return ret;
	ret = take(pool, bufs, (unsigned int)n, site);
	if (ret != 0) {
		/* Never the last ones: the caller holds one. */
		__atomic_fetch_sub(&map->shinfo.refcnt, (uint16_t)n, __ATOMIC_ACQ_REL);
		return ret;
	}
	map_attach(map, va, len, bufs);
	return n;
}

int
bufpool_map(
	struct bufpool *pool, struct buf_map *map, size_t off, size_t len, struct rte_mbuf **buf)
{
	int ret;

	if (len > BUF_MAP_PIECE_MAX)
		return -EINVAL;
	ret = map_range(pool, map, off, len, buf, 1, __builtin_return_address(0));
	if (ret == -ENOSPC)
		return -EXDEV;
	return ret < 0 ? ret : 0;
}

int
bufpool_map_bulk(struct bufpool *pool, struct buf_map *map, size_t off, size_t len,
	struct rte_mbuf **bufs, unsigned int max)
{
	return map_range(pool, map, off, len, bufs, max, __builtin_return_address(0));
}
