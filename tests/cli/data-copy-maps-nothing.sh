# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
head -c 100000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --data copy --json |
	python3 -c 'import json, sys; p = json.load(sys.stdin)["payloads"]; print(p["accepted"], p["mapped"])'
