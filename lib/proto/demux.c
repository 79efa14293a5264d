/* SPDX-License-Identifier: BSD-3-Clause */
#include "demux.h"

#include <errno.h>
#include <stdio.h>

#include <rte_branch_prediction.h>
#include <rte_hash.h>

#include "demux_bound.h"
#include "demux_hash.h"
#include "pktpool_mem.h"

#define DEMUX_TAG	"DMUX"
#define DEMUX_MIN_SLOTS 64

struct demux {
	struct rte_hash *connected; /* demux_key to demux_owner */
	struct bound_table *bound;
	struct rte_rcu_qsbr *qsbr; /* NULL: one worker, which is the writer too */
	struct demux_secret secret;
	uint32_t max_connected;
	_Atomic uint32_t n_connected;
	_Atomic uint32_t n_bound;
	uint32_t connected_on[BOUND_PORTS]; /* how many have this local port; the writer's */
};

static bool
is_connected(const struct demux_bind *bind)
{
	return bind->key.remote_port != 0;
}

static int
qsbr_create(struct demux *demux, const struct demux_conf *conf)
{
	size_t size;

	if (conf->n_workers == 1)
		return 0;
	size = rte_rcu_qsbr_get_memsize(conf->n_workers);
	demux->qsbr = pktpool_mem_alloc(DEMUX_TAG, size, 0, conf->socket, NULL);
	if (demux->qsbr == NULL || rte_rcu_qsbr_init(demux->qsbr, conf->n_workers) != 0)
		return -ENOMEM;
	for (unsigned i = 0; i < conf->n_workers; i++)
		(void)rte_rcu_qsbr_thread_register(demux->qsbr, i);
	return 0;
}

static int
connected_create(struct demux *demux, const struct demux_conf *conf)
{
	/* An eighth more: a cuckoo hash filled to the last slot refuses keys, and slots of keys
	 * that were deleted come back late. */
	uint32_t slots = conf->n_connected + conf->n_connected / 8;
	struct rte_hash_rcu_config rcu = {.v = demux->qsbr, .mode = RTE_HASH_QSBR_MODE_DQ};
	char name[RTE_HASH_NAMESIZE];
	struct rte_hash_parameters params = {
		.name = name,
		.entries = RTE_MAX(slots, (uint32_t)DEMUX_MIN_SLOTS),
		.key_len = sizeof(struct demux_key),
		.socket_id = conf->socket,
		.extra_flag = demux->qsbr != NULL ? RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF : 0,
	};

	/* Short: rte_hash puts up to 9 more in front of it, and cuts off the end. */
	(void)snprintf(name, sizeof(name), "dx.%s", conf->name);
	demux->connected = rte_hash_create(&params);
	if (demux->connected == NULL)
		return -ENOMEM;
	return demux->qsbr == NULL ? 0 : rte_hash_rcu_qsbr_add(demux->connected, &rcu);
}

struct demux *
demux_create(const struct demux_conf *conf)
{
	uint64_t seed = conf->seed;
	struct demux *demux;

	if (conf->n_workers == 0 || conf->n_workers > 1u << DEMUX_WORKER_BITS)
		return NULL;
	demux = pktpool_mem_alloc(DEMUX_TAG, sizeof(*demux), 0, conf->socket, NULL);
	if (demux == NULL)
		return NULL;
	demux->max_connected = conf->n_connected;
	for (unsigned i = 0; i < RTE_DIM(demux->secret.m); i++)
		demux->secret.m[i] = demux_random(&seed);
	if (qsbr_create(demux, conf) == 0 && connected_create(demux, conf) == 0)
		demux->bound = bound_create(demux->qsbr, demux_random(&seed), conf->socket);
	if (demux->bound == NULL) {
		demux_destroy(demux);
		return NULL;
	}
	return demux;
}

void
demux_destroy(struct demux *demux)
{
	if (demux == NULL)
		return;
	/* Nobody looks up any more: rte_hash must not wait for workers that never went offline. */
	for (unsigned i = 0; demux->qsbr != NULL && i < demux->qsbr->max_threads; i++)
		(void)rte_rcu_qsbr_thread_unregister(demux->qsbr, i);
	bound_destroy(demux->bound);
	rte_hash_free(demux->connected);
	(void)pktpool_mem_free(demux->qsbr);
	(void)pktpool_mem_free(demux);
}

static void
count_by(_Atomic uint32_t *count, uint32_t n)
{
	atomic_store_explicit(
		count, atomic_load_explicit(count, memory_order_relaxed) + n, memory_order_relaxed);
}

/* The owner that is connected so; 0: none. */
static demux_owner
connected_owner(const struct demux *demux, const struct demux_key *key, uint32_t hash)
{
	void *data = NULL;

	if (rte_hash_lookup_with_hash_data(demux->connected, key, hash, &data) < 0)
		return 0;
	return (demux_owner)data;
}

static int
connected_add(struct demux *demux, const struct demux_bind *bind)
{
	uint32_t hash = demux_hash_key(&demux->secret, &bind->key);
	void *owner = (void *)((uintptr_t)bind->ep | bind->worker);

	if (connected_owner(demux, &bind->key, hash) != 0)
		return -EADDRINUSE;
	if (demux->n_connected == demux->max_connected ||
		rte_hash_add_key_with_hash_data(demux->connected, &bind->key, hash, owner) != 0)
		return -ENOSPC;
	demux->connected_on[bind->key.local_port]++;
	count_by(&demux->n_connected, 1);
	return 0;
}

static void
connected_del(struct demux *demux, const struct demux_bind *bind)
{
	uint32_t hash = demux_hash_key(&demux->secret, &bind->key);

	if (connected_owner(demux, &bind->key, hash) != ((uintptr_t)bind->ep | bind->worker))
		return;
	(void)rte_hash_del_key_with_hash(demux->connected, &bind->key, hash);
	demux->connected_on[bind->key.local_port]--;
	count_by(&demux->n_connected, UINT32_MAX);
}

int
demux_add(struct demux *demux, const struct demux_bind *bind)
{
	int rc;

	if (is_connected(bind))
		return connected_add(demux, bind);
	rc = bound_add(demux->bound, bind);
	if (rc == 0)
		count_by(&demux->n_bound, 1);
	return rc;
}

void
demux_del(struct demux *demux, const struct demux_bind *bind)
{
	if (is_connected(bind))
		connected_del(demux, bind);
	else if (bound_del(demux->bound, bind))
		count_by(&demux->n_bound, UINT32_MAX);
}

bool
demux_is_free(const struct demux *demux, const struct demux_bind *bind)
{
	if (bound_overlaps(demux->bound, bind))
		return false;
	/* The answers to what a bound endpoint sends would go to the connected one first. */
	if (!is_connected(bind))
		return demux->connected_on[bind->key.local_port] == 0;
	return connected_owner(demux, &bind->key, demux_hash_key(&demux->secret, &bind->key)) == 0;
}

/* Returns how many of the owners it has set. */
static unsigned
connected_find(const struct demux *demux, const struct demux_key *const keys[], unsigned n,
	demux_owner owners[])
{
	const void *hash_keys[DEMUX_LOOKUP_MAX];
	hash_sig_t hashes[DEMUX_LOOKUP_MAX];
	void *data[DEMUX_LOOKUP_MAX];
	uint64_t hits = 0;

	for (unsigned i = 0; i < n; i++) {
		hash_keys[i] = keys[i];
		hashes[i] = demux_hash_key(&demux->secret, keys[i]);
	}
	int found = rte_hash_lookup_with_hash_bulk_data(
		demux->connected, hash_keys, hashes, n, &hits, data);

	for (unsigned i = 0; i < n; i++) {
		if (hits & 1ull << i)
			owners[i] = (demux_owner)data[i];
	}
	return (unsigned)found;
}

void
demux_lookup(const struct demux *demux, const struct demux_key *const keys[], unsigned n,
	demux_owner owners[])
{
	for (unsigned i = 0; i < n; i++)
		owners[i] = 0;
	if (atomic_load_explicit(&demux->n_connected, memory_order_relaxed) != 0 && n != 0 &&
		connected_find(demux, keys, n, owners) == n)
		return;
	bound_find(demux->bound, keys, n, owners);
}

const struct bound_table *
demux_only_bound(const struct demux *demux)
{
	return atomic_load_explicit(&demux->n_connected, memory_order_relaxed) == 0 ? demux->bound
										    : NULL;
}

unsigned
demux_lookup_all(
	const struct demux *demux, const struct demux_key *key, demux_owner owners[], unsigned n)
{
	return bound_find_all(demux->bound, key, owners, n);
}

void
demux_worker_online(struct demux *demux, unsigned worker)
{
	if (demux->qsbr != NULL)
		rte_rcu_qsbr_thread_online(demux->qsbr, worker);
}

void
demux_worker_offline(struct demux *demux, unsigned worker)
{
	if (demux->qsbr != NULL)
		rte_rcu_qsbr_thread_offline(demux->qsbr, worker);
}

void
demux_quiescent(struct demux *demux, unsigned worker)
{
	if (demux->qsbr != NULL)
		rte_rcu_qsbr_quiescent(demux->qsbr, worker);
}

uint32_t
demux_count(const struct demux *demux)
{
	return atomic_load_explicit(&demux->n_connected, memory_order_relaxed) +
	       atomic_load_explicit(&demux->n_bound, memory_order_relaxed);
}
