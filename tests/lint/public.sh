# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Sourced by others here: what is public is what stands at the root of a library under its name.
# shellcheck disable=SC2034 # used by those who source this
public_dirs=(lib/pktpool lib/proto)
mapfile -t public_headers < <(tests/lint/sources.sh 'lib/pktpool/pktpool*.h' 'lib/proto/proto*.h')
if [[ ${#public_headers[@]} -eq 0 ]]; then
	echo "no public headers found"
	exit 1
fi
