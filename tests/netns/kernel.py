#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""kernel.py PEER [DRIVER...]: ping, UDP of every size and port unreachable, with the Linux kernel.

On veth by net_pcap and net_af_packet, and on a tap; whole datagrams, fragments both ways, VLAN and
QinQ. net_af_packet joins its socket to a fanout group with PACKET_FANOUT_FLAG_DEFRAG, so that the
kernel puts IPv4 fragments together before the driver sees them, which then cuts them: there the
IPv4 sizes end at the MTU."""

import errno
import os
import re
import socket
import sys

import world
from relay import Relay
from world import HOST4, HOST6, V4, V6, check, sh

MTU = 1500


def payload_sizes(longest, header, mtu):
    """Edges of UDP payloads: of the MTU, of the fragments' payload, of the datagram; and steps."""
    fits = mtu - header - 8
    step = (mtu - header - (8 if header == 40 else 0)) // 8 * 8
    edges = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 511, 8191, 8192, longest - 1, longest}
    edges |= set(range(fits - 16, fits + 17))
    edges |= {k * step - 8 + d for k in (2, 3, 10, 40, 44) for d in (-1, 0, 1)}
    edges |= set(range(100, longest, 2111))
    return sorted(n for n in edges if 0 <= n <= longest)


def ping(addr, sizes):
    for n in sizes:
        family = '-6' if ':' in addr else '-4'
        out = sh(f'ping {family} -c 1 -W 5 -s {n} {addr}', must=False)
        check('1 received' in out and 'wrong data' not in out, f'ping {addr} -s {n}: {out}')


def echo(family, addr, sizes):
    """Datagrams of every size there and back, the same bytes."""
    with world.udp(family) as s:
        for n in sizes:
            sent = os.urandom(n)
            s.sendto(sent, (addr, 9000))
            try:
                got, sender = s.recvfrom(70000)
            except TimeoutError:
                raise world.Failed(f'no echo of {n} bytes from {addr}') from None
            check(got == sent, f'{addr}: {n} bytes came back as {len(got)}')
            check(sender[:2] == (addr, 9000), 'from', sender)


def of_its_own(peer, family, host, sizes):
    """Payloads that the peer sends without having been asked."""
    with world.udp(family, (host, 9100)) as s:
        for n in sizes:
            mark = peer.tell(f'send {host} 9100 {n}')
            got = s.recv(70000)
            check(got == world.pattern(n), f'{host}: {n} bytes of the peer')
            peer.wait('done', mark, status=0)


def unreachable(peer, family, addr, host):
    """Our ICMP errors refuse the kernel's connection; the kernel's reach our callback."""
    with world.udp(family) as s:
        s.connect((addr, 9009))
        s.send(b'nobody listens')
        try:
            s.recv(10)
            check(False, 'a datagram from nobody')
        except ConnectionRefusedError:
            pass
    mark = peer.tell(f'send {host} 9199 100')
    peer.wait('error', mark, status=-errno.ECONNREFUSED, remote=host, port=9199)


def neighbours(peer, interface):
    """Each has resolved the other."""
    ours = {n['addr']: n['mac'].lower() for n in peer.ask('neigh')['neigh']}
    mac = world.mac(interface)
    for host, addr in ((HOST4, V4), (HOST6, V6)):
        check(ours.get(host) == mac, f'{host} is at', ours.get(host), 'not', mac)
        line = sh(f'ip neigh show {addr} dev {interface}')
        check(re.search(r'lladdr \S+ (router )?(REACHABLE|STALE|DELAY|PROBE)', line), line)


def figures_grew(before, frags4, whole):
    """The kernel put our fragments together, and found fault with no checksum."""
    after = world.snmp()
    grown = {k: after[k] - before[k] for k in before}
    wanted = ['Ip6ReasmOKs', 'Ip6FragOKs'] + (['Ip.ReasmOKs', 'Ip.FragOKs'] if frags4 else [])
    for name in wanted:
        check(grown[name] >= whole, name, 'grew by', grown[name])
    for name in ('Udp.InCsumErrors', 'Icmp.InCsumErrors', 'Udp6InCsumErrors', 'Icmp6InErrors',
                 'Icmp.InErrors', 'Ip.InHdrErrors', 'Ip.ReasmFails', 'Ip6ReasmFails'):
        check(grown[name] == 0, name, 'grew by', grown[name])


def talk(peer, interface, frags4):
    """All of it, both families."""
    before = world.snmp()
    sizes4 = payload_sizes(65507 if frags4 else MTU - 28, 20, MTU)
    sizes6 = payload_sizes(65507, 40, MTU)
    ping(V4, [n for n in sizes4 if n < 2000 or n % 8 == 0 or n > 65500])
    ping(V6, [n for n in sizes6 if n < 2000 or n % 8 == 0 or n > 65500])
    neighbours(peer, interface)
    echo(socket.AF_INET, V4, sizes4)
    echo(socket.AF_INET6, V6, sizes6 + list(range(65519, 65528)))
    of_its_own(peer, socket.AF_INET, HOST4, payload_sizes(65507, 20, MTU))
    of_its_own(peer, socket.AF_INET6, HOST6, payload_sizes(65527, 40, MTU))
    figures_grew(before, frags4, 40)
    unreachable(peer, socket.AF_INET, V4, HOST4)
    unreachable(peer, socket.AF_INET6, V6, HOST6)
    return f'{len(sizes4)} sizes over IPv4, {len(sizes6)} over IPv6'


def addrs():
    return ['--addr', f'{V4}/24', '--addr', f'{V6}/64']


def on_veth(program, name):
    world.veth(MTU)
    with world.Peer(program, world.driver(name), addrs(), 'peer') as peer:
        peer.wait('up')
        return talk(peer, 'va', name == 'pcap')


def on_tap(program):
    """The tap is born with the peer; the kernel's end must not have the peer's MAC."""
    with world.Peer(program, world.driver('tap'), addrs()) as peer:
        peer.wait('up')
        sh('ip link set cbtap0 down; ip link set cbtap0 address 02:00:00:00:00:77')
        world.address('cbtap0')
        return talk(peer, 'cbtap0', True)


def on_vlan(program, *tags):
    """The peer behind one tag or two, the kernel untagged: a relay is the switch between them."""
    world.veth(MTU + 8)
    sh(f'ip addr flush dev va; ip -6 addr flush dev va; ip link add ka mtu {MTU} type veth '
       f'peer name kb mtu {MTU}; ethtool -K ka tx off gro off; ethtool -K kb tx off gro off')
    sh('sysctl -qw net.ipv6.conf.va.disable_ipv6=1 net.ipv6.conf.kb.disable_ipv6=1; '
       'ip link set kb up')
    world.address('ka')
    args = ['--mtu', str(MTU), '--vlan', str(tags[-1])]
    args += ['--outer', str(tags[0])] if len(tags) == 2 else []
    with Relay('kb', 'va', tags), \
            world.Peer(program, world.driver('pcap'), addrs() + args, 'peer') as peer:
        peer.wait('up')
        return talk(peer, 'ka', True)


def main():
    world.enter(['ip', 'ping', 'ethtool'])
    program = sys.argv[1]
    cases = {
        'pcap': lambda: on_veth(program, 'pcap'),
        'af_packet': lambda: on_veth(program, 'af_packet'),
        'tap': lambda: on_tap(program),
        'vlan': lambda: on_vlan(program, 5),
        'qinq': lambda: on_vlan(program, 7, 5),
    }
    wanted = sys.argv[2:] or list(cases)
    return world.run([(name, cases[name]) for name in wanted])


if __name__ == '__main__':
    sys.exit(main())
