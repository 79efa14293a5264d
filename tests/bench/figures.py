#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""figures.py FIGURES: plots are drawn from a report, reports are compared, what is none is refused.

The report is made up, so each number that should come out is known.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

figures = os.path.abspath(sys.argv[1])
PARTS = {'p50': 1000, 'p90': 2000, 'p99': 3000, 'p99.9': 4000, 'max': 5000}


def run(*args, **kwargs):
    command = [sys.executable, figures, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **kwargs)


def case(name, ns, floor_ns=None, **more):
    ratio = {} if floor_ns is None else {'ratio': {'median': ns / floor_ns}}
    return {'name': name, 'ns': ns, **ratio, **more}


def report(scale):
    """Times of all but the floors as `scale` says."""
    return {'groups': [
        {'name': 'tx by payload size, cold', 'cases': [
            case(f'{who}, {size} B', size if 'floor' in who else size * scale, size)
            for who in ('floor copy', 'floor map', 'copy', 'map') for size in (64, 1472)]},
        {'name': 'tx by piece size, cold', 'cases': [
            case(f'{who}, {size} B', 7 * scale, 7) for who in ('copy', 'map')
            for size in (64, 9000)]},
        {'name': 'reass, one datagram open', 'cases': [
            case('read and freed alone', 10)] + [
            case(f'{who}{n} fragments', 20 * scale, 10) for who in ('', 'rte_ip_frag, ')
            for n in ((2, 8) if who else (2, 8, 45))]},
        {'name': 'rtt, 64 B there and back', 'cases': [
            case('memif', 1000, each_ns={'n': 9, **PARTS}),
            case('kernel veth, "x"', 3000 * scale, 1000, each_ns={'n': 9, **PARTS})]},
    ]}


def curves(path):
    """Titles in an SVG, and how many curves and points it has; each title has a point, too."""
    root = xml.parse(path).getroot()
    text = ' '.join(t.strip() for t in root.itertext() if t.strip())
    drawn = [e for e in root.iter() if 'gnuplot_plot' in e.get('id', '')]
    marks = sum(e.tag.endswith('}use') for curve in drawn for e in curve.iter())
    return text, len(drawn), marks - len(drawn)


def check_plots(directory):
    Path(directory, 'bench.json').write_text(json.dumps(report(1)), encoding='utf-8')
    Path(directory, 'bench.md').write_text('# before\n', encoding='utf-8')
    done = run('plot', directory)
    assert done.returncode == 0, done
    for name, n, points, word in (('bench-tx-size', 4, 8, 'floor map'),
                                  ('bench-crossover', 2, 4, 'map, cold'),
                                  ('bench-reass', 2, 5, 'rte_ip_frag, 1 open'),
                                  ('bench-rtt', 2, 8, 'memif')):
        text, *drawn = curves(Path(directory, name + '.svg'))
        assert drawn == [n, points] and word in text, (name, drawn, text)
    md = Path(directory, 'bench.md').read_text(encoding='utf-8')
    assert md.startswith('# before\n'), md
    assert re.findall(r'\]\((\S+)\)', md) == [name + '.svg' for name in (
        'bench-tx-size', 'bench-crossover', 'bench-reass', 'bench-rtt')], md


def check_no_gnuplot(directory):
    done = run('plot', directory, env={'PATH': directory})
    assert done.returncode == 0 and 'gnuplot is not installed' in done.stdout, done


def check_compare(directory):
    old, new = Path(directory, 'old.json'), Path(directory, 'new.json')
    was, now = report(1), report(2)
    was['groups'][1]['cases'].pop()
    now['groups'].append({'name': 'of late', 'cases': [case('x', 1)]})
    now['groups'][2]['cases'].pop()
    old.write_text(json.dumps(was), encoding='utf-8')
    new.write_text(json.dumps(now), encoding='utf-8')
    done = run('compare', old, new)
    assert done.returncode == 0, done
    lines = done.stdout.splitlines()

    def line(start):
        return next(text for text in lines if text.strip().startswith(start)).split()

    assert line('copy, 1472 B')[-5:] == ['1472.00', '2944.00', '2.00', '2.00', 'slower'], lines
    assert line('floor copy, 64 B')[-4:] == ['64.00', '64.00', '1.00', '1.00'], lines
    assert line('read and freed')[-4:] == ['10.00', '10.00', '1.00', 'floor'], lines
    assert line('map, 9000 B')[-2:] == ['-', '14.00'], lines
    assert line('rte_ip_frag, 8 fragments')[-2:] == ['20.00', '-'], lines
    assert line('of late:')[2] == 'not', lines
    done = run('compare', new, old)
    assert 'faster' in done.stdout and 'slower' not in done.stdout, done


def check_refusals(directory):
    bad = Path(directory, 'bad.json')
    for text in ('', '{', '[]', '{"groups": 3}', '{"groups": [{"name": "x"}]}'):
        bad.write_text(text, encoding='utf-8')
        done = run('compare', bad, bad)
        assert done.returncode == 1 and 'bad.json: not a bench.json' in done.stderr, (text, done)
    done = run('plot', Path(directory, 'nowhere'))
    assert done.returncode == 1 and 'nowhere' in done.stderr, done
    assert len(done.stderr.splitlines()) == 1, done
    assert run().returncode == 1 and 'usage' in run('x').stderr


with tempfile.TemporaryDirectory() as where:
    if shutil.which('gnuplot') is None:
        print('SKIP: figures: no gnuplot (apt-get install gnuplot-nox)')
        sys.exit(77)
    check_plots(where)
    check_no_gnuplot(where)
    check_compare(where)
    check_refusals(where)
print('figures: ok')
