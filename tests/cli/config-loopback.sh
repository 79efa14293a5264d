# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# configs/loopback.yaml: its frames go round until it is stopped, and none is lost.
"$CHAINBURST" --config "$(dirname "$0")/../../configs/loopback.yaml" -c 'wait 50ms' -c stop -c quit 2>log |
	awk '/frames in/ { n_in = $3 } /frames out/ { n_out = $3 } /frames lost/ { lost = $3 }
		END { print (n_in >= 32 && n_in == n_out ? "round" : "not round"), lost }'
