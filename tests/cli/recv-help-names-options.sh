# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
for command in recv echo; do
	"$CHAINBURST" $command --help | grep -oE "^  (-., |    )?--[a-z-]+" | grep -oE -- "--.*" | paste -sd ' '
done
