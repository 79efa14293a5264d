#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""workers.py PEER [CASE...]: several workers on a live port, and workers that rest.

Each worker has a queue of the port and an endpoint on a port of its own. Where a frame comes in is
the kernel's choice (net_tap: by flow, learned from what we send; net_af_packet: a fanout by hash),
so most come in on a worker that does not own their endpoint, and a datagram's fragments on any."""

import os
import random
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import world
from world import HOST4, HOST6, V4, V6, check, sh, until

WORKERS = 3
SOURCES = 8
BOTH = ((socket.AF_INET, HOST4, V4), (socket.AF_INET6, HOST6, V6))


def eal(workers):
    """The main lcore and the workers' float over our CPUs."""
    cpus = ','.join(str(c) for c in os.sched_getaffinity(0))
    return [f'--lcores=(0-{workers})@({cpus})']


def start(program, driver, workers, *args, namespace=None):
    return world.Peer(program, driver,
                      ['--addr', f'{V4}/24', '--addr', f'{V6}/64', '--workers', str(workers),
                       *args], namespace, eal(workers))


def tap(program, workers, *args):
    """On a tap, whose kernel end must not have the peer's MAC."""
    peer = start(program, world.driver('tap'), workers, *args)
    peer.wait('up')
    sh('ip link set cbtap0 down; ip link set cbtap0 address 02:00:00:00:00:77')
    world.address('cbtap0')
    return peer


def sources(family, interface):
    """Addresses to send from: a hash of addresses alone must have something to spread."""
    if family == socket.AF_INET:
        more = [f'10.9.0.{20 + i}' for i in range(SOURCES)]
        sh('; '.join(f'ip addr add {a}/24 dev {interface}' for a in more))
    else:
        more = [f'fd00:9::{20 + i}' for i in range(SOURCES)]
        sh('; '.join(f'ip addr add {a}/64 dev {interface} nodad' for a in more))
    return more


def echo_all(flows, rng, sizes):
    """A datagram on every flow, then all answers: the same bytes, each on its own flow."""
    sent = {}
    for s, to in flows:
        sent[s] = rng.randbytes(rng.choice(sizes))
        s.sendto(sent[s], to)
    while sent:
        ready, _, _ = select.select(list(sent), [], [], 10)
        check(ready, f'{len(sent)} of {len(flows)} datagrams are lost, of',
              sorted(len(d) for d in sent.values()), 'bytes')
        for s in ready:
            got, sender = s.recvfrom(70000)
            check(got == sent.pop(s), 'other bytes came back from', sender)


def spread(peer, interface, sizes4, sizes6, rounds):
    """Flows from many addresses to every endpoint. Gives how many datagrams went there and back."""
    rng = random.Random(7)
    wanted = [0] * WORKERS
    for family, _, addr in BOTH:
        sizes = sizes4 if family == socket.AF_INET else sizes6
        flows = [(world.udp(family, (a, 0)), (addr, 9000 + w))
                 for a in sources(family, interface) for w in range(WORKERS)]
        for i in range(rounds):
            # Each round its longest once: more would not fit the kernel's queues.
            echo_all(flows, rng, sizes[:-1])
            echo_all([flows[i % len(flows)]], rng, sizes[-1:])
            wanted[i % len(flows) % WORKERS] += 1
        wanted = [w + rounds * SOURCES for w in wanted]
        for s, _ in flows:
            s.close()
    mark = peer.mark()
    total = peer.end()
    each = [e for e in peer.events[mark:] if e['event'] == 'worker']
    check(len(each) == WORKERS, len(each), 'workers')
    # What the kernel says to groups is not for us; nothing else is dropped.
    check(not set(total['drop']) - {'ip_dest'}, total['drop'])
    check([c['datagrams_delivered'] for c in each] == wanted, 'delivered of', wanted, each)
    check(total['datagrams_reassembled'] > 0, 'nothing was fragmented')
    check(total['frames_handed_over'] == total['frames_taken_over'] > 0, 'handed over', total)
    for i, c in enumerate(each):
        check(c['frames_received'] > 0, 'nothing came in on worker', i)
        check(c['frames_handed_over'] > 0 and c['frames_taken_over'] > 0, 'worker', i, c)
    return sum(wanted), [c['frames_received'] for c in each], total['frames_handed_over']


SIZES = [0, 1, 100, 1452, 1472, 1473, 3000, 9000, 65507]


def on_tap(program):
    with tap(program, WORKERS, '--idle', 'interrupt') as peer:
        return '%d echoed, frames in by worker %s, %d handed over' % \
            spread(peer, 'cbtap0', SIZES, SIZES, 12)


def on_af_packet(program):
    """IPv4 up to the MTU: the kernel would put fragments together, which the driver cuts."""
    world.veth()
    with start(program, world.driver('af_packet') + f',qpairs={WORKERS}', WORKERS, '--idle',
               'pause', namespace='peer') as peer:
        peer.wait('up')
        return '%d echoed, frames in by worker %s, %d handed over' % \
            spread(peer, 'va', SIZES[:5], SIZES, 12)


def crossing(program):
    """One pair of addresses, a thread for each worker: while fragments to one come in, others send,
    and the kernel's table of flows moves the pair, whose ports it does not see, to their queue."""
    sizes = (9000, 30000, 1473, 65507)

    def ping_pong(family, to):
        with world.udp(family) as s:
            for i in range(120):
                sent = world.pattern(sizes[i % len(sizes)])
                s.sendto(sent, to)
                check(s.recv(70000) == sent, to, len(sent), 'other bytes came back')

    with tap(program, WORKERS, '--idle', 'interrupt') as peer, ThreadPoolExecutor(WORKERS) as pool:
        for family, _, addr in BOTH:
            for done in [pool.submit(ping_pong, family, (addr, 9000 + w)) for w in range(WORKERS)]:
                done.result()
        total = peer.end()
    return f'{total["datagrams_reassembled"]} datagrams put together'


def worker_thread(peer):
    """The directory of the first worker's thread in /proc."""
    def find():
        for task in Path(f'/proc/{peer.process.pid}/task').iterdir():
            if 'worker' in (task / 'comm').read_text():
                return task
        return None
    return until(find, 'a thread called worker')


def cpu_ms(thread):
    return int((thread / 'schedstat').read_text().split()[0]) / 1e6


def answers(peer):
    """It hears us, awake or asleep."""
    for family, host, addr in BOTH:
        with world.udp(family, (host, 0)) as s:
            for n in (0, 100, 3000) * 5:
                sent = world.pattern(n)
                s.sendto(sent, (addr, 9000))
                check(s.recv(70000) == sent, addr, n)


def cpu_of(program, idle, enough=None):
    """CPU time, in ms, of a second in which nothing comes; or, until it is enough, of 20 s."""
    with tap(program, 1, '--idle', idle) as peer:
        answers(peer)
        thread = worker_thread(peer)
        begin, before = time.monotonic(), cpu_ms(thread)
        if enough is None:
            time.sleep(1)
        else:
            until(lambda: cpu_ms(thread) - before > enough, f'{enough} ms of CPU for {idle}')
        used, took = cpu_ms(thread) - before, time.monotonic() - begin
        answers(peer)
    sh('ip link del cbtap0', must=False)
    return used / took


PINGS = 20


def woken(program):
    """A frame ends a sleep: strace sees epoll_wait() tell of it, but for pings that came between
    two sleeps."""
    if shutil.which('strace') is None:
        return 'skipped: no strace'
    with tap(program, 1, '--idle', 'interrupt') as peer, \
            tempfile.NamedTemporaryFile(mode='r') as log:
        answers(peer)
        tracer = subprocess.Popen(['strace', '-qq', '-e', 'trace=epoll_wait', '-o', log.name, '-p',
                                   worker_thread(peer).name])
        try:
            until(lambda: os.path.getsize(log.name) > 0, 'strace to see a sleep')
            answered = sum('1 received' in sh(f'ping -c 1 -W 5 {V4}', must=False)
                           for _ in range(PINGS))
        finally:
            tracer.terminate()
            tracer.wait()
        ends = re.findall(r'epoll_wait\(.*= (\d+)$', log.read(), re.MULTILINE)
    check(answered >= PINGS - 1, 'of', PINGS, 'pings were answered', answered)
    told = sum(e != '0' for e in ends)
    check(told >= PINGS // 2, f'of {len(ends)} sleeps frames ended', told)
    check(told < len(ends), 'no sleep lasted its millisecond')
    return f'{told} of {len(ends)} sleeps ended by a frame'


def rests(program):
    """A worker that sleeps leaves the CPU to others, one that spins or pauses has all it gets."""
    asleep = cpu_of(program, 'interrupt')
    check(asleep < 200, 'asleep, yet', asleep, 'ms of CPU a second')
    for idle in ('spin', 'pause'):
        cpu_of(program, idle, 5 * max(asleep, 10))
    return f'{asleep:.1f} ms of CPU a second asleep'


CASES = {'tap': on_tap, 'af-packet': on_af_packet, 'crossing': crossing, 'woken': woken,
         'rests': rests}


def main():
    world.enter(['ip', 'ethtool', 'ping'])
    names = sys.argv[2:] or list(CASES)
    return world.run([(n, lambda n=n: CASES[n](sys.argv[1])) for n in names])


if __name__ == '__main__':
    sys.exit(main())
