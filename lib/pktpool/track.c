/* SPDX-License-Identifier: BSD-3-Clause */
/* Who holds what: notes on descriptors, and the report on those that are out. */
#include <errno.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>

#include "core.h"

#define LINE_MAX_LEN 256
#define DRAIN_CHUNK  512U

void
core_note(const struct pool_core *core, struct rte_mbuf *const *bufs, unsigned int n,
	const void *site, bool named)
{
	uint64_t now = rte_rdtsc();

	for (unsigned int i = 0; i < n; i++) {
		*core_track_of(core, bufs[i]) = (struct core_track){
			.site = site,
			.tsc = now,
			.lcore = rte_lcore_id(),
			.named = named,
		};
	}
}

void
pktpool_track_site(struct rte_mbuf *const *bufs, unsigned int n, const char *site)
{
	for (unsigned int i = 0; i < n; i++) {
		struct pool_core *core = core_of_mempool(bufs[i]->pool);

		if (core != NULL && core->track)
			core_note(core, &bufs[i], 1, site, true);
	}
}

/* The addresses of all that is free, for a search. */
struct free_list {
	const void **objs;
	unsigned int count;
};

struct out_walk {
	const struct pool_core *core;
	const struct free_list *list;
	pktpool_report_fn report;
	void *arg;
	int out;
};

static int
by_address(const void *a, const void *b)
{
	uintptr_t x = *(const uintptr_t *)a;
	uintptr_t y = *(const uintptr_t *)b;

	return x < y ? -1 : x > y;
}

/* Frees of others may go on meanwhile: what they add to the common pool is seen or not. */
static void
drain_common(struct pool_core *core, struct free_list *list)
{
	unsigned int from = list->count;
	unsigned int n = RTE_MIN(core_common(core), core->provisioned - from);
	unsigned int chunk;

	while (n != 0) {
		chunk = RTE_MIN(n, DRAIN_CHUNK);
		if (rte_mempool_ops_dequeue_bulk(
			    core->mp, (void **)(uintptr_t)&list->objs[list->count], chunk) != 0)
			break;
		list->count += chunk;
		n -= chunk;
	}
	if (list->count != from)
		rte_mempool_ops_enqueue_bulk(
			core->mp, (void *const *)(uintptr_t)&list->objs[from], list->count - from);
}

/* Learn what is free: the content of the caches, and of the common pool, which must be taken out
 * for that. The lock is held by nobody yet.
 */
static void
find_free(struct pool_core *core, struct free_list *list)
{
	rte_spinlock_lock(&core->lock);
	core_tighten(core);
	for (unsigned int lcore = 0; core->cache != 0 && lcore < RTE_MAX_LCORE; lcore++) {
		const struct rte_mempool_cache *cache = &core->mp->local_cache[lcore];
		uint32_t len = __atomic_load_n(&cache->len, __ATOMIC_ACQUIRE);

		for (uint32_t i = 0; i < len && list->count < core->provisioned; i++)
			list->objs[list->count++] = cache->objs[i];
	}
	drain_common(core, list);
	rte_spinlock_unlock(&core->lock);
	qsort(list->objs, list->count, sizeof(list->objs[0]), by_address);
}

static void
describe_site(const struct core_track *track, char *text, size_t size)
{
	uintptr_t at = (uintptr_t)track->site;
	Dl_info info;

	if (track->named)
		(void)snprintf(text, size, "%s", (const char *)track->site);
	else if (dladdr(track->site, &info) != 0 && info.dli_sname != NULL)
		(void)snprintf(text, size, "%s+0x%lx", info.dli_sname,
			(unsigned long)(at - (uintptr_t)info.dli_saddr));
	else if (dladdr(track->site, &info) != 0 && info.dli_fname != NULL)
		(void)snprintf(text, size, "%s+0x%lx", info.dli_fname,
			(unsigned long)(at - (uintptr_t)info.dli_fbase));
	else
		(void)snprintf(text, size, "%p", track->site);
}

static void
report_one(const struct out_walk *walk, const struct rte_mbuf *m)
{
	const struct core_track *track = core_track_of(walk->core, m);
	char line[LINE_MAX_LEN], site[LINE_MAX_LEN / 2], lcore[16];
	int used = snprintf(line, sizeof(line), "pool=%s out=%p refcnt=%u data_len=%u",
		walk->core->mp->name, (const void *)m, rte_mbuf_refcnt_read(m), m->data_len);

	if (walk->core->track && track->site != NULL) {
		describe_site(track, site, sizeof(site));
		(void)snprintf(lcore, sizeof(lcore), track->lcore < RTE_MAX_LCORE ? "%u" : "none",
			track->lcore);
		(void)snprintf(line + used, sizeof(line) - (size_t)used,
			" taken_by=%s lcore=%s age_ms=%" PRIu64, site, lcore,
			(rte_rdtsc() - track->tsc) * 1000 / rte_get_tsc_hz());
	}
	walk->report(walk->arg, line);
}

static void
visit(struct rte_mempool *mp, void *opaque, void *obj, unsigned int index)
{
	struct out_walk *walk = opaque;
	const struct free_list *list = walk->list;

	RTE_SET_USED(mp);
	RTE_SET_USED(index);
	if (list->count != 0 &&
		bsearch(&obj, list->objs, list->count, sizeof(list->objs[0]), by_address) != NULL)
		return;
	walk->out++;
	if (walk->report != NULL)
		report_one(walk, obj);
}

int
core_report_out(struct pool_core *core, pktpool_report_fn report, void *arg)
{
	struct free_list list = {.objs = calloc(core->provisioned, sizeof(list.objs[0]))};
	struct out_walk walk = {.core = core, .list = &list, .report = report, .arg = arg};

	if (list.objs == NULL)
		return -ENOMEM;
	find_free(core, &list);
	rte_mempool_obj_iter(core->mp, visit, &walk);
	free(list.objs);
	return walk.out;
}

int
core_dump(struct pool_core *core, pktpool_report_fn report, void *arg)
{
	struct pktpool_usage u;
	char line[LINE_MAX_LEN];

	core_usage(core, &u);
	(void)snprintf(line, sizeof(line),
		"pool=%s kind=%s n=%u overflow=%u in_use=%u peak=%u overflow_entered=%" PRIu64
		" allocated=%" PRIu64 " refused=%" PRIu64
		" reserved=%u headroom=%u room=%u cache=%u",
		core->mp->name, core->kind == CORE_PACKETS ? "packets" : "buffers", u.n,
		u.n_overflow, u.in_use, u.peak, u.overflow_entered, u.allocated, u.refused,
		u.reserved, u.headroom, u.room, u.cache);
	report(arg, line);
	return core_report_out(core, report, arg);
}
