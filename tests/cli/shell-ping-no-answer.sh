# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Nobody is there: the command fails.
"$CHAINBURST" shell --vdev net_pcap0,tx_pcap=out.pcap --addr 192.0.2.1/24 \
	--neigh 192.0.2.2=02:00:00:00:00:02 -c 'ping 192.0.2.2 2 1000'
status=$?
tshark -r out.pcap -Y 'icmp.type == 8 && data.len == 1000 && icmp.checksum.status == 1' \
	2>/dev/null | wc -l
exit "$status"
