#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh SEND_ONE: runs the README's program on a net_pcap port; tshark judges its capture.
set -euo pipefail

send_one=$(readlink -f "$1")
pcap_tests=$(readlink -f "$(dirname "$0")/../pcap")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"

XDG_RUNTIME_DIR=$tmp "$send_one" --no-huge --no-pci --no-shconf --no-telemetry -m 128 \
	--iova-mode=va --log-level=error "--file-prefix=example$$" --vdev net_pcap0,tx_pcap=one.pcap
printf 'a payload reaches the wire' >payload
truncate -s 3000 payload
"$pcap_tests/judge.py" one.pcap payload -- --from 192.0.2.1:5000 --to 192.0.2.2:9000 \
	--payload 3000 --cut fragment --gateway-mac 02:00:00:00:00:01
