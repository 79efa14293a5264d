/* SPDX-License-Identifier: BSD-3-Clause */
/* Making and unmaking a pool. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_mbuf_pool_ops.h>

#include "core.h"
#include "telemetry.h"

#define DESCRIPTORS_MAX (1U << 26)
#define CACHE_AUTO_MAX	256U
/* A smaller cache is not worth the descriptors that it holds back. */
#define CACHE_AUTO_MIN 32U
#define GRACE_US       10

static int
check_name(const char *name, struct pktpool_why *why)
{
	size_t len = name != NULL ? strlen(name) : 0;

	if (len == 0 || len > PKTPOOL_NAME_MAX)
		return pktpool_why_not(why, -EINVAL,
			"a pool's name has 1 to %zu characters, this one %zu",
			(size_t)PKTPOOL_NAME_MAX, len);
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)name[i]) && strchr("_.:-", name[i]) == NULL)
			return pktpool_why_not(why, -EINVAL,
				"pool %s: a name has only letters, digits and _ . : -", name);
	}
	if (rte_mempool_lookup(name) != NULL)
		return pktpool_why_not(why, -EEXIST,
			"pool %s: a mempool of this name exists: choose another name", name);
	return 0;
}

static int
check_conf(const struct pktpool_conf *c, struct pktpool_why *why)
{
	int ret = check_name(c->name, why);

	if (ret != 0)
		return ret;
	if (c->n == 0)
		return pktpool_why_not(
			why, -EINVAL, "pool %s: it needs at least 1 descriptor", c->name);
	if ((uint64_t)c->n + c->n_overflow > DESCRIPTORS_MAX)
		return pktpool_why_not(why, -EINVAL,
			"pool %s: at most %u descriptors, overflow included", c->name,
			DESCRIPTORS_MAX);
	if (c->reserved > PKTPOOL_RESERVED_MAX)
		return pktpool_why_not(why, -EINVAL, "pool %s: at most %u reserved bytes, not %u",
			c->name, PKTPOOL_RESERVED_MAX, c->reserved);
	if ((uint32_t)c->headroom + c->room > PKTPOOL_ROOM_MAX)
		return pktpool_why_not(why, -EINVAL,
			"pool %s: headroom %u and room %u are more than %u bytes together", c->name,
			c->headroom, c->room, PKTPOOL_ROOM_MAX);
	if (c->cache != PKTPOOL_CACHE_AUTO && c->cache > PKTPOOL_CACHE_MAX)
		return pktpool_why_not(why, -EINVAL,
			"pool %s: a cache of %u is above DPDK's limit of %u", c->name, c->cache,
			PKTPOOL_CACHE_MAX);
	return 0;
}

static uint32_t
possible_lcores(void)
{
	uint32_t count = PKTPOOL_SPARE_LCORES;

	for (unsigned int lcore = 0; lcore < RTE_MAX_LCORE; lcore++) {
		if (rte_eal_lcore_role(lcore) != ROLE_OFF)
			count++;
	}
	return RTE_MIN(count, (uint32_t)RTE_MAX_LCORE);
}

/* The most that one lcore's cache can hold: DPDK flushes above 1.5 x cache. */
static uint32_t
held_back(uint16_t cache)
{
	return (uint32_t)cache * 3 / 2;
}

/* The slack shall not be more than half the pool. */
static uint16_t
auto_cache(uint32_t limit, uint32_t lcores)
{
	uint32_t cache = RTE_MIN(limit / (3 * lcores), CACHE_AUTO_MAX);

	return cache < CACHE_AUTO_MIN ? 0 : (uint16_t)RTE_ALIGN_FLOOR(cache, 16U);
}

/* What caches hold can be told exactly only with an rte_ring behind them (core.c). */
static bool
is_ring(const char *ops_name)
{
	return strncmp(ops_name, "ring_", strlen("ring_")) == 0;
}

static uint16_t
choose_cache(const struct pktpool_conf *c, uint32_t lcores)
{
	if (!is_ring(rte_mbuf_best_mempool_ops()))
		return 0;
	return c->cache != PKTPOOL_CACHE_AUTO ? c->cache : auto_cache(c->n + c->n_overflow, lcores);
}

static void
init_core(struct pool_core *core, struct rte_mempool *mp, const struct core_conf *conf)
{
	const struct pktpool_conf *c = &conf->c;

	memset(core, 0, sizeof(*core));
	core->kind = conf->kind;
	core->mp = mp;
	if (is_ring(rte_mempool_get_ops(mp->ops_index)->name))
		core->ring = mp->pool_data;
	core->provisioned = mp->size;
	core->n = c->n;
	core->limit = c->n + c->n_overflow;
	core->relaxed = c->n - (c->n / 8 + 1);
	core->reserved = (uint16_t)RTE_ALIGN_CEIL(c->reserved, RTE_MBUF_PRIV_ALIGN);
	core->headroom = c->headroom;
	core->room = c->room;
	core->cache = (uint16_t)mp->cache_size;
	core->track = c->track;
	core->grace_cycles = rte_get_tsc_hz() / 1000000 * GRACE_US;
	rte_spinlock_init(&core->lock);
}

/* Called for each lcore that exists, and for each that comes. */
static int
note_lcore(unsigned int lcore, void *arg)
{
	struct pool_core *core = arg;

	__atomic_fetch_or(&core->seen[lcore / 64], 1ULL << (lcore % 64), __ATOMIC_RELEASE);
	return 0;
}

static struct rte_mempool *
make_mempool(const struct pktpool_conf *c, uint32_t provisioned, uint16_t cache, uint32_t priv)
{
	unsigned int core_size = (unsigned int)(CORE_OFFSET + sizeof(struct pool_core));
	unsigned int elt = (unsigned int)sizeof(struct rte_mbuf) + priv + c->headroom + c->room;

	return rte_mempool_create_empty(c->name, provisioned, elt, cache, core_size, c->socket, 0);
}

static int
fill_mempool(struct rte_mempool *mp, const struct pktpool_conf *c, uint32_t priv)
{
	struct rte_pktmbuf_pool_private mbp = {
		.mbuf_data_room_size = (uint16_t)(c->headroom + c->room),
		.mbuf_priv_size = (uint16_t)priv,
	};
	int ret = rte_mempool_set_ops_byname(mp, rte_mbuf_best_mempool_ops(), NULL);

	if (ret != 0)
		return ret;
	rte_pktmbuf_pool_init(mp, &mbp);
	ret = rte_mempool_populate_default(mp);
	if (ret < 0)
		return ret;
	rte_mempool_obj_iter(mp, rte_pktmbuf_init, NULL);
	return 0;
}

static int
no_memory(const struct pktpool_conf *c, uint32_t provisioned, struct pktpool_why *why)
{
	uint64_t bytes = (uint64_t)provisioned *
			 (sizeof(struct rte_mbuf) + c->reserved + c->headroom + c->room);

	return pktpool_why_not(why, -ENOMEM,
		"pool %s: no memory for %u descriptors (about %" PRIu64
		" KiB with the caches' share): give the EAL more (-m MB, hugepages) or ask for "
		"fewer",
		c->name, provisioned, bytes / 1024);
}

int
core_create(struct pool_core **core, const struct core_conf *conf, struct pktpool_why *why)
{
	const struct pktpool_conf *c = &conf->c;
	uint32_t lcores = possible_lcores();
	uint32_t priv = (uint32_t)RTE_ALIGN_CEIL(c->reserved, RTE_MBUF_PRIV_ALIGN) +
			(c->track ? (uint32_t)sizeof(struct core_track) : 0);
	struct pool_core *made;
	struct rte_mempool *mp;
	uint32_t provisioned;
	uint16_t cache;
	int ret = check_conf(c, why);

	if (ret != 0)
		return ret;
	cache = choose_cache(c, lcores);
	provisioned = c->n + c->n_overflow + held_back(cache) * lcores;
	mp = make_mempool(c, provisioned, cache, priv);
	if (mp == NULL)
		return rte_errno == EEXIST
			       ? pktpool_why_not(why, -EEXIST,
					 "pool %s: a memory zone has this name", c->name)
			       : no_memory(c, provisioned, why);
	if (fill_mempool(mp, c, priv) != 0) {
		rte_mempool_free(mp);
		return no_memory(c, provisioned, why);
	}
	made = (struct pool_core *)((uintptr_t)rte_mempool_get_priv(mp) + CORE_OFFSET);
	init_core(made, mp, conf);
	made->lcore_cb = rte_lcore_callback_register(mp->name, note_lcore, NULL, made);
	if (made->lcore_cb == NULL) {
		rte_mempool_free(mp);
		return no_memory(c, provisioned, why);
	}
	__atomic_store_n(&made->magic, CORE_MAGIC, __ATOMIC_RELEASE);
	telemetry_register();
	*core = made;
	return 0;
}

int
core_destroy(struct pool_core *core, pktpool_report_fn report, void *arg)
{
	struct pktpool_usage usage;

	if (core == NULL)
		return 0;
	core_usage(core, &usage);
	if (usage.in_use != 0) {
		if (report != NULL)
			core_report_out(core, report, arg);
		return -EBUSY;
	}
	rte_lcore_callback_unregister(core->lcore_cb);
	__atomic_store_n(&core->magic, 0, __ATOMIC_RELEASE);
	rte_mempool_free(core->mp);
	return 0;
}
