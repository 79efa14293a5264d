#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# All shell scripts pass shellcheck, all Python parses.
set -euo pipefail
cd "$(dirname "$0")/../.."

mapfile -t shell < <(tests/lint/sources.sh '*.sh' dev .ci/run)
shellcheck -x -S warning "${shell[@]}"
mapfile -t python < <(tests/lint/sources.sh '*.py')
python3 - "${python[@]}" <<'EOF'
import ast, sys
for path in sys.argv[1:]:
    with open(path, encoding='utf-8') as f:
        ast.parse(f.read(), path)
EOF
echo "${#shell[@]} shell scripts, ${#python[@]} Python files"
