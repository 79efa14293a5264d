#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh SEND_ONE RECV_ONE: runs the README's programs on net_pcap ports, the second on the capture of
# the first; tshark judges both captures.
set -euo pipefail

send_one=$(readlink -f "$1")
recv_one=$(readlink -f "$2")
pcap_tests=$(readlink -f "$(dirname "$0")/../pcap")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"

run() {
	XDG_RUNTIME_DIR=$tmp "$1" --no-huge --no-pci --no-shconf --no-telemetry -m 256 \
		--iova-mode=va --log-level=error "--file-prefix=example$$" --vdev "$2"
}
judge() {
	"$pcap_tests/judge.py" "$1" payload -- --payload 3000 --cut fragment "${@:2}"
}

printf 'a payload reaches the wire' >payload
truncate -s 3000 payload
run "$send_one" net_pcap0,tx_pcap=one.pcap
judge one.pcap --from 192.0.2.1:5000 --to 192.0.2.2:9000 --gateway-mac 02:00:00:00:00:01
run "$recv_one" net_pcap0,rx_pcap=one.pcap,tx_pcap=back.pcap
judge back.pcap --from 192.0.2.2:9000 --to 192.0.2.1:5000 --gateway-mac 02:00:00:00:00:09
