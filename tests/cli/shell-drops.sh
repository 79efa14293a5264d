# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Three datagrams to somebody else, and one to nobody here: each drop has its reason, the most first.
echo hello >file
n=0
for to in 192.0.2.9 192.0.2.9 192.0.2.9 192.0.2.1; do
	n=$((n + 1))
	"$CHAINBURST" send file --to "$to:9000" --from 192.0.2.7 --quiet --pcap "part$n.pcap" || exit 9
done
mergecap -F pcap -w in.pcap part?.pcap
"$CHAINBURST" shell --vdev net_pcap0,rx_pcap=in.pcap,tx_pcap=out.pcap --link net_pcap0,promiscuous \
	--addr 192.0.2.1/24 -c 'ping 192.0.2.1 1' -c 'show drops; clear counters; show drops; show counters' |
	sed 's/[0-9.]* ms/N ms/g; s/least .*/TIMES/'
