# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# The help of the program and of its commands.
"$CHAINBURST" --help
echo
"$CHAINBURST" send -h
