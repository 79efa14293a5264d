# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# SIGTERM while an engine sends: it stops, its completions are drained, the summary is printed.
mkfifo input
"$CHAINBURST" shell --vdev net_null0 --addr 192.0.2.1/24 --neigh 192.0.2.2=02:00:00:00:00:02 \
	-c 'set fwd txonly; set to 192.0.2.2:9000; start; show route' --script input >out 2>err &
pid=$!
exec 3>input
until grep -q 192.0.2.0/24 out; do
	echo 'show route' >&3
	sleep 0.02
done
kill -TERM "$pid"
wait "$pid"
status=$?
grep -hE 'txonly|stopped by|payloads failed|still out' out err | sed 's/[0-9.]* s$/TIME/'
awk '/payloads sent/ { print ($3 > 0) ? "sent some" : "sent none" }' out
exit "$status"
