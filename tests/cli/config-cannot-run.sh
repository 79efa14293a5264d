# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What only DPDK or the stack can refuse: one line that says what and the cure, exit status 1, and
# nothing is left behind.
eal="eal: [--no-huge, --no-pci, --no-shconf, --no-telemetry, -m64, --log-level=emergency, --file-prefix=cfg$$, "
try() {
	printf '%s%s' "$eal" "$1" >x.yaml
	timeout 60 "$CHAINBURST" --config x.yaml -c quit || echo "exit $?"
}
try '--vdev=net_null0]
links: [{port: net_null1}]'
try '--vdev=net_null0]
links: [{port: 7}]'
try '"--vdev=net_pcap0,tx_pcap=x.pcap"]
links: [{port: net_pcap0, mtu: 16111}]'
try '--vdev=net_null0]
links: [{port: net_null0, mtu: 65300}]'
try '--vdev=net_null0]
links: [{port: net_null0}]
pools: {packets: 16777216}'
try '--vdev=net_null0]
links: [{port: net_null0, rx_descriptors: 32768}]
pools: {rx_packets: 1}'
try '--vdev=net_null0]
links: [{port: net_null0}, {port: 0}]'
try '--vdev=net_null0]
links: [{port: net_null0}]
engine: txnoly'
try '--vdev=net_null0]
links: [{port: net_null0, addresses: [192.0.2.1/24]}]
script: [show addr, show prot, show route]'
try '--vdev=net_nonsense0]
links: [{port: net_nonsense0}]'
try '"--vdev=net_pcap0,tx_pcap=missing/x.pcap"]
links: [{port: net_pcap0}]'
rm -f x.pcap # net_pcap makes it when DPDK starts
ls
