# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# The table, for a capture and for a virtual device; times and rates are masked.
head -c 150000 /dev/zero >file
mask() {
	sed -E 's/ +[0-9]+\.[0-9]+  (s$|Mf|Gb)/ N \1/'
}
"$CHAINBURST" send file --to 192.0.2.2:9000 --pcap out.pcap | mask
"$CHAINBURST" send file file --to '[2001:db8::2]:9000' --from '[2001:db8::9]:7' --vdev net_null0 \
	--cut fragment --data map --mtu 9000 --repeat 2 -v | mask
ls
