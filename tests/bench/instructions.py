#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""instructions.py CHAINBURST-BENCH [--update]: what a frame costs in instructions, path by path.

valgrind counts them, exactly and the same each time: for N frames, for 2N, and the difference is
that of N. Fails when a path takes over 5% more than instructions.json says; --update writes the
file. Other compilers and libraries make other code: with any of them the test is skipped.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FILE = Path(__file__).with_name('instructions.json')
CURE = 'if it must be so: ./dev bench --update-instructions, and say in the commit why'
GROWTH = 1.05
SKIPPED = 77


def skip(why):
    print(f'SKIP: instructions: {why}')
    sys.exit(SKIPPED)


def told(bench):
    """What the program is made with, and its paths: (name, frames)."""
    done = subprocess.run([bench, '--count'], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'instructions: {bench} --count failed: {done.stdout}{done.stderr}')
    made_with, *paths = done.stdout.splitlines()
    return made_with, [(name, int(n)) for n, name in (line.split(' ', 1) for line in paths)]


def count(bench, n_slices):
    """Instructions in each call of count_slice()."""
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, 'out')
        done = subprocess.run(
            ['valgrind', '--tool=callgrind', f'--callgrind-out-file={out}',
             '--zero-before=count_slice', '--dump-after=count_slice', bench, '--count'],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f'instructions: valgrind failed: {done.stdout}{done.stderr}')
        totals = []
        for part in range(1, n_slices + 1):
            dump = Path(f'{out}.{part}').read_text(encoding='utf-8', errors='replace')
            assert 'desc: Trigger: --dump-after=count_slice' in dump, dump[:400]
            totals.append(int(re.search(r'^totals: (\d+)$', dump, re.M)[1]))
        assert not os.path.exists(f'{out}.{n_slices + 1}'), 'more slices than paths'
    return totals


def measure(bench, paths):
    totals = count(bench, 2 * len(paths))
    return {name: round((totals[2 * i + 1] - totals[2 * i]) / n, 1)
            for i, (name, n) in enumerate(paths)}


def judge(was, now):
    """What is wrong, a line each."""
    for name in was.keys() ^ now.keys():
        yield f'{name}: {"not measured" if name in was else "not in " + FILE.name}'
    for name in was.keys() & now.keys():
        print(f'{name}: {now[name]} instructions a frame, was {was[name]}'
              f' ({now[name] / was[name] - 1:+.1%})')
        if now[name] > was[name] * GROWTH:
            yield f'{name}: {now[name]} instructions a frame, at most {was[name]} + 5%'


def main():
    bench = os.path.abspath(sys.argv[1])
    if shutil.which('valgrind') is None:
        skip('no valgrind (apt-get install valgrind)')
    made_with, paths = told(bench)
    if '--update' in sys.argv[2:]:
        now = measure(bench, paths)
        FILE.write_text(json.dumps({'made_with': made_with, 'instructions_per_frame': now},
                                   indent=2) + '\n', encoding='utf-8')
        print(FILE.read_text(encoding='utf-8'), end='')
        return 0
    kept = json.loads(FILE.read_text(encoding='utf-8'))
    if made_with != kept['made_with']:
        skip(f'made with {made_with}; the figures are of {kept["made_with"]}')
    complaints = sorted(judge(kept['instructions_per_frame'], measure(bench, paths)))
    if complaints:
        print(*complaints, CURE, sep='\n')
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
