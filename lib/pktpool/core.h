/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKTPOOL_CORE_H
#define PKTPOOL_CORE_H

/*
 * What packet pools and buffer pools have in common: a mempool of mbufs with an exact limit.
 *
 * The pool lives in the mempool's private area, behind what rte_mbuf keeps there, so that every
 * pool can be found by walking the mempools and there is no list of ours.
 *
 * Frees are invisible (drivers free straight to the mempool), so nothing counts them. What is out
 * is found at allocation: provisioned - (common pool) - (own cache) is an upper bound, true at the
 * moment it is read, and needs no lock. As long as that is within the limit, all is well. When it
 * is not, the pool becomes tight: allocations take the lock, and count all lcores' caches.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_ring.h>
#include <rte_spinlock.h>

#include "pktpool.h"

#define CORE_MAGIC 0x6c6f6f70746b7063ULL /* "cpktpool" */

enum core_kind {
	CORE_PACKETS = 1,
	CORE_BUFFERS = 2,
};

/* One lcore's part; only that lcore writes it. The last slot is for threads that are no lcore, and
 * is written under the pool's lock.
 */
struct core_slot {
	uint32_t window; /* odd while a lock-free allocation is under way */
	uint32_t peak;
	uint64_t allocated;
	uint64_t refused;
} __rte_cache_aligned;

/* In the private area of each mbuf of a tracking pool, behind the reserved bytes. */
struct core_track {
	const void *site; /* a return address, or a string if `named` */
	uint64_t tsc;
	uint32_t lcore;
	uint32_t named;
};

struct pool_core {
	uint64_t magic;
	enum core_kind kind;
	struct rte_mempool *mp;
	struct rte_ring *ring; /* behind mp, or NULL if the mempool driver is no rte_ring */
	uint32_t provisioned;
	uint32_t n;
	uint32_t limit;	   /* n + overflow */
	uint32_t relaxed;  /* tight ends at this upper bound */
	uint32_t tight;	   /* atomic; only the lock's holder writes */
	uint16_t reserved; /* rounded up */
	uint16_t headroom;
	uint16_t room;
	uint16_t cache;
	bool track;
	void *lcore_cb;
	uint64_t grace_cycles;

	rte_spinlock_t lock __rte_cache_aligned;
	uint64_t overflow_entered;
	uint64_t seen[(RTE_MAX_LCORE + 63) / 64]; /* lcores that ever were: atomic */

	struct core_slot slots[RTE_MAX_LCORE + 1];
};

struct core_conf {
	enum core_kind kind;
	struct pktpool_conf c;
};

#define CORE_OFFSET RTE_ALIGN_CEIL(sizeof(struct rte_pktmbuf_pool_private), RTE_CACHE_LINE_SIZE)

/* The pool in a mempool's private area, or NULL if there is none. */
static inline struct pool_core *
core_of_mempool(const struct rte_mempool *mp)
{
	struct pool_core *core;

	if (mp == NULL || mp->private_data_size < CORE_OFFSET + sizeof(struct pool_core))
		return NULL;
	core = (struct pool_core *)((uintptr_t)mp + RTE_MEMPOOL_HEADER_SIZE(mp, mp->cache_size) +
				    CORE_OFFSET);
	return __atomic_load_n(&core->magic, __ATOMIC_ACQUIRE) == CORE_MAGIC ? core : NULL;
}

static inline struct pool_core *
core_of_mbuf(const struct rte_mbuf *m, enum core_kind kind)
{
	struct pool_core *core = core_of_mempool(m->pool);

	return core != NULL && core->kind == kind ? core : NULL;
}

/* Free descriptors in the common pool, never too many: the producer's end is read first. */
static inline uint32_t
core_common(const struct pool_core *core)
{
	if (likely(core->ring != NULL)) {
		uint32_t prod = __atomic_load_n(&core->ring->prod.tail, __ATOMIC_ACQUIRE);
		uint32_t cons = __atomic_load_n(&core->ring->cons.tail, __ATOMIC_ACQUIRE);
		int32_t count = (int32_t)(prod - cons);

		return count > 0 ? (uint32_t)count : 0;
	}
	return rte_mempool_get_ops(core->mp->ops_index)->get_count(core->mp);
}

/* Most descriptors that can be out at this moment; exact if no other lcore's cache holds any. */
static inline uint32_t
core_upper(const struct pool_core *core, const struct rte_mempool_cache *cache)
{
	return core->provisioned - core_common(core) - (cache != NULL ? cache->len : 0);
}

static inline void
core_account(struct core_slot *slot, unsigned int n, uint32_t out)
{
	__atomic_store_n(&slot->allocated, slot->allocated + n, __ATOMIC_RELAXED);
	if (unlikely(out > slot->peak))
		__atomic_store_n(&slot->peak, out, __ATOMIC_RELAXED);
}

int core_create(struct pool_core **core, const struct core_conf *conf, struct pktpool_why *why);
int core_destroy(struct pool_core *core, pktpool_report_fn report, void *arg);

/* Take n descriptors under the lock: the pool is tight or may be, or the caller is no lcore. */
int core_take_locked(struct pool_core *core, struct rte_mbuf **bufs, unsigned int n);

/* Give back what was taken and not touched. */
void core_put_back(struct pool_core *core, struct rte_mbuf **bufs, unsigned int n);

/* Make the pool tight. The lock is held. Afterwards nobody allocates without the lock. */
void core_tighten(struct pool_core *core);

/* Descriptors that are out, all caches counted. The lock is held and the pool tight (or the answer
 * may be off by what others take meanwhile).
 */
uint32_t core_count(const struct pool_core *core);

void core_usage(struct pool_core *core, struct pktpool_usage *usage);

/* Take n descriptors, all or none. */
static __rte_always_inline int
core_take(struct pool_core *core, struct rte_mbuf **bufs, unsigned int n)
{
	unsigned int lcore = rte_lcore_id();
	struct rte_mempool_cache *cache;
	struct core_slot *slot;
	uint32_t upper;

	if (unlikely(lcore >= RTE_MAX_LCORE))
		return core_take_locked(core, bufs, n);
	slot = &core->slots[lcore];
	/* core_tighten() waits for an odd window to end: open first, look then. */
	__atomic_store_n(&slot->window, slot->window + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	if (likely(__atomic_load_n(&core->tight, __ATOMIC_ACQUIRE) == 0)) {
		cache = rte_mempool_default_cache(core->mp, lcore);
		if (likely(rte_mempool_generic_get(core->mp, (void **)bufs, n, cache) == 0)) {
			upper = core_upper(core, cache);
			if (likely(upper <= core->n)) {
				core_account(slot, n, upper);
				__atomic_store_n(&slot->window, slot->window + 1, __ATOMIC_RELEASE);
				return 0;
			}
			core_put_back(core, bufs, n);
		}
	}
	__atomic_store_n(&slot->window, slot->window + 1, __ATOMIC_RELEASE);
	return core_take_locked(core, bufs, n);
}

/* What is private to tracking (track.c). */
void core_note(const struct pool_core *core, struct rte_mbuf *const *bufs, unsigned int n,
	const void *site, bool named);
int core_report_out(struct pool_core *core, pktpool_report_fn report, void *arg);
int core_dump(struct pool_core *core, pktpool_report_fn report, void *arg);

static inline struct core_track *
core_track_of(const struct pool_core *core, const struct rte_mbuf *m)
{
	return (struct core_track *)((uintptr_t)m + sizeof(*m) + core->reserved);
}

/* Make a raw descriptor fresh: what rte_pktmbuf_reset() does, with the pool's headroom. */
static inline void
core_fresh(struct rte_mbuf *m, uint16_t headroom)
{
	m->data_off = headroom;
	m->port = RTE_MBUF_PORT_INVALID;
	m->ol_flags = 0;
	m->packet_type = 0;
	m->pkt_len = 0;
	m->data_len = 0;
	m->vlan_tci = 0;
	m->vlan_tci_outer = 0;
	m->tx_offload = 0;
}

#endif /* PKTPOOL_CORE_H */
