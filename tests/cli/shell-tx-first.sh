# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Frames of tx_first go round for ever: io forwards many more than one burst, and loses none; on the
# main lcore, and on one of the worker's own, which must not receive them in between.
go_round() {
	"$CHAINBURST" "$@" -c 'set fwd io; set burst 8; set count 1000; start tx_first; wait; stop' | awk '
		/frames in/ { in_ = $3 } /frames out/ { out = $3 } /frames lost/ { lost = $3 }
		END { print (in_ >= 1000 && in_ == out && lost == 0) ? "they go round" : "they do not" }'
}
go_round shell --vdev net_ring0 --vdev net_ring1
go_round --no-huge --no-pci --no-shconf -m 1024 --log-level=error "--lcores=0@(0-1),1@(0-1)" \
	--file-prefix="shell$$" --vdev net_ring0 --vdev net_ring1 -- --workers 1
