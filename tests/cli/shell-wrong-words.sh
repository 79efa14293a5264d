# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What is wrong, and what would fit.
while read -r line; do
	"$CHAINBURST" shell --vdev net_null0 --vdev net_null1 -c "$line" </dev/null && echo "not refused: $line"
done <<'X'
show
show port
show port stats
show port stats 2
show port stats all x
set fwd fast
set payload 65528
set payload 10-5
set txpkts 1,0
set txpkts 65535,65535
set to 192.0.2.1
set to 192.0.2.1:0
set burst 513
set rate fast
set loss 2
set delay 11s
set data slow
start
stop
start now
wait
wait ready now
ping 192.0.2
ping 192.0.2.1
ping 192.0.2.1 0
ping 192.0.2.1 1 65528
addr add 192.0.2.1/33
addr add 224.0.0.1/24
addr del 192.0.2.1
route add 10.0.0.0/8
route add 10.0.0.0/8 via 192.0.2.1
route add 10.0.0.0/8 via 2001:db8::1 link0
route del 10.0.0.0/8
neigh add 192.0.2.1 02:00:00:00:00
neigh add 192.0.2.1 01:00:00:00:00:01
neigh del 192.0.2.1
show live 0
set input "x
X
exit 0
