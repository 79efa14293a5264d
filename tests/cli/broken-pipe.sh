# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A reader that goes, of the capture or of the report: no success, and nothing is left behind.
head -c 3000000 /dev/zero >file
mkfifo pipe
mkdir run
export RUNTIME_DIRECTORY=$PWD/run
head -c 1000 pipe >part &
"$CHAINBURST" send file --to 192.0.2.2:9000 --pcap pipe -q
echo "exit $?"
{
	"$CHAINBURST" send file --to 192.0.2.2:9000 --json
	echo "exit $?" >&2
} | true
stat -c %s part
find run
