# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# configs/memif-pair-a.yaml and -b.yaml: two processes, of which one sends to the other and pings it.
# The socket's name is of this test's own.
configs=$(dirname "$0")/../../configs
for half in a b; do
	sed "s/chainburst-memif/memif-$$/; s/file-prefix=memif/file-prefix=memif-$$/; s/ping .*/& 8/" \
		"$configs/memif-pair-$half.yaml" >"$half.yaml"
done
touch a.out
"$CHAINBURST" --config a.yaml --echo >a.out 2>a.log &
peer=$!
# until it runs its commands, and so listens
until grep -q start a.out || ! kill -0 "$peer" 2>/dev/null; do :; done
"$CHAINBURST" --config b.yaml >b.out 2>b.log
echo "exit $?"
awk '/ answered; / { print ($4 > 0 ? "answered" : "not answered") }' b.out
sed '1,/stopped/d' b.out | grep -E 'payloads (sent|failed)'
kill -INT "$peer"
wait "$peer"
echo "exit $?"
# the ping went behind the payloads: when it is answered they have been read
grep 'payloads received' a.out
