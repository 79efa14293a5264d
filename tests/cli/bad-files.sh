# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Files that cannot be read or written: said before anything is made; the files that are there stay.
echo payload >file
mkdir folder
try() {
	"$CHAINBURST" send "$@" --to 192.0.2.2:9000 || echo "exit $?"
}
try missing --pcap x.pcap
try file folder --pcap x.pcap
try file --pcap file
try file --pcap ./folder/../file
try file --pcap folder
try file --pcap missing/x.pcap
try file --pcap /dev/full
try - --pcap x.pcap <&-
ls
cat file
