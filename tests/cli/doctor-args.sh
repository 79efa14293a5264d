# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
try() {
	"$CHAINBURST" doctor "$@"
	echo "exit $?"
}
try please
try --need speed
try --sysroot ''
try --config missing.yaml
echo 'workers: 65' >bad.yaml
try --config bad.yaml
try --json=1
