#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""DPDK's secondary processes attach to a running chainburst: dpdk-dumpcap, dpdk-pdump and
dpdk-proc-info. It needs root and hugepages, which it takes from the kernel for a while; it is
skipped aloud where they cannot be had."""

import contextlib
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from running import DEADLINE, check, skip, until

TOOLS = ('dpdk-dumpcap', 'dpdk-pdump', 'dpdk-proc-info', 'tshark', 'ip', 'ping', 'ethtool',
         'stdbuf', 'unshare')
PAGES = 256  # of 2 MiB
NR = Path('/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages')
FREE = NR.with_name('free_hugepages')
US, HOST = '10.9.0.2', '10.9.0.1'
PREFIX = f'cbattach{os.getpid()}'


def run(*command, **kwargs):
    return subprocess.run(command, text=True, timeout=60, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **kwargs).stdout


def enter():
    """In namespaces of our own, once: what is mounted and made here goes with the test."""
    lacking = [t for t in TOOLS if shutil.which(t) is None]
    if lacking:
        skip(f'not installed: {" ".join(lacking)}')
    if os.geteuid() != 0 or not NR.exists():
        skip('needs root and hugepages of 2 MiB')
    if os.environ.get('IN_NETNS') != 'yes':
        if subprocess.run(['unshare', '-mn', 'true'], stderr=subprocess.DEVNULL).returncode:
            skip('needs namespaces')
        os.environ['IN_NETNS'] = 'yes'
        os.execvp('unshare', ['unshare', '-mn', '--propagation', 'private', sys.executable,
                              *sys.argv])


@contextlib.contextmanager
def hugepages(folder):
    """Some more than there are, as long as it takes; others' stay as they are."""
    def more(pages):
        NR.write_text(str(max(int(NR.read_text()) + pages, 0)))
    try:
        more(PAGES)
    except OSError as error:
        skip(f'no hugepages: {error}')
    try:
        if int(FREE.read_text()) < PAGES:
            skip(f'the kernel has not {PAGES} hugepages of 2 MiB to give')
        run('mount', '-t', 'hugetlbfs', '-o', 'pagesize=2M', 'none', folder)
        yield
    finally:
        more(-PAGES)


def veth():
    run('ip', 'link', 'add', 'va', 'type', 'veth', 'peer', 'name', 'vb')
    for interface in 'va', 'vb':
        Path(f'/proc/sys/net/ipv6/conf/{interface}/disable_ipv6').write_text('1')
        run('ip', 'link', 'set', interface, 'up')
    run('ip', 'addr', 'add', f'{HOST}/24', 'dev', 'va')
    run('ethtool', '-K', 'va', 'tx', 'off')


def ping(count):
    run('ping', '-c', str(count), '-i', '0.05', '-W', '5', US)


def reachable():
    return subprocess.run(['ping', '-c', '1', '-W', '1', US],
                          stdout=subprocess.DEVNULL).returncode == 0


@contextlib.contextmanager
def started(command, word):
    """A program that runs, once it has said `word`; afterwards it is interrupted."""
    process = subprocess.Popen(['stdbuf', '-oL', *command], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    said = b''
    try:
        while word not in said:
            check(select.select([process.stdout], [], [], DEADLINE)[0], command[0], said)
            more = os.read(process.stdout.fileno(), 4096)
            check(more, command[0], 'ended:', said)
            said += more
        yield process
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=DEADLINE)
    finally:
        process.kill()
        process.wait()


def echoes(capture):
    """Echo requests and replies in a capture, by tshark; it may be written still."""
    types = subprocess.run(['tshark', '-n', '-r', capture, '-T', 'fields', '-e', 'icmp.type'],
                           text=True, timeout=60, check=False, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL).stdout.split()
    return types.count('8'), types.count('0')


def test_dumpcap(folder):
    capture = f'{folder}/dumpcap.pcapng'
    with started(['dpdk-dumpcap', f'--file-prefix={PREFIX}', '-i', 'net_af_packet0', '-w',
                  capture], b'Packets captured'):
        ping(5)
        until(lambda: echoes(capture) == (5, 5), 'what dpdk-dumpcap writes')
    check(echoes(capture) == (5, 5), 'dpdk-dumpcap has echoes:', echoes(capture))
    name = run('tshark', '-n', '-r', capture, '-c', '1', '-T', 'fields', '-e',
               'frame.interface_name')
    check('vb' in name or 'net_af_packet0' in name, name)


def test_pdump(folder):
    capture = f'{folder}/pdump.pcap'
    with started(['dpdk-pdump', f'--file-prefix={PREFIX}', '--no-pci', '--', '--pdump',
                  f'port=0,queue=*,rx-dev={capture}'], b'capture for'):
        ping(5)
    requests, replies = echoes(capture)  # interrupted, it may leave the last ones in its ring
    check(1 <= requests <= 5 and replies == 0, 'dpdk-pdump has echoes:', requests, replies)


def test_proc_info():
    def info(*args):
        return run('dpdk-proc-info', f'--file-prefix={PREFIX}', '--no-pci', '--', *args)
    before = int(re.search(r'rx_good_packets: (\d+)', info('--xstats'))[1])
    ping(4)
    after = int(re.search(r'rx_good_packets: (\d+)', info('--xstats'))[1])
    check(after - before >= 4, 'rx_good_packets', before, after)
    check(re.search(r'RX-packets: *\d+', info('--stats')), 'no statistics')
    check('echo.w0.rx' in info('--show-mempool=echo.w0.rx'), 'no pool')


def udp():
    """One datagram there and back: then the echo has done what it is for, and ends well."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(DEADLINE)
        sock.sendto(b'there and back', (US, 7))
        check(sock.recv(100) == b'there and back')


def main(chainburst):
    enter()
    with tempfile.TemporaryDirectory(prefix='cbattach') as folder, contextlib.ExitStack() as stack:
        os.environ['RUNTIME_DIRECTORY'] = folder
        os.mkdir(f'{folder}/huge')
        stack.enter_context(hugepages(f'{folder}/huge'))
        stack.callback(run, 'umount', f'{folder}/huge')
        veth()
        echo = subprocess.Popen(
            [chainburst, '--no-pci', '--huge-dir', f'{folder}/huge', '-m', '256', '-l', '0',
             '--file-prefix', PREFIX, '--vdev', 'net_af_packet0,iface=vb', '--', 'echo',
             '--listen', f'{US}:7', '-q'], stderr=subprocess.PIPE, text=True)
        stack.callback(echo.wait)
        stack.callback(echo.kill)
        until(lambda: os.path.exists(f'{folder}/dpdk/{PREFIX}/mp_socket'), 'chainburst')
        until(reachable, 'its answer to ping')
        test_dumpcap(folder)
        test_pdump(folder)
        test_proc_info()
        udp()
        echo.send_signal(signal.SIGINT)
        _, err = echo.communicate(timeout=DEADLINE)
        check(echo.returncode == 0, echo.returncode, err)
    print('ok')


if __name__ == '__main__':
    main(*sys.argv[1:])
