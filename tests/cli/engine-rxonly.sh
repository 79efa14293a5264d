# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What txonly sends has the sizes of an IMIX (tshark counts); rxonly finds it whole, and in a capture
# that editcap and mergecap have spoilt it finds what is missing, late, there twice, and changed.
"$CHAINBURST" shell --vdev net_pcap0,tx_pcap=out.pcap --addr 192.0.2.1/24 \
	--neigh 192.0.2.2=02:00:00:00:00:02 -c 'set fwd txonly; set to 192.0.2.2:9000; set payload imix' \
	-c 'set flows 4; set burst 6; set count 120; start; wait; stop' >/dev/null
tshark -r out.pcap -Y 'udp.dstport == 9000' -F pcap -w all.pcap 2>/dev/null
for len in 64 576 1500; do
	echo "$len bytes: $(tshark -r all.pcap -Y "ip.len == $len" 2>/dev/null | wc -l)"
done
echo "flows: $(tshark -r all.pcap -T fields -e udp.srcport 2>/dev/null | sort -u | wc -l)"
check() {
	"$CHAINBURST" shell --vdev net_pcap0,rx_pcap="$1",tx_pcap=none.pcap \
		--link net_pcap0,promiscuous --addr 192.0.2.2/24 --neigh 192.0.2.1=02:00:00:00:00:01 \
		-c "set fwd rxonly; set from 192.0.2.2:9000; set count $2; start; wait; stop" |
		sed '/sent/d; /octets/d; s/, [0-9.]* s$//'
}
check all.pcap 120
# Of flow 0, whose first burst is frames 1-6 and second 25-30: without 3 and 4, and 5 once more.
editcap -F pcap all.pcap gap.pcap 3-4
editcap -F pcap -r all.pcap again.pcap 5
mergecap -F pcap -a -w spoilt.pcap gap.pcap again.pcap
check spoilt.pcap 119
# Frames 1-24 without 2, then 2, then the rest.
editcap -F pcap -r all.pcap a.pcap 1 3-24
editcap -F pcap -r all.pcap b.pcap 2
editcap -F pcap -r all.pcap c.pcap 25-120
mergecap -F pcap -a -w late.pcap a.pcap b.pcap c.pcap
check late.pcap 120
# A byte of the last frame's payload is another, and so is its UDP checksum's state: none.
python3 - <<'X'
data = bytearray(open('all.pcap', 'rb').read())
at, last = 24, 0
while at < len(data):
    last, at = at + 16, at + 16 + int.from_bytes(data[at + 8:at + 12], 'little')
data[last + 40:last + 42] = b'\0\0'
data[-1] ^= 1
open('changed.pcap', 'wb').write(data)
X
check changed.pcap 120
