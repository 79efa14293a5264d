# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
mkdir dir
"$CHAINBURST" send dir --to 192.0.2.2:9000
