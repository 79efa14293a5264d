/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKTPOOL_MEM_H
#define PKTPOOL_MEM_H

/** @file
 * Memory by tag, and registration of a client's own memory for DMA.
 *
 * A tag is four characters that say whose memory it is ("Send", "Tbl0"). All blocks of a process
 * are counted per tag. None of this is for the data path: it takes locks.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_eal.h>

#include "pktpool_attr.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Characters of a tag. */
#define PKTPOOL_MEM_TAG_LEN 4
/** Different tags that a process can have. */
#define PKTPOOL_MEM_TAGS_MAX 256
/** Regions of client memory that can be registered at the same time. */
#define PKTPOOL_MEM_REGIONS_MAX 64

/** What is out, and was, for one tag. */
struct pktpool_mem_usage {
	char tag[PKTPOOL_MEM_TAG_LEN + 1]; /**< zero-terminated */
	uint64_t blocks;		   /**< out now */
	uint64_t bytes;			   /**< out now, as asked for */
	uint64_t peak_bytes;		   /**< most bytes that were out at once */
	uint64_t allocs;		   /**< blocks handed out since the start */
};

/**
 * Take zeroed, DMA-able memory from the EAL.
 *
 * @param tag   four characters of [A-Za-z0-9_], e.g. "Send"
 * @param len   bytes, at least 1
 * @param align a power of two up to 4096, or 0 for a cache line
 * @param socket NUMA socket, or SOCKET_ID_ANY
 * @return the block, the caller's until pktpool_mem_free(); NULL with `why`: bad tag or alignment,
 *   too many tags, no memory. On refusal nothing has changed. Any thread.
 */
PKTPOOL_API void *pktpool_mem_alloc(const char *tag, size_t len, unsigned int align, int socket,
	struct pktpool_why *why) PKTPOOL_NONNULL(1) PKTPOOL_MUST_CHECK;

/**
 * Give a block back. Takes ownership of `ptr`; NULL is fine. Any thread.
 *
 * @return 0, or -EINVAL: not a block of pktpool_mem_alloc(), or freed before, as far as can be seen
 *   from its header; then nothing was done and `ptr` stays what it was.
 */
PKTPOOL_API int pktpool_mem_free(void *ptr);

/** Called for each tag that was ever used. */
typedef void (*pktpool_mem_tag_fn)(void *arg, const struct pktpool_mem_usage *usage);

/** Visit all tags, in order of their first use. @return how many. Any thread. */
PKTPOOL_API unsigned int pktpool_mem_tags(pktpool_mem_tag_fn visit, void *arg);

/** The figures of one tag. @return 0, or -ENOENT: never used. Any thread. */
PKTPOOL_API int pktpool_mem_usage(const char *tag, struct pktpool_mem_usage *usage)
	PKTPOOL_NONNULL() PKTPOOL_MUST_CHECK;

/**
 * Make a client's own memory known to the EAL and to the devices of all ports, so that packets may
 * point into it. A device without DMA (a vdev) is fine. The memory stays the caller's; it must stay
 * allocated until pktpool_mem_unregister(). On refusal nothing has changed. Any thread.
 *
 * @param va start, on a page boundary (sysconf(_SC_PAGESIZE))
 * @param len bytes, whole pages
 * @return 0, or with `why`: -EINVAL (alignment, length), -EEXIST (known already), -ENOSPC (too many
 *   regions), -EFAULT (IOVA=PA and no physical address to be had), or the error of a device.
 */
PKTPOOL_API int pktpool_mem_register(
	void *va, size_t len, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/**
 * Undo pktpool_mem_register() with the same `va` and `len`. Nothing may point into the memory any
 * more (mappings: after `done`). @return 0; -ENOENT: not registered so; or the error of a device.
 */
PKTPOOL_API int pktpool_mem_unregister(
	void *va, size_t len, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/**
 * Map all registered memory for the device of one port: for ports that appear after the memory was
 * registered. On refusal nothing has changed. @return 0; -ENODEV; or the error of the device.
 */
PKTPOOL_API int pktpool_mem_map_port(uint16_t port_id, struct pktpool_why *why) PKTPOOL_MUST_CHECK;

/**
 * Whether a device can reach every byte of [va, va + len): all pages are EAL memory or registered.
 * (rte_mem_virt2iova() cannot tell: with IOVA=VA it has an answer for any pointer.) Any thread.
 */
PKTPOOL_API bool pktpool_mem_is_dma(const void *va, size_t len);

/** The part of pktpool_mem_run() for IOVA=PA. */
PKTPOOL_API size_t pktpool_mem_run_pa(const void *va, size_t len, rte_iova_t *iova)
	PKTPOOL_NONNULL(3);

/**
 * How many of the `len` bytes from `va` are contiguous for a device, and their IOVA. With IOVA=VA
 * all of them, at once. @return 1..len; 0: no IOVA is known (`*iova` is RTE_BAD_IOVA). Any thread.
 */
static inline size_t
pktpool_mem_run(const void *va, size_t len, rte_iova_t *iova)
{
	if (rte_eal_iova_mode() == RTE_IOVA_VA) {
		*iova = (rte_iova_t)(uintptr_t)va;
		return len;
	}
	return pktpool_mem_run_pa(va, len, iova);
}

#ifdef __cplusplus
}
#endif

#endif /* PKTPOOL_MEM_H */
