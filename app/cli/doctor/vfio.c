/* SPDX-License-Identifier: BSD-3-Clause */
/* doctor: the IOMMU, and the module that hands devices to programs. */
#include <unistd.h>

#include "doctor.h"
#include "sysfile.h"

#define NOIOMMU "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

static void
check_iommu(struct doctor *doctor)
{
	char mode[SYS_TEXT_MAX];

	if (sys_each(doctor->root, "/sys/class/iommu", NULL, NULL) > 0) {
		doctor_add(doctor, "iommu", SEVERITY_OK, "on, %u groups",
			sys_each(doctor->root, "/sys/kernel/iommu_groups", NULL, NULL));
		return;
	}
	if (sys_text(doctor->root, mode, NOIOMMU) && mode[0] == 'Y') {
		doctor_cure(doctor_add(doctor, "iommu", SEVERITY_WARN,
				    "none; vfio is allowed to do without"),
			"the NIC, and whoever programs it, can reach all memory",
			"sed -i 's/^GRUB_CMDLINE_LINUX=\"/&intel_iommu=on iommu=pt /' "
			"/etc/default/grub && update-grub && reboot   # AMD: it is on "
			"already, see the firmware");
		return;
	}
	doctor_cure(doctor_add(doctor, "iommu", doctor_nic(doctor), "none, or it is off"),
		"vfio gives no device to a program",
		"modprobe vfio && echo 1 >" NOIOMMU "   # unsafe; better: "
		"intel_iommu=on iommu=pt on the kernel's command line");
}

static void
check_module(struct doctor *doctor)
{
	if (!sys_access(doctor->root, F_OK, "/sys/bus/pci/drivers/vfio-pci")) {
		doctor_cure(doctor_add(doctor, "vfio", doctor_nic(doctor),
				    "the module vfio-pci is not loaded"),
			"no NIC can be given to DPDK", "modprobe vfio-pci");
		return;
	}
	if (!sys_access(doctor->root, R_OK | W_OK, "/dev/vfio/vfio")) {
		doctor_cure(doctor_add(doctor, "vfio", doctor_nic(doctor),
				    "/dev/vfio/vfio may not be opened by this user"),
			"no NIC can be opened", "chmod 666 /dev/vfio/vfio");
		return;
	}
	doctor_add(doctor, "vfio", SEVERITY_OK, "vfio-pci is loaded");
}

void
doctor_vfio(struct doctor *doctor)
{
	check_iommu(doctor);
	check_module(doctor);
}
