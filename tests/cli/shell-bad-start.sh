# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What keeps a shell from starting, in one line each.
try() {
	"$CHAINBURST" "$@" </dev/null
	echo "exit $?"
}
try shell
try shell --vdev net_null0 --script nowhere
try shell --vdev net_null0 --link net_null1
try shell --vdev net_null0 --engine fast
try shell --vdev net_null0 --link net_null0,mtu=67
try shell --vdev net_nul0
try shell --nothing
try --config nowhere.yaml
