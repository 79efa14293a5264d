#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What holds for every file: a licence line, at most 500 lines, no blank at a line's end, and in
code no line over 100 columns (tabs of 8)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATTERNS = ['*.c', '*.h', '*.py', '*.sh', '*.awk', '*meson.build', 'meson_options.txt', 'dev',
            '.ci/run', '*.yaml', 'tests/pcap/cases.txt']
LINES, COLUMNS = 500, 100
LICENCE = 'SPDX-License-Identifier: BSD-3-Clause'


def complaints(name, text):
    lines = text.split('\n')
    if not any(LICENCE in line for line in lines[:3]):
        yield f'{name}: no {LICENCE} in its first 3 lines'
    if len(lines) - 1 > LINES and not name.endswith('.txt'):
        yield f'{name}: {len(lines) - 1} lines, at most {LINES}: split it by what it knows'
    if lines[-1]:
        yield f'{name}: no line end at its end'
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield f'{name}:{number}: blank at the end of the line'
        if name.endswith(('.c', '.h', '.py')) and len(line.expandtabs(8)) > COLUMNS:
            yield f'{name}:{number}: over {COLUMNS} columns'


def main():
    files = subprocess.run([ROOT / 'tests/lint/sources.sh', *PATTERNS], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.split()
    bad = [c for f in files for c in complaints(f, (ROOT / f).read_text(encoding='utf-8'))]
    print(*bad, f'{len(files)} files', sep='\n')
    return 1 if bad or not files else 0


if __name__ == '__main__':
    sys.exit(main())
