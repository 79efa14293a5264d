# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A capture that is none, an output that cannot be written or is the capture.
head -c 3000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --pcap out.pcap -q
try() {
	"$CHAINBURST" recv "$@" -q || echo "exit $?"
}
try --pcap file
try --pcap .
try --pcap out.pcap --out out.pcap
try --pcap out.pcap --out missing/file
try --pcap out.pcap --out /dev/full
try --pcap out.pcap --out .
: >short.pcap
try --pcap short.pcap
"$CHAINBURST" recv --pcap out.pcap -o - -q | cmp - file && echo unharmed
