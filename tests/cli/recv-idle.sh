# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# On a port that never ends, silence does.
head -c 3000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --pcap out.pcap -q
"$CHAINBURST" recv --vdev net_pcap0,rx_pcap=out.pcap --promisc --idle 1 -o got -q
echo "exit $?, $(cmp file got && echo same)"
