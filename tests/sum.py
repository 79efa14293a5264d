#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""sum.py STATUS:BUILD-DIR...: adds up what meson's test logs say, ends with one plain line.

STATUS is the exit status of that `meson test`. A run that left no log, ran nothing, or ended badly
without naming a failed test counts as a failure.
"""

import json
import sys
from pathlib import Path

PASSED = {'OK', 'EXPECTEDFAIL'}
SKIPPED = {'SKIP'}


def results(run):
    """[(test, result)] of one run"""
    status, _, build = run.partition(':')
    log = Path(build, 'meson-logs', 'testlog.json')
    tests = []
    if log.exists():
        with log.open(encoding='utf-8') as lines:
            tests = [json.loads(line) for line in lines]
    out = [(f'{build}: {t["name"]}', t['result']) for t in tests]
    if not out:
        out = [(f'{build}: meson test', 'RAN NOTHING')]
    elif status != '0' and all(result in PASSED | SKIPPED for _, result in out):
        out.append((f'{build}: meson test', f'EXIT STATUS {status}'))
    return out


def main(runs):
    every = [r for run in runs for r in results(run)]
    skipped = [name for name, result in every if result in SKIPPED]
    failed = [f'{name}: {result}' for name, result in every if result not in PASSED | SKIPPED]
    print()
    for title, names in ('skipped', skipped), ('failed', failed):
        for name in names:
            print(f'{title}: {name}')
    print(f'{len(every) - len(skipped) - len(failed)} passed, {len(failed)} failed, '
          f'{len(skipped)} skipped')
    return 1 if failed or not every else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
