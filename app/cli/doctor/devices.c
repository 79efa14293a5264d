/* SPDX-License-Identifier: BSD-3-Clause */
/* doctor: network devices on PCI, whose driver has them, and where they are. */
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "sysfile.h"

#define DEVICES	      "/sys/bus/pci/devices"
#define CLASS_NETWORK 0x02
#define VENDOR_NVIDIA                                                               \
	0x15b3 /* its NICs stay with the kernel's driver, which DPDK's works beside \
		*/

struct scan {
	struct doctor *doctor;
	unsigned n, n_ours; /* devices; of them for DPDK */
};

static bool
is_dpdk_driver(const char *driver, uint64_t vendor)
{
	static const char *const drivers[] = {"vfio-pci", "igb_uio", "uio_pci_generic"};

	for (unsigned i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (strcmp(driver, drivers[i]) == 0)
			return true;
	}
	return vendor == VENDOR_NVIDIA && strncmp(driver, "mlx", 3) == 0;
}

/* The kernel's name of the interface; virtio has it one level down. */
static void
take_name(const char *name, void *arg)
{
	(void)snprintf(arg, SYS_TEXT_MAX, "%s", name);
}

struct interface {
	const char *root, *device;
	char name[SYS_TEXT_MAX];
};

static void
look_down(const char *name, void *arg)
{
	struct interface *interface = arg;
	char path[2 * SYS_TEXT_MAX];

	if (strncmp(name, "virtio", 6) != 0)
		return;
	(void)snprintf(path, sizeof(path), DEVICES "/%.64s/%.64s/net", interface->device, name);
	(void)sys_each(interface->root, path, take_name, interface->name);
}

static struct interface
interface_of(const char *root, const char *device)
{
	struct interface interface = {.root = root, .device = device};
	char path[SYS_TEXT_MAX];

	(void)snprintf(path, sizeof(path), DEVICES "/%.64s", device);
	(void)sys_each(root, path, look_down, &interface);
	(void)snprintf(path, sizeof(path), DEVICES "/%.64s/net", device);
	(void)sys_each(root, path, take_name, interface.name);
	return interface;
}

/* May this user open the device through vfio? */
static void
check_group(struct doctor *doctor, const char *device)
{
	char group[SYS_TEXT_MAX];

	if (!sys_link(doctor->root, group, DEVICES "/%s/iommu_group", device))
		return;
	if (sys_access(doctor->root, R_OK | W_OK, "/dev/vfio/%s", group) ||
		sys_access(doctor->root, R_OK | W_OK, "/dev/vfio/noiommu-%s", group))
		return;
	doctor_cure(doctor_add(doctor, "device", doctor_nic(doctor),
			    "%s: /dev/vfio/%s may not be opened by this user", device, group),
		"DPDK cannot use the device", "chown %u /dev/vfio/%s", getuid(), group);
}

/* Is one of the CPUs that this process may run on beside the device? */
static void
check_node(struct doctor *doctor, const char *device)
{
	char text[SYS_TEXT_MAX], allowed_text[SYS_TEXT_MAX];
	struct sys_cpus near, allowed;
	uint64_t node;

	if (!sys_text(doctor->root, text, DEVICES "/%s/numa_node", device) ||
		opt_number(text, &node) == NULL) /* -1: it has none */
		return;
	if (!sys_text(doctor->root, text, "/sys/devices/system/node/node%ju/cpulist",
		    (uintmax_t)node))
		return;
	doctor_allowed_cpus(doctor, allowed_text);
	sys_cpus_parse(text, &near);
	sys_cpus_parse(allowed_text, &allowed);
	for (unsigned i = 0; i < SYS_CPUS_MAX; i++) {
		if (near.has[i] && allowed.has[i])
			return;
	}
	doctor_cure(doctor_add(doctor, "device", SEVERITY_WARN,
			    "%s is on node %ju, whose CPUs %s are not this process's", device,
			    (uintmax_t)node, text),
		"each frame crosses over to the other node", "taskset -c %s chainburst ...", text);
}

/* A device that is there. */
static void
check_device(struct scan *scan, const char *device)
{
	struct doctor *doctor = scan->doctor;
	uint64_t vendor = sys_number(doctor->root, DEVICES "/%s/vendor", device);
	uint64_t id = sys_number(doctor->root, DEVICES "/%s/device", device);
	struct interface interface = interface_of(doctor->root, device);
	char driver[SYS_TEXT_MAX];
	bool bound = sys_link(doctor->root, driver, DEVICES "/%s/driver", device);
	struct finding *finding;

	scan->n++;
	if (bound && is_dpdk_driver(driver, vendor)) {
		scan->n_ours++;
		doctor_add(doctor, "device", SEVERITY_OK, "%s (%04jx:%04jx) has %s: DPDK's", device,
			(uintmax_t)vendor, (uintmax_t)id, driver);
		check_group(doctor, device);
		check_node(doctor, device);
		return;
	}
	finding = doctor_add(doctor, "device", doctor->nic ? SEVERITY_WARN : SEVERITY_OK,
		"%s (%04jx:%04jx) has %s%s%s", device, (uintmax_t)vendor, (uintmax_t)id,
		bound ? driver : "no driver", interface.name[0] != '\0' ? ", the kernel's: " : "",
		interface.name);
	if (doctor->nic)
		doctor_cure(finding,
			"DPDK does not see it; binding it takes it away from the kernel, with its "
			"addresses",
			"dpdk-devbind.py --bind=vfio-pci %s", device);
}

static void
visit(const char *device, void *arg)
{
	struct scan *scan = arg;

	/* 0xCCSSPP: class, subclass, programming interface */
	if (sys_number(scan->doctor->root, DEVICES "/%s/class", device) >> 16 == CLASS_NETWORK)
		check_device(scan, device);
}

void
doctor_devices(struct doctor *doctor)
{
	struct scan scan = {.doctor = doctor};

	(void)sys_each(doctor->root, DEVICES, visit, &scan);
	if (scan.n == 0)
		doctor_cure(doctor_add(doctor, "device", doctor->nic ? SEVERITY_FAIL : SEVERITY_OK,
				    "no network device on PCI"),
			doctor->nic ? "there is nothing to drive" : NULL, "%s",
			doctor->nic ? "plug one in, or use a virtual device (--vdev)" : "");
	else if (scan.n_ours == 0 && doctor->nic)
		doctor_cure(doctor_add(doctor, "device", SEVERITY_FAIL, "none is DPDK's"),
			"there is nothing to drive",
			"dpdk-devbind.py --bind=vfio-pci DEVICE   # one of those above");
}
