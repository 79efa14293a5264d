#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The README tells the truth where a script can see it: its C programs are those that the tests run,
# and each path and each ./dev command that it names is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
bad=0

if ! diff <(awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' README.md) \
	<(sed '/SPDX-License-Identifier/d' tests/example/{send,recv}_one.c); then
	echo "README.md: its C programs are not those of tests/example"
	bad=1
fi

while read -r path; do
	if [[ ! -e $path ]]; then
		echo "README.md: $path does not exist"
		bad=1
	fi
done < <(grep -oE '(\(|`)(lib|app|tests|configs|docs)/[A-Za-z0-9_./-]*' README.md | tr -d '(`' | sort -u)

while read -r command; do
	if ! ./dev help | grep -qE "^  $command( |\$)"; then
		echo "README.md: ./dev $command is not a command"
		bad=1
	fi
done < <(grep -oE '\./dev [a-z]+' README.md | cut -d' ' -f2 | sort -u)
exit "$bad"
