# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Frames that nobody takes from a ring keep their descriptors: said, and no success.
head -c 30000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --vdev net_ring0 --gateway-mac 02:00:00:00:00:02 \
	--json | grep -E '"(status|pools)"'
exit "${PIPESTATUS[0]}"
