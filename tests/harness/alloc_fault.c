/* SPDX-License-Identifier: BSD-3-Clause */
#include "alloc_fault.h"

#include <errno.h>
#include <stddef.h>

#include <rte_errno.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <rte_hash.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_ring.h>

#include "complete.h"
#include "pktpool.h"

static uint64_t n_calls, first_failing, n_failing, n_hits;
static enum alloc_fault_call first_call;
static bool seen[ALLOC_FAULT_MAX];

void
alloc_fault_arm(uint64_t k, uint64_t n)
{
	n_calls = 0;
	n_hits = 0;
	first_failing = k;
	n_failing = n;
}

uint64_t
alloc_fault_hits(void)
{
	return n_hits;
}

const char *
alloc_fault_name(enum alloc_fault_call call)
{
	static const char *const names[] = {
#define ALLOC_FAULT_NAME(name) #name,
		ALLOC_FAULT_CALLS(ALLOC_FAULT_NAME)
#undef ALLOC_FAULT_NAME
	};

	return names[call];
}

const char *
alloc_fault_first(void)
{
	return n_hits != 0 ? alloc_fault_name(first_call) : NULL;
}

bool
alloc_fault_seen(enum alloc_fault_call call)
{
	return seen[call];
}

static bool
fails(enum alloc_fault_call call)
{
	n_calls++;
	if (first_failing == 0 || n_calls < first_failing || n_calls - first_failing >= n_failing)
		return false;
	if (n_hits++ == 0)
		first_call = call;
	seen[call] = true;
	rte_errno = ENOMEM;
	return true;
}

/* WRAP(type, name, what it returns when it fails, (parameters), (arguments)) */
#define WRAP(type, name, failure, parameters, arguments) \
	type __real_##name parameters;                   \
	type __wrap_##name parameters;                   \
	type __wrap_##name parameters                    \
	{                                                \
		if (fails(ALLOC_FAULT_##name))           \
			return failure;                  \
		return __real_##name arguments;          \
	}

WRAP(void *, rte_zmalloc_socket, NULL,
	(const char *type, size_t size, unsigned int align, int socket),
	(type, size, align, socket))
WRAP(const struct rte_memzone *, rte_memzone_reserve, NULL,
	(const char *name, size_t len, int socket, unsigned int flags), (name, len, socket, flags))
WRAP(struct rte_ring *, rte_ring_create, NULL,
	(const char *name, unsigned int count, int socket, unsigned int flags),
	(name, count, socket, flags))
WRAP(struct rte_ring *, rte_ring_create_elem, NULL,
	(const char *name, unsigned int size, unsigned int count, int socket, unsigned int flags),
	(name, size, count, socket, flags))
WRAP(struct rte_hash *, rte_hash_create, NULL, (const struct rte_hash_parameters *params), (params))
WRAP(int32_t, rte_hash_add_key, -ENOSPC, (const struct rte_hash *hash, const void *key),
	(hash, key))
WRAP(int, rte_hash_add_key_with_hash_data, -ENOSPC,
	(const struct rte_hash *hash, const void *key, hash_sig_t sig, void *data),
	(hash, key, sig, data))
WRAP(struct rte_fib *, rte_fib_create, NULL,
	(const char *name, int socket, struct rte_fib_conf *conf), (name, socket, conf))
WRAP(struct rte_fib6 *, rte_fib6_create, NULL,
	(const char *name, int socket, struct rte_fib6_conf *conf), (name, socket, conf))
WRAP(int, rte_fib_add, -ENOMEM,
	(struct rte_fib * fib, uint32_t ip, uint8_t depth, uint64_t next_hop),
	(fib, ip, depth, next_hop))
WRAP(int, rte_fib6_add, -ENOMEM,
	(struct rte_fib6 * fib, const uint8_t ip[RTE_FIB6_IPV6_ADDR_SIZE], uint8_t depth,
		uint64_t next_hop),
	(fib, ip, depth, next_hop))
WRAP(struct rte_mempool *, rte_mempool_create_empty, NULL,
	(const char *name, unsigned int n, unsigned int elt_size, unsigned int cache,
		unsigned int priv, int socket, unsigned int flags),
	(name, n, elt_size, cache, priv, socket, flags))
WRAP(int, rte_mempool_populate_default, -ENOMEM, (struct rte_mempool * mp), (mp))
WRAP(void *, rte_lcore_callback_register, NULL,
	(const char *name, rte_lcore_init_cb init, rte_lcore_uninit_cb uninit, void *arg),
	(name, init, uninit, arg))
WRAP(struct rte_mbuf *, rte_pktmbuf_copy, NULL,
	(const struct rte_mbuf *m, struct rte_mempool *mp, uint32_t offset, uint32_t length),
	(m, mp, offset, length))
WRAP(int, pktpool_alloc_raw_bulk, -ENOBUFS,
	(struct pktpool * pool, struct rte_mbuf **pkts, unsigned int n), (pool, pkts, n))
WRAP(int, bufpool_alloc_raw_bulk, -ENOBUFS,
	(struct bufpool * pool, struct rte_mbuf **bufs, unsigned int n), (pool, bufs, n))
WRAP(struct send_rec *, rec_take, NULL,
	(struct completions * comp, struct completion_target *target, void *ctx),
	(comp, target, ctx))
