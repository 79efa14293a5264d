# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A next hop that does not answer: said, and no success.
head -c 3000 /dev/zero >file
for to in 192.0.2.2:9000 '[2001:db8::2]:9000'; do
	"$CHAINBURST" send file --to "$to" --vdev net_ring0 --json >report
	echo "exit $?"
	grep -oE '"unreachable": [0-9]+' report
done
