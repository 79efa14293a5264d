# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What only DPDK or the stack can refuse; no capture stays.
head -c 100000 /dev/zero >file
try() {
	"$CHAINBURST" send file --to 192.0.2.2:9000 "$@" -q || echo "exit $?"
}
try --vdev net_nonsense0
try --vdev net_pcap0,tx_pcap=missing/x.pcap
try --vdev net_null0 --port 3
try --vdev net_ring0
try --vdev net_pcap0,tx_iface=lo --port 7
try --mtu 16111
try --packets 3
try --vdev net_null0 --df always --cut fragment
ls
