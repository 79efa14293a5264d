# SPDX-License-Identifier: BSD-3-Clause
"""Datagrams cut into fragments, well and badly, as bytes built by hand (RFC 791, 768, 8200 4.5)."""

import socket
import struct
from dataclasses import dataclass, field

from world import HOST4, HOST6, V4, V6

OPEN, CLOSED = 9000, 9009
UDP, ICMP4, ICMP6, FRAGMENT = 17, 1, 58, 44
SRC = {4: socket.inet_aton(HOST4), 6: socket.inet_pton(socket.AF_INET6, HOST6)}
DST = {4: socket.inet_aton(V4), 6: socket.inet_pton(socket.AF_INET6, V6)}
MOST = 1400


@dataclass
class Piece:
    """A fragment: where it stands, whether more follow, its bytes."""
    offset: int
    more: bool
    data: bytes

    @property
    def end(self):
        return self.offset + len(self.data)


@dataclass
class Case:
    """What is sent, and how it came about."""
    family: int
    number: int
    pieces: list
    done: list = field(default_factory=list)

    def __str__(self):
        pieces = ' '.join(f'[{p.offset},{p.end}{"+" if p.more else "."})' for p in self.pieces)
        return f'IPv{self.family} #{self.number} {"+".join(self.done) or "plain"}: {pieces}'


def cksum(data):
    data += b'\0' * (len(data) & 1)
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def pseudo(family, proto, length):
    if family == 4:
        return SRC[4] + DST[4] + struct.pack('>BBH', 0, proto, length)
    return SRC[6] + DST[6] + struct.pack('>II', length, proto)


def udp(family, port, payload, how=''):
    """A UDP datagram, or one that is broken somehow."""
    length = len(payload) + 8
    told = {'udp_long': length + 1, 'udp_short': max(8, length - 3), 'udp_tiny': 7}.get(how, length)
    head = struct.pack('>HHHH', 4444, port, told & 0xffff, 0)
    # The sum is over as much as the length says.
    covered = (head + payload)[:told]
    c = cksum(pseudo(family, UDP, told) + covered) or 0xffff
    c = {'udp_cksum': c ^ 0x5555, 'udp_no_cksum': 0}.get(how, c)
    return head[:6] + struct.pack('>H', c) + payload


def ip4(number, proto, data, offset=0, more=False):
    head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(data), number & 0xffff,
                       (0x2000 if more else 0) | offset >> 3, 64, proto, 0) + SRC[4] + DST[4]
    return head[:10] + struct.pack('>H', cksum(head)) + head[12:] + data


def ip6(next_header, data):
    return struct.pack('>IHBB', 0x60000000, len(data), next_header, 64) + SRC[6] + DST[6] + data


def packet(case, piece):
    """The IP packet of a fragment; its room ends at 65,535 bytes of data, the header's at 8 KiB."""
    if case.family == 4:
        return ip4(case.number, UDP, piece.data, piece.offset, piece.more)
    head = struct.pack('>BBHI', UDP, 0, piece.offset | piece.more, case.number)
    return ip6(FRAGMENT, head + piece.data)


def echo_request(family, number):
    """A ping: its answer comes behind all errors about what came before."""
    kind = 8 if family == 4 else 128
    message = struct.pack('>BBHHH', kind, 0, 0, 77, number & 0xffff)
    c = cksum(message if family == 4 else pseudo(6, ICMP6, len(message)) + message)
    message = message[:2] + struct.pack('>H', c) + message[4:]
    return ip4(number, ICMP4, message) if family == 4 else ip6(ICMP6, message)


def whole(family, number, payload):
    """A datagram that is not cut."""
    data = udp(family, OPEN, payload)
    return ip4(number, UDP, data) if family == 4 else ip6(UDP, data)


def cut(rng, data):
    """Well-formed fragments, at random places."""
    pieces, at = [], 0
    step = rng.choice((8, 16, 64, 512, 1400)) if len(data) < 400 else rng.choice((512, 1024, 1400))
    while True:
        n = min(MOST, max(8, rng.randint(1, step) // 8 * 8 if rng.random() < 0.5 else step))
        if at + n >= len(data) and (pieces or len(data) <= 8):
            n = len(data) - at
        elif at + n >= len(data):
            n = (len(data) - 1) // 8 * 8
        pieces.append(Piece(at, at + n < len(data), data[at:at + n]))
        at += n
        if at >= len(data):
            return pieces


def at(rng, pieces):
    return rng.randrange(len(pieces))


def shuffle(rng, pieces):
    rng.shuffle(pieces)


def backwards(_, pieces):
    pieces.reverse()


def duplicate(rng, pieces):
    pieces.insert(rng.randint(0, len(pieces)), pieces[at(rng, pieces)])


def other_bytes(rng, pieces):
    p = pieces[at(rng, pieces)]
    pieces.insert(rng.randint(0, len(pieces)), Piece(p.offset, p.more, rng.randbytes(len(p.data))))


def within(rng, pieces):
    """Bytes that another fragment has, too."""
    p = pieces[at(rng, pieces)]
    if len(p.data) > 16:
        n = rng.randrange(8, len(p.data) - 8, 8)
        pieces.insert(rng.randint(0, len(pieces)), Piece(p.offset, True, p.data[:n]))


def overlap(rng, pieces):
    """A fragment that begins earlier or ends later than it should."""
    i = at(rng, pieces)
    p = pieces[i]
    n = rng.choice((8, 16, 64))
    if len(p.data) + n > MOST:
        return
    if p.offset >= n and rng.random() < 0.5:
        extra = Piece(p.offset - n, p.more, rng.randbytes(n) + p.data)
    else:
        extra = Piece(p.offset, p.more, p.data + rng.randbytes(n))
    if rng.random() < 0.5:
        pieces[i] = extra
    else:
        pieces.insert(rng.randint(0, len(pieces)), extra)


def straddle(rng, pieces):
    """Bytes of a fragment and of what follows it, in between: were it dropped alone, no harm."""
    i = at(rng, pieces)
    p = pieces[i]
    if p.more and len(p.data) % 8 == 0 and p.data:
        pieces.insert(i + 1, Piece(p.end - 8, True, p.data[-8:] + rng.randbytes(8)))


def missing(rng, pieces):
    pieces.pop(at(rng, pieces))


def empty(rng, pieces):
    p = pieces[at(rng, pieces)]
    pieces.insert(rng.randint(0, len(pieces)), Piece(rng.choice((p.offset, p.end & ~7)),
                                                     rng.random() < 0.7, b''))


def unaligned(rng, pieces):
    i = at(rng, pieces)
    p = pieces[i]
    if p.more:
        pieces[i] = Piece(p.offset, True, p.data[:-rng.randint(1, 7)])


def oversize(rng, pieces):
    offset = rng.choice((65528, 65520, 65512, 65504))
    pieces.insert(rng.randint(0, len(pieces)), Piece(offset, rng.random() < 0.5, rng.randbytes(40)))


def two_ends(rng, pieces):
    p = pieces[at(rng, pieces)]
    pieces.insert(rng.randint(0, len(pieces)), Piece(p.offset, False, p.data))


def beyond(rng, pieces):
    end = (max(p.end for p in pieces) + 7) // 8 * 8
    pieces.insert(rng.randint(0, len(pieces)), Piece(end, rng.random() < 0.5, rng.randbytes(24)))


def no_end(_, pieces):
    p = pieces[-1]
    pieces[-1] = Piece(p.offset, True, p.data)


def atomic(rng, pieces):
    """RFC 6946: whole by itself, with the number of others."""
    data = udp(rng.family, OPEN, rng.randbytes(20))
    pieces.insert(rng.randint(0, len(pieces)), Piece(0, False, data))


CHANGES = [shuffle, shuffle, shuffle, backwards, duplicate, other_bytes, within, overlap, straddle,
           missing, empty, unaligned, oversize, two_ends, beyond, no_end, atomic]
BROKEN = ['udp_long', 'udp_short', 'udp_tiny', 'udp_cksum', 'udp_no_cksum']


def draw(rng, number):
    """A case of chance. All of it comes from `rng`."""
    rng.family = family = rng.choice((4, 6))
    longest = 65507 if family == 4 else 65527
    n = rng.choice((0, rng.randint(0, 40), rng.randint(0, 400), rng.randint(0, 5000)))
    if rng.random() < 0.08:
        n = longest - rng.randint(0, 20)
    how = rng.choice(BROKEN) if rng.random() < 0.2 else ''
    port = CLOSED if rng.random() < 0.2 else OPEN
    pieces = cut(rng, udp(family, port, rng.randbytes(n), how))
    case = Case(family, number, pieces, [how] if how else [])
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3))):
        change = rng.choice(CHANGES)
        if pieces:
            change(rng, pieces)
            case.done.append(change.__name__)
    pieces[:] = [p for p in pieces if p.offset <= 65528]
    return case
