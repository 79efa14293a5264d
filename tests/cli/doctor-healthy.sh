# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A machine with nothing to mend.
# shellcheck source=tests/cli/doctor_tree.bash
source "$(dirname "$0")/doctor_tree.bash"
healthy
doctor --need nic | sed 's/DPDK 2.*/DPDK/'
