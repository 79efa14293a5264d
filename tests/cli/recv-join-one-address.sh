# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
"$CHAINBURST" recv --pcap x --join 239.1.2.3 --listen 192.0.2.2:9000
