# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# --keep-going runs all lines; the exit status says that one failed.
printf '%s\n' 'set burst 0' 'shwo' 'set burst 7; set flows x; set seed 1' 'show route' >script
"$CHAINBURST" shell --vdev net_null0 --keep-going --echo --script script
