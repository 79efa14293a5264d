# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# As many datagrams as were asked for are in the capture, and to where; tshark counts them.
"$CHAINBURST" shell --vdev net_pcap0,tx_pcap=out.pcap -c 'addr add 192.0.2.1/24' \
	-c 'neigh add 192.0.2.2 02:00:00:00:00:01; set fwd txonly; set to 192.0.2.2:9000; set count 100' \
	-c 'set payload 200; start; wait; stop; show endpoint' | sed 's/, [0-9.]* s$/, TIME/'
tshark -r out.pcap -Y 'ip.dst == 192.0.2.2 && udp.dstport == 9000 && udp.length == 208' 2>/dev/null | wc -l
tshark -r out.pcap 2>/dev/null | wc -l
