# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What send wrote comes out byte for byte: both families, both ways of cutting, tagged, jumbo.
head -c 300000 /dev/urandom >file
while read -r to more; do
	# shellcheck disable=SC2086 # several words are meant
	"$CHAINBURST" send file --to "$to" $more --pcap out.pcap -q
	vlan=()
	[[ $more != *vlan* ]] || vlan=(--vlan 7)
	"$CHAINBURST" recv --pcap out.pcap --out got "${vlan[@]}" --json >report
	echo "exit $?, $(cmp file got && echo same)"
	python3 -c 'import json
it = json.load(open("report"))
print(it["datagrams"], sum(it["drops"].values()), it["pools"]["rx_packets"]["in_use"])'
done <<-'EOF'
	192.0.2.2:9000
	192.0.2.2:9000 --cut fragment
	192.0.2.2:9000 --cut fragment --mtu 576
	192.0.2.2:9000 --cut fragment --mtu 9000
	192.0.2.2:9000 --cut fragment --vlan 7
	[2001:db8::2]:9000
	[2001:db8::2]:9000 --cut fragment
	[2001:db8::2]:9000 --cut fragment --payload 65520
EOF
