# SPDX-License-Identifier: BSD-3-Clause
"""What a `chainburst send` command line promises to put on the wire.

Written from RFC 791, 768 and 8200 alone, in a way that shares nothing with lib/proto/tx/plan.c, so
that the two can disagree. `mtu` is bytes of layer 3, `payload` excludes the UDP header.
"""

import argparse
import ipaddress
from dataclasses import dataclass

ETH, VLAN, UDP, FRAG6 = 14, 4, 8, 8
IP = {4: 20, 6: 40}
LARGEST_PAYLOAD = {4: 65507, 6: 65527}


@dataclass(frozen=True)
class Frame:
    """One frame of the capture: which datagram it belongs to and which part of it it carries."""

    datagram: int
    fragmented: bool
    offset: int  # of the data behind the IP header(s), in bytes
    more: bool
    frame_len: int  # with Ethernet, without FCS


def endpoint(text):
    """'192.0.2.1:9', '[2001:db8::1]:9', or the address alone -> (address, port or None)"""
    if text.startswith('['):
        addr, _, port = text[1:].partition(']')
        port = port.lstrip(':')
    elif text.count(':') > 1:
        addr, port = text, ''
    else:
        addr, _, port = text.partition(':')
    return ipaddress.ip_address(addr), int(port) if port else None


def parser():
    """The flags of `chainburst send` that have a meaning for what is on the wire."""
    p = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    p.add_argument('--to', required=True)
    p.add_argument('--from', dest='src')
    p.add_argument('--payload', type=int, required=True)
    p.add_argument('--cut', choices=('segment', 'fragment'), required=True)
    p.add_argument('--data', choices=('copy', 'map', 'auto'), default='auto')
    p.add_argument('--mtu', type=int, default=1500)
    p.add_argument('--gateway-mac')
    p.add_argument('--neigh')
    p.add_argument('--rate')
    p.add_argument('--repeat', type=int, default=1)
    p.add_argument('--dscp', type=int, default=0)
    p.add_argument('--ttl', type=int, default=64)
    p.add_argument('--vlan')
    p.add_argument('--df', choices=('auto', 'always', 'never'), default='auto')
    p.add_argument('--seed')
    p.add_argument('--flow-label', type=int, default=0)
    p.add_argument('--no-udp-cksum', action='store_true')
    return p


class Expect:
    """The promise of one command line, given the bytes of the files that it sends."""

    def __init__(self, args, files):
        a = parser().parse_args(args)
        self.args = a
        self.dst, self.dport = endpoint(a.to)
        self.src, self.sport = endpoint(a.src) if a.src else (None, None)
        self.family = self.dst.version
        self.vlan, self.pcp = None, 0
        if a.vlan:
            tag, _, pcp = a.vlan.partition(':')
            self.vlan, self.pcp = int(tag), int(pcp or 0)
        self.dmac = a.neigh.partition('=')[2] if a.neigh else a.gateway_mac
        self.bytes = b''.join(files) * a.repeat
        sizes = []
        for data in files:
            whole, rest = divmod(len(data), a.payload)
            sizes += [a.payload] * whole + ([rest] if rest else [])
        self.payloads = sizes * a.repeat

    @property
    def l2_len(self):
        return ETH + (VLAN if self.vlan is not None else 0)

    def datagrams(self):
        """Sizes of the UDP payloads of all datagrams, in order."""
        if self.args.cut == 'fragment':
            return list(self.payloads)
        most = self.args.mtu - IP[self.family] - UDP
        out = []
        for size in self.payloads:
            while size > most:
                out.append(most)
                size -= most
            out.append(size)
        return out

    def frames(self):
        """All frames of the capture, in order."""
        out = []
        ip = IP[self.family]
        for i, size in enumerate(self.datagrams()):
            whole = UDP + size
            if ip + whole <= self.args.mtu:
                out.append(Frame(i, False, 0, False, self.l2_len + ip + whole))
                continue
            head = ip + (FRAG6 if self.family == 6 else 0)
            room, offset = self.args.mtu - head, 0
            while whole - offset > room:  # the last fragment need not end at a multiple of 8
                step = room // 8 * 8
                out.append(Frame(i, True, offset, True, self.l2_len + head + step))
                offset += step
            out.append(Frame(i, True, offset, False, self.l2_len + head + whole - offset))
        return out

    def df(self, fragmented):
        """The Don't Fragment bit of an IPv4 header."""
        if self.args.df == 'auto':
            return not fragmented
        return self.args.df == 'always'

    def udp_checksum(self, fragmented):
        """Is one sent? RFC 768 allows none; a datagram in fragments always has one."""
        return fragmented or not self.args.no_udp_cksum
