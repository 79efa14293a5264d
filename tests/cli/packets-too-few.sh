# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
head -c 65507 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --cut fragment --packets 3 --quiet
