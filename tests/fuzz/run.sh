#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh NAME PROGRAM WORK [SECONDS]: let a libFuzzer target search. WORK/corpus/NAME, the cached
# corpus, grows; the committed inputs are read besides. What is found is written to WORK/found.
# SECONDS: else CHAINBURST_FUZZ_SECONDS, else 20.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
name=$1 program=$2 work=$3
seconds=${4:-${CHAINBURST_FUZZ_SECONDS:-20}}
corpus=$work/corpus/$name
found=$work/found
log=$work/$name.log

if [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then
	echo "fuzz: '$seconds' is no time: give whole seconds, as --time 60" >&2
	exit 1
fi
mkdir -p "$corpus" "$found"
inputs=("$corpus")
for dir in "$here/corpus/$name" "$here/findings/$name"; do
	[[ ! -d $dir ]] || inputs+=("$dir")
done

# An input that takes 300 s hangs, also where many share few CPUs.
status=0
"$program" -max_total_time="$seconds" -max_len=4096 -timeout=300 -report_slow_units=300 \
	-print_final_stats=1 -artifact_prefix="$found/$name-" "${inputs[@]}" >"$log" 2>&1 || status=$?
if [[ $status -ne 0 ]]; then
	grep -vE 'REDUCE|NEW|pulse' "$log" | tail -60
	echo "fuzz: $name found something, or could not run: $log; inputs are $found/$name-*."
	echo "Run one again: $program FILE. When it is mended: add it to tests/fuzz/findings/$name."
	exit 1
fi
awk -v name="$name" -v seconds="$seconds" '
	/[ \t](DONE|INITED) / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
	/number_of_executed_units/ { runs = $2 }
	END { printf "%s: %d inputs in %d s, %d edges covered, nothing found\n", name, runs, seconds, cov }
' "$log"
