#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# config.sh CHAINBURST CONFIGS: configs/af-packet-veth.yaml does what its head says: the Linux kernel at
# the other end pings it and has its datagrams back, over IPv4 and IPv6.
set -euo pipefail

chainburst=$(readlink -f "$1")
configs=$(readlink -f "$2")
if [[ $EUID -ne 0 ]] || ! unshare -n true 2>/dev/null || ! command -v ip ethtool ping >/dev/null; then
	echo "skipped: needs root, network namespaces, ip, ethtool and ping"
	exit 77
fi
if [[ ${IN_NETNS:-} != yes ]]; then
	IN_NETNS=yes exec unshare -n "$0" "$chainburst" "$configs"
fi

dir=$(mktemp -d)
job=
cleanup() {
	[[ -z $job ]] || kill "$job" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
export XDG_RUNTIME_DIR=$dir
cd "$dir"

ip link set lo up
ip link add va type veth peer name vb
ip addr add 10.9.0.1/24 dev va
ip -6 addr add fd00:9::1/64 dev va nodad
ip link set va up
ip link set vb up
ethtool -K va tx off >/dev/null # checksums that are whole

"$chainburst" --config "$configs/af-packet-veth.yaml" >report 2>log &
job=$!
for _ in $(seq 100); do # until it answers
	! ping -c 1 -W 1 10.9.0.2 >/dev/null || break
done
ping -q -c 2 -i 0.2 10.9.0.2
ping -q -c 2 -i 0.2 fd00:9::2
# the gateway of the file: what is on no link goes to the kernel
ip addr add 198.51.100.1/32 dev lo
ping -q -c 2 -i 0.2 -I 198.51.100.1 10.9.0.2
python3 - <<-'EOF'
	import os, socket
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.settimeout(5)
	for n in 0, 1, 1471, 1472:
	    data = os.urandom(n)
	    s.sendto(data, ('10.9.0.2', 7))
	    assert s.recv(70000) == data, n
EOF
kill -INT $job
status=0
wait $job || status=$?
job=
cat report
[[ $status -eq 130 ]]
grep -qx '  payloads sent      4' report
grep -qx '  payloads received  4' report
grep -q 'all memory is back' report
