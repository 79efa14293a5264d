# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# It needs no root: as root, this becomes nobody.
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
chmod 777 "$home"
cp "$CHAINBURST" "$home/chainburst"
cd "$home" || exit
echo payload >file
user=()
[[ $(id -u) -ne 0 ]] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
unset XDG_RUNTIME_DIR
"${user[@]}" ./chainburst send file --to 192.0.2.2:9000 -q
stat -c %s chainburst.pcap
