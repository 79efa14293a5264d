# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Sourced by the cases of doctor: a machine as /sys, /proc and /dev show it, in ./tree.

# put PATH TEXT: a file of the tree.
put() {
	mkdir -p "tree/$(dirname "$1")"
	printf '%s\n' "$2" >"tree/$1"
}

# hugepages FOLDER SIZE-KB TOTAL FREE
hugepages() {
	put "$1/hugepages-$2kB/nr_hugepages" "$3"
	put "$1/hugepages-$2kB/free_hugepages" "$4"
}

# device ADDRESS CLASS VENDOR DEVICE DRIVER: on PCI; DRIVER may be empty.
device() {
	local at=sys/bus/pci/devices/$1
	put "$at/class" "$2"
	put "$at/vendor" "$3"
	put "$at/device" "$4"
	put "$at/numa_node" 0
	[[ -z $5 ]] || ln -s "../../../bus/pci/drivers/$5" "tree/$at/driver"
}

# status CAPABILITIES CPUS
status() {
	put proc/self/status "$(printf 'Name:\tchainburst\nCapEff:\t%s\nCpus_allowed:\tf\nCpus_allowed_list:\t%s' "$1" "$2")"
}

# limit SOFT: of locked memory.
limit() {
	put proc/self/limits "$(
		printf 'Limit                     Soft Limit           Hard Limit           Units     \n'
		printf 'Max open files            1024                 1048576              files     \n'
		printf 'Max locked memory         %-20s unlimited            bytes     ' "$1"
	)"
}

# A machine of two nodes with nothing to mend, and a NIC that is DPDK's.
healthy() {
	rm -rf tree
	hugepages sys/kernel/mm/hugepages 2048 1024 1000
	hugepages sys/kernel/mm/hugepages 1048576 4 4
	hugepages sys/devices/system/node/node0/hugepages 2048 512 500
	hugepages sys/devices/system/node/node1/hugepages 2048 512 500
	put sys/devices/system/node/possible 0-1
	put sys/devices/system/node/node0/cpulist 0-3
	put sys/devices/system/node/node1/cpulist 4-7
	put proc/mounts "$(printf '/dev/sda1 / ext4 rw 0 0\nhuge /dev/hugepages hugetlbfs rw,pagesize=2M 0 0')"
	mkdir -p tree/dev/hugepages tree/dev/vfio tree/var/run tree/tmp
	touch tree/dev/vfio/vfio tree/dev/vfio/12
	limit unlimited
	mkdir -p tree/sys/class/iommu/dmar0 tree/sys/kernel/iommu_groups/{0..12}
	mkdir -p tree/sys/bus/pci/drivers/vfio-pci
	device 0000:00:1f.3 0x040300 0x8086 0xa348 snd_hda_intel
	device 0000:01:00.0 0x020000 0x8086 0x1572 vfio-pci
	ln -s ../../../../kernel/iommu_groups/12 tree/sys/bus/pci/devices/0000:01:00.0/iommu_group
	status 000001ffffffffff 0-7
	put sys/devices/system/cpu/online 0-7
	put sys/devices/system/cpu/isolated 1-7
	put sys/devices/system/cpu/nohz_full 1-7
	put sys/devices/system/cpu/cpu0/cpufreq/scaling_governor performance
	put sys/devices/system/cpu/cpu1/cpufreq/scaling_governor performance
	mkdir -p tree/sys/devices/system/cpu/cpufreq # no CPU
}

# A kernel that has nothing of all this, and may do nothing.
bare() {
	rm -rf tree
	mkdir tree
	put sys/devices/system/cpu/online 0-3
	status 0000000000000000 0
	limit 8388608
	put proc/mounts '/dev/sda1 / ext4 rw 0 0'
}

# What the doctor says of ./tree. --need nic is the harder one.
doctor() {
	XDG_RUNTIME_DIR=/tmp "$CHAINBURST" doctor --sysroot tree "$@"
}

# Of --need nic, what is not well.
complaints() {
	doctor --need nic "$@" | grep -v '^ok' | sed -n '/^$/q;p' || true
}

# without WHAT COMMAND...: say so, change a healthy tree by COMMAND, and say what is found.
without() {
	echo "== $1"
	shift
	healthy
	"$@"
	complaints
}
