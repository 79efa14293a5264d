# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# The table; times and rates are masked.
head -c 150000 /dev/zero >file
mask() {
	sed -E 's/ +[0-9]+\.[0-9]+  (s$|Mf|Gb)/ N \1/'
}
"$CHAINBURST" send file --to 192.0.2.2:9000 --cut fragment --pcap out.pcap -q
"$CHAINBURST" recv --pcap out.pcap --out got | mask
