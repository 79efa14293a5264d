# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
"$CHAINBURST" recv --pcap x --addr 192.0.2.2:9000
