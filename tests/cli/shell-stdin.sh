# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Commands from a pipe; the last line needs no end. quit ends before what follows it.
printf 'show route\nquit; show neigh\nshow addr' | "$CHAINBURST" shell --vdev net_null0
printf 'show neigh;' | "$CHAINBURST" shell --vdev net_null0
