# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
"$CHAINBURST" recv --pcap x --listen 65536
