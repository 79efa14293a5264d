#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What chainburst-bench has measured, drawn and compared.

usage: figures.py plot DIR          bench-*.svg from DIR/bench.json, by gnuplot, named in bench.md
       figures.py compare OLD NEW   each case of two bench.json, as ratios new / old
"""
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path


def load(path):
    """A report, or a word on why it is none."""
    try:
        report = json.loads(Path(path).read_text(encoding='utf-8'))
        return {group['name']: {case['name']: case for case in group['cases']}
                for group in report['groups']}
    except OSError as error:
        sys.exit(f'figures.py: {path}: {error.strerror}: expected the bench.json of a run')
    except (ValueError, KeyError, TypeError):
        sys.exit(f'figures.py: {path}: not a bench.json: expected what ./dev bench has written')


def by_size(groups, group, who):
    """(size, ns) of the cases "WHO, SIZE B"."""
    points = []
    for name, case in groups.get(group, {}).items():
        match = re.fullmatch(re.escape(who) + r', (\d+) B', name)
        if match:
            points.append((int(match[1]), case['ns']))
    return points


def by_fragments(groups, group, who='', where=''):
    """(fragments, ns) of the cases "WHO N fragments WHERE"."""
    points = []
    for name, case in groups.get(group, {}).items():
        match = re.fullmatch(re.escape(who) + r'(\d+) fragments' + re.escape(where), name)
        if match:
            points.append((int(match[1]), case['ns']))
    return points


def tx_size(groups):
    group = 'tx by payload size, cold'
    return [(who, by_size(groups, group, who))
            for who in ('floor copy', 'floor map', 'copy', 'map')]


def crossover(groups):
    return [(f'{who}, {data}', by_size(groups, f'tx by piece size, {data}', who))
            for data in ('cold', 'hot') for who in ('copy', 'map')]


def reassembly(groups):
    curves = []
    for title, group, where in (('1 open', 'reass, one datagram open', ''),
                                ('1,000 open', 'reass, 1,000 datagrams open', ''),
                                ('frames in no cache', 'reass, frames in no cache', '')):
        curves.append((title, by_fragments(groups, group, '', where)))
        curves.append((f'rte_ip_frag, {title}',
                       by_fragments(groups, group, 'rte_ip_frag, ', where)))
    return curves


def round_trips(groups):
    """Percentiles of each way, as (number of the percentile, us)."""
    parts = ('p50', 'p90', 'p99', 'p99.9')
    cases = next((cases for name, cases in groups.items() if name.startswith('rtt')), {})
    return [(name, [(i, case['each_ns'][part] / 1000) for i, part in enumerate(parts)])
            for name, case in cases.items()]


PLOTS = (
    ('bench-tx-size', tx_size, 'Sending, by payload size, cold data', 'bytes of a payload',
     'ns a frame', 'set logscale x 2'),
    ('bench-crossover', crossover, 'Copying and mapping 60 KiB, by piece size',
     'bytes of a piece', 'ns a frame', 'set logscale xy 2'),
    ('bench-reass', reassembly, 'Reassembly, in order', 'fragments of a datagram',
     'ns a fragment', 'set logscale x 2; set yrange [0:*]; set xtics (2, 4, 8, 45)'),
    ('bench-rtt', round_trips, '64 bytes there and back, two processes', '', 'us',
     'set logscale y; set xtics ("p50" 0, "p90" 1, "p99" 2, "p99.9" 3); set xrange [-0.2:3.2]'),
)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def script(path, title, labels, settings, curves):
    """What gnuplot draws it from."""
    out = [f'set terminal svg size 800,500 font "sans,12"; set output {quoted(str(path))}',
           f'set title {quoted(title)}; set xlabel {quoted(labels[0])}',
           f'set ylabel {quoted(labels[1])}',
           'set key outside below; set grid', settings]
    for i, (_, points) in enumerate(curves):
        out += [f'$d{i} << EOD', *(f'{x} {y}' for x, y in points), 'EOD']
    out.append('plot ' + ', '.join(
        f'$d{i} with linespoints linewidth 2 title {quoted(name)} noenhanced'
        for i, (name, _) in enumerate(curves)))
    return '\n'.join(out) + '\n'


def plot(directory):
    groups = load(Path(directory, 'bench.json'))
    if shutil.which('gnuplot') is None:
        print('no plots: gnuplot is not installed (./dev setup bench)')
        return
    drawn = []
    for name, curves_of, title, xlabel, ylabel, settings in PLOTS:
        curves = [(curve, points) for curve, points in curves_of(groups) if points]
        if not curves:
            continue  # --only left its groups out
        path = Path(directory, name + '.svg')
        text = script(path, title, (xlabel, ylabel), settings, curves)
        done = subprocess.run(['gnuplot'], input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f'figures.py: gnuplot cannot draw {path}: {done.stderr.strip()}')
        drawn.append((title, path))
    with open(Path(directory, 'bench.md'), 'a', encoding='utf-8') as md:
        for title, path in drawn:
            md.write(f'\n## {title}\n\n![{title}]({path.name})\n')
            print(path)


def compare(old_path, new_path):
    """The floor of a group tells what is the machine's and what is ours."""
    old, new = load(old_path), load(new_path)
    print(f'{"":55} {"old ns":>10} {"new ns":>10} {"new/old":>8} {"to floor":>9}')
    for group, cases in new.items():
        if group not in old:
            print(f'{group}: not in {old_path}')
            continue
        print(group)
        for name, case in cases.items():
            was = old[group].get(name)
            if was is None:
                print(f'  {name:53} {"-":>10} {case["ns"]:10.2f}')
                continue
            ratio = case['ns'] / was['ns']
            floor = (f'{case["ratio"]["median"] / was["ratio"]["median"]:9.2f}'
                     if 'ratio' in case and 'ratio' in was else f'{"floor":>9}')
            mark = '  slower' if ratio > 1.1 else '  faster' if ratio < 0.9 else ''
            print(f'  {name:53} {was["ns"]:10.2f} {case["ns"]:10.2f} {ratio:8.2f} {floor}{mark}')
        for name in old[group].keys() - cases.keys():
            print(f'  {name:53} {old[group][name]["ns"]:10.2f} {"-":>10}')


def main(argv):
    if len(argv) == 2 and argv[0] == 'plot':
        plot(argv[1])
    elif len(argv) == 3 and argv[0] == 'compare':
        compare(argv[1], argv[2])
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main(sys.argv[1:])
