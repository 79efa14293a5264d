# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Addresses, routes and neighbours come, are shown, and go.
"$CHAINBURST" shell --vdev net_null0 --vdev net_null1 --echo --script - <<'X'
addr add 192.0.2.1/24
addr add 2001:db8::1 link1
addr add 198.51.100.1/25 1
route add 10.0.0.0/8 via 192.0.2.254
route add 0.0.0.0/0 via 198.51.100.2
route add ::/0 via 2001:db8::fe link1
route add 203.0.113.0/24 link link0
neigh add 192.0.2.2 02:00:00:00:00:02
neigh add 2001:db8::2 02:00:00:00:00:03 link1
show addr
show route
show neigh
neigh del 192.0.2.2
neigh del 2001:db8::2 link1
route del 10.0.0.0/8
route del ::/0 link1
route del 203.0.113.0/24
addr del 192.0.2.1 0
show addr
show route
show neigh
X
