# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
"$CHAINBURST" send file --to 192.0.2.2:9000 --ttl 256
