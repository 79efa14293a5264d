#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Who may include whom: the arrows of the design.

A file belongs to a layer by its path; MAY says which layers it may include besides its own.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = {'proto-public', 'pktpool-public'}
BELOW_TX = {'plan', 'net', 'link', 'wire', 'leaf'} | PUBLIC
MAY = {
    'app': PUBLIC,
    'bench-cksum': PUBLIC | {'app', 'wire'},  # measures one private part alone
    'bench-reass': PUBLIC | {'app', 'rx'},  # likewise
    'pktpool': {'pktpool-public'},
    'pktpool-public': set(),
    'proto-public': {'pktpool-public'},
    'leaf': PUBLIC,
    'wire': PUBLIC,
    'plan': {'wire', 'proto-public'},
    'link': {'wire', 'leaf'} | PUBLIC,
    'net': {'link', 'wire', 'leaf'} | PUBLIC,
    'tx': BELOW_TX,
    'rx': BELOW_TX | {'tx'},  # answers go down through tx/control.h
    'state': BELOW_TX | {'tx', 'rx'},  # the structs of worker, stack and endpoint
    'stack': BELOW_TX | {'tx', 'rx', 'state'},
}
LAYERS = [(re.compile(pattern), layer) for pattern, layer in (
    (r'lib/pktpool/pktpool\w*\.h$', 'pktpool-public'),
    (r'lib/pktpool/', 'pktpool'),
    (r'lib/proto/wire/', 'wire'),
    (r'lib/proto/tx/plan\.', 'plan'),
    (r'lib/proto/tx/', 'tx'),
    (r'lib/proto/rx/', 'rx'),
    (r'lib/proto/net/zone\.h$', 'leaf'),
    (r'lib/proto/net/', 'net'),
    (r'lib/proto/link/', 'link'),
    (r'lib/proto/proto\w*\.h$', 'proto-public'),
    (r'lib/proto/((counters|env|addr|complete|tap)\.|demux\w*\.)', 'leaf'),
    (r'lib/proto/\w+\.h$', 'state'),
    (r'lib/proto/', 'stack'),
    (r'app/bench/bench_cksum\.c$', 'bench-cksum'),
    (r'app/bench/reasser\.c$', 'bench-reass'),
    (r'app/', 'app'),
)]
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')


def layer(path):
    return next(name for pattern, name in LAYERS if pattern.match(path))


def resolve(file, include):
    """The project's file that is meant, or None."""
    for folder in (ROOT / file).parent, ROOT / 'lib/proto', ROOT / 'lib/pktpool':
        path = (folder / include).resolve()
        if path.is_file() and path.is_relative_to(ROOT):
            return str(path.relative_to(ROOT))
    return None


def main():
    files = subprocess.run([ROOT / 'tests/lint/sources.sh', 'lib/*.[ch]', 'app/*.[ch]'], check=True,
                           text=True, stdout=subprocess.PIPE).stdout.split()
    count = bad = 0
    for file in files:
        for number, line in enumerate((ROOT / file).read_text(encoding='utf-8').splitlines(), 1):
            match = INCLUDE.match(line)
            target = resolve(file, match[1]) if match else None
            if not target:
                continue
            count += 1
            lower, upper = layer(target), layer(file)
            if lower != upper and lower not in MAY[upper]:
                bad += 1
                print(f'{file}:{number}: {upper} may not include {target} ({lower})')
    print(f'{len(files)} files, {count} includes')
    return 1 if bad or not count else 0


if __name__ == '__main__':
    sys.exit(main())
