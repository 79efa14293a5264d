# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# bench between two ports of one stack with a cable (memif) in between: a row for each size, JSON that
# is JSON, and a plot. Wrong options are named. Closing both ends of a memif in one process frees memory
# twice in the driver ("EAL: Error: Invalid memory"), and may crash at the very end: so the exit status
# of these runs is not looked at, but what they have written.
bench() {
	("$CHAINBURST" shell --vdev "net_memif0,role=server,socket=$PWD/$test,socket-abstract=no" \
		--vdev "net_memif1,role=client,socket=$PWD/$test,socket-abstract=no" \
		--link net_memif0 --link net_memif1 --addr link0=192.0.2.1/24 --addr link1=192.0.2.2/24 \
		-c 'wait ready' -c "$1" || true) 2>/dev/null
}
fast='trial=50ms settle=1 rate=1000 size=64,1518 payload=5000'
for test in throughput latency frame-loss back-to-back; do
	bench "bench $test 0 1 $fast json=$test.json svg=$test.svg" >table
	grep -c '^ *\(64\|1518\|payload 5000\) ' table
	python3 -c 'import json, sys
it = json.load(open(sys.argv[1]))
print(it["test"], [r["payload_len"] for r in it["rows"]], [r["frames"] for r in it["rows"]])' $test.json
	python3 -c 'import sys, xml.etree.ElementTree as x
print(x.parse(sys.argv[1]).getroot().tag)' $test.svg
done
# On net_null: memif's driver may crash in a process that ends while it still connects.
refused() {
	"$CHAINBURST" shell --vdev net_null0 --vdev net_null1 --link net_null0 --link net_null1 \
		--addr link0=192.0.2.1/24 --addr link1=192.0.2.2/24 -c "$1"
	echo "exit $?"
}
refused 'bench throughput 0 1 size=64 speed=3'
refused 'bench throughput 0 1 trial=0'
refused 'bench throughput 0 0'
refused 'bench latency 0 peer'
refused 'bench throughput 0 1 size=1519'
