# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Frames forwarded by io are those that came, byte for byte and in order; so are macswap's, but for
# the two addresses. tshark counts, Python compares. Fragments, VLAN tags, runts and jumbos are in it.
head -c 70000 /dev/urandom >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --cut fragment --pcap part1.pcap -q
"$CHAINBURST" send file --to '[2001:db8::2]:9000' --vlan 5 --pcap part2.pcap -q
"$CHAINBURST" send file --to 192.0.2.2:9000 --mtu 9000 --payload 20000 --cut fragment --pcap part3.pcap -q
python3 - <<'X'
import os, struct
with open('part4.pcap', 'wb') as out:  # what is no IP at all, of each length that net_pcap takes
    out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    for n in [14, 15, 59, 60, 61, 1514, 1515, 9014]:
        out.write(struct.pack('<IIII', 0, 0, n, n) + os.urandom(n))
X
mergecap -F pcap -w in.pcap part?.pcap
captures=(in.pcap)
public=/usr/share/doc/afl++-doc/afl/testcases/others/pcap/small_capture.pcap # of Debian's afl++-doc
[[ ! -f $public ]] || captures+=("$public")
for capture in "${captures[@]}"; do
	frames=$(tshark -r "$capture" 2>/dev/null | wc -l)
	for engine in io macswap; do
		"$CHAINBURST" shell --vdev "net_pcap0,rx_pcap=$capture,tx_pcap=none.pcap" \
			--vdev net_pcap1,tx_pcap=out.pcap --link net_pcap0,mtu=9000 --link net_pcap1,mtu=9000 \
			-c "set fwd $engine; set count $frames; start; wait; stop" >figures
		[[ $(tshark -r out.pcap 2>/dev/null | wc -l) == "$frames" ]] || echo "tshark counts others"
		grep -q "frames out *$frames\$" figures || cat figures
		python3 - "$capture" $engine <<'X'
import struct, sys
def frames(name):
    data, at = open(name, 'rb').read(), 24
    while at < len(data):
        n = struct.unpack_from('<I', data, at + 8)[0]
        yield data[at + 16:at + 16 + n]
        at += 16 + n
came, went = list(frames(sys.argv[1])), list(frames('out.pcap'))
if sys.argv[2] == 'macswap':
    came = [f[6:12] + f[:6] + f[12:] for f in came]
print('the same' if came and came == went else 'others')
X
	done
done | sort -u
