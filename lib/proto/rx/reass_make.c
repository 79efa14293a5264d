/* SPDX-License-Identifier: BSD-3-Clause */
#include "reass_table.h"

#include "pktpool_mem.h"

#define TAG "Reas"

#define DEFAULT_DATAGRAMS 1024
#define DEFAULT_FRAMES	  4096
#define PAIR_OF_LINES	  128  /* an entry is two lines: fetched as one */
#define SOURCES_MIN	  1024 /* 16 KiB: in small tables, too, sources seldom meet */
#define SHARE_PARTS	  4    /* a source's default share is one part of these */
#define MAPS_MAX	  4096 /* 4 MiB; so many datagrams have more than a few runs at once */

static void *
take_memory(size_t n, size_t size, int socket)
{
	return pktpool_mem_alloc(TAG, n * size, PAIR_OF_LINES, socket, NULL);
}

static void
set_limits(struct reass *reass, const struct reass_conf *conf)
{
	reass->datagrams_max = conf->n_datagrams != 0 ? conf->n_datagrams : DEFAULT_DATAGRAMS;
	reass->frames_max = conf->n_frames != 0 ? conf->n_frames : DEFAULT_FRAMES;
	reass->share = conf->share != 0 ? conf->share : reass->frames_max / SHARE_PARTS;
	reass->share = RTE_MIN(RTE_MAX(reass->share, 1u), reass->frames_max);
	reass->share_datagrams =
		(uint32_t)((uint64_t)reass->datagrams_max * reass->share / reass->frames_max);
	reass->timeout[0] = conf->timeout_ipv4;
	reass->timeout[1] = conf->timeout_ipv6;
}

/* All the memory there will be. What is missing is NULL. */
static bool
commit_memory(struct reass *reass, int socket)
{
	uint32_t n_buckets = RTE_MAX(rte_align32pow2(reass->datagrams_max), 2u); /* a pair */
	uint32_t n_sources = RTE_MAX(n_buckets, (uint32_t)SOURCES_MIN);
	uint32_t n_maps = RTE_MIN(RTE_MIN(reass->datagrams_max, MAPS_MAX),
		reass->frames_max / RUNS_FEW + 1); /* each run has a fragment */

	reass->bucket_mask = n_buckets - 1;
	reass->source_mask = n_sources - 1;
	reass->buckets = take_memory(n_buckets, sizeof(*reass->buckets), socket);
	reass->sources = take_memory(n_sources, sizeof(*reass->sources), socket);
	reass->entries = take_memory(reass->datagrams_max + 1ul, sizeof(*reass->entries), socket);
	reass->maps = take_memory(n_maps, sizeof(*reass->maps), socket);
	reass->pool.runs = take_memory(reass->frames_max + 2ul, sizeof(*reass->pool.runs), socket);
	if (reass->buckets == NULL || reass->sources == NULL || reass->entries == NULL ||
		reass->maps == NULL || reass->pool.runs == NULL)
		return false;
	runs_pool_init(&reass->pool, reass->maps, n_maps, reass->frames_max);
	return true;
}

void
reass_release(struct reass *reass)
{
	(void)pktpool_mem_free(reass->pool.runs);
	(void)pktpool_mem_free(reass->maps);
	(void)pktpool_mem_free(reass->entries);
	(void)pktpool_mem_free(reass->sources);
	(void)pktpool_mem_free(reass->buckets);
	(void)pktpool_mem_free(reass);
}

struct reass *
reass_create(const struct reass_conf *conf)
{
	struct reass *reass = take_memory(1, sizeof(*reass), conf->socket);

	if (reass == NULL)
		return NULL;
	set_limits(reass, conf);
	if (!commit_memory(reass, conf->socket)) {
		reass_release(reass);
		return NULL;
	}
	reass_table_init(reass, conf->seed);
	reass->tap = conf->tap;
	return reass;
}
