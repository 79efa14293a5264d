# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Pools that hold one payload: back-pressure all the way, and everything arrives.
head -c 1000000 /dev/urandom >file
for data in copy map; do
	"$CHAINBURST" send file --to 192.0.2.2:9000 --pcap $data.pcap --cut fragment --data $data \
		--packets 45 --buffers 45 --payloads 1 --seed 0 --json | grep -oE '"octets": [0-9]+}|"pools.*'
done
"$CHAINBURST" send file --to 192.0.2.2:9000 --pcap large.pcap --cut fragment --seed 0 -q
frames() {
	tshark -r "$1" -T fields -e ip.id -e frame.len -e ip.checksum -e data.data 2>/dev/null | sha1sum
}
[[ $(frames copy.pcap) == $(frames map.pcap) ]] || echo differ
[[ $(frames copy.pcap) == $(frames large.pcap) ]] || echo differ
truncate -s 20M zeros
"$CHAINBURST" send zeros --to 192.0.2.2:9000 --vdev net_null0 --payloads 1 --json | grep -oE '"accepted": [0-9]+, "completed": [0-9]+'
