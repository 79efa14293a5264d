/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory by tag. rte_malloc's own `type` is not accounted by, so each block has a header. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include <rte_malloc.h>
#include <rte_memzone.h>
#include <rte_pause.h>

#include "mem_table.h"

#define TABLE_NAME  "pktpool_mem"
#define TABLE_MAGIC 0x656c626174626174ULL
#define BLOCK_MAGIC 0x6b636f6c62676174ULL
#define ALIGN_MAX   4096U

/* Directly before each block. */
struct block {
	uint64_t magic; /* BLOCK_MAGIC ^ the block's address; 0 once freed */
	void *base;
	size_t size;
	uint32_t tag; /* index */
	uint32_t pad;
};

struct mem_table *
mem_table(bool make)
{
	const struct rte_memzone *zone = rte_memzone_lookup(TABLE_NAME);
	struct mem_table *table;

	if (zone == NULL && make) {
		zone = rte_memzone_reserve(TABLE_NAME, sizeof(struct mem_table), SOCKET_ID_ANY, 0);
		if (zone != NULL) {
			table = zone->addr;
			memset(table, 0, sizeof(*table));
			rte_spinlock_init(&table->lock);
			__atomic_store_n(&table->magic, TABLE_MAGIC, __ATOMIC_RELEASE);
			return table;
		}
		/* Perhaps another thread was faster. */
		zone = rte_memzone_lookup(TABLE_NAME);
	}
	if (zone == NULL)
		return NULL;
	table = zone->addr;
	while (__atomic_load_n(&table->magic, __ATOMIC_ACQUIRE) != TABLE_MAGIC)
		rte_pause();
	return table;
}

static bool
tag_is_good(const char *tag)
{
	for (unsigned int i = 0; i < PKTPOOL_MEM_TAG_LEN; i++) {
		if (!isalnum((unsigned char)tag[i]) && tag[i] != '_')
			return false;
	}
	return true;
}

/* The tag's place in the table; the lock is held. -ENOENT: not there. */
static int
find_tag(const struct mem_table *table, const char *tag)
{
	for (uint32_t i = 0; i < table->n_tags; i++) {
		if (memcmp(table->tags[i].tag, tag, PKTPOOL_MEM_TAG_LEN) == 0)
			return (int)i;
	}
	return -ENOENT;
}

static int
find_or_add_tag(struct mem_table *table, const char *tag)
{
	int i = find_tag(table, tag);

	if (i >= 0)
		return i;
	if (table->n_tags == PKTPOOL_MEM_TAGS_MAX)
		return -ENOSPC;
	memcpy(table->tags[table->n_tags].tag, tag, PKTPOOL_MEM_TAG_LEN);
	return (int)table->n_tags++;
}

static void
count_alloc(struct pktpool_mem_usage *u, size_t len)
{
	u->blocks++;
	u->allocs++;
	u->bytes += len;
	u->peak_bytes = RTE_MAX(u->peak_bytes, u->bytes);
}

static struct block *
block_of(const void *ptr)
{
	return (struct block *)((uintptr_t)ptr - sizeof(struct block));
}

static void *
make_block(size_t len, unsigned int align, int socket)
{
	size_t offset = RTE_MAX(align, (unsigned int)RTE_CACHE_LINE_SIZE);
	void *base, *ptr;

	RTE_BUILD_BUG_ON(sizeof(struct block) > RTE_CACHE_LINE_SIZE);
	if (len > SIZE_MAX - offset)
		return NULL;
	base = rte_zmalloc_socket(NULL, offset + len, (unsigned int)offset, socket);
	if (base == NULL)
		return NULL;
	ptr = RTE_PTR_ADD(base, offset);
	*block_of(ptr) = (struct block){
		.magic = BLOCK_MAGIC ^ (uintptr_t)ptr,
		.base = base,
		.size = len,
	};
	return ptr;
}

void *
pktpool_mem_alloc(
	const char *tag, size_t len, unsigned int align, int socket, struct pktpool_why *why)
{
	struct mem_table *table;
	void *ptr;
	int i;

	if (!tag_is_good(tag)) {
		(void)pktpool_why_not(
			why, -EINVAL, "a memory tag is 4 characters, of letters, digits and _");
		return NULL;
	}
	if (len == 0 || align > ALIGN_MAX || (align & (align - 1)) != 0) {
		(void)pktpool_why_not(why, -EINVAL,
			"memory %.4s: %zu bytes aligned to %u: ask for at least 1 byte, and for a "
			"power of two up to %u",
			tag, len, align, ALIGN_MAX);
		return NULL;
	}
	table = mem_table(true);
	ptr = table != NULL ? make_block(len, align, socket) : NULL;
	if (ptr == NULL) {
		(void)pktpool_why_not(why, -ENOMEM,
			"memory %.4s: no %zu bytes left: give the EAL more (-m MB, hugepages)", tag,
			len);
		return NULL;
	}
	rte_spinlock_lock(&table->lock);
	i = find_or_add_tag(table, tag);
	if (i >= 0) {
		block_of(ptr)->tag = (uint32_t)i;
		count_alloc(&table->tags[i], len);
	}
	rte_spinlock_unlock(&table->lock);
	if (i < 0) {
		rte_free(block_of(ptr)->base);
		(void)pktpool_why_not(why, i, "memory %.4s: more than %u different tags: use fewer",
			tag, PKTPOOL_MEM_TAGS_MAX);
		return NULL;
	}
	return ptr;
}

/* Look at a header only where there is memory to read. */
static bool
is_block(const void *ptr)
{
	const struct block *block = block_of(ptr);

	return ((uintptr_t)ptr & (RTE_CACHE_LINE_SIZE - 1)) == 0 &&
	       pktpool_mem_is_dma(block, sizeof(*block)) &&
	       block->magic == (BLOCK_MAGIC ^ (uintptr_t)ptr);
}

int
pktpool_mem_free(void *ptr)
{
	struct mem_table *table;
	void *base = NULL;

	if (ptr == NULL)
		return 0;
	table = mem_table(false);
	if (table == NULL)
		return -EINVAL;
	rte_spinlock_lock(&table->lock);
	if (is_block(ptr)) {
		struct block *block = block_of(ptr);
		struct pktpool_mem_usage *u = &table->tags[block->tag];

		base = block->base;
		block->magic = 0;
		u->blocks--;
		u->bytes -= block->size;
	}
	rte_spinlock_unlock(&table->lock);
	if (base == NULL)
		return -EINVAL;
	rte_free(base);
	return 0;
}

/* Visits copies, without the lock: the visitor may use this library. */
unsigned int
pktpool_mem_tags(pktpool_mem_tag_fn visit, void *arg)
{
	struct mem_table *table = mem_table(false);
	struct pktpool_mem_usage usage;
	unsigned int n = 0;
	bool more;

	while (table != NULL) {
		rte_spinlock_lock(&table->lock);
		more = n < table->n_tags;
		if (more)
			usage = table->tags[n++];
		rte_spinlock_unlock(&table->lock);
		if (!more)
			break;
		if (visit != NULL)
			visit(arg, &usage);
	}
	return n;
}

int
pktpool_mem_usage(const char *tag, struct pktpool_mem_usage *usage)
{
	struct mem_table *table = mem_table(false);
	int i;

	if (table == NULL || !tag_is_good(tag))
		return -ENOENT;
	rte_spinlock_lock(&table->lock);
	i = find_tag(table, tag);
	if (i >= 0)
		*usage = table->tags[i];
	rte_spinlock_unlock(&table->lock);
	return i >= 0 ? 0 : i;
}
