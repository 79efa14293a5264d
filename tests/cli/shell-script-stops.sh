# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A script stops at its first error, which names file and line.
printf '%s\n' 'set burst 8' '' 'show port stats nowhere # a comment' 'show config' >script
"$CHAINBURST" shell --vdev net_null0 --script script
