# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Every datagram goes back, byte for byte, fragmented or not; tshark and a second recv read it.
head -c 200000 /dev/urandom >file
for to in 192.0.2.2 2001:db8::2; do
	[[ $to == *:* ]] && from=2001:db8::1 at="[$to]" || { from=192.0.2.1; at=$to; }
	"$CHAINBURST" send file --to "$at:9000" --cut fragment --pcap out.pcap -q
	"$CHAINBURST" echo --vdev net_pcap0,rx_pcap=out.pcap,tx_pcap=back.pcap --promisc --count 4 \
		--neigh "$from=02:00:00:00:00:09" --json >report
	echo "exit $?"
	python3 -c 'import json
it = json.load(open("report"))
print(it["datagrams"]["received"], it["payloads"]["completed"], it["pools"]["rx_packets"]["in_use"])'
	"$CHAINBURST" recv --pcap back.pcap --addr "$from" --listen 49152 -o back -q
	echo "exit $?, $(cmp file back && echo same)"
	tshark -n -r back.pcap -T fields -e eth.dst 2>/dev/null | grep -v '^33:33' | sort -u
done
