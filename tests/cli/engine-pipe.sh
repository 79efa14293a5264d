# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A file through pipe into a capture, where tshark finds it, and through pipe out of it again.
head -c 100001 /dev/urandom >file
"$CHAINBURST" shell --vdev net_pcap0,tx_pcap=out.pcap --addr 192.0.2.1/24 \
	--neigh 192.0.2.2=02:00:00:00:00:02 -c 'set fwd pipe; set to 192.0.2.2:9000; set payload 1400' \
	-c 'set input -; start; wait; stop' <file | sed 's/, [0-9.]* s$//'
tshark -r out.pcap -Y 'udp.dstport == 9000' -F pcap -w all.pcap 2>/dev/null
tshark -r all.pcap -T fields -e udp.payload 2>/dev/null |
	python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' | cmp - file && echo "tshark has it"
"$CHAINBURST" shell --vdev net_pcap0,rx_pcap=all.pcap,tx_pcap=none.pcap --link net_pcap0,promiscuous \
	--addr 192.0.2.2/24 -c 'set fwd pipe; set from 192.0.2.2:9000; set output back; set count 72' \
	-c 'start; wait; stop' | sed 's/, [0-9.]* s$//'
cmp back file && echo "and back"
