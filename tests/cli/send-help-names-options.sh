# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
"$CHAINBURST" send --help | grep -oE "^  (-., |    )?--[a-z-]+" | grep -oE -- "--.*"
