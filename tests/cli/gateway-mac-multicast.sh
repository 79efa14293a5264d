# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
"$CHAINBURST" send file --to 192.0.2.2:9000 --gateway-mac 01:00:5e:00:00:01
