# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A port whose link does not come up: said, and no success.
echo payload >file
"$CHAINBURST" send file --to 192.0.2.2:9000 -q \
	--vdev "net_memif0,role=server,socket=$PWD/link,socket-abstract=no"
