#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make_corpus.py [--check]: write corpus/NAME/*, what each fuzz target starts from. The packets are
scapy's; what stands around them is described at the top of each fuzz_NAME.c. With --check: say
whether the files are what they would be now. 77 (skipped) without scapy."""

import logging
import random
import struct
import sys
from pathlib import Path

logging.getLogger('scapy').setLevel(logging.ERROR)
try:
    from scapy.all import (ARP, IP, UDP, Dot1AD, Dot1Q, Ether, ICMP, IPOption_Router_Alert, Raw,
                           fragment)
    from scapy.contrib.igmp import IGMP
    from scapy.contrib.igmpv3 import IGMPv3, IGMPv3mq
    from scapy.layers import inet6 as v6
except ImportError:
    print('no scapy: apt-get install python3-scapy')
    sys.exit(77)

HERE = Path(__file__).resolve().parent / 'corpus'
OURS, THEIRS = '02:00:00:00:00:01', '02:00:00:00:00:02'
US4, PEER4 = '192.0.2.1', '192.0.2.2'
US6, PEER6 = '2001:db8::1', '2001:db8::2'
DATA = bytes(range(256)) * 12


def ip4(**fields):
    return IP(**{'src': PEER4, 'dst': US4, 'id': 7, **fields})


def ip6(**fields):
    return v6.IPv6(**{'src': PEER6, 'dst': US6, **fields})


def udp(size=20):
    return UDP(sport=5000, dport=9000) / Raw(DATA[:size])


def sent4():
    """What the stack may have sent, for an error to quote."""
    return IP(src=US4, dst=PEER4, id=1) / UDP(sport=9000, dport=5000) / Raw(DATA[:40])


def sent6():
    return v6.IPv6(src=US6, dst=PEER6) / UDP(sport=9000, dport=5000) / Raw(DATA[:40])


def frag6(offset, more, data, ident=9):
    return ip6() / v6.IPv6ExtHdrFragment(nh=17, offset=offset // 8, m=more, id=ident) / Raw(data)


def packets4():
    yield 'udp', ip4() / udp()
    yield 'options', ip4(options=[IPOption_Router_Alert()]) / udp()
    yield 'ping', ip4() / ICMP(id=1, seq=2) / Raw(DATA[:32])
    for name, kind, code, mtu in (('port', 3, 3, 0), ('too-big', 3, 4, 1280),
                                  ('too-big-0', 3, 4, 0), ('time', 11, 0, 0),
                                  ('frag-time', 11, 1, 0), ('param', 12, 0, 0)):
        yield 'error-' + name, ip4() / ICMP(type=kind, code=code, nexthopmtu=mtu) / sent4()
    yield 'igmp-query', IP(src=PEER4, dst='224.0.0.1', ttl=1,
                           options=[IPOption_Router_Alert()]) / IGMP(type=0x11, mrcode=10)
    yield 'igmp3-query', IP(src=PEER4, dst='224.0.0.1', ttl=1) / IGMPv3(type=0x11) / \
        IGMPv3mq(gaddr='239.1.2.3')


def packets6():
    yield 'udp', ip6() / udp()
    yield 'ping', ip6() / v6.ICMPv6EchoRequest(id=1, seq=2, data=DATA[:32])
    yield 'extensions', ip6() / v6.IPv6ExtHdrHopByHop(options=[v6.PadN(optdata=b'\0\0')]) / \
        v6.IPv6ExtHdrDestOpt() / v6.IPv6ExtHdrRouting(addresses=[], segleft=0) / udp()
    yield 'option', ip6() / v6.IPv6ExtHdrDestOpt(
        options=[v6.HBHOptUnknown(otype=0xc5, optdata=b'12')]) / udp()
    yield 'routing', ip6() / v6.IPv6ExtHdrRouting(addresses=[PEER6], segleft=1) / udp()
    yield 'first', frag6(0, 1, bytes(udp(64)))
    yield 'atomic', frag6(0, 0, bytes(udp(16)))
    yield 'later', frag6(72, 0, DATA[:32])
    for name, error in (('port', v6.ICMPv6DestUnreach(code=4)), ('time', v6.ICMPv6TimeExceeded()),
                        ('too-big', v6.ICMPv6PacketTooBig(mtu=1280)),
                        ('param', v6.ICMPv6ParamProblem(code=1))):
        yield 'error-' + name, ip6() / error / sent6()


def neighbour_messages():
    """(name, source, destination, message)"""
    mac = v6.ICMPv6NDOptSrcLLAddr(lladdr=THEIRS)
    yield 'ns', PEER6, 'ff02::1:ff00:1', v6.ICMPv6ND_NS(tgt=US6) / mac
    yield 'dad', '::', 'ff02::1:ff00:1', v6.ICMPv6ND_NS(tgt=US6)
    yield 'na', '2001:db8::9', US6, v6.ICMPv6ND_NA(tgt='2001:db8::9', R=0) / \
        v6.ICMPv6NDOptDstLLAddr(lladdr=THEIRS)
    yield 'rs', PEER6, 'ff02::2', v6.ICMPv6ND_RS() / mac
    yield 'ra', 'fe80::2', 'ff02::1', v6.ICMPv6ND_RA(routerlifetime=1800) / mac / \
        v6.ICMPv6NDOptMTU(mtu=1400) / \
        v6.ICMPv6NDOptPrefixInfo(prefix='2001:db8:5::', prefixlen=64, validlifetime=7200)


def mld_query():
    return v6.IPv6(src='fe80::2', dst='ff02::1', hlim=1) / \
        v6.IPv6ExtHdrHopByHop(options=[v6.RouterAlert()]) / v6.ICMPv6MLQuery2()


def arp(**fields):
    return ARP(**{'hwsrc': THEIRS, 'psrc': PEER4, 'pdst': US4, **fields})


def wire():
    """which parser, how many bytes are contiguous, the header"""
    def one(parser, packet):
        return struct.pack('>BH', parser, 0xffff) + bytes(packet)

    for name, packet in packets4():
        yield 'ip4-' + name, one(0, packet)
        yield 'may4-' + name, one(4, packet)
    for name, packet in packets6():
        yield 'ip6-' + name, one(1, packet)
        yield 'may6-' + name, one(4, packet)
    for by in -8, -1, 1, 8:
        for name, which, packet, field in (('ip4', 0, ip4() / udp(), 2),
                                           ('ip6', 1, ip6() / udp(), 4)):
            lied = bytearray(bytes(packet))
            struct.pack_into('>H', lied, field, struct.unpack_from('>H', lied, field)[0] + by)
            yield f'{name}-length{by:+}', one(which, lied)
    for op in 1, 2:
        yield f'arp-{op}', one(2, arp(op=op))
    for name, packet in (*packets4(), *packets6()):
        if name.startswith('error'):
            yield name + '-' + str(packet.version), one(3, packet.payload)
            quote = bytes(packet.payload)
            for cut in 4, 8 + 20, 8 + 20 + 4, 8 + 40, 8 + 40 + 7:
                yield f'{name}-{packet.version}-cut{cut}', one(3, quote[:cut])
    for name, src, dst, message in neighbour_messages():
        packet = v6.IPv6(bytes(v6.IPv6(src=src, dst=dst, hlim=255) / message))
        body = bytes(packet)
        yield 'ndp-' + name, one(5, body[8:40] + b'\0' + body[40:])
    for size in 1, 64, 1500:
        yield f'cksum-{size}', struct.pack('>BH', 6, size // 3) + DATA[:size]


# Steps of fuzz_rx.
def rx_frame(packet, to=OURS, tags=(), extra=0):
    layers = Ether(src=THEIRS, dst=to)
    for tag in tags:
        layers = layers / tag
    frame = bytes(layers / packet)
    return struct.pack('>BBBH', 8 | extra, 0, 0, len(frame)) + frame


def rx_time(which):
    return bytes([128, which])


def rx_send(whom, size):
    return struct.pack('>BBH', 128 + 3, whom, size)


def cuts4(size, step):
    return fragment(ip4() / udp(size), fragsize=step)


def cuts6(size, step):
    whole = bytes(v6.IPv6(bytes(ip6() / udp(size))).payload)
    return [frag6(at, int(at + step < len(whole)), whole[at:at + step])
            for at in range(0, len(whole), step)]


def rx_scenarios():
    wait = rx_time(1)
    yield 'all4', [rx_frame(p) for _, p in packets4()] + [wait]
    yield 'all6', [rx_frame(p) for _, p in packets6()] + [wait]
    yield 'neighbours', [rx_frame(v6.IPv6(src=s, dst=d, hlim=255) / m,
                                  '33:33:ff:00:00:01' if 'ff00:1' in d else OURS)
                         for _, s, d, m in neighbour_messages()] + [wait]
    yield 'router', [rx_frame(v6.IPv6(src='fe80::2', dst='ff02::1', hlim=255) /
                              list(neighbour_messages())[-1][3], '33:33:00:00:00:01'),
                     rx_time(3), rx_send(2, 100), rx_time(7)]
    yield 'arp', [rx_frame(arp(op=1), 'ff:ff:ff:ff:ff:ff'), rx_send(1, 300),
                  wait, rx_frame(arp(op=2, psrc='192.0.2.9')), wait, rx_send(1, 5000), wait]
    for name, cuts in ('4', cuts4(1200, 400)), ('6', cuts6(1200, 400)):
        yield 'fragments' + name, [rx_frame(p) for p in cuts] + [wait]
        yield 'reversed' + name, [rx_frame(p) for p in reversed(cuts)] + [wait]
        yield 'overlap' + name, [rx_frame(p) for p in (*cuts[:2], *cuts6(1200, 208)[1:3])] + [wait]
        yield 'timeout' + name, [rx_frame(cuts[0]), wait, rx_time(6), rx_frame(cuts[1]), wait]
    yield 'held', [b'\x85\0', *[rx_frame(p) for p in cuts4(1400, 600)], wait, b'\x85\1', wait]
    yield 'groups', [b'\x84\1', b'\x84\0', wait, rx_frame(list(packets4())[-1][1],
                                                         '01:00:5e:00:00:01'),
                     rx_frame(mld_query(), '33:33:00:00:00:01'), rx_time(3),
                     rx_frame(ip4(dst='239.1.2.3') / udp(), '01:00:5e:01:02:03'), b'\x84\3', wait]
    yield 'errors', [rx_send(0, 40), wait, *[rx_frame(p) for n, p in packets4() if 'error' in n],
                     wait, rx_send(2, 40), wait,
                     *[rx_frame(p) for n, p in packets6() if 'error' in n], wait, rx_send(0, 2000)]
    yield 'tags', [rx_frame(ip4() / udp(), tags=[Dot1Q(vlan=5)]),
                   rx_frame(ip6() / udp(), tags=[Dot1AD(vlan=6), Dot1Q(vlan=5)]),
                   rx_frame(ip4() / udp(), tags=[Dot1Q(vlan=i) for i in range(3)]), wait]
    yield 'link', [rx_send(0, 3000), b'\x86\0', rx_send(0, 3000), wait, b'\x86\4', rx_send(0, 9),
                   wait, b'\x86\5', rx_frame(ip4() / udp()), wait]
    # By kind: what rxrig puts in front.
    yield 'kinds', [bytes([0x41, kind, 40, 0, 0]) + DATA[:44] for kind in range(1, 13)] + [wait]


def rx():
    for name, steps in rx_scenarios():
        for how in (0, 0x27) if name in ('fragments4', 'groups', 'router', 'all6') else (0,):
            yield f'{name}-{how:02x}', bytes([how]) + b''.join(steps)


# Fragments of fuzz_reass: flags, key, offset in 8 bytes, 8 bytes or a length of 16 bits.
def piece(key, block, blocks, more=True, extra=0):
    return struct.pack('>BBHB', int(more) | extra, key, block, blocks)


def reass():
    cuts = [(0, 100), (100, 100), (200, 50)]
    whole = [piece(2, at, n, at != 200) for at, n in cuts]
    for mode, head in ('model', b'\1'), ('small', b'\0\x09\x20\x10\1\0\1\0\1'):
        yield mode + '-order', head + b''.join(whole)
        yield mode + '-reversed', head + b''.join(reversed(whole))
        yield mode + '-duplicate', head + whole[0] * 2 + b''.join(whole)
        yield mode + '-overlap', head + whole[0] + piece(2, 50, 100) + whole[2]
        yield mode + '-two-ends', head + piece(3, 9, 9, False) + piece(3, 20, 9, False)
        yield mode + '-odd', head + piece(1, 0, 9, True, 8) + b'\3' + \
            piece(1, 5, 9, False, 8) + b'\3'
        yield mode + '-long', head + struct.pack('>BBHH', 4, 5, 8190, 65535)
        yield mode + '-blocks', head + b''.join(piece(7, i, 1, i < 39) for i in range(39, -1, -1))
        yield mode + '-time', head + whole[0] + b'\x87\xff\xff' + whole[1] + b'\x81' + whole[2]
        yield mode + '-keys', head + b''.join(piece(k, 3 * i, 3, i < 4, 64)
                                              for i in range(5) for k in range(12))


# An endpoint of fuzz_plan, and payloads.
def plan():
    def endpoint(port, family, flags, mtu, rest=b'\0\0'):
        return struct.pack('>BBBH', port, family, flags, mtu) + rest

    def payload(*pieces):
        return bytes([7, len(pieces)]) + b''.join(struct.pack('>BH', 1, n) for n in pieces)

    for port in range(3):
        for family in range(3):
            tail = b'\0\0' if family == 1 else b''
            for flags in 0, 1, 0x20, 0x21, 0x41, 0x44:
                yield f'port{port}-family{family}-{flags:02x}', \
                    endpoint(port, family, flags, 1500, b'\0\0' + tail) + \
                    payload(1472) + payload(1, 2, 3, 4) + payload(3000, 5000, 0, 1) + payload()
        yield f'port{port}-small', endpoint(port, 0, 1, 68) + payload(900) + payload(16, 17, 18)
        yield f'port{port}-longest', endpoint(port, 0, 1, 9000) + payload(30000, 35507)
        for family, size in (0, 65507), (1, 65527):
            for by in 0, 1:
                yield f'port{port}-family{family}-edge{by}', endpoint(
                    port, family, 1, 9000, bytes(2 + 2 * family)) + payload(size + by)
        yield f'port{port}-many', endpoint(port, 0, 0x41, 1500) + payload(*[1400] * 12) * 7
        yield f'port{port}-tagged', endpoint(port, 0, 0x13, 0, b'\x2e\1\0\5') + payload(5000)


def pool():
    rand = random.Random(6)
    for name, size in ('short', 40), ('long', 400), ('longer', 1500):
        for i in range(4):
            yield f'{name}-{i}', bytes(rand.randrange(256) for _ in range(size))
    yield 'closed-early', bytes([5, 0, 0, 9] * 20 + [0]) + bytes(range(200))


# One flag a line; where the first byte is no dash it is YAML.
FLAGS = (
    ('ports', '--vdev=net_null0\n--link=net_null0,name=a,mtu=1280\n--addr=a=192.0.2.1/24\n'
              '--neigh=192.0.2.2=02:00:00:00:00:02\n--gateway=192.0.2.2'),
    ('pools', '--workers=2\n--packets=9000\n--payloads=64\n--engine=txonly'),
    ('wrong', '--addr=192.0.2.1/33\n--workers=0\n--link='),
)


def config():
    for path in sorted((HERE.parents[2] / 'configs').glob('*.yaml')):
        yield path.stem, path.read_bytes()
    for name, text in FLAGS:
        yield f'flags-{name}', text.encode()


TARGETS = {'wire': wire, 'rx': rx, 'reass': reass, 'plan': plan, 'pool': pool, 'config': config}


def main():
    check = sys.argv[1:] == ['--check']
    bad = 0
    for target, make in TARGETS.items():
        wanted = dict(make())
        folder = HERE / target
        have = {f.name for f in folder.iterdir()} if folder.is_dir() else set()
        if check:
            for name in sorted(have ^ set(wanted)):
                bad += 1
                print(f'{target}/{name}: on one side only')
            for name in sorted(have & set(wanted)):
                if (folder / name).read_bytes() != wanted[name]:
                    bad += 1
                    print(f'{target}/{name}: other bytes')
            continue
        folder.mkdir(parents=True, exist_ok=True)
        for name in have - set(wanted):
            (folder / name).unlink()
        for name, content in wanted.items():
            (folder / name).write_bytes(content)
    if bad:
        print('run tests/fuzz/make_corpus.py')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
