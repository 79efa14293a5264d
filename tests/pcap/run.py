#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs one line of cases.txt: chainburst sends, tshark judges.

    run.py CHAINBURST CASE...   run these cases
    run.py CHAINBURST           run all of them

Each data policy (copy, map, auto) sends the same files; one capture is judged (judge.py) and the
others must hold the same frames byte for byte. Everything happens in a directory of its own.
"""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import judge as court
from expect import Expect
from forge import read_pcap

HERE = Path(__file__).resolve().parent
TIMEOUT = 60  # seconds for one run of chainburst


class Failed(Exception):
    """The case did not do what it should."""


def cases():
    """{name: (sizes of the files, flags)} of cases.txt"""
    table = {}
    for line in (HERE / 'cases.txt').read_text(encoding='ascii').splitlines():
        words = line.partition('#')[0].split()
        if not words:
            continue
        name, sizes, *flags = words
        if name in table:
            raise SystemExit(f'cases.txt: {name} stands there twice')
        table[name] = [int(n) for n in sizes.removeprefix('files=').split(',')], flags
    return table


def make_files(home, name, sizes):
    rng = random.Random(name)
    paths = []
    for i, size in enumerate(sizes):
        paths.append(home / f'payload{i}')
        paths[-1].write_bytes(rng.randbytes(size))
    return paths


def split(flags):
    """EAL arguments up to and with the lone --, and the flags of send"""
    cut = flags.index('--') + 1 if '--' in flags else 0
    return flags[:cut], flags[cut:]


def send(chainburst, home, paths, flags, policy):
    """-> the capture"""
    pcap = home / f'{policy}.pcap'
    eal, flags = split(flags)
    cmd = [chainburst, *(word.replace('@PCAP@', str(pcap)) for word in eal), 'send',
           *map(str, paths), *flags, '--data', policy, '--quiet']
    cmd += [] if eal else ['--pcap', str(pcap)]
    env = dict(os.environ, XDG_RUNTIME_DIR=str(home), HOME=str(home))
    try:
        run = subprocess.run(cmd, env=env, cwd=home, capture_output=True, text=True,
                             timeout=TIMEOUT, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as e:
        raise Failed(f'{policy}: still running after {TIMEOUT} s: {" ".join(cmd)}') from e
    if run.returncode != 0:
        raise Failed(f'{policy}: exit status {run.returncode}: {" ".join(cmd)}\n'
                     f'{run.stdout}{run.stderr}')
    return pcap


def same_frames(first, other):
    one, two = read_pcap(first), read_pcap(other)
    if one == two:
        return
    at = next((i for i, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))
    raise Failed(f'{first.stem} and {other.stem} differ: {len(one)} and {len(two)} frames, '
                 f'the first difference is in frame {at + 1}')


def run_case(chainburst, name, sizes, flags):
    policies = ['copy', 'map', 'auto']
    if '--data' in flags:
        at = flags.index('--data')
        policies = [flags[at + 1]]
        flags = flags[:at] + flags[at + 2:]
    elif '--seed' not in flags:
        flags = [*flags, '--seed', '1']  # the same identifications in all captures
    with tempfile.TemporaryDirectory(prefix='chainburst-') as tmp:
        home = Path(tmp)
        paths = make_files(home, name, sizes)
        expect = Expect(split(flags)[1], [p.read_bytes() for p in paths])
        captures = [send(chainburst, home, paths, flags, policy) for policy in policies]
        wrong = court.judge(str(captures[0]), expect)
        if wrong:
            raise Failed('\n'.join(wrong[:court.WORST]))
        for other in captures[1:]:
            same_frames(captures[0], other)
    return f'{len(expect.frames())} frames, {len(expect.bytes)} bytes, {"=".join(policies)}'


def main(argv):
    if not argv:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    chainburst, table = str(Path(argv[0]).resolve()), cases()
    failed = 0
    unknown = [name for name in argv[1:] if name not in table]
    if unknown:
        print(f'run.py: no such case in cases.txt: {" ".join(unknown)}', file=sys.stderr)
        return 2
    for name in argv[1:] or table:
        try:
            print(f'ok {name}: {run_case(chainburst, name, *table[name])}', flush=True)
        except Failed as e:
            print(f'not ok {name}: {e}', flush=True)
            failed += 1
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
