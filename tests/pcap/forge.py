# SPDX-License-Identifier: BSD-3-Clause
"""Makes the capture that a command line promises, without Chainburst: stuff for test_judge.py."""

import ipaddress
import struct

SRC = {4: ipaddress.ip_address('192.0.2.1'), 6: ipaddress.ip_address('2001:db8::1')}
SRC_MAC = bytes.fromhex('020000000001')
DST_MAC = bytes.fromhex('020000000002')
PCAP_HEADER = struct.pack('<IHHiIII', 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
UDP_PROTO, FRAG_PROTO = 17, 44


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(expect, src, payload, checksummed):
    length = 8 + len(payload)
    head = struct.pack('!HHHH', expect.sport or 9000, expect.dport, length, 0)
    if expect.family == 4:
        pseudo = src.packed + expect.dst.packed + struct.pack('!BBH', 0, UDP_PROTO, length)
    else:
        pseudo = src.packed + expect.dst.packed + struct.pack('!IHBB', length, 0, 0, UDP_PROTO)
    value = checksum(pseudo + head + payload) or 0xFFFF if checksummed else 0
    return head[:6] + struct.pack('!H', value) + payload


def ipv4(expect, src, ident, frame, body):
    word = frame.offset // 8 | (0x2000 if frame.more else 0)
    word |= 0x4000 if expect.df(frame.fragmented) else 0
    head = struct.pack('!BBHHHBBH', 0x45, expect.args.dscp << 2, 20 + len(body), ident, word,
                       expect.args.ttl, UDP_PROTO, 0) + src.packed + expect.dst.packed
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + body


def ipv6(expect, src, ident, frame, body):
    proto = UDP_PROTO
    if frame.fragmented:
        word = frame.offset | (1 if frame.more else 0)
        body = struct.pack('!BBHI', UDP_PROTO, 0, word, ident) + body
        proto = FRAG_PROTO
    word = 6 << 28 | expect.args.dscp << 22 | expect.args.flow_label
    return struct.pack('!IHBB', word, len(body), proto,
                       expect.args.ttl) + src.packed + expect.dst.packed + body


def forge(expect):
    """Yields the frames of the capture as bytes."""
    src = expect.src or SRC[expect.family]
    dst_mac = bytes.fromhex(expect.dmac.replace(':', '')) if expect.dmac else DST_MAC
    wrap = ipv4 if expect.family == 4 else ipv6
    ethertype = struct.pack('!H', 0x0800 if expect.family == 4 else 0x86DD)
    if expect.vlan is not None:
        ethertype = struct.pack('!HH', 0x8100, expect.pcp << 13 | expect.vlan) + ethertype
    datagrams, at = [], 0
    checksummed = {f.datagram: expect.udp_checksum(f.fragmented) for f in expect.frames()}
    for i, size in enumerate(expect.datagrams()):
        datagrams.append(udp(expect, src, expect.bytes[at:at + size], checksummed[i]))
        at += size
    head = (20 if expect.family == 4 else 40) + expect.l2_len
    for f in expect.frames():
        part = f.frame_len - head - (8 if f.fragmented and expect.family == 6 else 0)
        body = datagrams[f.datagram][f.offset:f.offset + part]
        yield dst_mac + SRC_MAC + ethertype + wrap(expect, src, 7001 + f.datagram, f, body)


def write_pcap(path, frames):
    with open(path, 'wb') as out:
        out.write(PCAP_HEADER)
        for i, frame in enumerate(frames):
            out.write(struct.pack('<IIII', i, 0, len(frame), len(frame)) + frame)


def read_pcap(path):
    """The frames of a little-endian pcap (micro- or nanoseconds); their timestamps are dropped."""
    with open(path, 'rb') as src:
        data = src.read()
    magic, = struct.unpack_from('<I', data)
    if magic not in (0xA1B2C3D4, 0xA1B23C4D):
        raise ValueError(f'{path}: not a little-endian pcap')
    frames, at = [], len(PCAP_HEADER)
    while at < len(data):
        _, _, caplen, wire = struct.unpack_from('<IIII', data, at)
        if at + 16 + caplen > len(data):
            raise ValueError(f'{path}: cut off inside frame {len(frames) + 1}')
        if caplen != wire:
            raise ValueError(f'{path}: frame {len(frames) + 1}: {caplen} of {wire} bytes captured')
        frames.append(data[at + 16:at + 16 + caplen])
        at += 16 + caplen
    return frames
