# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
head -c 5000 /dev/zero | "$CHAINBURST" send - --to 192.0.2.2:9000 --payload 1000 --quiet &&
	tshark -r chainburst.pcap -T fields -e udp.length 2>/dev/null | sort | uniq -c | tr -s " "
