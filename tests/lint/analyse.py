#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""analyse.py BUILD-DIR: clang-tidy (.clang-tidy says which checks) on the C files of lib/ and app/.

A file that was clean, with the same text, the same project headers and the same checks, is not read
again: BUILD-DIR/analysed/ holds one empty file for each clean state. The analyzer, which follows
paths and takes three times as long as all else, reads lib/ only.
"""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def digest(*paths):
    out = hashlib.sha256()
    for path in paths:
        out.update(str(path).encode() + b'\0' + path.read_bytes())
    return out.hexdigest()


def compiled(build):
    """The project's C files that this build compiles, with the directory of their command."""
    with open(build / 'compile_commands.json', encoding='utf-8') as f:
        commands = json.load(f)
    files = {Path(c['directory'], c['file']).resolve() for c in commands}
    return sorted(f for f in files if f.exists() and f.relative_to(ROOT).parts[0] in ('lib', 'app'))


def main(argv):
    build = Path(argv[0]).resolve()
    files = compiled(build)
    headers = sorted((ROOT / 'lib').rglob('*.h')) + sorted((ROOT / 'app').rglob('*.h'))
    common = digest(ROOT / '.clang-tidy', *headers)
    seen = build / 'analysed'
    seen.mkdir(exist_ok=True)
    stamps = {f: seen / hashlib.sha256((common + digest(f)).encode()).hexdigest() for f in files}

    def analyse(path):
        cmd = ['clang-tidy', '--quiet', '-p', build, path,
               '--extra-arg=-Wno-unknown-warning-option']
        if path.is_relative_to(ROOT / 'app'):
            cmd.append('--checks=-clang-analyzer-*')
        run = subprocess.run(cmd, capture_output=True, text=True, check=False, cwd=ROOT)
        if run.returncode == 0:
            stamps[path].touch()
        return run

    todo = [f for f in files if not stamps[f].exists()]
    bad = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, run in zip(todo, pool.map(analyse, todo)):
            if run.returncode != 0:
                bad += 1
                print(f'{path.relative_to(ROOT)}:\n{run.stdout}{run.stderr}', flush=True)
    for stamp in set(seen.iterdir()) - set(stamps.values()):
        stamp.unlink()
    print(f'{len(files)} files, {len(todo)} of them read, {bad} with findings')
    return 1 if bad or not files else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
