/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_POOLS_H
#define HARNESS_POOLS_H

/* Packet pools for tests that look at limits. To be included after cmocka.h. */

#include "pktpool.h"

static inline struct pktpool *
make(const char *name, uint32_t n, uint32_t overflow, uint16_t cache)
{
	struct pktpool_conf conf = {
		.name = name,
		.n = n,
		.n_overflow = overflow,
		.reserved = 20,
		.headroom = 64,
		.room = 128,
		.cache = cache,
		.socket = SOCKET_ID_ANY,
	};
	struct pktpool_why why = {""};
	struct pktpool *pool = NULL;
	int ret = pktpool_create(&pool, &conf, &why);

	if (ret != 0)
		fail_msg("%s", why.text);
	return pool;
}

static inline struct pktpool_usage
usage_of(const struct pktpool *pool)
{
	struct pktpool_usage usage;

	pktpool_usage(pool, &usage);
	return usage;
}

static inline void
done_with(struct pktpool *pool)
{
	assert_int_equal(usage_of(pool).in_use, 0);
	assert_int_equal(pktpool_destroy(pool, NULL, NULL), 0);
}

/* Take one by one until refused. */
static inline unsigned int
exhaust(struct pktpool *pool, struct rte_mbuf **pkts, unsigned int max)
{
	unsigned int n = 0;

	while (n < max && (pkts[n] = pktpool_alloc(pool)) != NULL)
		n++;
	return n;
}

#endif /* HARNESS_POOLS_H */
