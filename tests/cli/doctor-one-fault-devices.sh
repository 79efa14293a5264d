# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Devices and vfio: one thing at a time is wrong with a healthy machine, and it alone is found.
# shellcheck source=tests/cli/doctor_tree.bash
source "$(dirname "$0")/doctor_tree.bash"
no_iommu() {
	rm -r tree/sys/class/iommu
}
unsafe_iommu() {
	no_iommu
	put sys/module/vfio/parameters/enable_unsafe_noiommu_mode Y
}
safe_iommu() {
	no_iommu
	put sys/module/vfio/parameters/enable_unsafe_noiommu_mode N
}
virtio() {
	device 0000:00:03.0 0x020000 0x1af4 0x1041 virtio-pci
	mkdir -p tree/sys/bus/pci/devices/0000:00:03.0/virtio2/net/eth0
}
mellanox() {
	device 0000:02:00.0 0x020000 0x15b3 0x1017 mlx5_core
	mkdir -p tree/sys/bus/pci/devices/0000:02:00.0/net/enp2s0
}
kernel_has_it() {
	ln -sfn ../../../bus/pci/drivers/i40e "tree/sys/bus/pci/devices/0000:01:00.0/driver"
	mkdir -p tree/sys/bus/pci/devices/0000:01:00.0/net/enp1s0
}
nobody_has_it() {
	rm tree/sys/bus/pci/devices/0000:01:00.0/driver
}
without 'an IOMMU' no_iommu
without 'an IOMMU, and told to do without' unsafe_iommu
without 'an IOMMU, and told not to do without' safe_iommu
without 'vfio-pci' rmdir tree/sys/bus/pci/drivers/vfio-pci
without 'anything, but with a NIC that is the kernel'\''s too' virtio
without 'anything, but with a NIC that the kernel shares' mellanox
without 'a device of ours' kernel_has_it
without 'a driver' nobody_has_it
without 'a network device' rm -r tree/sys/bus/pci/devices/0000:01:00.0
without 'the group of the device' rm tree/dev/vfio/12
without 'its group, which has no IOMMU' mv tree/dev/vfio/12 tree/dev/vfio/noiommu-12
without 'CPUs near the device' status 000001ffffffffff 4-7
