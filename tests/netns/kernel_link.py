#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""kernel_link.py PEER [CASE...]: what changes on a link or behind it, with the Linux kernel.

Path MTUs, neighbours that move or go away, address conflicts, router advertisements, multicast."""

import errno
import re
import socket
import struct
import sys

import world
from world import HOST4, HOST6, V4, V6, check, sh, until

FAR4, FAR6 = '10.8.0.1', 'fd00:8::1'
ROUTER4, ROUTER6 = '10.8.0.254', 'fd00:8::254'
BOTH = ((socket.AF_INET, HOST4), (socket.AF_INET6, HOST6))


def start(program, *more):
    return world.Peer(program, world.driver('pcap'),
                      ['--addr', f'{V4}/24', '--addr', f'{V6}/64', *more], 'peer')


def arrives(peer, s, to, n):
    """A payload of the peer's reaches a socket."""
    peer.tell(f'send {to} {s.getsockname()[1]} {n}')
    check(s.recv(70000) == world.pattern(n), f'{n} bytes at {to}')


def far_side():
    """A router here and a host behind it, in namespace far."""
    sh('ip netns add far; ip link add ra type veth peer name fa netns far; ip link set ra up; '
       'ethtool -K ra tx off gro off; ip netns exec far ethtool -K fa tx off gro off')
    sh('sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1')
    sh(f'ip addr add {ROUTER4}/24 dev ra; ip addr add {ROUTER6}/64 dev ra nodad')
    sh(f'ip netns exec far sh -c "ip link set fa up; ip addr add {FAR4}/24 dev fa; '
       f'ip addr add {FAR6}/64 dev fa nodad; ip route add default via {ROUTER4}; '
       f'ip -6 route add default via {ROUTER6}"')


def lowered(program):
    """The second hop's MTU falls while datagrams flow: the router says so, and is believed."""
    world.veth()
    far_side()
    with start(program, '--route', f'10.8.0.0/24={HOST4}', '--route', f'fd00:8::/64={HOST6}') as p:
        p.wait('up')
        ends = [(world.udp(socket.AF_INET, (FAR4, 9100), 'far'), FAR4, 28, HOST4),
                (world.udp(socket.AF_INET6, (FAR6, 9100), 'far'), FAR6, 48, HOST6)]
        for s, addr, headers, _ in ends:
            arrives(p, s, addr, 1500 - headers)
        for mtu in (1400, 1281, 1280):
            sh(f'ip link set ra mtu {mtu}; ip netns exec far ip link set fa mtu {mtu}')
            before = world.snmp('far')
            for s, addr, headers, router in ends:
                mark = p.tell(f'send {addr} 9100 {mtu + 1 - headers}')
                p.wait('error', mark, status=-errno.EMSGSIZE, mtu=mtu, **{'from': router})
                check(p.ask(f'pmtu {addr}')['mtu'] == mtu, 'path MTU to', addr)
                for n in (mtu - headers, mtu + 1 - headers, 1500 - headers, 9000, 65507):
                    arrives(p, s, addr, n)
            after = world.snmp('far')
            for name, least in (('Ip.ReasmOKs', 4), ('Ip6ReasmOKs', 4)):
                check(after[name] - before[name] == least, name, after[name] - before[name])
        check(p.ask(f'pmtu {HOST4}')['mtu'] == 1500, "the router's own path is as it was")


def goes_and_comes(program):
    """The neighbour's link goes down: what waits for it fails; it comes back with another MAC."""
    world.veth()
    with start(program) as p:
        p.wait('up')
        for family, host in BOTH:
            s = world.udp(family, (host, 9100))
            arrives(p, s, host, 100)
            s.close()
        sh('ip link set va down; ip link set va address 02:00:00:00:00:99')
        for _, host in BOTH:
            check(p.ask(f'forget {host}')['status'] == 0, 'forget', host)
            mark = p.tell(f'send {host} 9100 3000')
            p.wait('done', mark, status=-errno.EHOSTUNREACH, reason='unreachable')
        sh('ip link set va up')
        sh(f'ip addr replace {HOST6}/64 dev va nodad')
        for family, host in BOTH:
            with world.udp(family, (host, 9100)) as s:
                s.settimeout(0.2)
                until(lambda s=s, host=host: tried(p, s, host), f'{host} to be back')
        macs = {n['addr']: n['mac'] for n in p.ask('neigh')['neigh']}
        for _, host in BOTH:
            check(macs[host] == '02:00:00:00:00:99', host, 'is at', macs[host])


def tried(peer, s, host):
    """Does a payload arrive now?"""
    peer.tell(f'send {host} 9100 99')
    try:
        return s.recv(2000) == world.pattern(99)
    except TimeoutError:
        return False


def moves(program):
    """The kernel's MAC changes while the peer knows the old one; the kernel announces it."""
    world.veth()
    with start(program) as p:
        p.wait('up')
        for family, host in BOTH:
            with world.udp(family, (host, 9100)) as s:
                arrives(p, s, host, 100)
        sh('sysctl -qw net.ipv4.conf.va.arp_notify=1 net.ipv6.conf.va.ndisc_notify=1')
        sh('ip link set va address 02:00:00:00:00:98')
        for family, host in BOTH:
            with world.udp(family, (host, 9100)) as s:
                s.settimeout(0.2)
                until(lambda s=s, host=host: tried(p, s, host), f'{host} at its new MAC', 10)


def conflict(program):
    """The kernel has the peer's addresses: they are not used, one that is free is."""
    world.veth()
    sh(f'ip addr add {V4}/24 dev va; ip addr add {V6}/64 dev va nodad')
    sniffer = world.Sniffer('va')
    with start(program, '--dad', '--addr', '10.9.0.3/24', '--addr', 'fd00:9::3/64') as p:
        p.wait('up')

        def settled():
            a = {x['addr']: x for x in p.ask('addrs')['addrs']}
            return a if a[V4]['conflict'] and a[V6]['conflict'] and a['10.9.0.3']['usable'] \
                and a['fd00:9::3']['usable'] else None
        addrs = until(settled, 'conflicts')
        check(not addrs[V4]['usable'] and not addrs[V6]['usable'], addrs)
        for addr in ('10.9.0.3', 'fd00:9::3'):
            check('1 received' in sh(f'ping -c 1 -W 5 {addr}', must=False), 'ping', addr)
    # What went out about them are questions, not claims.
    claims = sniffer.tshark(f'arp.src.proto_ipv4 == {V4} && eth.src != '
                            + world.mac('va'), 'arp.opcode')
    check(claims == [], 'claims of', V4, claims)
    probes = sniffer.tshark('arp.src.proto_ipv4 == 0.0.0.0', 'arp.dst.proto_ipv4')
    check({r[0] for r in probes} == {V4, '10.9.0.3'}, probes)


def taken_later(program):
    """DAD of the kernel against us: our address is refused to it (RFC 4862 5.4.4)."""
    world.veth()
    with start(program, '--dad') as p:
        p.wait('up')
        until(lambda: all(a['usable'] for a in p.ask('addrs')['addrs']), 'addresses')
        sh(f'ip addr add {V6}/64 dev va')
        until(lambda: 'dadfailed' in sh('ip -6 addr show dev va'), "the kernel's DAD to fail")
        check(all(a['usable'] for a in p.ask('addrs')['addrs']), 'ours stay')


def router(interface):
    """A raw socket that sends router advertisements; the kernel fills the checksum in."""
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    index = socket.if_nametoindex(interface)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    prefix = struct.pack('>BBBBIII', 3, 4, 64, 0xc0, 3600, 1800, 0)
    prefix += socket.inet_pton(socket.AF_INET6, 'fd00:aaaa::')
    mtu = struct.pack('>BBHI', 5, 1, 0, 1500)
    mac = bytes.fromhex(world.mac(interface).replace(':', ''))
    body = struct.pack('>BBHBBHII', 134, 0, 0, 64, 0, 1800, 0, 0)
    return s, body + prefix + mtu + b'\x01\x01' + mac, ('ff02::1', 0, 0, index)


def advertised(program):
    """A router's advertisement gives an address and the default route."""
    world.veth()
    sh('ip addr add fd00:aaaa::1/64 dev va nodad; ip addr add fd00:bbbb::1/128 dev lo')
    s, advertisement, everybody = router('va')
    sniffer = world.Sniffer('va')
    with start(program, '--dad', '--slaac') as p:
        p.wait('up')
        until(lambda: sniffer.tshark('icmpv6.type == 133', 'ipv6.hlim') or None, 'a solicitation')

        def made():
            s.sendto(advertisement, everybody)
            return [a['addr'] for a in p.ask('addrs')['addrs']
                    if a['addr'].startswith('fd00:aaaa:') and a['usable'] and a['autoconf']]
        addr = until(made, 'an address of the prefix')[0]
        check('1 received' in sh(f'ping -6 -c 1 -W 5 {addr}', must=False), 'ping', addr)
        with world.udp(socket.AF_INET6, ('fd00:bbbb::1', 9100)) as far:
            arrives(p, far, 'fd00:bbbb::1', 2000)
    for hlim, status in sniffer.tshark('icmpv6.type == 133', 'ipv6.hlim', 'icmpv6.checksum.status'):
        check((hlim, status) == ('255', '1'), 'solicitation', hlim, status)
    return addr


def groups(program):
    """Multicast both ways; our reports judged by tshark."""
    world.veth()
    sh('ip route add 224.0.0.0/4 dev va')
    g4, g6 = '239.1.2.3', 'ff15::1234'
    sniffer = world.Sniffer('va')
    with start(program, '--join', g4, '--join', g6) as p:
        p.wait('up')
        until(lambda: sniffer.tshark(f'igmp.type == 0x22 && igmp.maddr == {g4}', 'igmp.record_type')
              and sniffer.tshark(f'icmpv6.type == 143 && icmpv6.mldr.mar.multicast_address == {g6}',
                                 'icmpv6.type'), 'reports')
        for family, group, addr in ((socket.AF_INET, g4, V4), (socket.AF_INET6, g6, V6)):
            with world.udp(family) as s:
                index = socket.if_nametoindex('va')
                if family == socket.AF_INET6:
                    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
                for n in (0, 100, 1472, 3000, 20000):
                    s.sendto(world.pattern(n), (group, 9000))
                    got, sender = s.recvfrom(70000)
                    check(got == world.pattern(n) and sender[0] == addr, group, n, sender)
        hears(p, socket.AF_INET, '239.9.9.9')
        hears(p, socket.AF_INET6, 'ff15::9999')
        for group in (g4, g6):
            check(p.ask(f'leave {group}')['status'] == 0, 'leave', group)
        until(lambda: sniffer.tshark(f'igmp.type == 0x22 && igmp.maddr == {g4} && '
                                     'igmp.record_type == 3', 'igmp.type'), 'a leaving report')
    for row in sniffer.tshark(f'igmp && ip.src == {V4}', 'igmp.checksum.status', 'ip.ttl', 'ip.dst',
                              'ip.checksum.status'):
        check(row == ['1', '1', '224.0.0.22', '1'], 'IGMPv3 report', row)
    reports = sniffer.tshark('icmpv6.type == 143 && eth.src != '
                             + world.mac('va'),
                             'icmpv6.checksum.status', 'ipv6.hlim', 'ipv6.dst')
    check(reports, 'no MLDv2 report')
    for row in reports:
        check(row == ['1', '1', 'ff02::16'], 'MLDv2 report', row)


def hears(peer, family, group):
    """The kernel joins a group and hears what the peer sends to it."""
    index = socket.if_nametoindex('va')
    with world.udp(family, (group, 9100)) as s:
        if family == socket.AF_INET:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                         socket.inet_aton(group) + struct.pack('=4sI', b'', index)[:8])
            raw = ''.join(f'{b:02X}' for b in reversed(socket.inet_aton(group)))
            check(re.search(raw, sh('cat /proc/net/igmp')), 'the kernel has not joined')
        else:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                         socket.inet_pton(family, group) + struct.pack('=I', index))
        for n in (0, 100, 1452, 3000, 20000):
            arrives(peer, s, group, n)


CASES = {'lowered': lowered, 'goes-and-comes': goes_and_comes, 'moves': moves,
         'conflict': conflict, 'taken-later': taken_later, 'advertised': advertised,
         'groups': groups}


def main():
    world.enter(['ip', 'ping', 'ethtool', 'tshark'])
    names = sys.argv[2:] or list(CASES)
    return world.run([(n, lambda n=n: CASES[n](sys.argv[1])) for n in names])


if __name__ == '__main__':
    sys.exit(main())
