# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A bad link loses its share, and the same frames again with the same seed; tshark counts what comes.
head -c 1000000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --payload 1000 --pcap in.pcap -q
run() {
	"$CHAINBURST" shell --vdev net_pcap0,rx_pcap=in.pcap,tx_pcap=none.pcap \
		--vdev net_pcap1,tx_pcap="$2" -c "set fwd loss; set loss 10%; set duplicate 5%" \
		-c "set reorder 2%; set seed $1; set count 1000; start; wait; stop" | tail -n +2
	tshark -n -r "$2" -T fields -e ip.id 2>/dev/null >"$2.ids"
}
run 7 a.pcap >a
run 7 b.pcap >b
run 8 c.pcap >c
cmp a b && cmp a.pcap.ids b.pcap.ids && echo "the same again"
cmp -s a.pcap.ids c.pcap.ids || echo "another seed, others"
awk '/frames out/ { print $3 }' a | cmp - <(wc -l <a.pcap.ids) && echo "as many as tshark counts"
awk '/frames lost/ { l = $3 } /duplicated/ { d = $3 } /frames out/ { o = $3 } /reordered/ { r = $3 }
	END { print (o == 1000 - l + d && l > 50 && l < 150 && d > 15 && d < 85 && r > 0) ? "in shares" : "not" }' a
[[ $(sort -u a.pcap.ids | wc -l) == $((1000 - $(awk '/frames lost/ { print $3 }' a))) ]] && echo "each once or twice"
sort -nc a.pcap.ids 2>/dev/null || echo "not in order"
