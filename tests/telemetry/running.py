# SPDX-License-Identifier: BSD-3-Clause
"""A chainburst echo that has received known frames from a capture, and waits to be asked."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIP = 77
DEADLINE = 30
MAC = '02:70:63:61:70:00'  # of the first net_pcap
US, PEER, PEER_MAC = '192.0.2.1', '192.0.2.2', '02:00:00:00:00:09'
GOOD, BAD_CKSUM, NO_ENDPOINT, FRAGMENTS = 12, 3, 2, 2
FRAMES = GOOD + BAD_CKSUM + NO_ENDPOINT + FRAGMENTS


def skip(why):
    print('skipped:', why)
    sys.exit(SKIP)


def check(holds, *what):
    if not holds:
        raise AssertionError(' '.join(str(w) for w in what))


def until(happens, what):
    """Wait until a function gives something true, and give that."""
    end = time.monotonic() + DEADLINE
    while True:
        got = happens()
        if got:
            return got
        check(time.monotonic() < end, 'in vain waited for', what)
        time.sleep(0.02)


def write_frames(path):
    try:
        from scapy.all import IP, UDP, Ether, Raw, wrpcap
    except ImportError:
        skip('no scapy: ./dev setup test')
    eth = Ether(src=PEER_MAC, dst=MAC)
    ip = IP(src=PEER, dst=US)
    frames = [eth / ip / UDP(sport=5000, dport=7) / Raw(bytes(100))] * GOOD
    frames += [eth / ip / UDP(sport=5000, dport=7, chksum=1) / Raw(bytes(100))] * BAD_CKSUM
    frames += [eth / ip / UDP(sport=5000, dport=8) / Raw(bytes(100))] * NO_ENDPOINT
    for offset in 0, 80:  # and 240 never comes
        frames += [eth / IP(src=PEER, dst=US, proto=17, id=1, flags='MF', frag=offset // 8) /
                   Raw(bytes(80))]
    wrpcap(str(path), frames)


class Echo:
    """A running echo, in a runtime folder of its own (or one that is given)."""

    def __init__(self, chainburst, name='echo', base=None, eal=('--no-huge', '--no-shconf'),
                 more=()):
        self.dir = Path(tempfile.mkdtemp(prefix='chainburst-telemetry-'))
        self.base = base or self.dir
        self.env = {**os.environ, 'RUNTIME_DIRECTORY': str(self.base)}
        self.prefix = f'cb{os.getpid()}{name}'
        self.socket = self.base / 'dpdk' / self.prefix / 'dpdk_telemetry.v2'
        self.tx = self.dir / 'out.pcap'
        write_frames(self.dir / 'in.pcap')
        self.process = subprocess.Popen(
            [chainburst, *eal, '--no-pci', '--file-prefix', self.prefix, '--lcores=0', '--vdev',
             f'net_pcap0,rx_pcap={self.dir}/in.pcap,tx_pcap={self.tx}', *more, '--', 'echo',
             '--listen', f'{US}:7', '--neigh', f'{PEER}={PEER_MAC}', '--json'],
            env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        subprocess.run(['rm', '-rf', self.dir], check=True)

    def ask(self, command):
        """What telemetry answers; None while it does not."""
        check(self.process.poll() is None, 'chainburst has ended:', self.process.returncode)
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
                sock.connect(str(self.socket))
                sock.recv(1024)
                sock.send(command.encode())
                return next(iter(json.loads(sock.recv(1 << 16)).values()))
        except OSError:
            return None

    def ready(self):
        """All frames have come and all replies have gone."""
        def settled():
            stats = self.ask('/proto/stats,echo')
            return stats and stats.get('frames_received') == FRAMES and \
                stats['payloads_completed'] == GOOD and stats
        return until(settled, 'the frames of the capture')

    def end(self):
        """Stop it as a user does; gives its report."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=DEADLINE)
        check(self.process.returncode == 0, self.process.returncode, err)
        return json.loads(out)
