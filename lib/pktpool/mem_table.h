/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKTPOOL_MEM_TABLE_H
#define PKTPOOL_MEM_TABLE_H

/* What is known about memory in this process. It lives in a named memzone, so that the library
 * needs no variables of its own.
 */

#include <rte_spinlock.h>

#include "pktpool_mem.h"

struct mem_region {
	void *va; /* NULL: a free place */
	size_t map_len;
};

struct mem_table {
	uint64_t magic;
	rte_spinlock_t lock;
	uint32_t n_tags;
	struct pktpool_mem_usage tags[PKTPOOL_MEM_TAGS_MAX];
	struct mem_region regions[PKTPOOL_MEM_REGIONS_MAX];
};

/* The table; it is made if `make`. NULL: there is none. */
struct mem_table *mem_table(bool make);

#endif /* PKTPOOL_MEM_TABLE_H */
