# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# The log types of chainburst: silent, as at first, and all of them.
run() {
	"$CHAINBURST" --no-huge --no-pci --no-shconf --no-telemetry "$@" --vdev net_null0 -- shell \
		--addr 192.0.2.1/24 -c 'neigh add 192.0.2.2 02:00:00:00:00:09; set fwd rxonly' \
		-c 'set from 192.0.2.1:9; start; stop; link down link0; link up link0' \
		-c 'capture start x.pcapng sample 3; capture stop' \
		-c 'neigh del 192.0.2.2' 2>&1 >/dev/null | grep '^chainburst'
}
run --log-level=error
echo --
run --log-level='chainburst.*:info'
echo --
run --log-level='chainburst.neigh:debug'
