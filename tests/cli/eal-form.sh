# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
head -c 100000 /dev/zero >file
"$CHAINBURST" --no-huge --no-pci --no-shconf --no-telemetry -m 64 --log-level=error \
	--file-prefix cli$$ --vdev net_null0 -- send file --to 192.0.2.2:9000 --data copy --json 2>log |
	python3 -c 'import json, sys; p = json.load(sys.stdin)["payloads"]; print(p["accepted"], p["completed"])'
