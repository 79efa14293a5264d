#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# No banned call where it is banned (tokens.awk says which and why).
set -euo pipefail
cd "$(dirname "$0")/../.."

mapfile -t files < <(tests/lint/sources.sh 'lib/*.[ch]' 'app/*.[ch]' 'tests/*.[ch]')
awk -f tests/lint/tokens.awk "${files[@]}"
