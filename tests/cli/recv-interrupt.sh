# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What has come is written at once, and SIGINT is an ordinary end.
head -c 3000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --pcap out.pcap -q
"$CHAINBURST" recv --vdev net_pcap0,rx_pcap=out.pcap --promisc -o got --json >report &
while [[ $(stat -c %s got 2>/dev/null || echo 0) -lt 3000 ]]; do
	sleep 0.02
done
kill -INT $!
wait $!
echo "exit $?"
grep -E '"status"' report
