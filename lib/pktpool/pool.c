/* SPDX-License-Identifier: BSD-3-Clause */
/* Packet pools. */
#include <errno.h>

#include "core.h"

struct pktpool {
	struct pool_core core;
};

static struct pool_core *
core_of(const struct pktpool *pool)
{
	return (struct pool_core *)(uintptr_t)&pool->core;
}

int
pktpool_create(struct pktpool **pool, const struct pktpool_conf *conf, struct pktpool_why *why)
{
	struct core_conf c = {.kind = CORE_PACKETS, .c = *conf};
	struct pool_core *core;
	int ret = core_create(&core, &c, why);

	if (ret == 0)
		*pool = (struct pktpool *)core;
	return ret;
}

int
pktpool_destroy(struct pktpool *pool, pktpool_report_fn report, void *arg)
{
	return core_destroy((struct pool_core *)pool, report, arg);
}

static inline int
take(struct pktpool *pool, struct rte_mbuf **pkts, unsigned int n, const void *site)
{
	int ret = core_take(&pool->core, pkts, n);

	if (unlikely(pool->core.track) && ret == 0)
		core_note(&pool->core, pkts, n, site, false);
	return ret;
}

int
pktpool_alloc_raw_bulk(struct pktpool *pool, struct rte_mbuf **pkts, unsigned int n)
{
	return take(pool, pkts, n, __builtin_return_address(0));
}

int
pktpool_alloc_bulk(struct pktpool *pool, struct rte_mbuf **pkts, unsigned int n)
{
	int ret = take(pool, pkts, n, __builtin_return_address(0));

	if (unlikely(ret != 0))
		return ret;
	for (unsigned int i = 0; i < n; i++)
		core_fresh(pkts[i], pool->core.headroom);
	return 0;
}

struct rte_mbuf *
pktpool_alloc(struct pktpool *pool)
{
	struct rte_mbuf *pkt;

	if (unlikely(take(pool, &pkt, 1, __builtin_return_address(0)) != 0))
		return NULL;
	core_fresh(pkt, pool->core.headroom);
	return pkt;
}

void
pktpool_free_bulk(struct rte_mbuf **pkts, unsigned int n)
{
	rte_pktmbuf_free_bulk(pkts, n);
}

void
pktpool_free(struct rte_mbuf *pkt)
{
	rte_pktmbuf_free(pkt);
}

int
pkt_reinit(struct rte_mbuf *pkt)
{
	const struct pool_core *core = core_of_mbuf(pkt, CORE_PACKETS);

	if (core == NULL)
		return -EINVAL;
	if (rte_mbuf_refcnt_read(pkt) != 1)
		return -EBUSY;
	if (!RTE_MBUF_DIRECT(pkt))
		rte_pktmbuf_detach(pkt);
	rte_pktmbuf_free(pkt->next);
	pkt->next = NULL;
	pkt->nb_segs = 1;
	core_fresh(pkt, core->headroom);
	return 0;
}

uint16_t
pkt_reserved_size(const struct rte_mbuf *pkt)
{
	const struct pool_core *core = core_of_mbuf(pkt, CORE_PACKETS);

	return core != NULL ? core->reserved : 0;
}

void
pktpool_usage(const struct pktpool *pool, struct pktpool_usage *usage)
{
	core_usage(core_of(pool), usage);
}

int
pktpool_dump(struct pktpool *pool, pktpool_report_fn report, void *arg)
{
	return core_dump(&pool->core, report, arg);
}

uint16_t
pktpool_headroom(const struct pktpool *pool)
{
	return pool->core.headroom;
}

uint16_t
pktpool_room(const struct pktpool *pool)
{
	return pool->core.room;
}

const char *
pktpool_name(const struct pktpool *pool)
{
	return pool->core.mp->name;
}

struct rte_mempool *
pktpool_mempool(const struct pktpool *pool)
{
	return pool->core.mp;
}

struct pktpool *
pktpool_lookup(const char *name)
{
	struct pool_core *core = core_of_mempool(rte_mempool_lookup(name));

	return core != NULL && core->kind == CORE_PACKETS ? (struct pktpool *)core : NULL;
}

struct pktpool *
pktpool_of(const struct rte_mbuf *pkt)
{
	return (struct pktpool *)core_of_mbuf(pkt, CORE_PACKETS);
}
