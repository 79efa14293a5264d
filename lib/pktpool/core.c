/* SPDX-License-Identifier: BSD-3-Clause */
/* The exact limit: what happens when a pool is near it. */
#include <rte_cycles.h>
#include <rte_pause.h>

#include "core.h"

/* A count that frees disturb is tried so often; then the safe side of it is taken. */
#define COUNT_TRIES 64

static bool
seen(const struct pool_core *core, unsigned int lcore)
{
	uint64_t word = __atomic_load_n(&core->seen[lcore / 64], __ATOMIC_ACQUIRE);

	return (word >> (lcore % 64)) & 1;
}

/* An allocation without lock opens its window, looks whether the pool is tight, and looks what is
 * out at its end, with no fence between (it would cost more than all the rest): its stores may get
 * here after its looks. They have got here when grace_cycles are over - a store buffer drains in
 * less than a microsecond, and when its thread is preempted - and then the window tells whether
 * it has ended. The pool stays tight until it is well below its limit, so this is rare.
 */
void
core_tighten(struct pool_core *core)
{
	uint64_t end;

	if (core->tight != 0)
		return;
	__atomic_store_n(&core->tight, 1, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	end = rte_rdtsc() + core->grace_cycles;
	while (rte_rdtsc() < end)
		rte_pause();
	for (unsigned int lcore = 0; lcore < RTE_MAX_LCORE; lcore++) {
		while (__atomic_load_n(&core->slots[lcore].window, __ATOMIC_ACQUIRE) & 1)
			rte_pause();
	}
}

/* Whether the ring holds this object. Nobody takes from the ring meanwhile. */
static bool
ring_holds(const struct rte_ring *ring, const void *obj)
{
	void *const *table = (void *const *)&ring[1];
	uint32_t cons = __atomic_load_n(&ring->cons.tail, __ATOMIC_ACQUIRE);
	uint32_t prod = __atomic_load_n(&ring->prod.tail, __ATOMIC_ACQUIRE);

	for (uint32_t i = cons; i != prod; i++) {
		if (table[i & ring->mask] == obj)
			return true;
	}
	return false;
}

/* How many free descriptors one lcore's cache holds.
 *
 * A thread that flushes its cache puts the objects into the common pool first, and writes the
 * cache's new length after that: in between they would count twice. If the cache's lowest or
 * highest object is in the common pool as well, this is such a moment (or a put has not finished),
 * and what the cache says is not counted.
 */
static uint32_t
cached(const struct pool_core *core, const struct rte_mempool_cache *cache)
{
	uint32_t len = __atomic_load_n(&cache->len, __ATOMIC_ACQUIRE);

	if (len == 0)
		return 0;
	/* Of what was flushed others may have taken the first meanwhile: the ring is a FIFO. */
	if (ring_holds(core->ring, __atomic_load_n(&cache->objs[0], __ATOMIC_RELAXED)) ||
		ring_holds(core->ring, __atomic_load_n(&cache->objs[len - 1], __ATOMIC_RELAXED)))
		return 0;
	return len;
}

static uint32_t
all_cached(const struct pool_core *core)
{
	unsigned int own = rte_lcore_id();
	uint32_t sum = 0;

	if (core->cache == 0)
		return 0;
	for (unsigned int lcore = 0; lcore < RTE_MAX_LCORE; lcore++) {
		const struct rte_mempool_cache *cache = &core->mp->local_cache[lcore];

		if (lcore == own)
			sum += cache->len;
		else if (seen(core, lcore))
			sum += cached(core, cache);
	}
	return sum;
}

/* Only frees happen meanwhile. They can only make the common pool larger; if it has not changed
 * around the look into the caches, the sum is one that was true.
 */
uint32_t
core_count(const struct pool_core *core)
{
	uint32_t common = core_common(core);

	for (unsigned int i = 0; i < COUNT_TRIES; i++) {
		uint32_t in_caches = all_cached(core);
		uint32_t again = core_common(core);

		if (again == common)
			return core->provisioned - common - in_caches;
		common = again;
	}
	return core->provisioned - common;
}

/* Decide about n descriptors that were just taken. The lock is held. Returns whether they may stay;
 * `out` is what is out with them.
 */
static bool
within_limit(struct pool_core *core, unsigned int n, const struct rte_mempool_cache *cache,
	uint32_t *out)
{
	*out = core_upper(core, cache);
	if (*out <= core->n) {
		if (*out <= core->relaxed)
			__atomic_store_n(&core->tight, 0, __ATOMIC_RELEASE);
		return true;
	}
	core_tighten(core);
	*out = core_count(core);
	if (*out > core->limit)
		return false;
	if (*out > core->n && *out <= (uint64_t)core->n + n)
		core->overflow_entered++;
	return true;
}

void
core_put_back(struct pool_core *core, struct rte_mbuf **bufs, unsigned int n)
{
	rte_mempool_put_bulk(core->mp, (void **)bufs, n);
}

/* What others hold for a moment, before they find that it is too much, must not starve us. */
static bool
get(struct pool_core *core, struct rte_mbuf **bufs, unsigned int n, struct rte_mempool_cache *cache)
{
	if (n == 0 || n > core->limit)
		return n == 0;
	if (rte_mempool_generic_get(core->mp, (void **)bufs, n, cache) == 0)
		return true;
	if (core->tight != 0)
		return false;
	core_tighten(core);
	return rte_mempool_generic_get(core->mp, (void **)bufs, n, cache) == 0;
}

int
core_take_locked(struct pool_core *core, struct rte_mbuf **bufs, unsigned int n)
{
	unsigned int lcore = rte_lcore_id();
	struct rte_mempool_cache *cache = rte_mempool_default_cache(core->mp, lcore);
	struct core_slot *slot = &core->slots[RTE_MIN(lcore, (unsigned int)RTE_MAX_LCORE)];
	int ret = -ENOBUFS;
	uint32_t out;

	rte_spinlock_lock(&core->lock);
	if (get(core, bufs, n, cache)) {
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (within_limit(core, n, cache, &out)) {
			core_account(slot, n, out);
			ret = 0;
		} else {
			core_put_back(core, bufs, n);
		}
	}
	if (ret != 0)
		__atomic_store_n(&slot->refused, slot->refused + 1, __ATOMIC_RELAXED);
	rte_spinlock_unlock(&core->lock);
	return ret;
}

static void
sum_slots(const struct pool_core *core, struct pktpool_usage *usage)
{
	uint32_t peak;

	for (unsigned int i = 0; i <= RTE_MAX_LCORE; i++) {
		const struct core_slot *slot = &core->slots[i];

		usage->allocated += __atomic_load_n(&slot->allocated, __ATOMIC_RELAXED);
		usage->refused += __atomic_load_n(&slot->refused, __ATOMIC_RELAXED);
		peak = __atomic_load_n(&slot->peak, __ATOMIC_RELAXED);
		usage->peak = RTE_MAX(usage->peak, peak);
	}
}

void
core_usage(struct pool_core *core, struct pktpool_usage *usage)
{
	*usage = (struct pktpool_usage){
		.n = core->n,
		.n_overflow = core->limit - core->n,
		.provisioned = core->provisioned,
		.reserved = core->reserved,
		.headroom = core->headroom,
		.room = core->room,
		.cache = core->cache,
	};
	rte_spinlock_lock(&core->lock);
	usage->in_use = core_count(core);
	usage->overflow_entered = core->overflow_entered;
	rte_spinlock_unlock(&core->lock);
	sum_slots(core, usage);
}
