#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""chainburst metrics, read by Prometheus' own parser, against what was sent and what /proto/stats
says."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from running import BAD_CKSUM, FRAGMENTS, FRAMES, GOOD, NO_ENDPOINT, Echo, check, skip

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    skip('no prometheus_client: ./dev setup test')


def metrics(chainburst, env, *args, status=0):
    done = subprocess.run([chainburst, 'metrics', *args], env=env, text=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == status, args, 'exit status', done.returncode, done.stderr)
    return done.stderr if status else done.stdout


def parse(text):
    """name -> its samples; every family has a help and a type, and stands in one place."""
    families = {}
    for line in text.splitlines():
        kind = line.split(' ')
        if kind[1] == 'TYPE':
            check(kind[2].endswith('_total') == (kind[3] == 'counter'), line)
    for family in text_string_to_metric_families(text):
        check(family.name not in families, family.name, 'stands in two places')
        check(family.documentation and family.type in ('counter', 'gauge'), family)
        for sample in family.samples:
            if family.type == 'counter':
                check(sample.name == family.name + '_total', sample)
        keys = [tuple(sorted(s.labels.items())) for s in family.samples]
        check(len(set(keys)) == len(keys), family.name, 'has a sample twice')
        families[family.name.removeprefix('chainburst_')] = family.samples
    return families


def value(families, name, **labels):
    """The sum of the samples that have these labels."""
    picked = [s.value for s in families[name] if labels.items() <= s.labels.items()]
    check(picked, name, labels, 'is not there')
    return sum(picked)


def test_values(echo, families):
    stats = echo.ready()
    check(value(families, 'frames_received', stack='echo', worker='0', link='0') == FRAMES)
    check(value(families, 'frames_received', link='loop') == 0)
    check(value(families, 'datagrams_delivered') == GOOD)
    check(value(families, 'payloads_completed') == GOOD)
    check(value(families, 'drops', link='0', reason='udp_cksum') == BAD_CKSUM)
    check(value(families, 'drops', reason='no_endpoint') == NO_ENDPOINT)
    check(value(families, 'drops') == BAD_CKSUM + NO_ENDPOINT)
    check(value(families, 'payload_errors') == 0)
    check(value(families, 'reassembly_datagrams', worker='0') == 1)
    check(value(families, 'reassembly_frames') == FRAGMENTS)
    check(value(families, 'reassembly_frames_limit') > FRAGMENTS)
    check(value(families, 'neighbours', stack='echo', state='static') == 1)
    check(value(families, 'neighbours') == 1)
    check(value(families, 'link_mtu_bytes', link='0') == 1500)
    check(value(families, 'link_started') == 1)
    check(value(families, 'pool_in_use', pool='echo.w0.rx') >= FRAGMENTS)
    check(value(families, 'pool_allocated', pool='echo.w0.pkt') >= GOOD)
    # Whatever /proto/stats counts is there, and the same.
    for key, count in stats.items():
        if key.startswith('drop_'):
            check(value(families, 'drops', reason=key[5:]) == count, key)
        elif key.startswith('reason_'):
            check(value(families, 'payload_errors', reason=key[7:]) == count, key)
        elif key == 'payloads_outstanding' or key in families:
            check(value(families, key) == count, key)
        else:
            check(key in ('name', 'workers', 'links'), key, 'is not among the metrics')


def test_textfile(chainburst, echo):
    with tempfile.TemporaryDirectory() as folder:
        prom = Path(folder) / 'chainburst.prom'
        prom.write_text('what was there before')
        check(metrics(chainburst, echo.env, '--textfile', str(prom)) == '')
        check(value(parse(prom.read_text()), 'frames_received') == FRAMES)
        check(os.listdir(folder) == ['chainburst.prom'], os.listdir(folder))
    missing = metrics(chainburst, echo.env, '--textfile', '/nowhere/x.prom', status=1)
    check('/nowhere/x.prom' in missing and 'No such file' in missing, missing)


def test_which(chainburst, echo):
    """Several run: one has to be chosen. A socket that nobody listens at any more is no matter."""
    with Echo(chainburst, 'other', base=echo.base) as other:
        other.ready()
        both = metrics(chainburst, echo.env, status=1)
        for one in echo, other:
            check(str(one.process.pid) in both and '--pid' in both, both)
            parse(metrics(chainburst, echo.env, '--pid', str(one.process.pid)))
            parse(metrics(chainburst, echo.env, '--file-prefix', one.prefix))
        metrics(chainburst, echo.env, '--pid', '1', status=1)
        other.process.kill()
        other.process.wait()
        parse(metrics(chainburst, echo.env))


def main(chainburst):
    with Echo(chainburst) as echo:
        echo.ready()
        test_values(echo, parse(metrics(chainburst, echo.env)))
        test_textfile(chainburst, echo)
        test_which(chainburst, echo)
        echo.end()
        gone = metrics(chainburst, echo.env, status=1)
        check('no running chainburst' in gone and str(echo.base) in gone, gone)
    print('ok')


if __name__ == '__main__':
    main(*sys.argv[1:])
