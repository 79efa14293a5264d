# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
"$CHAINBURST" recv --vdev net_null0 in.pcap
