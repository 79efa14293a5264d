#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh CHAINBURST CASE.sh: runs one golden case and compares what it says word by word.
#
# Beside CASE.sh stand, each optional: CASE.sh.exit (exit status, else 0), CASE.sh.stdout.exact (else
# nothing may be printed), CASE.sh.stderr.glob (one bash pattern a line, else nothing). The case runs
# in an empty directory of its own, with the program's path in $CHAINBURST.
set -euo pipefail

CHAINBURST=$(readlink -f "$1")
case_sh=$(readlink -f "$2")
export CHAINBURST
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/cwd"
bad=0

wrong() {
	printf '%s: %s\n' "$(basename "$case_sh")" "$*"
	bad=1
}

status=0
(cd "$tmp/cwd" && XDG_RUNTIME_DIR=$tmp HOME=$tmp timeout 60 bash -o pipefail "$case_sh") \
	>"$tmp/stdout" 2>"$tmp/stderr" </dev/null || status=$?

expected=0
[[ ! -f $case_sh.exit ]] || expected=$(<"$case_sh.exit")
[[ $status -eq $expected ]] || wrong "exit status $status, expected $expected"

exact=/dev/null
[[ ! -f $case_sh.stdout.exact ]] || exact=$case_sh.stdout.exact
diff -u --label expected --label stdout "$exact" "$tmp/stdout" || wrong "stdout differs"

glob=/dev/null
[[ ! -f $case_sh.stderr.glob ]] || glob=$case_sh.stderr.glob
mapfile -t patterns <"$glob"
mapfile -t lines <"$tmp/stderr"
[[ ${#lines[@]} -eq ${#patterns[@]} ]] ||
	wrong "${#lines[@]} lines on stderr, expected ${#patterns[@]}"
for i in "${!lines[@]}"; do
	# shellcheck disable=SC2053 # a pattern is meant
	if [[ ${lines[i]} != ${patterns[i]:-} ]]; then
		wrong "stderr, line $((i + 1)): ${lines[i]}"
		printf '  expected: %s\n' "${patterns[i]:-(nothing)}"
	fi
done
exit "$bad"
