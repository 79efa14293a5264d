# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
echo x >file
"$CHAINBURST" send file --to 239.1.2.3:9000 --quiet --pcap out.pcap &&
	tshark -r out.pcap -T fields -e eth.dst 2>/dev/null
