# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
"$CHAINBURST" send f --to 192.0.2.2:9000 --gateway 2001:db8::1
