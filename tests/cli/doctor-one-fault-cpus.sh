# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Rights and CPUs: one thing at a time is wrong with a healthy machine, and it alone is found.
# shellcheck source=tests/cli/doctor_tree.bash
source "$(dirname "$0")/doctor_tree.bash"
one_cpu() {
	put sys/devices/system/cpu/online 0
	status 000001ffffffffff 0
}
without 'CAP_NET_RAW' status 000001ffffffdfff 0-7
without 'CAP_NET_ADMIN' status 000001ffffffefff 0-7
without 'more than one CPU of its own' status 000001ffffffffff 2
without 'more than one CPU' one_cpu
without 'speed' put sys/devices/system/cpu/cpu1/cpufreq/scaling_governor powersave
without 'isolation' put sys/devices/system/cpu/isolated ''
without 'nohz_full' put sys/devices/system/cpu/nohz_full '(null)'
