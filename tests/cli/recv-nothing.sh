# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Nothing for us is no success, and says why: another port, another address, another VLAN, silence.
head -c 3000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --cut fragment --pcap out.pcap -q
try() {
	"$CHAINBURST" recv "$@" --json 2>error >report
	echo "exit $? $(<error)"
	python3 -c 'import json
print({name: n for name, n in json.load(open("report"))["drops"].items() if n})'
}
try --pcap out.pcap --listen 9001
try --pcap out.pcap --addr 192.0.2.3
try --pcap out.pcap --vlan 9
try --vdev net_pcap0,rx_pcap=out.pcap --idle 1
head -c 24 out.pcap >empty.pcap
try --pcap empty.pcap
