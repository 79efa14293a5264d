# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# With stderr closed, its notes do not end up in the capture that would be given its descriptor.
echo payload >file
: >empty
"$CHAINBURST" send empty file --to 192.0.2.2:9000 --json 2>&- | grep -c '"ok"'
od -An -tx1 -N4 chainburst.pcap
