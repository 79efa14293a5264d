# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
echo x >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --pcap not/there.pcap
