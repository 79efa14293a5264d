# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# configs/reference.yaml runs, and what it says is in force; flags win over it.
reference=$(dirname "$0")/../../configs/reference.yaml
say() {
	"$CHAINBURST" --config "$reference" "$@" -c 'show addr' -c 'show route' -c 'show neigh' -c quit 2>log |
		grep -E 'MTU|192.0.2|203.0.113|198.51|0.0.0.0|2001:|02:00'
}
say
echo "== with flags"
say --link up,mtu=9000 --addr down=203.0.113.9/24 --gateway down=203.0.113.254
