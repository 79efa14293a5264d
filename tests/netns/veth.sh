# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Sourced with the words PROGRAM COMMANDS...: goes into a network namespace and a folder of its own,
# where va (10.9.0.1/24, fd00:9::1/64) is the kernel's end of a veth pair and vb the other; both end
# with the script, and so does $job. Skips aloud where it cannot be, or where a command is missing.
chainburst=$(readlink -f "$1")
shift
if [[ $EUID -ne 0 ]] || ! unshare -n true 2>/dev/null || ! command -v "$@" >/dev/null; then
	echo "skipped: needs root, network namespaces, $*"
	exit 77
fi
if [[ ${IN_NETNS:-} != yes ]]; then
	IN_NETNS=yes exec unshare -n "$0" "$chainburst"
fi

dir=$(mktemp -d)
job=
cleanup() {
	[[ -z $job ]] || kill "$job" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
export XDG_RUNTIME_DIR=$dir
cd "$dir" || exit

ip link set lo up
ip link add va type veth peer name vb
ip addr add 10.9.0.1/24 dev va
ip -6 addr add fd00:9::1/64 dev va nodad
ip link set va up
ip link set vb up
for end in va vb; do # checksums that are whole
	ethtool -K $end tx off >/dev/null
done
