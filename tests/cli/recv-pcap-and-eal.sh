# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
"$CHAINBURST" --no-huge -- recv --pcap in.pcap
