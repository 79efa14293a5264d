# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A pipe: payloads are whole however the bytes arrive, and the last is short.
json() {
	"$CHAINBURST" send "$@" --to 192.0.2.2:9000 --vdev net_null0 --json | grep -o '"accepted.*'
}
# The writer waits until the pipe is read, so each part arrives alone.
mkfifo pipe
{
	head -c 1500 /dev/zero
	sleep 0.5
	head -c 700 /dev/zero
	sleep 0.5
	head -c 1 /dev/zero
} >pipe &
json pipe --payload 1000
head -c 1000000 /dev/zero | json - --payload 64
head -c 5000 /dev/zero >file
cp file other
json - other <file
