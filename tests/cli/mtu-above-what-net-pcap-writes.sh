# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
head -c 20000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --mtu 16200
