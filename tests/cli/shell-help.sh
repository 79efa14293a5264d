# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Some commands; and each that there is stands in the list with a line of its own.
"$CHAINBURST" shell --vdev net_null0 -c 'help show port; help quit; help ping'
"$CHAINBURST" shell --vdev net_null0 -c 'help' >all
grep -c '^  [a-z]' all | awk '{ print ($1 > 50) ? "more than 50" : "too few" }'
grep -E '^  (txonly|loss|MAC|RATE) ' all | cut -c 1-30
"$CHAINBURST" shell --vdev net_null0 -c 'help show prot'
