#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""kernel_groups.py PEER [CASE...]: group queries of the Linux kernel, and what it makes of answers.

Its bridge asks (querier) and listens (snooping): `bridge mdb` lists the groups that it has been
told of. Questions that it does not ask by itself are sent by scapy. tshark judges our reports."""

import json
import logging
import sys

import world
from world import V4, V6, check, sh, until

G4, G6 = '239.1.2.3', 'ff15::1234'
OTHER4, OTHER6 = '239.1.2.4', 'ff15::1235'


def start(program):
    return world.Peer(program, world.driver('pcap'),
                      ['--addr', f'{V4}/24', '--addr', f'{V6}/64', '--join', G4, '--join', G6],
                      'peer')


def bridge(igmp, mld):
    """va becomes a port of a bridge that asks each second, in these versions."""
    world.veth()
    sh('ip addr flush dev va; ip link add cbbr0 type bridge mcast_snooping 1 mcast_querier 1 '
       f'mcast_igmp_version {igmp} mcast_mld_version {mld} '
       'mcast_query_interval 100 mcast_startup_query_interval 100 mcast_query_response_interval 50 '
       'mcast_last_member_interval 50 mcast_last_member_count 2')
    sh('ip link set va master cbbr0; ip link set cbbr0 up')
    world.address('cbbr0')


def listed():
    """Groups that the bridge knows of behind va."""
    tables = json.loads(sh('bridge -j mdb show dev cbbr0'))
    return {e['grp'] for t in tables for e in t.get('mdb', []) if e['port'] == 'va'}


def queried(program, igmp, mld):
    """The bridge lists our groups; forgets them, asks, and lists them again; we leave, it asks."""
    bridge(igmp, mld)
    sniffer = world.Sniffer('va')
    with start(program) as p:
        p.wait('up')
        until(lambda: {G4, G6} <= listed(), 'our groups at the bridge')
        for _ in range(3): # at first there are unsolicited reports as well
            for group in (G4, G6):
                sh(f'bridge mdb del dev cbbr0 port va grp {group}')
            check(not {G4, G6} & listed(), 'the bridge has not forgotten', listed())
            until(lambda: {G4, G6} <= listed(), 'answers to the bridge')
        for group in (G4, G6):
            check(p.ask(f'leave {group}')['status'] == 0, 'leave', group)
        until(lambda: not {G4, G6} & listed(), 'the bridge to hear that we have left')
    return sniffer


def ours(sniffer, kind, *fields):
    return sniffer.tshark(f'({kind}) && (ip.src == {V4} || (ipv6 && eth.src != '
                          + world.mac('va') + '))', *fields)


def newest(program):
    """IGMPv3 and MLDv2 (RFC 3376 4.2, RFC 3810 5.2)."""
    sniffer = queried(program, 3, 2)
    rows = ours(sniffer, 'igmp', 'igmp.type', 'igmp.checksum.status', 'ip.checksum.status',
                'ip.ttl', 'ip.dst', 'ip.opt.ra')
    check(len(rows) > 2 and all(r == ['0x22', '1', '1', '1', '224.0.0.22', '0'] for r in rows),
          'IGMPv3', rows)
    rows = ours(sniffer, 'icmpv6.type == 143 && icmpv6.mldr.mar.multicast_address == ' + G6,
                'icmpv6.checksum.status', 'ipv6.hlim', 'ipv6.dst', 'ipv6.opt.router_alert')
    check(len(rows) > 2 and all(r == ['1', '1', 'ff02::16', '0'] for r in rows), rows)
    return 'IGMPv3, MLDv2'


def older(program):
    """IGMPv2 and MLDv1, to which we turn when asked so (RFC 3376 7.2.1, RFC 3810 8.2.1)."""
    sniffer = queried(program, 2, 1)
    rows = ours(sniffer, 'igmp.type == 0x16', 'igmp.checksum.status', 'ip.checksum.status',
                'ip.ttl', 'ip.dst', 'igmp.maddr', 'ip.opt.ra')
    check(len(rows) > 1 and all(r == ['1', '1', '1', G4, G4, '0'] for r in rows), 'IGMPv2', rows)
    rows = ours(sniffer, 'igmp.type == 0x17', 'igmp.checksum.status', 'ip.ttl', 'ip.dst',
                'igmp.maddr')
    check(rows == [['1', '1', '224.0.0.2', G4]], 'IGMPv2 leave', rows)
    of = f'icmpv6.mld.multicast_address == {G6}'
    rows = ours(sniffer, f'icmpv6.type == 131 && {of}', 'icmpv6.checksum.status', 'ipv6.hlim',
                'ipv6.dst', 'ipv6.opt.router_alert')
    check(len(rows) > 1 and all(r == ['1', '1', G6, '0'] for r in rows), 'MLDv1', rows)
    rows = ours(sniffer, f'icmpv6.type == 132 && {of}', 'icmpv6.checksum.status', 'ipv6.hlim',
                'ipv6.dst')
    check(rows == [['1', '1', 'ff02::2']], 'MLDv1 done', rows)
    return 'IGMPv2, MLDv1'


def questions():
    """Of one group each, ours and another's, and of sources; scapy's frames."""
    logging.getLogger('scapy').setLevel(logging.ERROR)
    from scapy.contrib.igmpv3 import IGMPv3, IGMPv3mq
    from scapy.layers.inet import IP, IPOption_Router_Alert
    from scapy.layers.inet6 import ICMPv6MLQuery2, IPv6, IPv6ExtHdrHopByHop, RouterAlert
    from scapy.layers.l2 import Ether

    def igmp(group, sources):
        mac = '01:00:5e:%02x:%02x:%02x' % tuple(int(b) & m for b, m in
                                              zip(group.split('.')[1:], (127, 255, 255)))
        return (Ether(dst=mac, src='02:00:00:00:00:55')
                / IP(src='10.9.0.1', dst=group, ttl=1, options=[IPOption_Router_Alert()])
                / IGMPv3(type=0x11, mrcode=1)
                / IGMPv3mq(gaddr=group, srcaddrs=sources, numsrc=len(sources)))

    def mld(group, sources):
        tail = int(group.split('::')[1], 16)
        return (Ether(dst='33:33:00:00:%02x:%02x' % (tail >> 8, tail & 255),
                      src='02:00:00:00:00:55')
                / IPv6(src='fe80::55', dst=group, hlim=1)
                / IPv6ExtHdrHopByHop(options=[RouterAlert()])
                / ICMPv6MLQuery2(mladdr=group, mrd=100, sources=sources,
                                 sources_number=len(sources)))
    return igmp, mld


def one_group(program):
    """Asked for a group of ours we say so, for another we are silent. Asked for some sources of
    ours we answer for all, which says more than was asked (mcast_query.c)."""
    world.veth()
    igmp, mld = questions()
    wire = world.raw('va')
    first = world.Sniffer('va')
    with start(program) as p:
        p.wait('up')
        # Unsolicited reports, and their repetition, come by themselves and must be over.
        until(lambda: len(ours(first, 'igmp.type == 0x22', 'igmp.type')) >= 2
              and len(ours(first, f'icmpv6.mldr.mar.multicast_address == {G6}',
                           'icmpv6.type')) >= 2, 'the first reports')
        for sources4, sources6 in (([], []), (['10.9.0.1'], ['fd00:9::1'])):
            sniffer = world.Sniffer('va')
            for frame in (igmp(OTHER4, []), mld(OTHER6, []), igmp(G4, sources4),
                          mld(G6, sources6)):
                wire.send(bytes(frame))
            rows4 = until(lambda s=sniffer: ours(s, 'igmp.type == 0x22', 'igmp.maddr',
                                                 'igmp.record_type', 'igmp.saddr'), 'a report')
            rows6 = until(lambda s=sniffer: ours(
                s, f'icmpv6.mldr.mar.multicast_address == {G6}',
                'icmpv6.mldr.mar.record_type', 'icmpv6.mldr.mar.source_address'), 'a report')
            check(rows4 == [[G4, '2', '']], 'IGMPv3', rows4)
            check(rows6 == [['2', '']], 'MLDv2', rows6)
            check(not ours(sniffer, f'igmp.maddr == {OTHER4} || '
                           f'icmpv6.mldr.mar.multicast_address == {OTHER6}', 'frame.number'),
                  'a report of a group that nobody has joined')


CASES = {'newest': newest, 'older': older, 'one-group': one_group}


def main():
    world.enter(['ip', 'bridge', 'ping', 'ethtool', 'tshark'])
    names = sys.argv[2:] or list(CASES)
    return world.run([(n, lambda n=n: CASES[n](sys.argv[1])) for n in names])


if __name__ == '__main__':
    sys.exit(main())
