# SPDX-License-Identifier: BSD-3-Clause
"""A world of network namespaces with Chainburst's peer in it, which ends with the test.

The test itself is re-executed in namespaces of its own (mounts and network): what it makes there
is gone with it. The test's own namespace is the kernel's side (interface va); the peer sits on vb
in namespace "peer", or on a tap. Nothing sleeps for a fixed time: what is waited for is an event,
with a deadline."""

import contextlib
import ctypes
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SKIP = 77
DEADLINE = 20
CLONE_NEWNET = 0x40000000
SO_RCVBUFFORCE = 33
V4, V6 = '10.9.0.2', 'fd00:9::2'
HOST4, HOST6 = '10.9.0.1', 'fd00:9::1'
LIBC = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """A check that did not hold."""


def check(holds, *what):
    if not holds:
        raise Failed(' '.join(str(w) for w in what))


def sh(command, must=True):
    """Run a command; gives its output."""
    done = subprocess.run(command, shell=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60)
    check(done.returncode == 0 or not must, f'{command}: {done.stdout}')
    return done.stdout


def until(happens, what, seconds=DEADLINE):
    """Wait until a function gives something true, and give that."""
    end = time.monotonic() + seconds
    while True:
        got = happens()
        if got:
            return got
        check(time.monotonic() < end, 'in vain waited for', what)
        time.sleep(0.02)


def skip(why):
    print('skipped:', why)
    sys.exit(SKIP)


def enter(tools):
    """Re-execute the test in namespaces of its own, once; skips aloud where that cannot be."""
    lacking = [t for t in tools if shutil.which(t) is None]
    if lacking:
        skip(f'not installed: {" ".join(lacking)}')
    if os.geteuid() != 0 or not Path('/dev/net/tun').exists():
        skip('needs root and /dev/net/tun')
    if os.environ.get('IN_NETNS') != 'yes':
        if subprocess.run(['unshare', '-mn', 'true'], stderr=subprocess.DEVNULL).returncode:
            skip('needs network namespaces')
        os.environ['IN_NETNS'] = 'yes'
        os.execvp('unshare', ['unshare', '-mn', '--propagation', 'private', sys.executable,
                              *sys.argv])
    os.makedirs('/run/netns', exist_ok=True)
    sh('mount -t tmpfs none /run/netns; ip link set lo up')


@contextlib.contextmanager
def inside(namespace):
    """What is opened in here belongs to that namespace."""
    with open('/proc/thread-self/ns/net') as home, open(f'/run/netns/{namespace}') as there:
        check(LIBC.setns(there.fileno(), CLONE_NEWNET) == 0, 'setns')
        try:
            yield
        finally:
            check(LIBC.setns(home.fileno(), CLONE_NEWNET) == 0, 'setns back')


class Peer:
    """The peer program: its events, its commands, and its end."""

    def __init__(self, program, driver, args, namespace=None, eal=()):
        self.dir = tempfile.mkdtemp()
        self.events, self.changed = [], threading.Condition()
        self.command_line = [
            program, '--no-huge', '--no-pci', '--no-shconf', '-m', '512', '--iova-mode=va',
            '--file-prefix', f'peer{os.getpid()}', '--log-level=4', *eal,
            '--vdev', driver, '--', *args]
        if namespace:
            self.command_line = ['ip', 'netns', 'exec', namespace, *self.command_line]
        self.process = subprocess.Popen(
            self.command_line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            env=dict(os.environ, XDG_RUNTIME_DIR=self.dir))
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            if not self.process.stdin.closed:
                self.end()
        elif self.process.poll() is None:
            mark = self.tell('counters')
            with contextlib.suppress(Failed):
                self.wait('counters', mark, 2)
            print('peer:', *self.events[-12:], sep='\n  ')
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir)

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                if line.startswith('{'):
                    self.events.append(json.loads(line))
                else:
                    print('peer:', line, end='')
                self.changed.notify_all()
        with self.changed:
            self.events.append({'event': 'eof'})
            self.changed.notify_all()

    def mark(self):
        """Events from now on."""
        with self.changed:
            return len(self.events)

    def wait(self, event, since=0, seconds=DEADLINE, **match):
        """The first such event since a mark."""
        def found():
            for e in self.events[since:]:
                if e['event'] == event and all(e.get(k) == v for k, v in match.items()):
                    return e
            return self.events[-1:] == [{'event': 'eof'}]
        with self.changed:
            got = self.changed.wait_for(found, seconds)
            check(got not in (False, True), f'no event {event} {match} of the peer')
            return found()

    def tell(self, command):
        """Say a command. Gives the mark before it."""
        mark = self.mark()
        self.process.stdin.write(command + '\n')
        return mark

    def ask(self, command):
        """Say a command, and give its answer."""
        return self.wait(command.split()[0], self.tell(command))

    def end(self):
        """Let it end; what it counted must balance and nothing may be out."""
        mark = self.mark()
        self.process.stdin.close()
        c = self.wait('counters', mark)
        self.wait('end', mark, status=0)
        check(self.process.wait(DEADLINE) == 0, 'exit status of the peer')
        check(c['payloads_accepted'] == c['payloads_completed'] + c['payloads_failed'], c)
        check(c['frames_received'] + c['frames_shared'] == c['frames_delivered']
              + c['frames_consumed'] + c['frames_discarded'], 'not balanced:', c)
        for w in (e for e in self.events[mark:] if e['event'] == 'worker'):
            check(w['frames_received'] + w['frames_shared'] + w['frames_taken_over']
                  == w['frames_delivered'] + w['frames_consumed'] + w['frames_discarded']
                  + w['frames_handed_over'], 'a worker is not balanced:', w)
        check(c['frames_staged'] == c['frames_sent'] + c['frames_dropped'], c)
        return c


def veth(mtu=1500):
    """va here with our addresses, vb in namespace peer, where the kernel keeps still."""
    sh(f'ip netns add peer; ip link add va mtu {mtu} type veth peer name vb mtu {mtu} netns peer')
    sh('ip netns exec peer sysctl -qw net.ipv6.conf.all.disable_ipv6=1 '
       'net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.vb.disable_ipv6=1')
    sh('ethtool -K va tx off gro off; ip netns exec peer ethtool -K vb tx off gro off')
    sh('ip netns exec peer ip link set vb up')
    address('va')


def address(interface):
    """Up, with the kernel's addresses on it."""
    sh(f'ip addr add {HOST4}/24 dev {interface}; ip link set {interface} up')
    sh(f'ip -6 addr add {HOST6}/64 dev {interface} nodad')


def mac(interface):
    return re.search(r'ether (\S+)', sh(f'ip link show {interface}')).group(1)


def driver(name):
    return {'pcap': 'net_pcap0,rx_iface_in=vb,tx_iface=vb', 'af_packet': 'net_af_packet0,iface=vb',
            'tap': 'net_tap0,iface=cbtap0'}[name]


def udp(family, bind=None, namespace=None):
    """A UDP socket with room for the longest datagrams and a deadline."""
    with inside(namespace) if namespace else contextlib.nullcontext():
        s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(5)
    s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
    if bind:
        s.bind(bind)
    return s


def pattern(n):
    """The bytes of the peer's own payloads."""
    return bytes((7 * i + n) % 251 for i in range(n))


def snmp(namespace='self'):
    """The kernel's counters of both families, 'Ip.ReasmOKs' and 'Ip6ReasmOKs'."""
    prefix = '' if namespace == 'self' else f'ip netns exec {namespace} '
    figures = {}
    lines = sh(prefix + 'cat /proc/net/snmp').splitlines()
    for names, values in zip(lines[::2], lines[1::2]):
        group = names.split()[0][:-1]
        for name, value in zip(names.split()[1:], values.split()[1:]):
            figures[f'{group}.{name}'] = int(value)
    for line in sh(prefix + 'cat /proc/net/snmp6').splitlines():
        figures[line.split()[0]] = int(line.split()[1])
    return figures


def raw(interface):
    """Frames of an interface, in and out."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
    s.bind((interface, 0))
    return s


class Sniffer:
    """Frames on an interface of ours from now on."""

    def __init__(self, interface):
        self.socket = raw(interface)
        self.socket.settimeout(0.05)
        self.frames = []

    def catch(self):
        """Take in what has come; all frames so far."""
        with contextlib.suppress(TimeoutError):
            while True:
                self.frames.append(self.socket.recv(70000))
        return self.frames

    def tshark(self, display, *fields):
        """What tshark sees in the frames so far: a row of fields for each that the filter shows."""
        with tempfile.NamedTemporaryFile(suffix='.pcap') as f:
            f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
            for frame in self.catch():
                f.write(struct.pack('<IIII', 0, 0, len(frame), len(frame)) + frame)
            f.flush()
            wanted = [w for name in fields for w in ('-e', name)]
            out = subprocess.run(['tshark', '-n', '-r', f.name, '-Y', display, '-o',
                                  'ip.check_checksum:TRUE', '-T', 'fields', *wanted], text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
        return [line.split('\t') for line in out.stdout.splitlines()]


def run(cases):
    """Run cases, one after the other, all of them; the exit status."""
    status = 0
    for name, case in cases:
        begin = time.monotonic()
        try:
            said = case() or ''
            print(f'ok   {name}: {said} ({time.monotonic() - begin:.1f} s)', flush=True)
        except (Failed, OSError, subprocess.SubprocessError) as e:
            status = 1
            print(f'FAIL {name}: {type(e).__name__} {e}', flush=True)
        for interface in ('va', 'ka', 'ra', 'cbbr0'):
            sh(f'ip link del {interface}', must=False)
        sh('ip -all netns del', must=False)
    return status
