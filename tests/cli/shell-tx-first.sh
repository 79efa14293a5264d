# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Frames of tx_first go round for ever: io forwards many more than one burst, and loses none.
"$CHAINBURST" shell --vdev net_ring0 --vdev net_ring1 \
	-c 'set fwd io; set burst 8; set count 1000; start tx_first; wait; stop' | awk '
	/frames in/ { in_ = $3 } /frames out/ { out = $3 } /frames lost/ { lost = $3 }
	END { print (in_ >= 1000 && in_ == out && lost == 0) ? "they go round" : "they do not" }'
