# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A capture's name may hold what ends a DPDK device argument, and an option may follow the files.
head -c 3000 /dev/zero >file
cp file ./--json
"$CHAINBURST" send --to 192.0.2.2:9000 -q --pcap 'a,b=[c] d.pcap' -- file --json
ls
