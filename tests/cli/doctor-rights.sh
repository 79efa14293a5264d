# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What an ordinary user may not open: as root, this becomes nobody.
# shellcheck source=tests/cli/doctor_tree.bash
source "$(dirname "$0")/doctor_tree.bash"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
chmod 755 "$home"
cp "$CHAINBURST" "$home/chainburst"
cd "$home" || exit
CHAINBURST=$home/chainburst
healthy
chmod 700 tree/dev/hugepages
chmod 600 tree/dev/vfio/*
user=()
[[ $(id -u) -ne 0 ]] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
# The owner of the files is who runs this, so that without root there is nothing to be refused.
if [[ $(id -u) -ne 0 ]]; then
	chmod 000 tree/dev/hugepages tree/dev/vfio/*
fi
mkdir tree/closed
chmod 000 tree/closed
XDG_RUNTIME_DIR=/closed "${user[@]}" ./chainburst doctor --sysroot tree --need nic >out
echo "exit $?"
chmod 700 tree/closed tree/dev/hugepages
grep -v '^ok' out | sed -n '/^$/q;p' | sed -E 's/chown [0-9]+/chown UID/'
