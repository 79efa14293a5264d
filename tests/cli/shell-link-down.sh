# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A link that is down refuses; up again it sends.
"$CHAINBURST" shell --vdev net_null0 --addr 192.0.2.1/24 --neigh 192.0.2.2=02:00:00:00:00:02 --keep-going --script - <<'X' | sed 's/[0-9.]* s$/TIME/'
link down all
ping 192.0.2.2 1
link up link0
set fwd txonly; set to 192.0.2.2:9000; set count 10; start; wait; stop
X
