#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# echo.sh CHAINBURST: chainburst echo and the Linux kernel on a veth pair: ARP, ND, ping and UDP of all
# sizes, fragmented or not; and chainburst send finds the kernel by ARP and ND.
set -euo pipefail

# shellcheck source=tests/netns/veth.sh
source "$(dirname "$(readlink -f "$0")")/veth.sh" "$1" ip ethtool ping

"$chainburst" echo --vdev net_pcap0,rx_iface_in=vb,tx_iface=vb --addr 10.9.0.2/24 \
	--addr fd00:9::2/64 --listen 7 --json >report &
job=$!
for _ in $(seq 100); do # until it answers
	! ping -c 1 -W 1 10.9.0.2 >/dev/null || break
done
ping -q -c 2 -i 0.2 -s 65507 10.9.0.2
ping -q -c 2 -i 0.2 -s 65507 fd00:9::2
python3 - <<-'EOF'
	import os, socket
	for family, address in (socket.AF_INET, '10.9.0.2'), (socket.AF_INET6, 'fd00:9::2'):
	    s = socket.socket(family, socket.SOCK_DGRAM)
	    s.settimeout(5)
	    for n in 0, 1, 1452, 1453, 1472, 1473, 30000, 65507:
	        data = os.urandom(n)
	        s.sendto(data, (address, 7))
	        assert s.recv(70000) == data, (address, n)
EOF
kill -INT $job
wait $job
job=
python3 -c 'import json
it = json.load(open("report"))
assert it["status"] == "ok" and it["datagrams"]["received"] == it["payloads"]["completed"] == 16, it
assert it["pools"]["rx_packets"]["in_use"] == it["pools"]["packets"]["in_use"] == 0, it'

head -c 400000 /dev/urandom >file
for way in '10.9.0.1 10.9.0.2/24' 'fd00:9::1 fd00:9::2/64'; do
	read -r to from <<<"$way"
	python3 - "$to" <<-'EOF' &
		import socket, sys
		s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		s.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)  # SO_RCVBUFFORCE
		s.bind(('::', 5555))
		s.settimeout(20)
		open('ready', 'w')
		data = b''
		while len(data) < 400000:
		    data += s.recv(70000)
		assert data == open('file', 'rb').read(), sys.argv[1]
	EOF
	job=$!
	while [[ ! -e ready ]]; do
		sleep 0.02
	done
	rm ready
	[[ $to != *:* ]] || to="[$to]"
	"$chainburst" send file --to "$to:5555" --from "$from" --cut fragment --rate 100M \
		--vdev net_af_packet0,iface=vb -q
	wait $job
	job=
done
echo "ok"
