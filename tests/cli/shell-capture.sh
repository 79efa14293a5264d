# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What came, what was dropped and why, and what was sent; one file after another; at the end by itself.
for to in 192.0.2.9 192.0.2.1; do
	echo hello | "$CHAINBURST" send - --to "$to:9000" --from 192.0.2.7 -q --pcap "$to.pcap" || exit 9
done
mergecap -F pcap -w in.pcap 192.0.2.9.pcap 192.0.2.1.pcap
"$CHAINBURST" shell --vdev net_pcap0,rx_pcap=in.pcap,tx_pcap=out.pcap --link net_pcap0,promiscuous \
	--addr 192.0.2.1/24 -c 'capture start all.pcapng rx tx drops; ping 192.0.2.1 1; capture stop' \
	-c 'capture start none.pcapng tx link link0 snaplen 64 sample 2 rotate 1M 2' |
	grep capture | sed 's/[0-9]* bytes/N bytes/'
tshark -n -r all.pcapng -T fields -e frame.interface_name -e frame.packet_flags_direction \
	-e _ws.col.Protocol -e ip.dst -e frame.comment 2>/dev/null
tshark -n -r none.pcapng 2>/dev/null | wc -l
