#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Golden packets for the tests of lib/proto/wire, as scapy writes them.

    golden_wire.py > golden_wire.h     (then clang-format -i golden_wire.h)
    golden_wire.py --check             golden_wire.h is what scapy writes, and tshark finds no
                                       fault in it; exit status 77 without either of them
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    from scapy.all import (
        ARP, AH, Ether, ICMP, ICMPv6DestUnreach, ICMPv6EchoRequest, ICMPv6MLReport2,
        ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_RS, ICMPv6NDOptDstLLAddr, ICMPv6NDOptMTU,
        ICMPv6NDOptPrefixInfo, ICMPv6NDOptSrcLLAddr, ICMPv6PacketTooBig, ICMPv6ParamProblem,
        ICMPv6TimeExceeded, IP, IPOption_LSRR, IPOption_NOP, IPOption_RR, IPOption_Router_Alert,
        IPOption_SSRR, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
        IPv6ExtHdrRouting, Jumbo, PadN, HBHOptUnknown, Raw, RouterAlert, UDP, in6_getnsma, raw,
        wrpcap)
    import socket
except ImportError:
    print('no scapy here')
    sys.exit(77)

HEADER = Path(__file__).with_name('golden_wire.h')
MAC, PEER = '02:00:00:00:00:01', '02:00:00:00:00:02'
LL, LL_PEER = 'fe80::ff:fe00:1', 'fe80::ff:fe00:2'
V4 = {'src': '192.0.2.1', 'dst': '198.51.100.2', 'id': 0x1234}
V6 = {'src': '2001:db8::1', 'dst': '2001:db8:1::2'}
DATA = UDP(sport=40000, dport=40001) / Raw(b'chainburst')


def node(address):
    """The solicited-node group of an address, as text."""
    packed = in6_getnsma(socket.inet_pton(socket.AF_INET6, address))
    return socket.inet_ntop(socket.AF_INET6, packed)


def ipv4():
    udp = IP(**V4) / DATA
    yield 'ip4_udp', udp
    yield 'ip4_df', IP(**V4, flags='DF') / DATA
    yield 'ip4_first', IP(**V4, flags='MF') / UDP(sport=40000, dport=40001, len=48,
                                                  chksum=0x1111) / Raw(b'f' * 16)
    yield 'ip4_later', IP(**V4, flags='MF', frag=3, proto=17) / Raw(b'g' * 16)
    yield 'ip4_last', IP(**V4, frag=5, proto=17) / Raw(b'h' * 8)
    yield 'ip4_options', IP(**V4, options=[IPOption_NOP(), IPOption_RR(routers=['0.0.0.0'] * 2),
                                           IPOption_Router_Alert()]) / DATA
    yield 'ip4_lsrr', IP(**V4, options=[IPOption_LSRR(routers=['192.0.2.9'])]) / DATA
    yield 'ip4_ssrr', IP(**V4, options=[IPOption_SSRR(routers=['192.0.2.9'])]) / DATA


def ipv6():
    yield 'ip6_udp', IPv6(**V6) / DATA
    yield 'ip6_alert', IPv6(src=LL, dst='ff02::16', hlim=1) / IPv6ExtHdrHopByHop(
        options=[RouterAlert(), PadN(optdata=b'')]) / ICMPv6MLReport2()
    yield 'ip6_jumbo', IPv6(**V6, plen=8) / IPv6ExtHdrHopByHop(options=[Jumbo(jumboplen=70000)],
                                                               nh=17)
    yield 'ip6_unknown', IPv6(**V6) / IPv6ExtHdrDestOpt(
        options=[PadN(optdata=b'\0\0'), HBHOptUnknown(otype=0x8e, optdata=b'abcd')]) / DATA
    yield 'ip6_routed', IPv6(**V6) / IPv6ExtHdrRouting(addresses=['2001:db8::9'],
                                                       segleft=0) / DATA
    yield 'ip6_routing', IPv6(**V6) / IPv6ExtHdrRouting(addresses=['2001:db8::9'],
                                                        segleft=1) / DATA
    yield 'ip6_none', IPv6(**V6, nh=59) / Raw(b'ignored')
    yield 'ip6_auth', IPv6(**V6) / AH(nh=17, spi=1, seq=2, icv=b'0123456789ab', payloadlen=4) / DATA
    yield 'ip6_atomic', IPv6(**V6) / IPv6ExtHdrFragment(id=0xcafe) / DATA
    yield 'ip6_first', IPv6(**V6) / IPv6ExtHdrHopByHop() / IPv6ExtHdrFragment(
        id=0xcafe, m=1) / IPv6ExtHdrDestOpt() / UDP(sport=40000, dport=40001, len=48,
                                                    chksum=0x1111) / Raw(b'f' * 16)
    yield 'ip6_later', IPv6(**V6) / IPv6ExtHdrHopByHop() / IPv6ExtHdrFragment(
        id=0xcafe, m=1, offset=4, nh=60) / Raw(b'g' * 16)
    yield 'ip6_last', IPv6(**V6) / IPv6ExtHdrHopByHop() / IPv6ExtHdrFragment(
        id=0xcafe, offset=6, nh=60) / Raw(b'h' * 8)


def icmp(packets):
    """ICMP errors with what they quote; the IP header in front is for tshark."""
    back4 = IP(src='198.51.100.2', dst='192.0.2.1')
    back6 = IPv6(src='2001:db8:1::2', dst='2001:db8::1')

    def quote(name):
        return Raw(raw(packets[name]))

    yield 'icmp4_port', back4 / ICMP(type=3, code=3) / quote('ip4_udp')
    yield 'icmp4_too_big', back4 / ICMP(type=3, code=4, nexthopmtu=1400) / quote('ip4_first')
    yield 'icmp4_later', back4 / ICMP(type=11, code=1) / quote('ip4_later')
    yield 'icmp4_param', back4 / ICMP(type=12, code=0, ptr=9) / quote('ip4_options')
    yield 'icmp4_echo', back4 / ICMP(type=8, id=1, seq=1) / Raw(b'ping')
    yield 'icmp6_port', back6 / ICMPv6DestUnreach(code=4) / quote('ip6_udp')
    yield 'icmp6_too_big', back6 / ICMPv6PacketTooBig(mtu=1280) / quote('ip6_first')
    yield 'icmp6_later', back6 / ICMPv6TimeExceeded(code=1) / quote('ip6_later')
    yield 'icmp6_param', back6 / ICMPv6ParamProblem(code=2, ptr=44) / quote('ip6_unknown')
    yield 'icmp6_echo', back6 / ICMPv6EchoRequest(id=1, seq=1, data=b'ping')


def ndp():
    target = '2001:db8::1:2345:6789'
    ns = ICMPv6ND_NS(tgt=target)
    yield 'ndp_ns', IPv6(src=LL, dst=node(target), hlim=255) / ns / ICMPv6NDOptSrcLLAddr(lladdr=MAC)
    yield 'ndp_dad', IPv6(src='::', dst=node(target), hlim=255) / ns
    yield 'ndp_na', IPv6(src=target, dst=LL, hlim=255) / ICMPv6ND_NA(
        tgt=target, R=0, S=1, O=1) / ICMPv6NDOptDstLLAddr(lladdr=MAC)
    yield 'ndp_na_router', IPv6(src=target, dst='ff02::1', hlim=255) / ICMPv6ND_NA(
        tgt=target, R=1, S=0, O=0) / ICMPv6NDOptDstLLAddr(lladdr=MAC)
    yield 'ndp_rs', IPv6(src=LL, dst='ff02::2', hlim=255) / ICMPv6ND_RS() / ICMPv6NDOptSrcLLAddr(
        lladdr=MAC)
    yield 'ndp_ra', IPv6(src=LL_PEER, dst='ff02::1', hlim=255) / ICMPv6ND_RA(
        chlim=64, routerlifetime=1800) / ICMPv6NDOptSrcLLAddr(lladdr=PEER) / ICMPv6NDOptMTU(
            mtu=1400) / ICMPv6NDOptPrefixInfo(
                prefix='2001:db8:5::', prefixlen=64, L=1, A=1, validlifetime=7200,
                preferredlifetime=3600) / ICMPv6NDOptPrefixInfo(
                    prefix='2001:db8:6:ffff::', prefixlen=50, L=1, A=0, validlifetime=0xffffffff,
                    preferredlifetime=0xffffffff)


def arp():
    yield 'arp_request', ARP(op=1, hwsrc=MAC, psrc='192.0.2.1', hwdst='00:00:00:00:00:00',
                             pdst='192.0.2.2')
    yield 'arp_reply', ARP(op=2, hwsrc=PEER, psrc='192.0.2.2', hwdst=MAC, pdst='192.0.2.1')


def golden():
    """Name -> packet from its IP header (or ARP's) on."""
    packets = {**dict(ipv4()), **dict(ipv6())}
    return {**packets, **dict(icmp(packets)), **dict(ndp()), **dict(arp())}


def content(name, packet):
    """The bytes that the tests get: of ICMP and NDP the message alone."""
    if name.startswith(('icmp', 'ndp')):
        return raw(packet)[20 if name.startswith('icmp4') else 40:]
    return raw(packet)


def header(packets):
    lines = ['/* SPDX-License-Identifier: BSD-3-Clause */', '/* Written by golden_wire.py. */',
             '#ifndef GOLDEN_WIRE_H', '#define GOLDEN_WIRE_H', '', '#include <stdint.h>', '']
    for name, packet in packets.items():
        numbers = ', '.join(f'0x{b:02x}' for b in content(name, packet))
        lines += [f'static const uint8_t {name}[] = {{{numbers}}};', '']
    return '\n'.join(lines + ['#endif', ''])


def arrays(text):
    return {name: bytes(int(n, 16) for n in re.findall(r'0x([0-9a-f]{2})', body)) for name, body in
            re.findall(r'uint8_t (\w+)\[\] = \{([^}]*)\}', text)}


def tshark_complaints(packets):
    """Packets that tshark finds malformed, or whose checksum is bad."""
    fields = ['_ws.malformed', 'ip.checksum.status', 'icmp.checksum.status',
              'icmpv6.checksum.status']
    with tempfile.TemporaryDirectory() as folder:
        wrpcap(f'{folder}/golden.cap', [Ether(src=MAC, dst=PEER) / p for p in packets.values()])
        cmd = ['tshark', '-n', '-r', f'{folder}/golden.cap', '-T', 'fields', '-o',
               'ip.check_checksum:TRUE']
        for field in fields:
            cmd += ['-e', field]
        out = subprocess.run(cmd, check=True, capture_output=True, text=True).stdout
    rows = out.splitlines()
    if len(rows) != len(packets):
        yield f'tshark read {len(rows)} of {len(packets)} packets'
    for name, row in zip(packets, rows):
        malformed, *status = row.split('\t')
        # The first of several is the packet's own, the others are of what it quotes.
        if malformed or any(s.split(',')[0] == '0' for s in status):
            yield f'tshark does not like {name}: {row!r}'


def check(packets):
    wrong = []
    if arrays(HEADER.read_text(encoding='utf-8')) != arrays(header(packets)):
        wrong.append(f'{HEADER.name} is not what scapy writes')
    if not shutil.which('tshark'):
        print('no tshark here')
        return 77
    # No node takes a jumbogram of 8 bytes, and tshark says so.
    wrong += tshark_complaints({n: p for n, p in packets.items() if n != 'ip6_jumbo'})
    print(*wrong, f'{len(packets)} packets', sep='\n')
    return 1 if wrong else 0


if __name__ == '__main__':
    if sys.argv[1:] == ['--check']:
        sys.exit(check(golden()))
    sys.stdout.write(header(golden()))
