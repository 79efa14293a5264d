# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Memory: one thing at a time is wrong with a healthy machine, and it alone is found.
# shellcheck source=tests/cli/doctor_tree.bash
source "$(dirname "$0")/doctor_tree.bash"
no_pages() {
	hugepages sys/kernel/mm/hugepages 2048 0 0
	hugepages sys/kernel/mm/hugepages 1048576 0 0
}
no_free() {
	hugepages sys/kernel/mm/hugepages 2048 1024 0
	hugepages sys/kernel/mm/hugepages 1048576 4 0
}
limited() {
	limit 67108864
	status 000001ffffffbfff 0-7 # all but CAP_IPC_LOCK
}
without 'hugepages' no_pages
without 'free hugepages' no_free
without 'free hugepages on a node' hugepages sys/devices/system/node/node1/hugepages 2048 512 0
without 'hugetlbfs' put proc/mounts '/dev/sda1 / ext4 rw 0 0'
without 'locked memory' limited
