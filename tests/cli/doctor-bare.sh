# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A machine with nothing that a NIC needs is good enough for --no-huge.
# shellcheck source=tests/cli/doctor_tree.bash
source "$(dirname "$0")/doctor_tree.bash"
bare
mkdir tree/tmp tree/var tree/var/run
doctor | sed 's/DPDK 2.*/DPDK/'
echo "exit $?"
doctor --need nic >out
echo "exit $?"
grep -c ^FAIL out
