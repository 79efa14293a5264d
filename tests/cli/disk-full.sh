# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# net_pcap does not tell that the disk is full: the program measures, and fails.
head -c 3000000 /dev/zero >file
trap '' XFSZ
(
	ulimit -f 512
	"$CHAINBURST" send file --to 192.0.2.2:9000 -q
)
