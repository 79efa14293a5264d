# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A peer that takes nothing: given up after ten seconds, also when all that was accepted has
# completed and only descriptors are missing.
head -c 3000000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --vdev net_ring0 --gateway-mac 02:00:00:00:00:02 \
	--packets 100 --json | python3 -c '
import json, sys
it = json.load(sys.stdin)
done = it["payloads"]
print(it["status"], done["accepted"] == done["completed"], it["reasons"]["no_packet"] > 0)
'
exit "${PIPESTATUS[0]}"
