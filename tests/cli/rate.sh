# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# 2 Mbit of payload at 4 Mbit/s take half a second, less the first payload's share.
head -c 250000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --vdev net_null0 --payload 1000 --rate 4M --json |
	python3 -c '
import json, sys
took = json.load(sys.stdin)["duration_s"]
print("as asked" if 0.48 < took < 1.5 else took)
'
