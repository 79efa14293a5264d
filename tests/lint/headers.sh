#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Each header compiles alone: the public ones in C and in C++ with only what is installed on the
# include path. A private one that is the first include of a C file has been proven by the build.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/lint/public.sh

# DPDK's own headers are system headers to us.
dpdk=$(pkg-config --cflags libdpdk | sed 's/-I/-isystem/g')
# (No -Wshadow: to C++ a function of the name of a struct, as in stat(2), hides its constructor.)
strict=(-Wall -Wextra -Wundef -Werror -fsyntax-only)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0

# compile COMPILER STANDARD HEADER INCLUDE-DIRS...
compile() {
	local compiler=$1 standard=$2 header=$3 dir includes=()
	shift 3
	for dir in "$@"; do
		includes+=("-I$dir")
	done
	printf '#include "%s"\n' "$(basename "$header")" >"$tmp/alone.c"
	[[ $compiler != *++* ]] || mv "$tmp/alone.c" "$tmp/alone.cc"
	# shellcheck disable=SC2086 # several flags are meant
	if ! "$compiler" "-std=$standard" "${strict[@]}" -D_GNU_SOURCE $dpdk "${includes[@]}" \
		"$tmp"/alone.c*; then
		echo "$header does not compile alone with $compiler -std=$standard"
		bad=1
	fi
	rm -f "$tmp"/alone.*
}

for header in "${public_headers[@]}"; do
	compile gcc gnu11 "$header" "${public_dirs[@]}"
	compile g++ gnu++11 "$header" "${public_dirs[@]}"
done

# DIR/NAME.h of the first include of each C file.
first_includes() {
	local file
	tests/lint/sources.sh 'lib/*.c' | while read -r file; do
		printf '%s/%s\n' "$(dirname "$file")" \
			"$(sed -n 's/^#include [<"]\([^>"]*\)[>"].*/\1/p; /^#include/q' "$file")"
	done
}

private=0
first_includes >"$tmp/first"
while read -r header; do
	[[ " ${public_headers[*]} " != *" $header "* ]] || continue
	private=$((private + 1))
	grep -qxF "$header" "$tmp/first" ||
		compile gcc gnu11 "$header" "$(dirname "$header")" lib/pktpool lib/proto
done < <(tests/lint/sources.sh 'lib/*.h')
echo "${#public_headers[@]} public headers in C and C++, $private private ones in C"
exit "$bad"
