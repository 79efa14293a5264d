#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# engines.sh CHAINBURST: reflect answers the Linux kernel, which checks every checksum; two kernels
# talk through io, and through loss they lose what it says and wait as long as it delays.
set -euo pipefail

chainburst=$(readlink -f "$1")
if [[ $EUID -ne 0 ]] || ! unshare -n true 2>/dev/null ||
	! command -v ip ethtool ping nsenter python3 >/dev/null; then
	echo "skipped: needs root, network namespaces, ip, ethtool, ping, nsenter and python3"
	exit 77
fi
if [[ ${IN_NETNS:-} != yes ]]; then
	IN_NETNS=yes exec unshare -n "$0" "$chainburst"
fi

dir=$(mktemp -d)
job='' other=''
cleanup() {
	[[ -z $job ]] || kill "$job" 2>/dev/null || true
	[[ -z $other ]] || kill "$other" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
export XDG_RUNTIME_DIR=$dir
cd "$dir"

# This namespace has va; vb and vc are the program's; vd is the other namespace's.
mkfifo never
unshare -n cat never &
other=$!
exec 4>never
ip link set lo up
ip link add va type veth peer name vb
ip link add vd type veth peer name vc
for end in va vb vc vd; do # checksums that are whole
	ethtool -K $end tx off >/dev/null
done
until [[ $(readlink /proc/$other/ns/net) != "$(readlink /proc/self/ns/net)" ]]; do :; done
ip link set vd netns $other
ip addr add 10.9.0.1/24 dev va
ip -6 addr add fd00:9::1/64 dev va nodad
ip link set va up
ip link set vb up
ip link set vc up
nsenter -n -t $other ip addr add 10.9.0.2/24 dev vd
nsenter -n -t $other ip -6 addr add fd00:9::2/64 dev vd nodad
nsenter -n -t $other ip link set vd up

# Run these commands of the shell in the background until finish.
begin() {
	mkfifo input
	"$chainburst" shell --vdev net_pcap0,rx_iface_in=vb,tx_iface=vb \
		--vdev net_pcap1,rx_iface_in=vc,tx_iface=vc \
		--link net_pcap0,promiscuous --link net_pcap1 --script input >out &
	job=$!
	exec 3>input
	echo "$1" >&3
}
finish() {
	echo 'stop; quit' >&3
	exec 3>&-
	wait $job
	job=
	rm input
	cat out
}
figure() {
	awk -v name="$1" '$1 " " $2 == name { print $3 }' out
}
answers() { # until it answers
	for _ in $(seq 100); do
		! ping -c 1 -W 1 "$1" >/dev/null || return 0
	done
	return 1
}

echo "reflect: the kernel pings an address that nobody has"
ip neigh add 10.9.0.77 lladdr 02:00:00:00:00:77 dev va
ip neigh add fd00:9::77 lladdr 02:00:00:00:00:77 dev va
begin 'set fwd reflect; start'
answers 10.9.0.77
ping -q -c 20 -i 0.02 10.9.0.77
ping -q -c 20 -i 0.02 fd00:9::77
ping -q -c 5 -i 0.02 -s 10000 10.9.0.77
ping -q -c 5 -i 0.02 -s 10000 fd00:9::77
python3 - <<'X'
import os, socket
for family, to in ((socket.AF_INET, '10.9.0.77'), (socket.AF_INET6, 'fd00:9::77')):
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.settimeout(10)
        s.connect((to, 9000))
        for size in (0, 1, 1400, 5000, 60000):
            sent = os.urandom(size)
            s.send(sent)
            assert s.recv(65536) == sent, (to, size)
print('datagrams came back as they were')
X
finish
[[ $(figure 'frames in') == $(($(figure 'frames out') + $(figure 'frames ignored'))) ]]

echo "io: two kernels do not notice"
begin 'set fwd io; start'
answers 10.9.0.2
ping -q -c 20 -i 0.02 10.9.0.2
ping -q -c 5 -i 0.02 -s 10000 fd00:9::2
finish
[[ $(figure 'frames lost') == 0 && $(figure 'frames in') == $(figure 'frames out') ]]

echo "loss: a fifth each way, and 30 ms"
begin 'set fwd loss; set loss 20%; set delay 30ms; start'
answers 10.9.0.2
ping -q -c 300 -i 0.01 -W 2 10.9.0.2 >pings || true
cat pings
finish
# 64 % come back: 192, 5 standard deviations are 42. There and back takes twice the delay, less what a
# busy machine lets the worker's clock be late; without a delay the least is below 5 ms.
awk '/received/ { n = $4 } /^rtt/ { split($4, rtt, "/") }
	END { exit !(n >= 150 && n <= 234 && rtt[1] >= 30) }' pings
[[ $(figure 'frames in') == $(($(figure 'frames out') + $(figure 'frames lost'))) ]]
