/* SPDX-License-Identifier: BSD-3-Clause */
/* doctor: hugepages, on each node, the file system they are taken from, and locked memory. */
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "sysfile.h"

#define HUGEPAGES "/sys/kernel/mm/hugepages"
#define NODES	  "/sys/devices/system/node"

/* Pages of all sizes. */
struct pages {
	struct doctor *doctor;
	const char *folder;
	uint64_t total_kb, free_kb;
	char text[160]; /* "1024 of 2 MiB, 1000 free; ..." */
};

/* KiB of a page, from "hugepages-2048kB"; 0: it is another name. */
static uint64_t
page_kb(const char *name)
{
	uint64_t kb;

	if (strncmp(name, "hugepages-", 10) != 0 || opt_number(name + 10, &kb) == NULL)
		return 0;
	return kb;
}

static void
add_size(const char *name, void *arg)
{
	struct pages *pages = arg;
	const char *root = pages->doctor->root;
	uint64_t kb = page_kb(name);
	uint64_t n = sys_number(root, "%s/%s/nr_hugepages", pages->folder, name);
	uint64_t n_free = sys_number(root, "%s/%s/free_hugepages", pages->folder, name);
	size_t at = strlen(pages->text);

	pages->total_kb += n * kb;
	pages->free_kb += n_free * kb;
	if (kb == 0 || n == 0)
		return;
	(void)snprintf(pages->text + at, sizeof(pages->text) - at, "%s%ju of %ju %s, %ju free",
		at > 0 ? "; " : "", (uintmax_t)n, (uintmax_t)(kb >= 1048576 ? kb >> 20 : kb >> 10),
		kb >= 1048576 ? "GiB" : "MiB", (uintmax_t)n_free);
}

static struct pages
count(struct doctor *doctor, const char *folder)
{
	struct pages pages = {.doctor = doctor, .folder = folder};

	(void)sys_each(doctor->root, folder, add_size, &pages);
	return pages;
}

static void
check_pages(struct doctor *doctor)
{
	struct pages pages = count(doctor, HUGEPAGES);

	if (pages.total_kb == 0)
		doctor_cure(
			doctor_add(doctor, "hugepages", doctor_nic(doctor), "none are reserved"),
			"no NIC can be driven; virtual devices run with --no-huge, and "
			"dpdk-dumpcap "
			"cannot attach to them",
			"dpdk-hugepages.py --setup 2G");
	else if (pages.free_kb == 0)
		doctor_cure(doctor_add(doctor, "hugepages", doctor_nic(doctor), "%s", pages.text),
			"nothing is left for another program; one that was killed leaves its files",
			"rm -i /dev/hugepages/*map_*   # of programs that do not run; or reserve "
			"more: dpdk-hugepages.py --setup 4G");
	else
		doctor_add(doctor, "hugepages", SEVERITY_OK, "%s", pages.text);
}

static void
check_node(const char *name, void *arg)
{
	struct doctor *doctor = arg;
	char folder[SYS_TEXT_MAX];
	struct pages pages;
	uint64_t node;

	if (strncmp(name, "node", 4) != 0 || opt_number(name + 4, &node) == NULL)
		return;
	(void)snprintf(folder, sizeof(folder), NODES "/%.40s/hugepages", name);
	pages = count(doctor, folder);
	if (pages.free_kb > 0)
		doctor_add(
			doctor, "numa", SEVERITY_OK, "node %ju: %s", (uintmax_t)node, pages.text);
	else
		doctor_cure(doctor_add(doctor, "numa", SEVERITY_WARN,
				    "node %ju has no free hugepages, others have", (uintmax_t)node),
			"a NIC of this node has its packets on another: each access crosses over",
			"dpdk-hugepages.py --node %ju --reserve 1G", (uintmax_t)node);
}

static void
count_node(const char *name, void *arg)
{
	unsigned *n = arg;
	uint64_t node;

	*n += strncmp(name, "node", 4) == 0 && opt_number(name + 4, &node) != NULL;
}

/* Where there are several nodes, each needs its own. */
static void
check_nodes(struct doctor *doctor)
{
	struct pages pages = count(doctor, HUGEPAGES);
	unsigned n = 0;

	(void)sys_each(doctor->root, NODES, count_node, &n);
	if (n <= 1)
		doctor_add(doctor, "numa", SEVERITY_OK, "one node");
	else if (pages.free_kb == 0)
		doctor_add(doctor, "numa", SEVERITY_OK, "%u nodes", n);
	else
		(void)sys_each(doctor->root, NODES, check_node, doctor);
}

/* The first mount of hugetlbfs. Returns false: there is none. */
static bool
find_mount(const char *root, char where[SYS_TEXT_MAX])
{
	FILE *in = sys_open(root, "/proc/mounts");
	char line[1024], type[32] = "";

	while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
		if (sscanf(line, "%*s %255s %31s", where, type) == 2 &&
			strcmp(type, "hugetlbfs") == 0)
			break;
		type[0] = '\0';
	}
	if (in != NULL)
		fclose(in);
	return type[0] != '\0';
}

static void
check_mount(struct doctor *doctor)
{
	char where[SYS_TEXT_MAX];

	if (!find_mount(doctor->root, where))
		doctor_cure(
			doctor_add(doctor, "hugetlbfs", doctor_nic(doctor), "it is not mounted"),
			"the EAL has nowhere to take hugepages from, except with --in-memory",
			"mkdir -p /dev/hugepages && mount -t hugetlbfs nodev /dev/hugepages");
	else if (!sys_access(doctor->root, W_OK, "%s", where))
		doctor_cure(doctor_add(doctor, "hugetlbfs", doctor_nic(doctor),
				    "%s may not be written by this user", where),
			"the EAL cannot take hugepages from it", "chown %u %s", getuid(), where);
	else
		doctor_add(doctor, "hugetlbfs", SEVERITY_OK, "%s", where);
}

/* KiB that may be locked; UINT64_MAX: no limit. */
static uint64_t
locked_max_kb(const char *root)
{
	FILE *in = sys_open(root, "/proc/self/limits");
	char line[256], soft[32] = "";
	uint64_t bytes;

	while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
		if (sscanf(line, "Max locked memory %31s", soft) == 1)
			break;
	}
	if (in != NULL)
		fclose(in);
	return opt_number(soft, &bytes) != NULL ? bytes >> 10 : UINT64_MAX;
}

static void
check_locked(struct doctor *doctor)
{
	uint64_t kb = locked_max_kb(doctor->root);

	if (kb == UINT64_MAX)
		doctor_add(doctor, "memlock", SEVERITY_OK, "no limit");
	else if (!doctor->nic || doctor_has_cap(doctor, DOCTOR_CAP_IPC_LOCK))
		doctor_add(doctor, "memlock", SEVERITY_OK, "%ju KiB, which does not matter %s",
			(uintmax_t)kb,
			doctor->nic ? "to this user (CAP_IPC_LOCK)" : "without a NIC");
	else
		doctor_cure(doctor_add(doctor, "memlock", SEVERITY_FAIL, "%ju KiB", (uintmax_t)kb),
			"VFIO locks all memory that the NIC may reach, and is refused above this",
			"echo '* - memlock unlimited' >/etc/security/limits.d/dpdk.conf   # and "
			"log in again");
}

void
doctor_memory(struct doctor *doctor)
{
	check_pages(doctor);
	check_nodes(doctor);
	check_mount(doctor);
	check_locked(doctor);
}
