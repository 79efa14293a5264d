# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Without a terminal: a line a second for each link.
"$CHAINBURST" shell --vdev net_null0 --vdev net_null1 -c 'show live 1' |
	sed -E 's/[0-9]+\.[0-9]+|[0-9]+ drops/N/g'
