#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The layout of all C code is what .clang-format makes of it.
set -euo pipefail
cd "$(dirname "$0")/../.."

mapfile -t files < <(tests/lint/sources.sh '*.c' '*.h')
[[ ${#files[@]} -gt 0 ]] || { echo "no C files found" && exit 1; }
if ! clang-format --dry-run -Werror "${files[@]}"; then
	echo "cure: clang-format -i on the files above"
	exit 1
fi
echo "${#files[@]} files"
