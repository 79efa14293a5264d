# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Pings and datagrams, fragments too, are answered; tshark checks every checksum and puts them
# together. On a link that is not promiscuous nothing is, for it was sent to another station. What is
# no echo request (tshark counts those) goes nowhere.
shell=("$CHAINBURST" shell --addr 192.0.2.1/24 --addr 2001:db8::1/64
	--neigh 192.0.2.2=02:00:00:00:00:02 --neigh 2001:db8::2=02:00:00:00:00:02)
"${shell[@]}" --vdev net_pcap0,tx_pcap=part1.pcap --keep-going \
	-c 'ping 192.0.2.2 1' -c 'ping 2001:db8::2 1' -c 'ping 192.0.2.2 1 3000' -c 'ping 2001:db8::2 1 3000' >/dev/null 2>&1
seq 9999 | head -c 20000 >file
for to in 192.0.2.2 '[2001:db8::2]'; do
	"$CHAINBURST" send file --to "$to:9000" --cut fragment --payload 5000 --pcap "part2$to.pcap" -q
	"$CHAINBURST" send file --to "$to:9000" --pcap "part3$to.pcap" --vlan 7 -q
done
mergecap -F pcap -w in.pcap part*.pcap
# One line a frame, of what is asked below: NAME=VALUE, of the inner headers.
list() {
	tshark -n -r "$1" -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields -E header=n \
		-e icmp.type -e icmpv6.type -e ip.fragment.count -e ip.src -e ipv6.src -e udp.srcport -e udp.dstport \
		-e ip.checksum.status -e udp.checksum.status -e icmp.checksum.status -e icmpv6.checksum.status \
		-e _ws.malformed -e arp.opcode 2>/dev/null | awk -F '\t' '{
		split("icmp icmp6 fragments src src6 sport dport bad1 bad2 bad3 bad4 malformed arp", name, " ")
		line = "frame"
		for (i = 1; i <= NF; i++)
			if ($i != "") line = line " " name[i] "=" $i
		print line }' >"$1.txt"
}
count() {
	grep -cE "$2" "$1.txt" || true
}
list in.pcap
frames=$(count in.pcap frame)
"$CHAINBURST" shell --vdev net_pcap0,rx_pcap=in.pcap,tx_pcap=out.pcap \
	--link net_pcap0,promiscuous -c "set fwd reflect; set count $frames; start; wait; stop" >figures
list out.pcap
awk -v frames="$frames" '/frames in/ { i = $3 } /frames out/ { o = $3 } /ignored/ { n = $3 }
	END { print (i == frames && i == o + n) ? "all are accounted for" : "some are not" }' figures
grep -q "frames out *$(count out.pcap frame)\$" figures && echo "as many as tshark counts"
echo "bad: $(count in.pcap 'bad.=0|malformed') $(count out.pcap 'bad.=0|malformed')"
while read -r request reply; do
	requests=$(count in.pcap "$request") replies=$(count out.pcap "$reply")
	[[ $requests -gt 0 && $requests == "$replies" ]] && echo "answered: $reply" ||
		echo "$requests times $request, $replies times $reply"
done <<'X'
icmp=8 icmp=0
icmp6=128 icmp6=129
icmp=8.*fragments=3 icmp=0.*fragments=3
src=192.0.2.1.*dport=9000 src=192.0.2.2.*sport=9000
src6=2001:db8::1.*dport=9000 src6=2001:db8::2.*sport=9000
X
others=$(grep -vE 'icmp=0|icmp6=129|sport=9000|^frame src6?=[0-9a-f:.]*( bad1=1)?$' out.pcap.txt)
echo "others: ${others:-none}"
"$CHAINBURST" shell --vdev net_pcap0,rx_pcap=in.pcap,tx_pcap=none.pcap \
	-c "set fwd reflect; set count $frames; start; wait; stop" | grep 'frames out'
