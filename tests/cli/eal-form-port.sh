# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# DPDK's usual form: EAL arguments, --, the command.
head -c 3000 /dev/zero >file
"$CHAINBURST" --no-huge --no-pci --no-shconf --iova-mode=va -m 256 --file-prefix "cli$$" --no-telemetry \
	--vdev net_null0 --vdev net_pcap0,tx_pcap=out.pcap \
	-- send file --to 192.0.2.2:9000 --port 1 --json 2>eal.log | grep '"port"'
stat -c %s out.pcap
"$CHAINBURST" --no-huge -- --version | cut -d' ' -f1,2
