# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A report that cannot be written is a failure.
echo payload >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --json >/dev/full
