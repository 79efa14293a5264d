#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""DPDK's own dpdk-telemetry.py reads all that chainburst counts, without hugepages."""

import json
import shutil
import subprocess
import sys

from running import BAD_CKSUM, FRAGMENTS, FRAMES, GOOD, Echo, check, skip


def asked(tool, echo, *commands):
    """The answers of dpdk-telemetry.py to commands on its standard input, as it prints them."""
    done = subprocess.run([tool, '-f', echo.prefix], input='\n'.join([*commands, 'quit']) + '\n',
                          env=echo.env, text=True, timeout=60, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=True)
    decoder, text, answers = json.JSONDecoder(), done.stdout, []
    while '{' in text:
        answer, end = decoder.raw_decode(text[text.index('{'):])
        text = text[text.index('{') + end:]
        if 'max_output_len' not in answer:
            answers.append(next(iter(answer.values())))
    check(len(answers) == len(commands), done.stdout)
    return answers


def main(chainburst):
    tool = shutil.which('dpdk-telemetry.py')
    if tool is None:
        skip('no dpdk-telemetry.py: ./dev setup test')
    with Echo(chainburst) as echo:
        echo.ready()
        stacks, stats, links, worker, queue, loop, neighbours, pool, nothing, nobody = asked(
            tool, echo, '/proto/list', '/proto/stats,echo', '/proto/links,echo',
            '/proto/worker,echo,0', '/proto/queue,echo,0,0', '/proto/queue,echo,0,loop',
            '/proto/neighbours,echo', '/pktpool/stats,echo.w0.rx', '/proto/neighbours,echo,1',
            '/proto/queue,ech,0,0')
        check(stacks == ['echo'], stacks)
        check(stats['frames_received'] == FRAMES and stats['drop_udp_cksum'] == BAD_CKSUM, stats)
        check(links['link0']['driver'] == 'net_pcap', links)
        check(worker['reass_frames'] == FRAGMENTS and worker['rx_pool'] == 'echo.w0.rx', worker)
        check(worker['reass_datagrams'] == 1 and worker['payloads_completed'] == GOOD, worker)
        check(queue['frames_received'] == FRAMES, queue)
        check(loop['frames_received'] == 0, loop)
        check(neighbours['count'] == neighbours['static'] == 1, neighbours)
        check(neighbours['neighbour0'] == {
            'address': '192.0.2.2', 'mac': '02:00:00:00:00:09', 'state': 'static', 'link': 0,
            'outer_vid': 0, 'vid': 0}, neighbours)
        check('neighbour0' not in nothing and nothing['count'] == 1, nothing)
        check('no stack' in nobody['error'], nobody)
        check(pool['in_use'] >= FRAGMENTS, pool)
        for bad in '/proto/queue,echo,0', '/proto/queue,echo,1,0', '/proto/queue,echo,0,1', \
                '/proto/queue,echo,-1,0', '/proto/queue,echo,x,0', '/proto/worker,echo', \
                '/proto/worker,echo,1':
            check('error' in asked(tool, echo, bad)[0], bad)
        report = echo.end()
        check(report, 'no report')
    print('ok')


if __name__ == '__main__':
    main(*sys.argv[1:])
