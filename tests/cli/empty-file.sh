# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
touch file
"$CHAINBURST" send file --to 192.0.2.2:9000 --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["status"], r["frames"]["sent"])'
