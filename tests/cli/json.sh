# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
head -c 100000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --cut fragment --payload 65507 --json |
	python3 -c 'import json, sys; r = json.load(sys.stdin); print(json.dumps({k: r[k] for k in ("status", "exit_status", "payloads", "frames")}, indent=1))'
