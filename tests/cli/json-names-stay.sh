# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# --json: one object with names that stay.
head -c 150000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --pcap 'o"ut.pcap' --data copy --json | python3 -c '
import json, sys
it = json.load(sys.stdin)
for name in ("duration_s", "mframes_per_s", "gbit_per_s", "payload_gbit_per_s"):
    assert it[name] > 0, name
    it[name] = "N"
del it["offloads"][1:]
print(json.dumps(it, indent=1))
'
