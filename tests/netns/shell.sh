#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# shell.sh CHAINBURST: the shell's ping and the Linux kernel on a veth pair, both families, with
# fragments; the kernel pings the shell while it does nothing else; neighbours are found and shown.
set -euo pipefail

# shellcheck source=tests/netns/veth.sh
source "$(dirname "$(readlink -f "$0")")/veth.sh" "$1" ip ethtool ping tshark

shell=("$chainburst" shell --vdev "net_pcap0,rx_iface_in=vb,tx_iface=vb" --addr 10.9.0.2/24
	--addr fd00:9::2/64)

echo "ping the kernel: what it counts is what was answered"
before=$(nstat -az IcmpInEchos Icmp6InEchos | awk '/Echos/ { print $2 }' | xargs)
"${shell[@]}" -c 'wait ready; ping 10.9.0.1 3; ping fd00:9::1 3; ping 10.9.0.1 2 60000; ping fd00:9::1 2 60000' \
	-c 'ping 10.9.0.1 1 0; show neigh; show drops' >out
cat out
grep -c 'bytes from 10.9.0.1: seq ., ttl 64' out | grep -qx 6
grep -c 'bytes from fd00:9::1: seq ., ttl 64' out | grep -qx 5
[[ $(grep -c '^60000 bytes' out) == 4 && $(grep -c '^0 bytes' out) == 1 ]]
! grep 'not the bytes' out
grep -Eq '^link0 +10.9.0.1 +([0-9a-f]{2}:){5}' <<<"$(tr A-F a-f <out)"
grep -Eq '^link0 +fd00:9::1 +([0-9a-f]{2}:){5}' <<<"$(tr A-F a-f <out)"
after=$(nstat -az IcmpInEchos Icmp6InEchos | awk '/Echos/ { print $2 }' | xargs)
[[ "$before $after" == "0 0 6 5" ]] || { echo "the kernel counted: $before, $after" && exit 1; }

echo "a host that is not there: the command fails, and says what"
if "${shell[@]}" -c 'ping 10.9.0.77 1' >out 2>err; then
	echo "not refused" && exit 1
fi
grep -qx 'chainburst: -c: ping 10.9.0.77: no answer' err

echo "the kernel pings a shell that does nothing else"
mkfifo input
"${shell[@]}" --script input >out &
job=$!
exec 3>input
for _ in $(seq 100); do # until it answers
	! ping -c 1 -W 1 10.9.0.2 >/dev/null || break
done
ping -q -c 3 -i 0.2 10.9.0.2
ping -q -c 3 -i 0.2 -s 65507 fd00:9::2
echo 'addr del 10.9.0.2; addr add 10.9.0.3/24; ping 10.9.0.1 1' >&3
for _ in $(seq 100); do # until it has the new one, and only that
	! ping -c 1 -W 1 10.9.0.3 >/dev/null || break
done
! ping -q -c 1 -W 1 10.9.0.2 >/dev/null
echo quit >&3
wait $job
job=
