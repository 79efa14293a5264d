/* SPDX-License-Identifier: BSD-3-Clause */
/* A client's own memory, made known to the EAL and to the devices of the ports. */
#define ALLOW_EXPERIMENTAL_API /* rte_dev_dma_map() and _unmap(): in DPDK since 20.02 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_memory.h>

#include "mem_table.h"

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* End of the memory that certainly is there around va, or NULL. */
static const char *
known_end(const char *va)
{
	const struct rte_memseg_list *list = rte_mem_virt2memseg_list(va);
	const struct rte_memseg *seg;

	if (list == NULL)
		return NULL;
	if (list->external)
		return (const char *)list->base_va + list->len;
	seg = rte_mem_virt2memseg(va, list);
	if (seg == NULL || seg->addr == NULL || seg->len == 0)
		return NULL;
	return (const char *)seg->addr + seg->len;
}

/* The answer for a list of which every page is there, which is most of them: no walk. */
static bool
in_full_list(const void *va, size_t len)
{
	const struct rte_memseg_list *list = rte_mem_virt2memseg_list(va);

	return list != NULL && list->memseg_arr.count == list->memseg_arr.len &&
	       (uintptr_t)va + len <= (uintptr_t)list->base_va + list->len;
}

bool
pktpool_mem_is_dma(const void *va, size_t len)
{
	const char *at = va;
	const char *end;

	if (len == 0 || (uintptr_t)va > UINTPTR_MAX - len)
		return false;
	if (in_full_list(va, len))
		return true;
	while (at < (const char *)va + len) {
		end = known_end(at);
		if (end == NULL || end <= at)
			return false;
		at = end;
	}
	return true;
}

/* IOVA of one address, and how far it holds: to the end of the page. */
static rte_iova_t
iova_of(const char *va, size_t *run)
{
	const struct rte_memseg *seg = NULL;

	if (rte_eal_has_hugepages())
		seg = rte_mem_virt2memseg(va, NULL);
	if (seg != NULL && seg->addr != NULL && seg->iova != RTE_BAD_IOVA) {
		*run = seg->len - (size_t)(va - (const char *)seg->addr);
		return seg->iova + (rte_iova_t)(va - (const char *)seg->addr);
	}
	*run = page_size() - ((uintptr_t)va & (page_size() - 1));
	return rte_mem_virt2iova(va);
}

size_t
pktpool_mem_run_pa(const void *va, size_t len, rte_iova_t *iova)
{
	size_t run = 0, page;
	rte_iova_t next;

	*iova = RTE_BAD_IOVA;
	while (run < len) {
		next = iova_of((const char *)va + run, &page);
		if (next == RTE_BAD_IOVA)
			break;
		if (run == 0)
			*iova = next;
		else if (next != *iova + run)
			break;
		run += page;
	}
	return RTE_MIN(run, len);
}

/* A device that has no DMA of its own, or sees all memory, says so: that is fine. */
static int
device_error(void)
{
	return rte_errno == ENOTSUP || rte_errno == ENOSYS ? 0
							   : -(rte_errno != 0 ? rte_errno : EIO);
}

static int
device_unmap(struct rte_device *device, char *va, size_t len)
{
	rte_iova_t iova;
	size_t run;
	int ret = 0;

	for (; len != 0; va += run, len -= run) {
		run = pktpool_mem_run(va, len, &iova);
		if (run == 0)
			return -EFAULT;
		if (rte_dev_dma_unmap(device, va, iova, run) < 0 && ret == 0)
			ret = device_error();
	}
	return ret;
}

static int
device_map(struct rte_device *device, char *va, size_t len)
{
	rte_iova_t iova;
	size_t run;
	int ret;

	for (size_t done = 0; done < len; done += run) {
		run = pktpool_mem_run(va + done, len - done, &iova);
		ret = run == 0 ? -EFAULT : 0;
		if (run != 0 && rte_dev_dma_map(device, va + done, iova, run) < 0)
			ret = device_error();
		if (ret != 0) {
			if (done != 0)
				(void)device_unmap(device, va, done);
			return ret;
		}
	}
	return 0;
}

static struct rte_device *
port_device(uint16_t port_id)
{
	struct rte_eth_dev_info info;

	if (!rte_eth_dev_is_valid_port(port_id))
		return NULL;
	return rte_eth_dev_info_get(port_id, &info) == 0 ? info.device : NULL;
}

/* Several ports may be on one device: it counts at the first of them only. */
static struct rte_device *
first_port_device(uint16_t port_id)
{
	struct rte_device *device = port_device(port_id);

	for (uint16_t other = 0; device != NULL && other < port_id; other++) {
		if (port_device(other) == device)
			return NULL;
	}
	return device;
}

/* Unmap for the devices of all ports below `end`. */
static int
ports_unmap(char *va, size_t len, uint16_t end)
{
	int ret = 0, one;

	for (uint16_t port_id = 0; port_id < end; port_id++) {
		struct rte_device *device = first_port_device(port_id);

		one = device != NULL ? device_unmap(device, va, len) : 0;
		ret = ret != 0 ? ret : one;
	}
	return ret;
}

static int
ports_map(char *va, size_t len, struct pktpool_why *why)
{
	int ret;

	for (uint16_t port_id = 0; port_id < RTE_MAX_ETHPORTS; port_id++) {
		struct rte_device *device = first_port_device(port_id);

		ret = device != NULL ? device_map(device, va, len) : 0;
		if (ret != 0) {
			(void)ports_unmap(va, len, port_id);
			return pktpool_why_not(why, ret,
				"port %u cannot map the memory for DMA: %s: check the IOMMU and "
				"the "
				"locked-memory limit, or copy instead",
				port_id, rte_strerror(-ret));
		}
	}
	return 0;
}

/* The EAL wants an IOVA for each page. */
static int
eal_register(char *va, size_t len, struct pktpool_why *why)
{
	size_t page = page_size();
	size_t n = len / page;
	rte_iova_t *iovas = calloc(n, sizeof(*iovas));
	int ret = 0;

	if (iovas == NULL)
		return pktpool_why_not(why, -ENOMEM, "no memory for the addresses of %zu pages", n);
	for (size_t i = 0; i < n && ret == 0; i++) {
		if (pktpool_mem_run(va + i * page, page, &iovas[i]) != page)
			ret = pktpool_why_not(why, -EFAULT,
				"page %zu has no physical address: lock the memory (mlock) and run "
				"with the right to read /proc/self/pagemap, or use --iova-mode=va",
				i);
	}
	if (ret == 0 && rte_extmem_register(va, len, iovas, (unsigned int)n, page) != 0)
		ret = pktpool_why_not(
			why, -rte_errno, "the EAL refuses the memory: %s", rte_strerror(rte_errno));
	free(iovas);
	return ret;
}

static int
register_region(struct mem_region *region, void *va, size_t len, struct pktpool_why *why)
{
	int ret = eal_register(va, len, why);

	if (ret != 0)
		return ret;
	ret = ports_map(va, len, why);
	if (ret != 0) {
		(void)rte_extmem_unregister(va, len);
		return ret;
	}
	*region = (struct mem_region){.va = va, .map_len = len};
	return 0;
}

static bool
any_known(const char *va, size_t len)
{
	for (size_t off = 0; off < len; off += page_size()) {
		if (known_end(va + off) != NULL)
			return true;
	}
	return false;
}

/* A place in the table with this va (NULL: a free place); the lock is held. */
static struct mem_region *
find_region(struct mem_table *table, const void *va, size_t len)
{
	for (unsigned int i = 0; i < PKTPOOL_MEM_REGIONS_MAX; i++) {
		struct mem_region *region = &table->regions[i];

		if (region->va == va && (va == NULL || region->map_len == len))
			return region;
	}
	return NULL;
}

int
pktpool_mem_register(void *va, size_t len, struct pktpool_why *why)
{
	size_t page = page_size();
	struct mem_table *table;
	struct mem_region *region;
	int ret;

	if (va == NULL || len == 0 || ((uintptr_t)va | len) & (page - 1))
		return pktpool_why_not(why, -EINVAL,
			"memory at %p, %zu bytes: start and length must be multiples of the page "
			"size, %zu: use mmap or aligned_alloc",
			va, len, page);
	if (len / page > UINT32_MAX || (uintptr_t)va > UINTPTR_MAX - len)
		return pktpool_why_not(
			why, -EINVAL, "%zu bytes are too many: register in parts", len);
	table = mem_table(true);
	if (table == NULL)
		return pktpool_why_not(why, -ENOMEM, "no EAL memory for the table of regions");
	rte_spinlock_lock(&table->lock);
	region = find_region(table, NULL, 0);
	if (region == NULL)
		ret = pktpool_why_not(why, -ENOSPC,
			"%u regions are registered: use fewer, larger ones",
			PKTPOOL_MEM_REGIONS_MAX);
	else if (any_known(va, len))
		ret = pktpool_why_not(
			why, -EEXIST, "memory at %p is known already, at least in part", va);
	else
		ret = register_region(region, va, len, why);
	rte_spinlock_unlock(&table->lock);
	return ret;
}

static int
unregister_region(struct mem_region *region, struct pktpool_why *why)
{
	int ret = ports_unmap(region->va, region->map_len, RTE_MAX_ETHPORTS);

	if (ret != 0)
		return pktpool_why_not(
			why, ret, "a device does not let go of the memory: %s", rte_strerror(-ret));
	if (rte_extmem_unregister(region->va, region->map_len) != 0)
		return pktpool_why_not(why, -rte_errno, "the EAL does not let go of the memory: %s",
			rte_strerror(rte_errno));
	*region = (struct mem_region){0};
	return 0;
}

int
pktpool_mem_unregister(void *va, size_t len, struct pktpool_why *why)
{
	struct mem_table *table = mem_table(false);
	struct mem_region *region;
	int ret;

	if (table == NULL || va == NULL)
		return pktpool_why_not(why, -ENOENT, "memory at %p is not registered", va);
	rte_spinlock_lock(&table->lock);
	region = find_region(table, va, len);
	ret = region != NULL ? unregister_region(region, why)
			     : pktpool_why_not(why, -ENOENT,
				       "memory at %p, %zu bytes, is not registered: give the same "
				       "start and length as then",
				       va, len);
	rte_spinlock_unlock(&table->lock);
	return ret;
}

/* Undo the mapping of the first n regions for one device. */
static void
undo_regions(struct mem_table *table, struct rte_device *device, unsigned int n)
{
	while (n-- != 0) {
		if (table->regions[n].va != NULL)
			(void)device_unmap(device, table->regions[n].va, table->regions[n].map_len);
	}
}

static int
map_regions(struct mem_table *table, struct rte_device *device)
{
	int ret;

	for (unsigned int i = 0; i < PKTPOOL_MEM_REGIONS_MAX; i++) {
		if (table->regions[i].va == NULL)
			continue;
		ret = device_map(device, table->regions[i].va, table->regions[i].map_len);
		if (ret != 0) {
			undo_regions(table, device, i);
			return ret;
		}
	}
	return 0;
}

int
pktpool_mem_map_port(uint16_t port_id, struct pktpool_why *why)
{
	struct rte_device *device = port_device(port_id);
	struct mem_table *table = mem_table(false);
	int ret = 0;

	if (device == NULL)
		return pktpool_why_not(why, -ENODEV, "port %u does not exist", port_id);
	if (table == NULL)
		return 0;
	rte_spinlock_lock(&table->lock);
	ret = map_regions(table, device);
	rte_spinlock_unlock(&table->lock);
	if (ret != 0)
		return pktpool_why_not(why, ret, "port %u cannot map the memory for DMA: %s",
			port_id, rte_strerror(-ret));
	return 0;
}
