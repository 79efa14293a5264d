#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""differential.py PEER [--cases N] [--seed S]: the same fragments to Linux and to Chainburst.

Two hosts with the same addresses, Linux in namespace "linux" and the peer in namespace "peer", are
sent the same hand-made fragments. The same datagrams must be delivered with the same bytes, and
the same ICMP errors come back, but for what stands in DIFFERENCES."""

import argparse
import os
import random
import select
import socket
import struct
import sys

import fragments
import world
from world import HOST4, HOST6, V4, V6, check, sh


def covered_by_several(case):
    """A fragment whose bytes had all come before, but not in one fragment."""
    held, before = set(), []
    for p in case.pieces:
        units = set(range(p.offset // 8, (p.end + 7) // 8))
        alone_in = any(b.offset <= p.offset and p.end <= b.end for b in before)
        if p.data and units <= held and not alone_in:
            return True
        held |= units if not p.more else set(range(p.offset // 8, p.end // 8))
        before.append(p)
    return False


# Where we differ on purpose: name, does it hold for this case?, why. Nothing else may differ.
DIFFERENCES = [
    ('empty', lambda c: any(not p.data for p in c.pieces),
     'Linux drops the whole datagram for a fragment without bytes; it says nothing about them, so '
     'we drop it alone (frag_empty)'),
    ('oversize', lambda c: c.family == 4 and any(p.end > 65535 for p in c.pieces),
     'Linux holds an IPv4 fragment beyond 65,535 bytes and drops the datagram when it is complete; '
     'we drop the fragment alone, at once, as both do for IPv6 (frag_too_long)'),
    ('unaligned', lambda c: c.family == 4 and any(p.more and len(p.data) % 8 for p in c.pieces),
     'Linux cuts an IPv4 fragment to a multiple of 8 and holds it, so that its datagram lacks '
     'bytes or overlaps; we drop it alone (frag_length)'),
    ('two faults', lambda c: any(p.more and len(p.data) % 8 and p.end > 65535 for p in c.pieces),
     'of a length that is no multiple of 8 and an end beyond 65,535 Linux names the latter; we '
     'name the former, which RFC 8200 4.5 has first'),
    ('covered', covered_by_several,
     'bytes that have all come before are a duplicate to us, whichever fragments brought them; to '
     'Linux only if those came one behind the other, else an overlap: it depends on the order'),
]


class Host:
    """One of the two, as its neighbour sees it: frames go in, frames and datagrams come out."""

    def __init__(self, interface, namespace):
        with world.inside(namespace):
            self.link = world.raw(interface)
            neighbours = {}
            for family, addr in ((4, V4), (6, V6)):
                sh(f'ip netns exec {namespace} ping -c 1 -W 5 {addr}')
                line = sh(f'ip netns exec {namespace} ip neigh show {addr}')
                neighbours[family] = bytes.fromhex(line.split('lladdr ')[1][:17].replace(':', ''))
        mac = bytes.fromhex(sh(f'ip netns exec {namespace} cat /proc/self/net/dev >/dev/null; '
                               f'ip netns exec {namespace} ip link show {interface}')
                            .split('ether ')[1][:17].replace(':', ''))
        self.front = {4: neighbours[4] + mac + b'\x08\0', 6: neighbours[6] + mac + b'\x86\xdd'}

    def put(self, family, packet):
        self.link.send((self.front[family] + packet).ljust(60, b'\xa5'))

    def errors(self, family, number):
        """ICMP errors up to the answer to the ping with that number."""
        found = []
        while True:
            check(select.select([self.link], [], [], 10)[0], 'no answer to ping', number)
            frame = self.link.recv(70000)
            at = 34 if family == 4 else 54
            if not wanted(frame, family):
                continue
            kind, code = frame[at:at + 2]
            if kind == (0 if family == 4 else 129):
                if struct.unpack_from('>H', frame, at + 6)[0] == number & 0xffff:
                    return sorted(found)
            # Time exceeded belongs to a case of half a minute ago.
            elif kind == (3 if family == 4 else 4) or (family, kind) == (6, 1):
                found.append((kind, code, frame[at + 4:at + 8].hex() if kind == 4 else ''))


def wanted(frame, family):
    """ICMP from the host under test."""
    if family == 4:
        return frame[12:14] == b'\x08\0' and frame[23] == 1 and frame[26:30] == fragments.DST[4]
    return frame[12:14] == b'\x86\xdd' and frame[20] == 58 and frame[22:38] == fragments.DST[6]


class Linux(Host):
    """Delivered is what its socket reads."""

    def __init__(self):
        super().__init__('ka', 'near')
        self.sockets = {4: world.udp(socket.AF_INET, (V4, fragments.OPEN), 'linux'),
                        6: world.udp(socket.AF_INET6, (V6, fragments.OPEN), 'linux')}

    def delivered(self, family, last, _):
        got = []
        while True:
            data = self.sockets[family].recv(70000)
            if data == last:
                return got
            got.append(data)


class Ours(Host):
    """Delivered is what the peer tells."""

    def __init__(self, peer):
        super().__init__('va', 'here')
        self.peer = peer

    def delivered(self, family, last, mark):
        self.peer.wait('datagram', mark, data=last.hex())
        got = [e['data'] for e in self.peer.events[mark:] if e['event'] == 'datagram']
        return [bytes.fromhex(d) for d in got[:got.index(last.hex())]]


def play(hosts, case, mark):
    """Send a case to both. Gives what each made of it: datagrams and errors."""
    last = b'end of case %d' % case.number
    for host in hosts:
        for piece in case.pieces:
            host.put(case.family, fragments.packet(case, piece))
        host.put(case.family, fragments.whole(case.family, case.number + 1, last))
    got = [h.delivered(case.family, last, mark) for h in hosts]
    # Only now, for what is delivered together may be answered behind what came later.
    for host in hosts:
        host.put(case.family, fragments.echo_request(case.family, case.number))
    return [(g, h.errors(case.family, case.number)) for g, h in zip(got, hosts)]


def two_hosts():
    """The worlds: here--peer and near--linux, alike to the last address."""
    world.veth()
    sh(f'ip netns attach here {os.getpid()}')
    sh('ip netns add near; ip netns add linux; '
       'ip link add ka netns near type veth peer name kb netns linux')
    sh('ip netns exec near ethtool -K ka tx off gro off; '
       'ip netns exec linux ethtool -K kb tx off gro off; ip -n near link set ka up; '
       'ip -n linux link set kb up; ip -n linux link set lo up')
    for ns, dev, four, six in (('near', 'ka', HOST4, HOST6), ('linux', 'kb', V4, V6)):
        sh(f'ip -n {ns} addr add {four}/24 dev {dev}; ip -n {ns} addr add {six}/64 dev {dev} nodad')
    # Limits of rate, memory and disorder would make a case depend on those before it.
    sh('ip netns exec linux sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 '
       'net.ipv4.ipfrag_max_dist=0 net.ipv4.ipfrag_high_thresh=268435456 '
       'net.ipv6.ip6frag_high_thresh=268435456')
    sh('ip netns exec linux sysctl -qw net.ipv4.icmp_msgs_per_sec=100000 '
       'net.ipv4.icmp_msgs_burst=100000', must=False)
    sh('sysctl -qw net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=100000', must=False)


def known(family, number, *pieces):
    """A case made of places: what each difference is about, and nothing else."""
    data = fragments.udp(family, fragments.OPEN, bytes(range(24)))
    return fragments.Case(family, number, [
        fragments.Piece(a, more, (data + bytes(40))[a:b] if a < 65000 else bytes(b - a))
        for a, b, more in pieces])


# Each difference by itself, so that neither side may come round unseen: what Linux delivers (how
# many datagrams), and what we do.
ALONE = [
    ('empty', 0, 1, known(4, 10, (0, 16, True), (16, 16, True), (16, 32, False))),
    ('empty', 0, 1, known(6, 12, (0, 16, True), (16, 16, True), (16, 32, False))),
    ('oversize', 0, 1, known(4, 14, (0, 16, True), (65520, 65544, False), (16, 32, False))),
    ('unaligned', 0, 1, known(4, 16, (0, 13, True), (0, 16, True), (16, 32, False))),
    ('covered', 0, 1, known(4, 18, (8, 16, True), (0, 8, True), (0, 16, True), (16, 32, False))),
    ('covered', 0, 1, known(6, 20, (8, 16, True), (0, 8, True), (0, 16, True), (16, 32, False))),
    # Not different, and not to become so: duplicates are ignored, a partial overlap is not.
    ('', 1, 1, known(4, 22, (0, 16, True), (0, 16, True), (16, 32, False))),
    ('', 0, 0, known(4, 24, (0, 16, True), (8, 24, True), (24, 32, False))),
    ('', 0, 0, known(6, 26, (0, 16, True), (8, 24, True), (24, 32, False))),
    ('', 0, 0, known(4, 30, (0, 16, True), (8, 24, True), (16, 32, False))),
    ('', 0, 0, known(6, 32, (0, 16, True), (8, 24, True), (16, 32, False))),
    ('', 1, 1, known(4, 28, (24, 32, False), (0, 16, True), (16, 24, True))),
]


def alone(hosts, peer):
    """Is each difference what the table says?"""
    for name, least, most, case in ALONE:
        theirs, ours = play(hosts, case, peer.mark())
        check((len(theirs[0]), len(ours[0])) == (least, most), name, case, short(theirs),
              short(ours))
        holds = [n for n, f, _ in DIFFERENCES if f(case)]
        check(holds == ([name] if name else []), case, 'is', holds)


def short(result):
    """A result for people."""
    datagrams, errors = result
    return f'{[len(d) for d in datagrams]} bytes, errors {errors}'


def differential(program, cases, seed):
    """Play cases; all that differ without a reason are told."""
    two_hosts()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}) # frames stay in order
    rng, bad, apart, delivered = random.Random(seed), 0, {}, 0
    with world.Peer(program, world.driver('pcap'), ['--addr', f'{V4}/24', '--addr', f'{V6}/64',
                                                    '--sink'], 'peer') as peer:
        peer.wait('up')
        hosts = Linux(), Ours(peer)
        alone(hosts, peer)
        for i in range(cases):
            case = fragments.draw(rng, 1000 + 2 * i)
            theirs, ours = play(hosts, case, peer.mark())
            delivered += len(theirs[0]) == len(ours[0]) == 1
            if theirs == ours:
                continue
            why = [name for name, holds, _ in DIFFERENCES if holds(case)]
            if not why:
                bad += 1
                print(f'DIFFERS {case}\n  Linux {short(theirs)}\n  ours  {short(ours)}')
            apart[','.join(why)] = apart.get(','.join(why), 0) + 1
    check(bad == 0, f'{bad} of {cases} cases differ, seed {seed}')
    check(delivered >= cases // 10, 'only', delivered, 'cases delivered: they test nothing')
    return f'{cases} cases, seed {seed}, {delivered} delivered alike, on purpose not: {apart}'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('peer')
    parser.add_argument('--cases', type=int, default=400)
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    world.enter(['ip', 'ping', 'ethtool'])
    return world.run([('differential',
                       lambda: differential(args.peer, args.cases, args.seed))])


if __name__ == '__main__':
    sys.exit(main())
