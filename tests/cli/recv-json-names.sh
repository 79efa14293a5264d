# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Programs read these names.
head -c 3000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --pcap out.pcap -q
"$CHAINBURST" recv --pcap out.pcap --json | python3 -c 'import json, sys
for name, value in json.load(sys.stdin).items():
	print(name, *value if isinstance(value, dict) else "")'
