#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# tap_offload.sh CHAINBURST: UDP checksum offload on a driver that has it (net_tap), judged by tshark.
#
# Datagrams sent whole have their checksum from the driver, fragments from us: both must be good, and
# the table that the program prints must say that the offload was granted.
set -euo pipefail

chainburst=$(readlink -f "$1")
if [[ $EUID -ne 0 || ! -c /dev/net/tun ]] || ! unshare -n true 2>/dev/null; then
	echo "skipped: needs root, /dev/net/tun and network namespaces"
	exit 77
fi
if [[ ${IN_NETNS:-} != yes ]]; then
	IN_NETNS=yes exec unshare -n "$0" "$chainburst"
fi

dir=$(mktemp -d)
sender=
cleanup() {
	[[ -z $sender ]] || kill "$sender" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
export XDG_RUNTIME_DIR=$dir
frames=60
head -c 4000000 /dev/urandom >"$dir/file"

fail() {
	echo "FAILED: $*"
	cat "$dir/out"
	exit 1
}

# one NAME FLAGS...: send on a tap, capture, have every checksum judged.
one() {
	local name=$1 bad good
	shift
	"$chainburst" --no-huge --no-pci --no-shconf -m 256 --iova-mode=va \
		--file-prefix "tap$$" --vdev net_tap0,iface=cbtap0 -- send "$dir/file" \
		--gateway-mac 02:00:00:00:00:01 --rate 3M --repeat 50 --verbose "$@" >"$dir/out" 2>&1 &
	sender=$!
	until ip link show cbtap0 >/dev/null 2>&1; do
		kill -0 "$sender" 2>/dev/null || fail "$name: the sender ended"
		sleep 0.05
	done
	ip link set cbtap0 up
	timeout 30 tshark -q -i cbtap0 -c "$frames" -f 'ether dst 02:00:00:00:00:01' \
		-w "$dir/tap.pcapng" >/dev/null 2>&1 || fail "$name: tshark saw too few frames"
	kill -INT "$sender" 2>/dev/null || true
	wait "$sender" || true
	sender=
	grep -Eq '^ *udp_cksum +yes +yes' "$dir/out" || fail "$name: the offload was not granted"
	! grep -q 'still out' "$dir/out" || fail "$name: descriptors are still out"
	tshark -r "$dir/tap.pcapng" -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE \
		-T fields -E separator=, -e udp.checksum.status -e ip.checksum.status \
		2>/dev/null >"$dir/status"
	good=$(grep -cE '^1,1?$' "$dir/status" || true)
	bad=$(grep -cE '^[^1,]|,[^1]' "$dir/status" || true)
	[[ $good -gt 0 && $bad -eq 0 ]] || fail "$name: $good good and $bad bad checksums"
	echo "$name: $good good UDP checksums in $frames frames"
}

one 'IPv4, copied' --to 192.0.2.2:9000 --payload 1000 --cut segment --data copy
one 'IPv4, mapped, odd' --to 192.0.2.2:9000 --payload 1001 --cut segment --data map
one 'IPv4, VLAN' --to 192.0.2.2:9000 --payload 999 --cut segment --data map --vlan 5
one 'IPv6, mapped' --to '[2001:db8::2]:9000' --payload 1001 --cut segment --data map
one 'IPv4, fragments' --to 192.0.2.2:9000 --payload 4000 --cut fragment --data map
