#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""kernel_time.py PEER [CASE...]: what time brings, with the Linux kernel.

A datagram whose fragments do not all come, and a neighbour that moves without a word."""

import errno
import re
import socket
import struct
import sys

import fragments
import world
from world import HOST4, HOST6, V4, V6, check, sh, until

IPV6_RECVERR = 25
BOTH = ((socket.AF_INET, HOST4, V4), (socket.AF_INET6, HOST6, V6))


def start(program, *more):
    return world.Peer(program, world.driver('pcap'),
                      ['--addr', f'{V4}/24', '--addr', f'{V6}/64', *more], 'peer')


def frames_to_peer(interface):
    """A way to put hand-made IP packets on the wire."""
    s = world.raw(interface)
    ends = bytes.fromhex(world.mac(interface).replace(':', ''))
    out = sh(f'ping -c 1 -W 5 {V4}; ip neigh show {V4} dev {interface}')
    ends = bytes.fromhex(re.search(r'lladdr (\S+)', out).group(1).replace(':', '')) + ends

    def put(family, packet):
        kind = b'\x08\0' if family == 4 else b'\x86\xdd'
        s.send((ends + kind + packet).ljust(60, b'\0'))
    return put


def error_of(s):
    """The next error in an IPv6 socket's queue: errno, ICMPv6 type and code (linux/errqueue.h)."""
    def read():
        try:
            return s.recvmsg(2000, 512, socket.MSG_ERRQUEUE)
        except BlockingIOError:
            return None
    _, extra, _, _ = until(read, 'an ICMP error at the socket')
    number, _, kind, code = struct.unpack_from('=IBBB', extra[0][2])
    return number, kind, code


def told_4(before):
    """Two errors were counted, which is all that Linux does about this one over IPv4."""
    def grown():
        after = world.snmp()
        check(after['Icmp.InErrors'] == after['Icmp.InCsumErrors'] == 0, 'bad ICMP errors')
        return after['Icmp.InTimeExcds'] - before['Icmp.InTimeExcds'] == 2
    until(grown, 'two ICMP errors of a reassembly')


def told_6(s):
    """Two errors were told to the socket that had sent the datagrams."""
    for _ in range(2):
        told = error_of(s)
        check(told == (errno.EHOSTUNREACH, 3, 1), 'error', told)


def cut(family, number):
    """Three fragments of a datagram from the socket's port."""
    data = fragments.udp(family, fragments.OPEN, world.pattern(2000))
    case = fragments.Case(family, number, [])
    return [fragments.packet(case, fragments.Piece(a, b < len(data), data[a:b]))
            for a, b in ((0, 800), (800, 1600), (1600, len(data)))]


def incomplete(program):
    """Fragments that are not followed by the rest: the sender is told, if the first was there."""
    world.veth()
    sniffer = world.Sniffer('va')
    s6 = world.udp(socket.AF_INET6, (HOST6, 4444))
    s6.connect((V6, fragments.OPEN))
    s6.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
    s6.setblocking(False)
    before = world.snmp()
    with start(program, '--sink', '--reass-timeout', '1') as p:
        p.wait('up')
        put = frames_to_peer('va')
        for family in (4, 6):
            headless, only_first, two, whole = (cut(family, n) for n in (1, 2, 3, 4))
            mark = p.mark()
            # The one without its first is the older: its time has run out when the others' has.
            for piece in headless[1:] + only_first[:1] + two[1::-1] + whole[::-1]:
                put(family, piece)
            p.wait('datagram', mark, data=world.pattern(2000).hex())
            if family == 4:
                told_4(before)
            else:
                told_6(s6)
            check(p.ask('counters')['drop'].get('frag_timeout') == (5 if family == 4 else 10),
                  'fragments dropped', p.ask('counters')['drop'])
    seen = sniffer.tshark('icmp.type == 11 || icmpv6.type == 3', 'icmp.code',
                          'icmp.checksum.status', 'icmpv6.code', 'icmpv6.checksum.status',
                          'ip.src', 'ipv6.src', 'ip.id')
    v4 = [r for r in seen if r[0]]
    v6 = [r for r in seen if r[2]]
    check(len(v4) == len(v6) == 2, 'time exceeded', seen)
    for row in v4: # the second address and number are of what is quoted
        check(row[:2] == ['1', '1'] and row[4] == f'{V4},{HOST4}', 'time exceeded', row)
    check({r[6].split(',')[1] for r in v4} == {'0x0002', '0x0003'}, 'quoted', v4)
    for row in v6:
        check(row[2:4] == ['1', '1'] and row[5] == f'{V6},{HOST6}', 'time exceeded', row)


def tried(peer, s, host):
    """Does a payload arrive now?"""
    peer.tell(f'send {host} 9100 99')
    try:
        return s.recv(2000) == world.pattern(99)
    except TimeoutError:
        return False


def moves_silently(program):
    """The kernel's MAC changes and nobody says so: found by probing the old one (RFC 4861 7.3.3),
    half a minute later by the peer's clock."""
    world.veth()
    sh('sysctl -qw net.ipv4.conf.va.arp_notify=0 net.ipv6.conf.va.ndisc_notify=0')
    with start(program, '--clock', '10') as p:
        p.wait('up')
        sockets = [(world.udp(family, (host, 9100)), host) for family, host, _ in BOTH]
        for s, host in sockets:
            s.settimeout(0.1)
            until(lambda s=s, host=host: tried(p, s, host), f'{host} to hear')
        old = world.mac('va')
        sniffer = world.Sniffer('va')
        sh('ip link set va address 02:00:00:00:00:97')
        for s, host in sockets:
            check(not tried(p, s, host), host, 'heard what was for its old MAC')
            until(lambda s=s, host=host: tried(p, s, host), f'{host} at its new MAC', 25)
        macs = {n['addr']: n['mac'] for n in p.ask('neigh')['neigh']}
    for _, host in sockets:
        check(macs[host].lower() == '02:00:00:00:00:97', host, 'is at', macs[host])
    # Asked at the old one, thrice, before anybody was asked.
    for filters in ('arp.opcode == 1 && arp.src.proto_ipv4 == ' + V4,
                    'icmpv6.type == 135 && ipv6.src == ' + V6):
        to = [r[0] for r in sniffer.tshark(filters, 'eth.dst')]
        check(to[:3] == [old] * 3 and len(to) > 3 and to[3] != old, 'asked:', to)


CASES = {'incomplete': incomplete, 'moves-silently': moves_silently}


def main():
    world.enter(['ip', 'ping', 'ethtool', 'tshark'])
    names = sys.argv[2:] or list(CASES)
    return world.run([(n, lambda n=n: CASES[n](sys.argv[1])) for n in names])


if __name__ == '__main__':
    sys.exit(main())
