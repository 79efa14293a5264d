# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
"$CHAINBURST" recv --pcap x --gateway 224.0.0.1
