# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What show config prints is a script that makes the same settings again.
cat >script <<'X'
set fwd loss
set to [2001:db8::2]:9000
set from 192.0.2.1
set txpkts 18,46,1400
set cut segment
set data copy
set burst 512
set rate 2.5G
set flows 3
set count 12
set input "in put"
set output -
set loss 1%
set reorder 0.5
set duplicate 0.25
set delay 2ms
set seed 0xff
X
{ cat script && echo show config; } | "$CHAINBURST" shell --vdev net_null0 >first || exit 9
{ cat first && echo show config; } | "$CHAINBURST" shell --vdev net_null0 >second || exit 9
cmp first second && cat first
"$CHAINBURST" shell --vdev net_null0 -c 'set payload 64-1472; show config; set payload imix' -c 'show config' |
	grep payload
